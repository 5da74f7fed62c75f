"""What a map says, and whether it can be true; a mistake is told with file, line and what to do."""

from __future__ import annotations

import difflib
import warnings
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from nlp.errors import DataError
from nlp.handbook import DATA, Table, checked, read_toml
from nlp.thread import Area, Author, Channel, Register, TaskType

HOME = DATA / "imports"
UNIX = "unix"


class Taken(Table):
    """Where a value is taken from: the first of the paths that leads to one, else ``default``.

    A path is keys with dots between; in a list it goes on in each element. What is ``empty`` counts for nothing; ``part`` takes the last word of a name,
    or the words before it; ``values`` translates; ``pattern`` puts the value where {} stands.
    """

    path: tuple[str, ...] = Field(default=(), alias="from")
    empty: tuple[str, ...] = ()
    part: Literal["first", "last"] | None = None
    values: dict[str, str] = {}
    default: str | None = None
    pattern: str = "{}"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        """``"title"`` stands for ``{from = ["title"]}``."""
        given = {"from": given} if isinstance(given, str | list) else given
        if isinstance(given, dict) and isinstance(given.get("from"), str):
            given = given | {"from": [given["from"]]}
        return given

    @field_validator("path")
    @classmethod
    def _paths(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        if any(not part for path in paths for part in path.split(".")):
            raise ValueError("a path is keys with dots between")
        return paths


def _text_of(value: Any) -> Any:
    """Keys and values of TOML as they are compared: text."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


class AuthorTaken(Taken):
    values: dict[str, Author] = {}  # type: ignore[assignment]
    default: Author | None = None


class ChannelTaken(Taken):
    values: dict[str, Channel] = {}  # type: ignore[assignment]
    default: Channel | None = "chat"


class TypeTaken(Taken):
    values: dict[str, TaskType] = {}  # type: ignore[assignment]
    default: TaskType | None = "sonstiges"


class AreaTaken(Taken):
    values: dict[str, Area] = {}  # type: ignore[assignment]
    default: Area | None = "laufend"


class RegisterTaken(Taken):
    values: dict[str, Register] = {}  # type: ignore[assignment]
    default: Register | None = None


class TextTaken(Taken):
    """``html``: true, or the path of the field that says ``text/html`` where the text is HTML."""

    html: bool | str = False


class DateTaken(Taken):
    """``date``: ``iso``, ``unix`` (seconds), or a pattern like ``%d.%m.%Y %H:%M``; times without zone are German ones."""

    date: str = "iso"

    @field_validator("date")
    @classmethod
    def _works(cls, pattern: str) -> str:
        if pattern not in ("iso", UNIX):
            probe = datetime(2026, 3, 2, 9, 14)
            if datetime.strptime(probe.strftime(pattern), pattern).date() != probe.date():
                raise ValueError("a pattern has day, month and year")
        return pattern


class Source(Table):
    """How the export is built. ``items``: path of the list of tickets; ``messages``: where a ticket has its messages; without it a row is a
    message, and ``group`` is the field by which rows belong together."""

    format: Literal["json", "jsonl", "csv"] = "json"
    items: str = ""
    messages: str = ""
    group: str = ""
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "cp1252", "iso-8859-15", "utf-16"] = "utf-8"


with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message='Field name "register"')  # the format's key; hides ABCMeta.register, unused here

    class TaskMap(Table):
        """Fields of the task, taken from the ticket; where rows are messages, from the first."""

        id: Taken
        title: Taken | None = None
        type: TypeTaken | None = None
        area: AreaTaken | None = None
        assistant: Taken | None = None
        link: Taken | None = None
        salutation: Taken | None = None
        first_name: Taken | None = None
        last_name: Taken | None = None
        company: Taken | None = None
        register: RegisterTaken | None = None


Words = Annotated[str, BeforeValidator(_text_of)]


class MessageMap(Table):
    """Fields of a message. ``skip``: messages in which the field has one of these values are left out."""

    author: AuthorTaken
    text: TextTaken
    id: Taken | None = None
    channel: ChannelTaken | None = None
    sent_at: DateTaken | None = None
    attachments: Taken | None = None
    skip: dict[str, tuple[Words, ...]] = {}


class Map(Table):
    """A whole map, and the file it is from."""

    path: Path
    source: Source = Source()
    task: TaskMap
    message: MessageMap


def load(name: str) -> Map:
    """The map that ships under this name, or the one in this file.

    :raises DataError: If there is none, or something is wrong in it.
    """
    path = Path(name)
    if path.suffix != ".toml":
        path = HOME / f"{name}.toml"
        if not path.is_file():
            known = sorted(each.stem for each in HOME.glob("*.toml"))
            near = difflib.get_close_matches(name, known, n=1)
            guess = f" Gemeint war wohl „{near[0]}“." if near else ""
            raise DataError(f"Die Karte „{name}“ gibt es nicht.{guess}", remedy=f"Es gibt {', '.join(known)}; eine eigene geben Sie als Datei an: meine.toml.")
    text, tables = read_toml(path)
    found = checked(Map, {**tables, "path": path}, path, text)
    if not found.source.messages and not found.source.group:
        remedy = "Nennen Sie unter [source] mit messages den Ort der Nachrichten, oder mit group die Spalte, die sie zu Aufgaben ordnet."
        raise DataError("Die Karte sagt nicht, welche Nachrichten zusammengehören.", where=str(path), remedy=remedy)
    return found
