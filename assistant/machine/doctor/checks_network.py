"""Checks of proxies and certificates, from variables alone: nothing is contacted."""

from __future__ import annotations

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, Finding, check
from assistant.machine.doctor.fixes import unset
from assistant.machine.model import Machine


def proxies(machine: Machine) -> dict[str, str]:
    """Proxy variables by name."""
    return {proxy.variable: proxy.value for proxy in machine.proxies if proxy.exists is None}


@check("proxy-half", "network", "a proxy for http alone", "network")
def half(machine: Machine) -> list[Finding]:
    known = proxies(machine)
    plain = known.get("http_proxy") or known.get("HTTP_PROXY")
    if not plain or any(known.get(name) for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")):
        return []
    return [
        Finding(
            check="proxy-half",
            effect=MAY_BITE,
            title="there is a proxy for http but none for https",
            evidence=f"http_proxy={plain}",
            # The value shown has its password taken out, so the shell copies it.
            fix=(_copy("HTTPS_PROXY", "http_proxy" if "http_proxy" in known else "HTTP_PROXY", machine.shell),),
            advice="Package servers are asked over https, past this proxy.",
        )
    ]


def _copy(target: str, source: str, shell: str) -> str:
    forms = {
        "fish": f"set -gx {target} ${source}",
        "powershell": f"$Env:{target} = $Env:{source}",
        "cmd": f"set {target}=%{source}%",
    }
    return forms.get(shell, f'export {target}="${source}"')


@check("proxy-disagree", "network", "proxy variables that contradict each other", "network")
def disagree(machine: Machine) -> list[Finding]:
    known = proxies(machine)
    return [
        Finding(
            check="proxy-disagree",
            effect=MAY_BITE,
            title=f"{name} and {name.lower()} differ",
            evidence=f"{name}={known[name]}; {name.lower()}={known[name.lower()]}",
            fix=(unset(name, machine.shell),),
            advice="Some tools read the one, some the other.",
        )
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        if known.get(name) and known.get(name.lower()) and known[name] != known[name.lower()]
    ]


@check("proxy-socks", "network", "a SOCKS proxy without support for it", "network", "packages")
def socks(machine: Machine) -> list[Finding]:
    names = [name for name, value in proxies(machine).items() if value.lower().startswith("socks")]
    one = machine.active or machine.environment("base")
    if not names or one is None or not one.detailed or one.package("pysocks") is not None:
        return []
    return [
        Finding(
            check="proxy-socks",
            effect=MAY_BITE,
            title="a SOCKS proxy is set, and this Python cannot use one",
            evidence=f"{', '.join(names)}; {one.name} has no PySocks",
            fix=(unset(names[0], machine.shell), "python -m pip install pysocks"),
            advice="pip says 'Missing dependencies for SOCKS support'. Unset the variable for the first install.",
        )
    ]


@check("certificate-missing", "network", "certificate files that do not exist", "network")
def certificate_missing(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="certificate-missing",
            effect=BLOCKS,
            title=f"{proxy.variable} names a file that is not there",
            evidence=f"{proxy.variable}={proxy.value}",
            fix=(unset(proxy.variable, machine.shell),),
            advice="Every download fails with a certificate error until then.",
        )
        for proxy in machine.proxies
        if proxy.exists is False
    ]
