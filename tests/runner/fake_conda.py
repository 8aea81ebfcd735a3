"""A stand-in for conda with its real habits (see recordings 04, 15, 61, 80): made by `install(folder)`.

`create -y` on an existing name deletes it without a word; prompts go to stdout and end of input means yes; a kill
leaves a half environment without `conda-meta/history`; `env list` shows only whole ones.
"""

import sys
from pathlib import Path

PROGRAM = """#!{python}
import json, os, shutil, subprocess, sys, time
ROOT = {root!r}
ENVS = os.path.join(ROOT, "envs")
words = sys.argv[1:]
flags = [word for word in words if word.startswith("-")]

def value(*names):
    for name in names:
        if name in words:
            return words[words.index(name) + 1]
    return ""

def prefix():
    return value("--prefix", "-p") or os.path.join(ENVS, value("--name", "-n"))

with open(os.path.join(ROOT, "calls"), "a") as calls:
    calls.write(json.dumps(words) + "\\n")
if words[:2] == ["env", "list"]:
    found = [ROOT] + [os.path.join(ENVS, name) for name in sorted(os.listdir(ENVS))
                      if os.path.exists(os.path.join(ENVS, name, "conda-meta", "history"))]
    print(json.dumps({{"envs": found}}))
elif words[:1] == ["create"]:
    if os.environ.get("CI"):
        print("CI detected...\\n1 channel Terms of Service accepted")
    print("Solving environment: done\\n\\nThe following NEW packages will be INSTALLED:\\n\\n  python")
    if "--yes" not in flags and input("Proceed ([y]/n)? ").strip().lower() not in ("", "y", "yes"):
        sys.exit("\\nCondaSystemExit: Exiting.")
    shutil.rmtree(prefix(), ignore_errors=True)
    os.makedirs(os.path.join(prefix(), "conda-meta"))
    print("Executing transaction: ", end="", flush=True)
    time.sleep(float(os.environ.get("FAKE_CONDA_PAUSE", "0")))
    subprocess.run([{python!r}, "-m", "venv", "--without-pip", prefix()], check=True)
    for spec in [word for word in words[1:] if not word.startswith("-") and word != value("--name", "-n")]:
        name, _, version = spec.partition("=")
        open(os.path.join(prefix(), "conda-meta", f"{{name}}-{{version or '1.0'}}-0.json"), "w").close()
    open(os.path.join(prefix(), "conda-meta", "history"), "w").close()
    print("done")
elif words[:2] == ["env", "remove"]:
    if "--yes" not in flags:
        input("Proceed ([y]/n)? ")
        sys.exit("\\nCondaSystemExit: Exiting.")
    if not os.path.exists(os.path.join(prefix(), "conda-meta", "history")):
        sys.exit("EnvironmentLocationNotFound: Not a conda environment: " + prefix())
    shutil.rmtree(prefix())
else:
    sys.exit("CommandNotFoundError: No command")
"""


def install(root: Path) -> Path:
    """Put the stand-in into a folder that looks like an installation; returns the program."""
    (root / "envs").mkdir(parents=True)
    (root / "conda-meta").mkdir()
    program = root / "bin" / "conda"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable, root=str(root)), encoding="utf-8")
    program.chmod(0o755)
    return program
