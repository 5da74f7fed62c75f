"""The one record: a thread, i.e. a task and its messages, as JSON knows it.

A key that is absent is unknown and may be predicted; a key that is there, even as an empty list, was set by a
human and is kept. Keys this module does not know survive a round trip untouched.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

Author = Literal["customer", "assistant", "team"]
Channel = Literal["chat", "note"]
Register = Literal["sie", "du"]
Kind = Literal["direct", "indirect", "request", "work_request"]
Topic = Literal[
    "kosten", "zeitaufwand", "termin", "ablauf", "leistung", "person", "zugang", "status", "unterlagen", "entscheidung", "sonstiges"
]
AnswerStatus = Literal["answered", "deferred", "missed"]
QuestionStatus = Literal["open", "answered", "deferred"]
Severity = Literal["error", "warning", "hint"]
TaskType = Literal[
    "recherche", "dateneingabe", "kundensupport", "buchhaltung", "terminplanung", "reiseplanung", "social_media",
    "text_lektorat", "uebersetzung", "telefonie", "webseite", "praesentation", "personal", "privat", "sonstiges",
]  # fmt: skip
Area = Literal["neukunde", "forwarded", "laufend", "umfrage"]


class Record(BaseModel):
    """Base of all parts of a thread: unknown keys are kept."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    def to_json(self) -> dict[str, Any]:
        """The record with exactly the keys it was given or has been assigned since."""
        return self.model_dump(mode="json", exclude_unset=True)


class Fix(Record):
    """Put ``replacement`` where characters ``start`` up to ``end`` stand."""

    label: str
    start: int
    end: int
    replacement: str


class Finding(Record):
    """What a rule has against a message; ``start`` and ``end`` are 0 for the message as a whole, ``key`` is what an ignored
    finding is remembered by."""

    rule: str
    severity: Severity
    message: str = ""
    start: int = 0
    end: int = 0
    quote: str = ""
    fix: Fix | None = None
    key: str = ""


class Defect(Record):
    """A finding reduced to rule and quote, as people label it."""

    rule: str
    quote: str = ""


class Question(Record):
    """What a customer wants to know; ``start`` and ``end`` are character offsets into the message's text."""

    id: str
    quote: str
    kind: Kind
    topic: Topic = "sonstiges"
    start: int | None = None
    end: int | None = None
    score: float | None = None
    status: QuestionStatus | None = None

    @property
    def expects_answer(self) -> bool:
        return self.kind != "work_request"


class Answer(Record):
    """How an outgoing message treats the question ``m1.q1``."""

    question: str
    status: AnswerStatus
    quote: str = ""
    start: int | None = None
    end: int | None = None
    score: float | None = None


with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message='Field name "register"')  # the format's key; hides ABCMeta.register, unused here

    class Customer(Record):
        """Who the house writes with, and how it addresses them."""

        salutation: str | None = None
        first_name: str | None = None
        last_name: str | None = None
        company: str | None = None
        register: Register | None = None

    class Message(Record):
        """One message; ``tags``, ``questions``, ``answers`` and ``findings`` are None while unknown."""

        id: str
        author: Author
        channel: Channel = "chat"
        sent_at: datetime | None = None
        text: str
        attachments: list[str] | None = None
        tags: list[str] | None = None
        tag_scores: dict[str, float] | None = None
        rule_scores: dict[str, float] | None = None
        tags_unsure: list[str] | None = None
        tag_evidence: dict[str, list[dict[str, Any]]] | None = None
        register: Register | None = None
        questions: list[Question] | None = None
        answers: list[Answer] | None = None
        findings: list[Finding] | None = None
        defects: list[Defect] | None = None
        ignored: list[str] | None = None

        @property
        def incoming(self) -> bool:
            return self.author == "customer"

        @property
        def outgoing(self) -> bool:
            """Whether the customer gets to read it from us: no note, not the customer's own."""
            return self.author != "customer" and self.channel == "chat"


class FileEntry(Record):
    """What the customer file says of the task: a booking, a decline; empty text where it is only known to be there."""

    kind: str
    text: str = ""


class Task(Record):
    """The task's key data."""

    id: str
    title: str = ""
    type: TaskType = "sonstiges"
    area: Area = "laufend"
    assistant: str | None = None
    customer: Customer = Customer()
    key_data: dict[str, Any] = {}
    customer_file: list[FileEntry] | None = None

    @field_validator("key_data")
    @classmethod
    def _listed(cls, data: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(data.get("addons") or [], list):
            raise PydanticCustomError("list_type", "addons")
        return data


class Thread(Record):
    """A task and its messages, oldest first."""

    task: Task
    messages: list[Message]


LABELS = ("tags", "tag_scores", "tags_unsure", "tag_evidence", "questions", "answers", "findings", "defects", "register", "rule_scores")
"""What is said of a message, by models or people."""
_HERE = ZoneInfo("Europe/Berlin")
LONGEST = 20_000
"""Characters of a message that models and rules read; people write far less."""


@dataclass(frozen=True, slots=True)
class View:
    """What was known when message ``index`` was written: nothing after it."""

    thread: Thread
    index: int

    @property
    def message(self) -> Message:
        return self.thread.messages[self.index]

    @property
    def before(self) -> list[Message]:
        return self.thread.messages[: self.index]

    def bounded(self) -> View:
        """The same with overlong messages cut, so that nothing reads for minutes; offsets hold."""
        if all(len(message.text) <= LONGEST for message in self.thread.messages):
            return self
        cut = [m if len(m.text) <= LONGEST else m.model_copy(update={"text": m.text[:LONGEST]}) for m in self.thread.messages]
        return View(self.thread.model_copy(update={"messages": cut}), self.index)

    def open_questions(self) -> dict[str, Question]:
        """Questions that wait for an answer when this message is written, by ``m1.q1``, oldest first.

        A deferred question stays in: whether it must be taken up again is for the reader to judge.
        """
        waiting: dict[str, Question] = {}
        for message in self.before:
            for question in message.questions or ():
                if question.expects_answer:
                    waiting[f"{message.id}.{question.id}"] = question
            for answer in message.answers or ():
                if answer.status == "answered":
                    waiting.pop(answer.question, None)
        return waiting


    def taken_for_answered(self, messages: int = 3) -> dict[str, Question]:
        """Questions that only a model, no human, took for answered, in our last so many messages to the customer: a better answer
        may still come."""
        asked = {f"{m.id}.{q.id}": q for m in self.before for q in m.questions or ()}
        ours = [message for message in self.before if message.outgoing][-messages:]
        lately = [a.question for m in ours for a in m.answers or () if a.status == "answered" and a.score is not None]
        return {key: asked[key] for key in lately if key in asked}


def local(when: datetime) -> datetime:
    """The wall clock in Germany, without zone; a time without zone is taken for one, and so is one at either end of the calendar."""
    try:
        return when.astimezone(_HERE).replace(tzinfo=None) if when.tzinfo else when
    except OverflowError:  # in Germany it is the year 10000
        return when.replace(tzinfo=None)


def now() -> datetime:
    """The wall clock in Germany, wherever the machine stands."""
    return local(datetime.now(UTC))


def asked_in(key: str) -> str:
    """Id of the message with the question ``m1.q1``; ids of messages may have dots."""
    return key.rpartition(".")[0]


def views(thread: Thread) -> Iterator[View]:
    """One view a message, in order."""
    return (View(thread, index) for index in range(len(thread.messages)))


def utf16_offsets(text: str) -> list[int]:
    """Offset in UTF-16 code units, as browsers count, of each character and of the end; length ``len(text) + 1``."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if ord(character) > 0xFFFF else 1))
    return offsets


def locate(text: str, quote: str, used: Mapping[str, int] | None = None) -> tuple[int, int] | None:
    """Where ``quote`` stands in ``text``; after ``used[quote]`` if it occurs again there. None if nowhere."""
    start = text.find(quote, (used or {}).get(quote, 0)) if quote else -1
    if start < 0:
        start = text.find(quote) if quote else -1
    return None if start < 0 else (start, start + len(quote))
