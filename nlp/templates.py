"""What drafts are made of, as files an editor writes: templates, answers, phrases, add-ons.

A template or an answer is Markdown below a TOML head between ``+++`` lines; its file name is its id. See ``templates/README.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from nlp.errors import DataError
from nlp.german import said
from nlp.handbook import Table, checked, read_toml
from nlp.sandbox import Source
from nlp.thread import Area, Author, Channel, Record, Register, TaskType, Topic

HOME = Path(__file__).parent.parent / "templates"
Kind = Literal["text", "list", "date", "time", "hours", "euro", "number", "days", "addon", "addons"]
Step = Literal["start", "reply", "answered", "confirm", "wait", "remind-1", "remind-2", "approval", "decline", "closed", "report"]
"""Where the task stands: the customer's first message · any other of theirs · one that answers what we asked (what is for any other is for it
too) · one that chooses an add-on · one that puts us off · waiting for them, never or once reminded · twice, and an approver has to agree · twice · we declined ·
nobody waits for anybody."""
ANSWERS = "answers"
"""The name that stands in a template where the answers to the customer's questions belong; without it, before the template's text."""
SOURCES: dict[str, Kind] = {
    "key_data.hours_budget": "hours", "key_data.deadline": "date", "key_data.deadline.ahead": "date", "key_data.rate_eur": "euro", "key_data.cost": "euro", "key_data.addons": "list",
    "task.title": "text", "task.assistant": "text", "task.assistance": "text", "customer.company": "text",
    "chat.files": "list", "chat.secret": "text", "chat.asked_on": "date", "chat.missing": "text", "chat.addon": "addon", "chat.addon.notice": "text", "chat.addon.options": "list", "chat.option": "text", "chat.days": "days", "chat.time": "time",  # noqa: E501
    "chat.minimum": "text", "chat.notice": "text", "chat.start": "date", "addons": "addons",
}  # fmt: skip
"""Where a slot's value may come from, beside ``addons.<id>``; without a source a person fills it in. A deadline is ``ahead`` until it has passed."""


class Slot(Table):
    """A value that a text needs: of which kind, from where, and what it is called when it is missing."""

    type: Kind
    label: str
    source: str = ""
    required: bool = True


class When(Table):
    """The situations a template is for. An empty list says nothing; ``words``, and ``unless`` that tell against it, are beginnings of words, lower case.
    ``otherwise`` are the steps where it is taken if nothing speaks for another; ``without`` and ``sent`` are tags of the customer's and of ours that make it
    needless; ``booked`` says that it needs a booked add-on, ``declined`` that we had declined the task."""

    steps: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    sent: tuple[str, ...] = ()
    booked: bool = False
    declined: bool = False
    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    areas: tuple[Area, ...] = ()
    types: tuple[TaskType, ...] = ()
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class _Text(Table):
    id: str
    title: str
    version: int = Field(ge=1)
    slots: dict[str, Slot] = {}
    source: Source


class Template(_Text):
    """A message for a situation.

    ``covers`` are answers whose questions this text answers itself; ``opens`` says that it begins by itself, without a phrase of thanks.
    """

    when: When = When()
    author: Author = "team"
    channel: Channel = "chat"
    tags: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    opens: bool = False

    @property
    def preview(self) -> str:
        """The text as a list of templates shows it: to be read, with ⟦…⟧ for each value."""
        text = re.sub(r"{%.*?%}|{{ answers }}", "", re.sub(r'{{ "(.*?)" / .*?}}', r"\1", self.source.text))
        named = re.sub(r"{{ *(\w+).*?}}", lambda m: f"⟦{self.slots[m[1]].label if m[1] in self.slots else '…'}⟧", text)
        return re.sub(r"\n{3,}", "\n\n", named).strip()


class TemplateChoice(Record):
    """A template that suits the situation, and why."""

    id: str
    title: str
    reason: str


class Snippet(_Text):
    """An approved answer to what customers ask.

    ``questions`` are ways to ask it, ``unlike`` ways to ask something else that sounds the same. ``about`` and ``unless`` are regular expressions: one of
    the first must occur in the question, none of the second near it. A message that carries one of the tags in ``without``, or not all of those in ``only``,
    asks something else. ``covers`` are other answers that need not be given beside this one.
    """

    topics: tuple[Topic, ...]
    questions: tuple[str, ...] = Field(min_length=4)
    unlike: tuple[str, ...] = ()
    about: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


class Phrase(Table):
    """One way to say it; empty conditions hold always. See ``templates/phrases.toml``."""

    text: str
    register_: Register | None = Field(None, alias="register")
    times: tuple[Literal["morning", "day", "evening"], ...] = ()
    states: tuple[Literal["first", "again", "same-day"], ...] = ()
    steps: tuple[Step, ...] = ()
    areas: tuple[Area, ...] = ()
    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    said: str = ""
    files: bool = False
    questions: int = 0
    needs: tuple[str, ...] = ()


class Phrases(Table):
    """The phrases by what they do."""

    greeting: tuple[Phrase, ...]
    acknowledgement: tuple[Phrase, ...]
    transition: tuple[Phrase, ...]
    closing: tuple[Phrase, ...]


class Option(Table):
    """What can be chosen of an add-on."""

    id: str
    text: str
    days: tuple[Literal["mo", "di", "mi", "do", "fr", "sa", "so"], ...] = ()
    time: str = ""
    min_hours: float = Field(0, ge=0)
    per: Literal["tag", "woche", "monat", "termin"] = "tag"
    notice: str = ""

    @cached_property
    def minimum(self) -> str:
        return minimum(self.min_hours, self.per) if self.min_hours else "ohne Mindestzeit"


class AddOn(Table):
    """An add-on of the catalogue."""

    id: str
    name: str
    nominative: str
    accusative: str
    about: str
    price: str
    words: tuple[str, ...] = Field(min_length=1)
    options: tuple[Option, ...] = ()

def minimum(hours: float, per: str | None) -> str:
    """„mindestens 1 Stunde am Tag“."""
    each = {"tag": " am Tag", "woche": " in der Woche", "monat": " im Monat", "termin": " je Termin", None: ""}[per]
    return f"mindestens {said('hours', hours)}{each}"


@dataclass(frozen=True)
class Library:
    """All of it, by id."""

    templates: Mapping[str, Template]
    answers: Mapping[str, Snippet]
    phrases: Phrases
    addons: Mapping[str, AddOn]


@cache
def library(home: Path = HOME) -> Library:
    """The files in ``home``.

    :raises DataError: With file and line, for the first that is not as it should be.
    """
    templates = {path.stem: read(Template, path) for path in files(home)}
    answers = {path.stem: read(Snippet, path) for path in files(home / "answers")}
    return Library(templates, answers, read_phrases(home / "phrases.toml"), read_addons(home / "addons.toml"))


def files(folder: Path) -> list[Path]:
    """The templates or answers in a folder."""
    return sorted(path for path in folder.glob("*.md") if path.name != "README.md")


T = TypeVar("T", Template, Snippet)


def read(model: type[T], path: Path) -> T:
    """The template or answer in ``path``. Raises as ``library``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError("Die Datei fehlt oder ist nicht lesbar.", where=str(path), remedy="Speichern Sie sie als UTF-8.") from error
    parts = re.match(r"\+\+\+\n(?P<head>.*?)^\+\+\+\n(?P<body>.*)\Z", text, re.DOTALL | re.MULTILINE)
    if parts is None:
        raise DataError("Der Kopf zwischen zwei Zeilen +++ fehlt.", where=f"{path}:1", remedy="Beginnen Sie die Datei mit +++, Angaben, +++.")
    try:
        head = tomllib.loads("\n" + parts["head"])  # the line +++ counts
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"Kein gültiges TOML ({error}).", where=str(path), remedy="Korrigieren Sie die Zeile.") from error
    body = Source(parts["body"], str(path), text[: parts.start("body")].count("\n"))
    return checked(model, {**head, "id": path.stem, "source": body}, path, text)


@cache
def read_phrases(path: Path) -> Phrases:
    """The phrases in ``path``. Raises as ``library``."""
    text, tables = read_toml(path)
    return checked(Phrases, tables, path, text)


@cache
def read_addons(path: Path) -> dict[str, AddOn]:
    """The catalogue in ``path``. Raises as ``library``."""
    text, tables = read_toml(path)
    given: dict[str, Any] = {name: table if isinstance(table, dict) else {} for name, table in tables.items()}
    return {name: checked(AddOn, {**table, "id": name}, path, text, (name,)) for name, table in given.items()}
