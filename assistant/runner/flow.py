"""The frozen models of a flow, as authors write it in YAML: see flows/README.md. Data only; nothing here runs.

Texts may hold `{placeholders}` (see template.py). Times are whole seconds, sizes whole bytes unless a name says
otherwise.
"""

from __future__ import annotations

from typing import Literal

from assistant.content.frozen import Frozen

Risk = Literal["reads", "user-files", "network", "installs", "deletes", "admin"]
RISKS: tuple[Risk, ...] = ("reads", "user-files", "network", "installs", "deletes", "admin")
ALONE: tuple[Risk, ...] = ("deletes", "admin")  # risks that are always confirmed on their own

Kind = Literal["run", "download", "edit", "remove", "restore", "ask", "note", "use"]

# name of a param, var or fact -> the values under which something holds (see template.holds)
When = dict[str, tuple[str, ...]]


class Value(Frozen):
    """A text that holds under a condition; the first of a list that does is taken."""

    SHORT = "value"
    ONE_OR_MANY = ("when",)
    value: str
    when: When = {}


class Param(Frozen):
    """A value that the flow needs: from the question, the machine, its default, or by asking."""

    ONE_OR_MANY = ("default", "choices", "when")
    type: str
    title: str
    help: str = ""
    default: tuple[Value, ...] = ()
    choices: tuple[str, ...] = ()
    required: bool = True
    example: str = ""
    depends: dict[str, str] = {}
    """For a `cuda-tag`: `python` and `version`, which it has to fit."""
    when: When = {}
    """Only needed then; otherwise it is empty."""


class Probe(Frozen):
    """A question about the machine, answered without changing it (see probes.py for the names and what each needs)."""

    ONE_OR_MANY = ("run", "imports", "packages", "when")
    probe: str
    expect: bool = True
    """False: the step wants it not to hold."""
    path: str = ""
    prefix: str = ""
    """The folder of an environment."""
    version: str = ""
    command: str = ""
    name: str = ""
    text: str = ""
    shell: str = ""
    device: str = ""
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    megabytes: int = 0
    says: str = ""
    """The reason to show where it does not hold, in the author's words."""
    otherwise: str = ""
    """What the person can do where it does not hold."""
    when: When = {}


class Form(Frozen):
    """One way to run a step: the arguments, one item each, and when this way is taken."""

    ONE_OR_MANY = ("when",)
    run: tuple[str, ...]
    when: When = {}


class Download(Frozen):
    """A file to fetch. Without a sha256 nothing vouches for it, and the plan says so."""

    url: str
    to: str
    sha256: str = ""
    sha256_from: str = ""
    """Where its publisher gives the hash: a `.sha256` file, or a JSON list of files; read before the download."""
    size: int = 0


class Edit(Frozen):
    """A change of a text file: exactly one of `line`, `block`, `remove`, `find` (with `put`), `content`."""

    file: str
    line: str = ""
    """Make sure that this line is there; it is added at the end."""
    block: str = ""
    """Lines kept between two marker lines that hold `mark`; replaced as a whole where they are already there."""
    remove: str = ""
    """Take out every line that is equal to this one."""
    find: str = ""
    """Text that stands in the file exactly once; `put` takes its place."""
    put: str = ""
    content: str = ""
    """The whole text of the file."""
    mark: str = "envguide"
    comment: str = "#"


class Save(Frozen):
    """Output of a reading command, kept in the run's folder before the step: what an undo or a person may need."""

    ONE_OR_MANY = ("when",)
    run: tuple[str, ...]
    file: str
    title: str = ""
    when: When = {}


class Undo(Frozen):
    """How a step is taken back. Edited and touched files come back by themselves, also without this."""

    SHORT = "note"
    ONE_OR_MANY = ("remove",)
    run: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    remove: tuple[str, ...] = ()
    """Paths of `makes` to delete, if this run made them."""
    note: str = ""
    """Why it cannot be taken back, or what stays."""


class Owned(Frozen):
    """Used by undo only: something that a run made; `inode` is 0 where the run was killed before it could tell
    which.
    """

    path: str
    device: int = 0
    inode: int = 0
    listing: str = ""
    """The file that lists what was in it when it was made."""


class Note(Frozen):
    """Words for the person, and commands to copy."""

    SHORT = "text"
    ONE_OR_MANY = ("commands", "when")
    text: str
    commands: tuple[str, ...] = ()
    when: When = {}


class Preview(Frozen):
    """How the tool can tell beforehand what it would install. `kind`: conda, pip, uv."""

    ONE_OR_MANY = ("when",)
    kind: Literal["conda", "pip", "uv"]
    run: tuple[str, ...]
    when: When = {}


class Step(Frozen):
    """One step: exactly one of `run`, `forms`, `download`, `edit`, `remove`, `ask`, `note`, `use`."""

    ONE_OR_MANY = (
        "when", "note", "remove", "makes", "touches", "keeps", "leaves", "on_error", "changes", "deletes"
    )  # fmt: skip
    id: str
    title: str
    why: str = ""
    when: When = {}
    needs: tuple[Probe, ...] = ()
    """What must hold right before it; otherwise the step is blocked."""
    check: tuple[Probe, ...] = ()
    """Where all hold, the step is already done."""
    verify: tuple[Probe, ...] = ()
    """What must hold afterwards; otherwise the step has failed, whatever the exit code said."""
    run: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    download: Download | None = None
    edit: Edit | None = None
    remove: tuple[str, ...] = ()
    restore: str = ""
    """Used by undo only: the file that is put back."""
    backup: str = ""
    """Used by undo only: where its earlier text lies."""
    found: str = ""
    """Used by undo only: the sha256 that the file must still have; for a folder, the list of what was in it."""
    lenient: bool = False
    """Used by undo only: where something came later it is left as it is, and that is no failure."""
    owned: tuple[Owned, ...] = ()
    """Used by undo only: what is deleted, if it is still what the run made."""
    ask: Param | None = None
    """A question in the middle of a flow; the answer is `{id of the step}` in later steps."""
    note: tuple[Note, ...] = ()
    use: str = ""
    """Another flow, whose steps stand here."""
    set: dict[str, str] = {}
    """Params of that other flow."""
    env: dict[str, str] = {}
    cwd: str = ""
    into: str = ""
    """A file that takes what the program prints (for those that can only print)."""
    interactive: bool = False
    """The program takes the whole terminal, as a shell or an editor does."""
    makes: tuple[str, ...] = ()
    """Files or folders that the step makes and that must not be there before."""
    touches: tuple[str, ...] = ()
    """Files that the program changes; they are copied first and come back on undo."""
    keeps: tuple[str, ...] = ()
    """Folders in which the program changes things; they are kept whole first and come back on undo."""
    leaves: tuple[str, ...] = ()
    """Files and folders where the program keeps its own records; undo brings them back if nobody used them since."""
    shows: tuple[Form, ...] = ()
    """A quick reading command whose output belongs to the plan (a dry run, a checksum); the first that fits is
    taken.
    """
    save: tuple[Save, ...] = ()
    preview: tuple[Preview, ...] = ()
    downloads: str = ""
    """What it downloads, in words."""
    changes: tuple[str, ...] = ()
    """What it changes, in words."""
    deletes: tuple[str, ...] = ()
    """What it deletes, in words; named in the confirmation."""
    undo: Undo | None = None
    risk: Risk | None = None
    on_error: tuple[str, ...] = ()
    """Ids of problems to look at first when it fails."""
    timeout: int = 0
    repeat: Literal["safe", "ask"] = "safe"
    """`ask`: after an interruption, ask the person before doing it again (nothing can tell whether it was done)."""
    optional: bool = False
    """The flow may go on where this step failed."""


class Gives(Frozen):
    """What there is once a flow is done, for the steps that come after it in another flow."""

    env: str = ""
    env_path: str = ""
    env_kind: str = ""
    env_python: str = ""
    conda_root: str = ""
    conda_kind: str = ""


class Flow(Frozen):
    """A guided flow: what it needs to know, what must hold, its steps, what to say at the end."""

    ONE_OR_MANY = ("vars", "after")
    id: str
    title: str
    why: str
    ask: tuple[str, ...] = ()
    """How people ask for it, in their words."""
    params: dict[str, Param] = {}
    vars: dict[str, tuple[Value, ...]] = {}
    """Texts derived from params and facts, in the order written."""
    gives: Gives | None = None
    requires: tuple[Probe, ...] = ()
    """What must hold before any step."""
    steps: tuple[Step, ...]
    after: tuple[Note, ...] = ()
    see: tuple[str, ...] = ()
    from_: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def kinds(step: Step) -> list[Kind]:
    """What the step does; a right step has exactly one."""
    found: list[tuple[Kind, object]] = [
        ("run", step.run or step.forms),
        ("download", step.download),
        ("edit", step.edit),
        ("remove", step.remove),
        ("restore", step.restore),
        ("ask", step.ask),
        ("note", step.note),
        ("use", step.use),
    ]
    return [kind for kind, given in found if given]


def kind_of(step: Step) -> Kind:
    """What the step does."""
    return kinds(step)[0]


def risk_of(step: Step) -> Risk:
    """The worst that the step does, said by the author or clear from its kind."""
    if step.risk:
        return step.risk
    by_kind: dict[Kind, Risk] = {
        "download": "network",
        "edit": "user-files",
        "remove": "deletes",
        "restore": "user-files",
    }
    return by_kind.get(kind_of(step), "reads")
