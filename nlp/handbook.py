"""Typed view of the files in ``nlp/data``; a mistake in them is reported with file, line and what to do."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlp.errors import DataError

DATA = Path(__file__).parent / "data"
Direction = Literal["both", "incoming", "outgoing"]
Level = Literal["error", "warning", "hint", "off"]
Land = Literal["BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"]
Element = Literal["option", "days", "time", "min_hours", "notice"]


class Table(BaseModel):
    """Base of what an editor may write: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tag(Table):
    """One tag of the taxonomy."""

    id: str
    label: str
    definition: str
    not_when: str = ""
    direction: Direction = "both"
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def allows(self, author: str) -> bool:
        """Whether a message by this author may carry the tag."""
        return self.direction == "both" or (self.direction == "incoming") == (author == "customer")


class Process(Table):
    """When the team reminds, asks for approval and declines."""

    reminders: int = Field(ge=0)
    working_days: int = Field(ge=0)
    approval_above_hours: float = Field(ge=0)
    approvers: tuple[str, ...] = Field(min_length=1)
    holidays: Land


class Booking(Table):
    """What a booking confirmation has to name."""

    required: tuple[Element, ...]


class Need(Table):
    """One item of the starter kit: how it is named, when it is needed, how it is asked for."""

    label: str
    words: tuple[str, ...]
    needed: tuple[str, ...]
    template: str
    ask_sie: str
    ask_du: str


class Checklist(Table):
    """The starter kit."""

    instruction: Need
    examples: Need
    lists: Need
    logins: Need
    manuals: Need


class Audit(Table):
    """From which probability on a tag is reported as missing, below which as doubtful."""

    missing_from: float = Field(ge=0, le=1)
    doubtful_below: float = Field(ge=0, le=1)


class CustomerFile(Table):
    """How entries of the customer file look."""

    link: str = Field(pattern=r"\{id\}")


class Handbook(Table):
    """The figures of ``handbook.toml``."""

    process: Process
    booking: Booking
    audit: Audit
    customer_file: CustomerFile
    checklist: Checklist
    severity: dict[str, Level] = {}


class Phrases(Table):
    """Wordings of ``stock_phrases.toml``, as regular expressions."""

    canned: tuple[str, ...]
    vague: tuple[str, ...]
    internal: tuple[str, ...]
    placeholder: tuple[str, ...]
    secret: tuple[str, ...]
    no_secret: tuple[str, ...]
    own_contact: tuple[str, ...]
    declined: tuple[str, ...]
    declined_plainly: tuple[str, ...]
    unheard: tuple[str, ...]
    reminded: tuple[str, ...]
    approved: tuple[str, ...]
    unapproved: tuple[str, ...]
    booked: tuple[str, ...]
    minimum: tuple[str, ...]
    ending: tuple[str, ...]
    attached: tuple[str, ...]
    attached_elsewhere: tuple[str, ...]


class ReviewPhrases(Table):
    """Wordings of ``review_phrases.toml``, as regular expressions."""

    asks: tuple[str, ...]
    courtesy: tuple[str, ...]
    reminding: tuple[str, ...]
    done: tuple[str, ...]
    announced: tuple[str, ...]
    put_off: tuple[str, ...]
    given: tuple[str, ...]
    usual: tuple[str, ...]
    received: tuple[str, ...]
    access_given: tuple[str, ...]
    access_trouble: tuple[str, ...]
    trouble: tuple[str, ...]
    blocked: tuple[str, ...]
    displeased: tuple[str, ...]
    forgiving: tuple[str, ...]
    unforgiving: tuple[str, ...]
    sorry: tuple[str, ...]
    withdrawn: tuple[str, ...]
    conditional: tuple[str, ...]
    condition_met: tuple[str, ...]
    cancelled: tuple[str, ...]
    undecided: tuple[str, ...]
    changes: tuple[str, ...]
    style: tuple[str, ...]
    result: tuple[str, ...]


T = TypeVar("T", bound=BaseModel)


class Taxonomy(dict[str, Tag]):
    """The tags by id, in the order of the file."""

    def unknown(self, tag: str) -> str:
        """German text for a tag that is not in the taxonomy, with the nearest one."""
        return f"Den Tag „{tag}“ gibt es nicht. {meant(tag, self)}".rstrip()


def meant(name: str, known: Iterable[str]) -> str:
    """German text with the nearest of the known names; "" if none is near."""
    near = difflib.get_close_matches(name, [*known], n=1)
    return f"Gemeint war wohl „{near[0]}“." if near else ""


@cache
def taxonomy(path: Path = DATA / "taxonomy.toml") -> Taxonomy:
    """The tags in ``path``.

    :raises DataError: With file and line, if the file is no TOML or a tag is not described as it should be.
    """
    text, tables = read_toml(path)
    tags = Taxonomy()
    for name, table in tables.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise DataError(f"„{name}“ ist kein Tag-Name.", where=_line(path, text, name), remedy="Kleinbuchstaben, Ziffern und _.")
        given = table if isinstance(table, dict) else {}
        tags[name] = checked(Tag, {"id": name, **given}, path, text, (name,))
    return tags


@cache
def handbook(path: Path = DATA / "handbook.toml") -> Handbook:
    """The figures in ``path``. Raises as ``taxonomy``."""
    text, tables = read_toml(path)
    found = checked(Handbook, tables, path, text)
    _compiles((pattern for item in found.checklist.model_dump().values() for pattern in (*item["words"], *item["needed"])), path, text)
    return found


@cache
def phrases(path: Path = DATA / "stock_phrases.toml") -> Phrases:
    """The wordings in ``path``. Raises as ``taxonomy``, also for a broken regular expression."""
    return _wordings(Phrases, path)


@cache
def review_phrases(path: Path = DATA / "review_phrases.toml") -> ReviewPhrases:
    """The wordings in ``path``. Raises as ``phrases``."""
    return _wordings(ReviewPhrases, path)


def _wordings(model: type[T], path: Path) -> T:
    text, tables = read_toml(path)
    found = checked(model, tables, path, text)
    _compiles((pattern for wordings in found.model_dump().values() for pattern in wordings), path, text)
    return found


def _compiles(patterns: Iterable[str], path: Path, text: str) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            number = next((n for n, line in enumerate(text.splitlines(), 1) if pattern in line), 1)
            raise DataError(f"„{pattern}“ ist kein regulärer Ausdruck ({error}).", where=f"{path}:{number}", remedy="Korrigieren Sie ihn.") from error


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """A file's text and its tables. Raises as ``taxonomy``."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise DataError("Datei fehlt oder ist nicht lesbar.", where=str(path), remedy="Prüfen Sie den Pfad.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"Kein gültiges TOML ({error}).", where=str(path), remedy="Korrigieren Sie die Zeile.") from error


def checked(model: type[T], data: dict[str, Any], path: Path, text: str, at: tuple[str, ...] = ()) -> T:
    """The data as ``model``, or a DataError that names the line of the first mistake; ``at`` is where in the file it stands."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = [*at, *(str(part) for part in first["loc"] if isinstance(part, str))]
        raise DataError(_german(".".join(place), first), where=_line(path, text, ".".join(place[:-1]), place[-1]), remedy=_remedy(first)) from error


def _german(key: str, error: Any) -> str:
    match error["type"]:
        case "missing":
            return f"„{key}“ fehlt."
        case "extra_forbidden":
            return f"„{key}“ ist ein unbekannter Schlüssel."
        case _:
            return f"„{key}“ hat mit {error['input']!r} keinen gültigen Wert."


def _remedy(error: Any) -> str:
    match error["type"]:
        case "missing":
            return "Ergänzen Sie den Schlüssel."
        case "extra_forbidden":
            return "Prüfen Sie die Schreibweise oder entfernen Sie ihn."
        case "literal_error":
            return f"Erlaubt: {str(error['ctx']['expected']).replace(' or ', ', ')}."
        case _:
            return "Siehe die Erläuterung in der Datei."


def _line(path: Path, text: str, table: str, key: str = "") -> str:
    """``path:line`` of the key in the table (or before any), else of the table's head."""
    head = 0
    inside = not table
    for number, line in enumerate(text.splitlines(), 1):
        if table and line.strip() == f"[{table}]":
            head, inside = number, True
        elif inside and table and line.startswith("["):
            break
        elif inside and key and re.match(rf"\s*(?:{re.escape(key)}\s*=|\[{re.escape(key)}\])", line):
            return f"{path}:{number}"
    if not head and table:  # no head of its own: it is written inside its parent
        parent, _, name = table.rpartition(".")
        return _line(path, text, parent, name)
    return f"{path}:{head or 1}"
