"""The program of the stand-in for conda (see fake_conda.py); it runs as `bin/conda` of the installation it lies in."""

import datetime
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVS, PKGS, HOME = ROOT / "envs", ROOT / "pkgs", Path.home()
KNOWN = {"numpy": ["1.26.4", "2.2.6"], "pandas": ["2.3.1"], "ipykernel": ["7.1.0"], "six": ["1.17.0"]}
NEEDS = {"pandas": ["numpy"]}
MAIN = "https://repo.anaconda.com/pkgs/main"
TAKING = "--name -n --prefix -p --channel -c --file -f --clone --revision".split()
WORDS = sys.argv[1:]
YES, DRY = "--yes" in WORDS or "-y" in WORDS, "--dry-run" in WORDS
BLOCK = f"""# >>> conda initialize >>>
# !! Contents within this block are managed by 'conda init' !!
__conda_setup="$('{ROOT}/bin/conda' 'shell.bash' 'hook' 2> /dev/null)"
if [ $? -eq 0 ]; then
    eval "$__conda_setup"
fi
unset __conda_setup
# <<< conda initialize <<<
"""
HOOK = f"""conda() {{
    if [ "$1" = activate ]; then
        case "$2" in
            */*) CONDA_PREFIX="$2" ;;
            base|'') CONDA_PREFIX="{ROOT}" ;;
            *) CONDA_PREFIX="{ROOT}/envs/$2" ;;
        esac
        if [ ! -e "$CONDA_PREFIX/conda-meta/history" ]; then echo "EnvironmentNameNotFound: $2" >&2; return 1; fi
        export CONDA_PREFIX
        PATH="$CONDA_PREFIX/bin:$PATH"
    else
        '{ROOT}/bin/conda' "$@"
    fi
}}
conda activate base
"""


def value(*names: str) -> str:
    """What follows an option."""
    return next((WORDS[WORDS.index(name) + 1] for name in names if name in WORDS), "")


def plain(start: int) -> list[str]:
    """The words that belong to no option."""
    found, skip = [], False
    for word in WORDS[start:]:
        if not skip and not word.startswith("-"):
            found.append(word)
        skip = not skip and word in TAKING
    return found


def prefix() -> Path:
    name = value("--name", "-n")
    return Path(value("--prefix", "-p") or (ROOT if name == "base" else ENVS / name))


def fail(kind: str, text: str) -> None:
    sys.stderr.write(f"\n{kind}: {text}\n\n")
    sys.exit(1)


def ask(question: str, empty: str) -> None:
    """A prompt on stdout; end of input is the same as Enter. No ends with 0, as conda does."""
    if YES:
        return
    sys.stdout.write(question)
    sys.stdout.flush()
    if (sys.stdin.readline().strip() or empty).lower() not in ("y", "yes"):
        sys.stderr.write("\nCondaSystemExit: Exiting.\n\n")
        sys.exit(0)


def is_env(place: Path) -> bool:
    return (place / "conda-meta" / "history").exists()


def need_env() -> None:
    if not is_env(prefix()):
        fail("EnvironmentLocationNotFound", f"Not a conda environment: {prefix()}")


def installed(place: Path) -> dict[str, str]:
    names = (file.stem.rsplit("-", 2) for file in sorted((place / "conda-meta").glob("*.json")))
    return {name: version for name, version, _ in names}


def line(name: str, version: str) -> str:
    return f"conda-forge/noarch::{name}-{version}-0"


# Packages


def interpreter(version: str) -> str:
    return shutil.which("python" + ".".join(version.split(".")[:2])) or sys.executable


def real(version: str) -> str:
    """The whole version of the interpreter here that stands for a Python package."""
    code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    found = subprocess.check_output([interpreter(version), "-c", code], text=True).strip()
    if not f"{found}.".startswith(f"{version}."):
        missing(f"python={version}*")
    return found


def missing(spec: str) -> None:
    text = "The following packages are not available from current channels:"
    fail("PackagesNotFoundInChannelsError", f"{text}\n\n  - {spec}\n")


def solve(specs: list[str], have: dict[str, str]) -> dict[str, str]:
    wanted = dict(have)
    for spec in specs:
        name, _, version = spec.replace("==", "=").partition("=")
        version = version.partition("=")[0]
        if name == "python":
            wanted["python"] = real(version)
            continue
        if name not in KNOWN:
            missing(spec)
        wanted[name] = next(one for one in reversed(KNOWN[name]) if one.startswith(version))
        for need in NEEDS.get(name, []):
            wanted.setdefault(need, KNOWN[need][-1])
    return wanted


def change(place: Path, wanted: dict[str, str]) -> None:
    """Make the packages of an environment these, and write the revision."""
    have = installed(place)
    gone = {name: version for name, version in have.items() if wanted.get(name) != version}
    new = {name: version for name, version in wanted.items() if have.get(name) != version}
    if not gone and not new and is_env(place):
        sys.stdout.write("# All requested packages already installed.\n")
        return
    sys.stdout.write("Executing transaction: ")
    sys.stdout.flush()
    time.sleep(float(os.environ.get("FAKE_CONDA_PAUSE", "0")))
    share = place / "share" / "fake"
    for folder in (place / "conda-meta", share, PKGS):
        folder.mkdir(parents=True, exist_ok=True)
    for name, version in gone.items():
        (place / "conda-meta" / f"{name}-{version}-0.json").unlink()
        (share / name).unlink(missing_ok=True)
    for name, version in new.items():
        record = {"name": name, "version": version, "channel": "https://conda.anaconda.org/conda-forge/noarch"}
        (place / "conda-meta" / f"{name}-{version}-0.json").write_text(json.dumps(record))
        if name == "python":
            shutil.rmtree(place / "bin", ignore_errors=True)
            # pip belongs to Python here too; left out where no test needs it, for it takes seconds.
            pip = [] if os.environ.get("FAKE_CONDA_PIP") else ["--without-pip"]
            subprocess.run([interpreter(version), "-m", "venv", *pip, place], check=True)
        else:
            cached = PKGS / f"{name}-{version}-0"
            cached.write_text(f"{name} {version}\n" * 100)
            shutil.copy(cached, f"{cached}.conda")
            (share / name).hardlink_to(cached)
    with (place / "conda-meta" / "history").open("a") as history:
        history.write(f"==> {datetime.datetime.now():%Y-%m-%d %H:%M:%S} <==\n# cmd: conda {' '.join(WORDS)}\n")
        history.writelines(f"-{line(*one)}\n" for one in sorted(gone.items()))
        history.writelines(f"+{line(*one)}\n" for one in sorted(new.items()))
    sys.stdout.write("done\n")


def revisions(place: Path) -> list[dict[str, str]]:
    states: list[dict[str, str]] = []
    for text in (place / "conda-meta" / "history").read_text().splitlines():
        if text.startswith("==>"):
            states.append(dict(states[-1]) if states else {})
        elif text[:1] in "+-":
            name, version, _ = text.rpartition("::")[2].rsplit("-", 2)
            if text[0] == "-":
                states[-1].pop(name)
            else:
                states[-1][name] = version
    return states


def register(place: Path, there: bool) -> None:
    """conda's own list of environments."""
    listed = HOME / ".conda" / "environments.txt"
    lines = listed.read_text().splitlines() if listed.exists() else []
    wanted = [one for one in lines if one != str(place)] + ([str(place)] if there else [])
    if wanted != lines:
        listed.parent.mkdir(exist_ok=True)
        listed.write_text("".join(f"{one}\n" for one in wanted))


# Settings and terms


def condarc(file: Path = HOME / ".condarc") -> tuple[str, list[str] | None, str]:
    """The rest of the text, the channels, the priority."""
    text = file.read_text() if file.exists() else ""
    block = re.search(r"^channels:\n((?:  - .*\n)*)", text, re.MULTILINE)
    priority = re.search(r"^channel_priority: (.*)\n", text, re.MULTILINE)
    rest = re.sub(r"^(?:channels:\n(?:  - .*\n)*|channel_priority: .*\n)", "", text, flags=re.MULTILINE)
    return rest, re.findall(r"  - (.*)", block[1]) if block else None, priority[1] if priority else ""


def config() -> None:
    file = (ROOT if "--system" in WORDS else HOME) / ".condarc"
    text, channels, priority = condarc(file)
    name = WORDS[-1]
    if "--add" in WORDS:
        channels = [name, *(one for one in channels if one != name)] if channels is not None else [name, "defaults"]
    elif "--remove" in WORDS:
        if name not in (channels or []):
            fail("CondaKeyError", f"'channels': value {name!r} not present in config")
        channels = [one for one in channels or [] if one != name]
    else:
        priority = name
    if channels is not None:
        text += "channels:\n" + "".join(f"  - {one}\n" for one in channels)
    file.write_text(text + (f"channel_priority: {priority}\n" if priority else ""))


def terms() -> None:
    """Stop where the channels in use have terms that nobody accepted."""
    named = [condarc(folder / ".condarc")[1] for folder in (HOME, ROOT)]
    channels = [one for channels in named for one in channels or []]
    in_use = (ROOT / "terms").exists() and (named == [None, None] or "defaults" in channels)
    if in_use and not (HOME / ".conda" / "tos" / "main" / "1.json").exists():
        fail(
            "CondaToSNonInteractiveError",
            "Terms of Service have not been accepted for the following channels. Please accept or remove them before "
            f"proceeding:\n    - {MAIN}\n\nTo accept these channels' Terms of Service, run the following commands:\n"
            f"    conda tos accept --override-channels --channel {MAIN}\n",
        )


def tos() -> None:
    if WORDS[1] == "view":
        sys.stdout.write(f"viewing Terms of Service for {MAIN}\n\nTERMS OF SERVICE (stand-in)\nBe kind.\n")
        return
    channel = value("--channel")
    place = HOME / ".conda" / "tos" / channel.rpartition("/")[2] / "1.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"base_url": channel, "version": "2025-07-15", "tos_accepted": True}))
    sys.stdout.write(f"accepted Terms of Service for {channel}\n")


# Shells


def init() -> None:
    files = {"bash": HOME / ".bashrc", "zsh": HOME / ".zshrc", "fish": HOME / ".config" / "fish" / "config.fish"}
    wanted = {ROOT / "etc" / "profile.d" / "conda.sh": HOOK}
    for shell in ("bash", "zsh") if "--all" in WORDS else plain(1):
        file = files[shell]
        old = file.read_text() if file.exists() else ""
        new = re.sub(r"# >>> conda initialize >>>\n.*?# <<< conda initialize <<<\n", "", old, flags=re.DOTALL)
        if "--reverse" not in WORDS:
            new = old if BLOCK in old else new.rstrip("\n") + "\n\n" + BLOCK + "\n"
        if new or file.exists():
            wanted[file] = new
    changed = False
    sys.stdout.write(f"no change     {ROOT}/condabin/conda\n")
    for file, new in wanted.items():
        old = file.read_text() if file.exists() else ""
        changed = changed or old != new
        if DRY and "--verbose" in WORDS and old != new:
            lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="")
            sys.stdout.write(f"\n\n{file}\n" + "\n".join(lines) + "\n")
        sys.stdout.write(f"{'modified ' if old != new else 'no change'}     {file}\n")
        if old != new and not DRY:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(new)
    after = "DRY RUN: The above changes would have been made. NO ACTUAL CHANGES WERE MADE."
    if not DRY:
        after = "For changes to take effect, close and re-open your current shell."
    sys.stdout.write(f"\n==> {after} <==\n" if changed or DRY else "No action taken.\n")


# Environments


def create() -> None:
    terms()
    if WORDS[0] == "create":
        ask("Proceed ([y]/n)? ", "y")
    clone, file = value("--clone"), value("--file", "-f")
    if clone:
        wanted = installed(Path(clone))
    elif file.endswith(".yml"):
        wanted = solve(re.findall(r"^  - ([a-z]\S*=\S+)", Path(file).read_text(), re.MULTILINE), {})
    elif file:
        lines = [one for one in Path(file).read_text().split() if "::" in one]
        wanted = solve([re.sub(r".*::(.+)-(.+)-0$", r"\1=\2", one) for one in lines], {})
    else:
        wanted = solve(plain(1), {})
    shutil.rmtree(prefix(), ignore_errors=True)
    change(prefix(), wanted)
    register(prefix(), True)


def install() -> None:
    terms()
    need_env()
    ask("Proceed ([y]/n)? ", "y")
    have = installed(prefix())
    if value("--revision"):
        change(prefix(), revisions(prefix())[int(value("--revision"))])
    else:
        change(prefix(), solve(plain(1) or [name for name in have if name != "python"], have))


def remove() -> None:
    have, names = installed(prefix()), plain(1)
    for name in names:
        if name not in have:
            text = "The following packages are missing from the target environment:"
            fail("PackagesNotFoundError", f"{text}\n  - {name}")
    ask("Proceed ([y]/n)? ", "y")
    stay = {name: version for name, version in have.items() if name not in names}
    change(prefix(), {name: version for name, version in stay.items() if not set(NEEDS.get(name, [])) & set(names)})


def env() -> None:
    if WORDS[1] == "list":
        found = [str(ROOT), *(str(place) for place in sorted(ENVS.iterdir()) if is_env(place))]
        sys.stdout.write(json.dumps({"envs": found}))
    elif WORDS[1] == "create":
        create()
    elif WORDS[1] == "export":
        sys.stdout.write(f"name: {prefix().name}\nchannels:\n  - conda-forge\ndependencies:\n")
        build = "" if "--no-builds" in WORDS else "=0"
        sys.stdout.writelines(f"  - {name}={version}{build}\n" for name, version in installed(prefix()).items())
        sys.stdout.write(f"prefix: {prefix()}\n")
    else:
        need_env()
        ask("Proceed ([y]/n)? ", "y")
        for file in (prefix() / "conda-meta").iterdir():
            file.unlink()
        ask("Everything found within the environment will be deleted. Do you wish to continue? (y/[n]) ", "n")
        shutil.rmtree(prefix())
        register(prefix(), False)


def listing() -> None:
    if "--explicit" in WORDS:
        sys.stdout.write("# platform: linux-64\n@EXPLICIT\n")
        sys.stdout.writelines(f"{line(*one)}\n" for one in installed(prefix()).items())
        return
    number = -1
    for text in (prefix() / "conda-meta" / "history").read_text().splitlines():
        if text.startswith("==>"):
            number += 1
            sys.stdout.write(f"{text.strip('=> <')}  (rev {number})\n")
        elif text[:1] in "+-":
            sys.stdout.write(f"    {text}\n")


def clean() -> None:
    unused = [file for file in PKGS.iterdir() if file.suffix == ".conda" or file.stat().st_nlink == 1]
    size = sum(file.stat().st_size for file in unused) / 1000
    sys.stdout.write(f"Will remove {len(unused)} ({size:.1f} KB) package(s).\n")
    if DRY:
        sys.stderr.write("\nDryRunExit: Dry run. Exiting.\n\n")
        return
    ask("Proceed ([y]/n)? ", "y")
    for file in unused:
        file.unlink()


def hook() -> None:
    sys.stdout.write(HOOK)


def version() -> None:
    sys.stdout.write("conda 26.7.1\n")


COMMANDS = {
    "--version": version, "create": create, "install": install, "update": install, "remove": remove, "env": env,
    "list": listing, "init": init, "shell.bash": hook, "shell.zsh": hook, "config": config, "tos": tos, "clean": clean,
}  # fmt: skip
with (ROOT / "calls").open("a") as calls:
    calls.write(json.dumps(WORDS) + "\n")
if WORDS[:1] and WORDS[0] in COMMANDS:
    COMMANDS[WORDS[0]]()
else:
    fail("CommandNotFoundError", f"No command 'conda {' '.join(WORDS)}'.")
