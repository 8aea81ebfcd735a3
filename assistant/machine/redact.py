"""Take private things out of text before it is shown to others: home, user name, passwords in URLs, tokens, keys.

For bug reports, `log --markdown` and anything else that leaves the machine by the person's own hand.
"""

from __future__ import annotations

import re

HIDDEN = "***"

# Names that say nothing about a person; replacing them would only garble the text.
PUBLIC_USERS = frozenset(
    {"root", "user", "admin", "administrator", "ubuntu", "debian", "home", "runner", "vagrant", "conda", "python"}
)

_URL_LOGIN = re.compile(r"(?<=://)[^/\s'\"<>]+(?=@)")
_BARE_LOGIN = re.compile(r"(?<![\w/:.@-])[^\s:/@'\"=]+:[^\s:/@'\"]+@(?=[A-Za-z0-9])")
_CONDA_TOKEN = re.compile(r"(?P<before>://[^\s'\"/]*(?:/[^\s'\"/]+){0,4}?/t/)[^/\s'\"]+")
# Not `tokenizers` or `secretstorage`, which are packages.
_PRIVATE_WORDS = (
    r"(?:(?:token|secret|credentials?)(?![a-z])|passw(?:or)?d|passwd|authorization|(?:api|access|private)[_-]?key)"
)
_ASSIGNMENT = re.compile(
    rf"(?i)(?P<name>(?<![a-z0-9])[a-z0-9_.-]{{0,40}}{_PRIVATE_WORDS}[a-z0-9_]{{0,40}}[\"']?)"
    r"(?P<mark>\s*[=:]\s*)(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&]+)"
)
_OPTION = re.compile(r"(?i)(?P<name>--(?:token|password|secret|api-key|access-key)[= ])(?P<value>\S+)")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
# Tokens that are known by their shape: Hugging Face, GitHub, GitLab, PyPI, OpenAI, AWS, Slack, Google, JWT.
_SHAPES = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
    r"|pypi-[A-Za-z0-9_-]{24,}|sk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)"
)
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
_HOMES = re.compile(r"(?i)(?P<place>/home/|/Users/|\b[A-Z]:(?:\\\\?|/)Users(?:\\\\?|/))(?P<name>[^/\\\s'\":;,]+)")


def redact_secrets(text: str) -> str:
    """Without passwords in URLs, tokens and keys."""
    text = _URL_LOGIN.sub(HIDDEN, text)
    text = _BARE_LOGIN.sub(f"{HIDDEN}@", text)
    text = _CONDA_TOKEN.sub(lambda found: found["before"] + HIDDEN, text)
    text = _SHAPES.sub(HIDDEN, text)
    text = _BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", text)
    text = _OPTION.sub(lambda found: found["name"] + HIDDEN, text)
    return _ASSIGNMENT.sub(lambda found: found["name"] + found["mark"] + HIDDEN, text)


def redact(text: str, *, home: str = "", user: str = "", host: str = "") -> str:
    """Without secrets, mail addresses, homes (`~` stands for the person's own), user, host (with and without domain)."""
    text = redact_secrets(text)
    text = _MAIL.sub("<mail>", text)
    home = home.rstrip("/\\")
    if len(home) > 1:
        # A Windows path may be written with either slash, in any case, and with backslashes doubled in JSON.
        parts = [re.escape(part) for part in re.split(r"[/\\]+", home)]
        flags = re.IGNORECASE if ":" in home else 0
        text = re.sub(r"(?:/|\\\\?)".join(parts) + r"(?![A-Za-z0-9_.-])", "~", text, flags=flags)
    text = _HOMES.sub(
        lambda found: found["place"] + (found["name"] if found["name"] in ("user", "Public") else "user"), text
    )
    # The whole name of a host first, then without its domain.
    for name, stand_in in ((user, "user"), (host, "host"), (host.partition(".")[0], "host")):
        if len(name) >= 3 and name.lower() not in PUBLIC_USERS:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", stand_in, text)
    return text
