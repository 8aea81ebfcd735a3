"""Values that a question names: environment, Python version, package, channel, file, CUDA tag. They fill placeholders."""

from __future__ import annotations

import re

from assistant.search.text import STOP_WORDS, is_number, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

# Patterns are compiled when a question gives reason to (a digit, an `=`, ...): compiling all of them costs more than ranking.
# A name beside one of these words is the environment's: "env called demo", "env demo", "my demo environment".
_NAME = (
    r"\b(?:called|(?<!module )named|name it|call it|call them|name is)\s+[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?|"
    r"\b(?:env|environment)\s+(?!called\b|named\b|name\b)[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?|"
    r"(?:^|\s)(?:-n|--name)[\s=]+([A-Za-z0-9][\w.-]{0,63})|"
    r"\b(?:the|my|our)\s+[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?\s+(?:env|environment)\b"
)
# ... and at the end of a request it is one whatever it means otherwise: "delete environment tf", "pandas from env work".
_LAST_NAME = (
    r"(?:^(?:please\s+)?(?:delete|remove|drop|activate|enter|open|clone|copy|export|rename|deactivate)|\b(?:from|in|into|inside))\s+"
    r"(?:the\s+|my\s+)?(?:conda\s+)?(?:env|environment)\s+([a-z0-9][\w.-]{0,63})\s*[.?!]*$"
)
_NEW_NAME = r"\b(?:rename|clone|copy|duplicate)\b.{0,60}?\b(?:to|into|as|called|named)\s+[`'\"]?([a-z0-9][\w.-]{0,63})"
_OLD_NAME = (
    r"\b(?:rename|clone|copy|duplicate)\s+(?:the\s+|my\s+)?(?:conda\s+)?(?:env(?:ironment)?\s+)?"
    r"[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?\s+(?:env(?:ironment)?\s+)?(?:to|into|as)\s+[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?$"
)
_POINTING = frozenset(
    "it that this them these one env envs environment environments conda venv everything files file".split()
)
# "activate ml": a bare name, unless the word is a tool, a shell or a thing.
_BARE = r"^(?:please\s+|conda\s+|source\s+)?(?:activate|deactivate)\s+[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?\s*[?.!]?$"
_NO_BARE_NAME = frozenset(
    """conda venv virtualenv env envs environment environments uv pip pipx mamba micromamba poetry pixi python powershell
    bash zsh fish cmd jupyter kernel shell terminal script scripts it that this me them one something automatically windows linux
    macos mac prompt conda-forge anaconda miniconda""".split()
)
_PYTHON = (
    r"\b(?:python|py)\s*(?:version\s*)?(?:==?|>=)?\s*([23](?:\.\d{1,2}){1,2})\b|(?<![\d.=])\b(3\.\d{1,2})\b(?!\.\d)"
)
_OLD_PYTHON = r"(?<![\d.=])2\.7(?![\d.])"
_PINNED = r"\b([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)\s*(==|=|~=|>=|<=)\s*([\d][\w.*]*)"
_CUDA_TAG = r"\b(cu\d{2,3}|rocm\d\.\d)\b"
_CUDA = r"\bcuda\s*(?:version\s*)?(\d{1,2}\.\d)\b"
_CHANNEL = r"(?:^|\s)(?:-c|--channel)[\s=]+([\w-]+)|\bfrom\s+(conda-forge|bioconda|defaults|nvidia|pytorch)\b"
_FILE = r"(?<![\w/\\.-])((?:[\w.-]+[/\\])*[\w.-]+\.(?:ya?ml|txt|toml|lock|whl|py))\b"
_INSTALL_VERBS = ("install", "add", "update", "upgrade", "remove", "downgrade", "pin", "import")
_INSTALL = (
    r"\b(?:install|add|update|upgrade|uninstall|remove|downgrade|pin|import)\s+(?:the\s+)?(?:package\s+|library\s+|module\s+)?"
    r"[`'\"]?([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)[`'\"]?"
)

# Words that may stand where a name is looked for, and are none.
NOT_A_NAME = STOP_WORDS | frozenset(
    """variable variables folder directory path name names list file yml yaml python conda pip venv uv mamba version
    manager location locations create created creation remove delete update export activate activation clone rename
    using based exists already without inside and-or error not was is file's setup set up var vars settings called
    named prefix specific new old existing another different same this that takes forever works work working stuck
    completely permanently automatically safely properly entirely fully quickly again folder prompt prefix root base path
    packages package cannot recreate from for with like only error: isn't doesn't fails failed broken""".split()
)

NO_LAST_NAME = NOT_A_NAME - {"work", "old", "new"}


def read_slots(
    text: str, is_word: Callable[[str], bool] = lambda _: False, packages: Collection[str] = ()
) -> dict[str, str]:
    """Values that the question names: environment name, Python version, package, channel, file, CUDA tag.

    `is_word` tells words of the subject, which are no names where nothing says so ("env gpu" is about a GPU);
    `packages` are the packages that are known by name, wherever they stand.
    """
    slots: dict[str, str] = {}
    lowered = text.lower()
    has_digit = any(char.isdigit() for char in text)

    def search(pattern: str) -> re.Match[str] | None:
        return re.search(pattern, text, re.IGNORECASE)

    if any(word in lowered for word in ("rename", "clone", "copy", "duplicate")):
        renamed = search(_NEW_NAME)
        likely = renamed and (not is_word(renamed[1].lower()) or (" env" in lowered and renamed[1].lower() in packages))
        if renamed and likely and renamed[1].lower() not in NOT_A_NAME:
            slots["new_name"] = renamed[1]
        pair = search(_OLD_NAME)
        if pair and pair[1].lower() not in _POINTING:
            slots["name"], slots["new_name"] = pair[1], pair[2]
    if "activate " in lowered and (bare := search(_BARE)) and bare[1].lower() not in _NO_BARE_NAME:
        if bare[1].lower() in packages or not is_word(bare[1].lower()):
            slots["name"] = bare[1]
    padded = f" {lowered}"
    if any(word in padded for word in (" env ", " environment ", " name", " call", " -n")):
        for found in re.finditer(_NAME, text, re.IGNORECASE):
            name = next(group for group in found.groups() if group)
            if (found[2] or found[4]) and is_word(name.lower()):
                continue
            if (
                name.lower() not in NOT_A_NAME
                and not name.lower().endswith((".yml", ".yaml", ".txt"))
                and not is_number(name)
            ):
                slots.setdefault("name", name.rstrip(".-"))
    if (
        "name" not in slots
        and " env" in padded
        and (last := search(_LAST_NAME))
        and last[1].lower() not in NO_LAST_NAME
    ):
        slots["name"] = last[1]
    if has_digit and (python := search(_PYTHON)):
        slots["python"] = python[1] or python[2]
    elif "python" in lowered and "torch" not in lowered and re.search(_OLD_PYTHON, text):
        slots["python"] = "2.7"
    if has_digit and "=" in text:
        for found in re.finditer(_PINNED, text, re.IGNORECASE):
            package = found[1]
            if package.lower() not in ("python", "py", "cuda", "pytorch-cuda") and not package.startswith("-"):
                slots.setdefault("package", package)
                slots.setdefault("version", found[3])
    if "package" not in slots and any(verb in lowered for verb in _INSTALL_VERBS):
        slots |= _package(text, is_word, packages)
    if has_digit and ("cu" in lowered or "rocm" in lowered):
        if tag := search(_CUDA_TAG):
            slots["cuda"] = tag[1].lower()
        if version := search(_CUDA):
            slots["cuda_version"] = version[1]
    if ("from " in lowered or "-c" in lowered) and (channel := search(_CHANNEL)):
        slots["channel"] = channel[1] or channel[2]
    if "." in text and (file := search(_FILE)):
        name = file[1]
        slots["requirements" if "requirement" in name.lower() else "script" if name.endswith(".py") else "file"] = name
    return slots


_NOT_A_PACKAGE = frozenset(
    """conda-forge bioconda defaults python
    anaconda miniconda miniforge conda mamba env envs environment environments everything python3 all dependencies
    requirements cuda cudnn driver drivers channel channels kernel kernels packages package libraries
    things stuff software pip3 virtualenv again via an a the multiple several specific old new version versions
    git github wheel wheels pypi error errors fails failed nothing base to on of or if""".split()
)


def _package(text: str, is_word: Callable[[str], bool], packages: Collection[str]) -> dict[str, str]:
    """The package that is installed, removed or updated: one that is known by name, else the word after the verb."""
    known = [word for word in dict.fromkeys(words(text)) if word in packages]
    installed = re.search(_INSTALL, text, re.IGNORECASE)
    if installed:
        package = installed[1].rstrip(".")
        lowered = package.lower()
        is_file = lowered.endswith((".yml", ".yaml", ".txt", ".toml", ".lock", ".py"))
        refused = lowered in NOT_A_NAME or lowered in _NOT_A_PACKAGE or is_file or is_word(lowered)
        if lowered in packages or not (refused or known):
            return {"package": package}
    return {"package": known[0]} if len(known) == 1 else {}
