"""Proxies and certificates that are set. Nothing is contacted."""

from __future__ import annotations

import os
import re

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here

_ADDRESS = re.compile(r"^(?:https?|socks[45][ah]?)://(?:[^@/\s]+@)?[\w.-]+(?::\d+)?/?$", re.IGNORECASE)


def _proxies(here: Here) -> list[tuple[str, str]]:
    """(where, address) of each proxy: variables, conda's and pip's settings. NO_PROXY is none."""
    found = [
        (one.variable, one.value)
        for one in here.proxies
        if one.exists is None and "no_proxy" not in one.variable.lower()
    ]
    for conda in here.condas[:1]:
        for file in conda.files:
            servers = file.values.get("proxy_servers")
            if isinstance(servers, dict):
                found += [(f"proxy_servers in {here.short(file.path)}", str(value)) for value in servers.values()]
    from assistant.machine.pipconf import read_config

    for file in read_config(here.roots):
        found += [
            (f"{key} in {here.short(file.path)}", value)
            for key, value in file.values.items()
            if key.endswith(".proxy") and value
        ]
    return found


def proxy(here: Here, _: str) -> Verdict | None:
    """A proxy is set."""
    found = _proxies(here)
    if not found:
        return no("no proxy is set in this shell, for conda or for pip")
    return yes(f"a proxy is set: {found[0][0]}={found[0][1]}")


def proxy_address(here: Here, _: str) -> Verdict | None:
    """A proxy's address is not one that the tools can read. A good address may still be of a wrong kind."""
    found = _proxies(here)
    if not found:
        return no("no proxy is set in this shell, for conda or for pip")
    for where, value in found:
        if not _ADDRESS.match(value):
            return yes(f"{where}={value} is not written as http://host:port")
        if value.lower().startswith("socks"):
            return yes(f"{where}={value} is a SOCKS proxy")
    return None


def certificate_file(here: Here, _: str) -> Verdict | None:
    """A setting names a certificate file that is not there."""
    settings = [(one.variable, one.value, bool(one.exists)) for one in here.proxies if one.exists is not None]
    from assistant.machine.pipconf import read_config

    for file in read_config(here.roots):
        settings += [
            (f"{key} in {here.short(file.path)}", value, os.path.exists(here.at(value)))
            for key, value in file.values.items()
            if key.endswith(".cert") and here.at(value)
        ]
    conda = here.conda
    if conda and os.path.isabs(conda.ssl_verify):
        settings.append(("conda's ssl_verify", conda.ssl_verify, os.path.exists(conda.ssl_verify)))
    for where, value, exists in settings:
        if not exists:
            return yes(f"{where}={value}, and there is no such file")
    if settings:
        return no(f"{settings[0][0]}={settings[0][1]} is there")
    return no("no variable and no setting names a certificate file")


LOOKS = {
    "proxy": proxy,
    "proxy-address": proxy_address,
    "certificate-file": certificate_file,
}
