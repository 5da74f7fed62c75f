"""What a sentence of the chat says of an item of the starter kit: that it is needed, asked for, announced, handed over, arrived, or gives trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from nlp.handbook import Need, handbook, review_phrases
from nlp.pipeline.wordings import Sentence
from nlp.review.asked import requests
from nlp.review.reading import says, tagged
from nlp.review.record import Item, State
from nlp.thread import Message

Kind = Literal["needed", "named", "asked", "announced", "given", "received", "trouble"]
ITEMS: tuple[Item, ...] = ("instruction", "examples", "lists", "logins", "manuals")
_OPTIONAL = re.compile(r"\b(?:wenn|falls)\b[^.!?]*\bgern\b|\bgern auch\b", re.IGNORECASE)
FILE = re.compile(
    r"\b[\w.-]+\.(?:docx?|xlsx?|csv|pdf|pptx?|zip|jpe?g|png|svg|txt|mp[34]|wav|odt|dbf|xml|json|rtf|tiff?|heic|gif|webp|eps|mov|m4a|aac|ods|epub|ics|vcf|eml|msg|bak|sql|dwg|key|pages|numbers)\b|https?://|\b(?:anbei|anhang|angehängt"
    r"|beigefügt|beilage)\b",
    re.IGNORECASE,
)
OWNED = re.compile(
    r"\b(?:(?:ich|wir) hab\w*|hab(?:e|en)? (?:ich|wir)|gibt(?:s| es)(?! (?:nicht|kein|hier|unter|auf|im|in|bei)\b))\b(?![^.!?]*\b\w*ge\w{3,}(?:t|en)\b)"
    r"|\bmacht (?:mein|unser)|\bvorhanden\b",
    re.IGNORECASE,
)
_IN_USE = re.compile(
    r"\b(?:in|in die|in der|im|in unsere[rn]?|in ihre[rn]?|in deine[rn]?) \w*(?:liste|tabelle|protokoll|sheet|maske|bogen|plan)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:–]\s|\b(?:aber|doch)\b")
_NOT = re.compile(r"\b(?:nicht|nichts|kein\w*|weder|noch nie)\b", re.IGNORECASE)
"""„liegt mir nach wie vor nicht vor“ says of the thing that it has not arrived."""
BEGINS = re.compile(r"\W*(?:hier|anbei|schon ?mal|vorab|zunächst|erst ?mal)\b", re.IGNORECASE)
"""„Hier die ersten Kapitel, der Rest folgt“."""


@dataclass(frozen=True, slots=True)
class Event:
    """A passage that says something of an item."""

    kind: Kind
    message: Message
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.message.text[self.start : self.end]


@dataclass(slots=True)
class Entry:
    """One item of the checklist with its history."""

    item: Item
    events: list[Event] = field(default_factory=list)
    state: State = "not_needed"

    @property
    def open(self) -> bool:
        return self.state in ("missing", "partial")

    @property
    def asked(self) -> bool:
        """Whether we have asked for it."""
        return any(event.kind == "asked" for event in self.events)


def needs() -> Iterator[tuple[Item, Need]]:
    """The items but the instruction, each with the words of the handbook that tell of it."""
    return ((item, getattr(handbook().checklist, item)) for item in ITEMS[1:])


def named_items(text: str) -> list[Item]:
    """The items that the text names."""
    return [item for item, need in needs() if says(text, need.words)]


def kinds_of(item: Item, sentence: Sentence, message: Message) -> Iterator[Kind]:
    """What the sentence says of the item."""
    if item == "logins":
        yield from _access(sentence, message)
        return
    found: list[Kind] = list(_outgoing(sentence, message) if message.outgoing else _incoming(sentence))
    if item == "lists" and "needed" in found:
        found.remove("needed")
    yield from found
    if not found and item == "lists" and _IN_USE.search(sentence.text):
        yield "named"


def _outgoing(sentence: Sentence, message: Message) -> Iterator[Kind]:
    text, known = sentence.text, review_phrases()
    if tagged(message, "ablehnung"):
        return
    if says(text, known.trouble) and tagged(message, "arbeitsmaterial"):
        yield "trouble"
    arrived = any(says(clause, known.received) and not _NOT.search(clause) for clause in _CLAUSE.split(text))
    if arrived and not says(text, known.asks + known.trouble):
        yield "received"
    elif (says(text, known.received) and not arrived) or (requests(text) and not _OPTIONAL.search(text)):
        yield "asked"


def _incoming(sentence: Sentence) -> Iterator[Kind]:
    text, known = sentence.text, review_phrases()
    later = bool(says(text, known.announced + known.put_off))
    part = later and BEGINS.match(text) and says(text, known.trouble)
    if part or FILE.search(text) or (says(text, known.given + (() if _NOT.search(text) else known.usual)) and (not later or says(text, known.trouble))):
        yield "given"
        if says(text, known.trouble):
            yield "trouble"
    elif later:
        yield "announced"
    elif OWNED.search(text):
        yield "needed"


def _access(sentence: Sentence, message: Message) -> Iterator[Kind]:
    """What the sentence says of a login, in the words that logins have."""
    text, known = sentence.text, review_phrases()
    if says(text, known.access_trouble) and (message.outgoing or tagged(message, "zugangsdaten")):
        yield from ("trouble", "asked") if message.outgoing else ("trouble",)
    elif message.outgoing and requests(text):
        yield "asked"
    elif says(text, known.access_given):
        yield "given"
        if message.incoming and says(text, known.announced):
            yield "announced"
    elif message.incoming and says(text, known.trouble):
        yield "needed"  # a file that wants a password does not bring it
    elif message.incoming:
        yield from (kind for kind in _incoming(sentence) if kind != "needed")
