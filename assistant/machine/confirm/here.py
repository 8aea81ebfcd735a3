"""What the looks share: facts about this machine, read from files when they are first asked for."""

from __future__ import annotations

import os
from functools import cached_property

from assistant.machine.context import Roots
from assistant.machine.files import names_in
from assistant.machine.layout import prefix_of, search_path, site_packages, which
from assistant.machine.model import Conda, Disk, Environment, Kernel, Machine, Proxy, Python, ShellFile


class Here:
    """One machine and the values that an output named. Facts that were probed are taken as they are."""

    def __init__(self, roots: Roots, machine: Machine, slots: dict[str, str]) -> None:
        self.roots = roots
        self.machine = machine
        self.slots = slots

    def slot(self, *names: str) -> str:
        """The first of these values that the output named."""
        return next((self.slots[name] for name in names if self.slots.get(name)), "")

    def looked(self, probe: str) -> bool:
        """Whether a probe has answered already."""
        return probe in self.machine.looked

    @cached_property
    def condas(self) -> tuple[Conda, ...]:
        if self.looked("condas"):
            return self.machine.condas
        from assistant.machine.condas import find_condas

        return find_condas(self.roots)

    @property
    def conda(self) -> Conda | None:
        """The conda that a plain `conda` starts."""
        return next((one for one in self.condas if one.version), None)

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        if self.looked("environments"):
            return self.machine.environments
        from assistant.machine.environments import list_environments

        return list_environments(self.roots)

    @property
    def active(self) -> Environment | None:
        """The active environment, where it was found."""
        from assistant.machine.environments import active_prefix

        prefix = active_prefix(self.roots)
        return next((one for one in self.environments if one.path == prefix), None) if prefix else None

    @cached_property
    def pythons(self) -> tuple[Python, ...]:
        if self.looked("pythons"):
            return self.machine.pythons
        from assistant.machine.pythons import find_pythons

        return find_pythons(self.roots)

    @property
    def first_python(self) -> Python | None:
        """What `python` or `python3` starts."""
        from assistant.machine.pythons import first_python

        return first_python(self.pythons)

    @cached_property
    def shell_files(self) -> tuple[ShellFile, ...]:
        if self.looked("shell"):
            return self.machine.shell_files
        from assistant.machine.rcfiles import shell_files

        return shell_files(self.roots)

    @cached_property
    def kernels(self) -> tuple[Kernel, ...]:
        if self.looked("kernels"):
            return self.machine.kernels
        from assistant.machine.kernels import find_kernels

        return find_kernels(self.roots, self.environments)

    @cached_property
    def proxies(self) -> tuple[Proxy, ...]:
        from assistant.machine.network import find_proxies

        return find_proxies(self.roots)

    @cached_property
    def disks(self) -> tuple[Disk, ...]:
        from assistant.machine.caches import find_disks

        return find_disks(self.roots)

    @cached_property
    def prefix(self) -> str:
        """The prefix whose packages a plain `python` sees: the active environment, else the first Python on PATH."""
        from assistant.machine.environments import active_prefix

        if active := active_prefix(self.roots):
            return active
        program = which("python", self.roots) or which("python3", self.roots)
        if not program:
            return ""
        if os.path.basename(os.path.dirname(program)) == "shims":
            from assistant.machine.pythons import pyenv_root, pyenv_version

            chosen = pyenv_version(self.roots)
            prefix = os.path.join(pyenv_root(self.roots), "versions", chosen) if chosen else ""
            return prefix if prefix and os.path.isdir(prefix) else ""
        return prefix_of(os.path.realpath(program))

    @property
    def prefix_name(self) -> str:
        """The prefix as a person calls it."""
        one = next((one for one in self.environments if one.path == self.prefix), None)
        return f"the environment `{one.name}`" if one else self.short(self.prefix)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The folders that a plain `python` imports packages from."""
        if not self.prefix:
            return ()
        folders = list(site_packages(self.prefix, self.roots.system))
        if self.prefix.rstrip("/").endswith("/usr") or self.prefix == "/usr":
            folders.append(self.roots.at("/usr/lib/python3/dist-packages"))
            local = self.roots.at("/usr/local/lib")
            folders += [os.path.join(local, name, "dist-packages") for name in names_in(local)]
        return tuple(folder for folder in folders if os.path.isdir(folder))

    def version_of(self, package: str, prefix: str = "") -> str | None:
        """The version of a package in a prefix (the one in use): empty where it is missing, None where nothing can tell."""
        from assistant.machine.packages import normalise, parse_metadata_name

        folders = site_packages(prefix, self.roots.system) if prefix else self.sites
        if not folders:
            return None
        wanted = normalise(package)
        for folder in folders:
            for entry in names_in(folder):
                parsed = parse_metadata_name(entry)
                if parsed is not None and parsed[0] == wanted:
                    return parsed[1]
        return ""

    def on_path(self, *names: str) -> str:
        """The first of these programs on PATH."""
        return next((found for name in names if (found := which(name, self.roots))), "")

    def folders_of_path(self) -> int:
        """How many folders PATH has."""
        return len(search_path(self.roots))

    def at(self, path: str) -> str:
        """A path that an output named, from the working directory or the home folder; empty where it cannot be one."""
        if not path or "\0" in path or (self.roots.system != "windows" and path[1:3] in (":\\", ":/")):
            return ""
        if path.startswith("~"):
            return self.roots.home + path[1:]
        return path if os.path.isabs(path) else os.path.join(self.roots.cwd, path) if self.roots.cwd else ""

    def short(self, path: str) -> str:
        """A path as a person writes it."""
        home = self.roots.home
        if path == home:
            return "~"
        return "~" + path[len(home) :] if home and path.startswith(home + os.sep) else path


def listing(names: list[str], most: int = 5) -> str:
    """Some names in code marks, and how many more."""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
