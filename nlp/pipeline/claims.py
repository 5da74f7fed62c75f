"""A statement that contradicts what was agreed, and how it reads when it is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nlp.pipeline.facts import WEEKDAYS, Fact, Value
from nlp.thread import View, local

MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
_AS = (
    r"\bwie (?:\w+ )?(?:besprochen|vereinbart|abgemacht|bestellt|gewünscht|gebucht|ausgemacht|geplant|in den eckdaten|eingetragen)\b"
    r"|\blaut (?:vereinbarung|eckdaten|auftrag|vertrag)\b|\beckdaten\b"
)
AS_AGREED = re.compile(_AS)
"""Says, in lower case, that what stands beside it was agreed before; an appointment may just have been „vereinbart“."""
AGREED = re.compile(rf"{_AS}|\b(?:vereinbart|abgemacht|ausgemacht|vorgemerkt)\w*\b")
"""Says, in lower case, that hours are those agreed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Characters ``start`` up to ``end`` say something else than ``right``, which ``source`` introduces; ``replacement`` mends them."""

    start: int
    end: int
    right: str
    source: str
    replacement: str | None = None


def swapped(old: str, right: str) -> str | None:
    """The old text with the right figure in place of its own; None where it holds two."""
    numbers = re.findall(r"\d+(?:[.,]\d+)*", old)
    if len(numbers) > 1 or (not numbers and " bis " in old):
        return None
    return re.sub(r"\d+(?:[.,]\d+)*|^\w+", right, old, count=1)


def dated(text: str, fact: Fact, right: date, found: Sequence[Fact]) -> Claim:
    """The date, with the weekday before it if there is one, as what the deadline is not."""
    named = next((f for f in found if f.kind == "weekday" and f.pair == fact.value and f.end <= fact.start < f.end + 8), None)
    old = text[fact.start : fact.end]
    end = fact.end - old.lower().endswith(tuple(f"{month.lower()}." for month in MONTHS))  # that point ends the sentence
    start, new = fact.start, _written(text[fact.start : end], right)
    if named:
        day = WEEKDAYS[right.weekday()].capitalize()
        start, new = named.start, (day if named.end - named.start > 3 else day[:2]) + text[named.end : fact.start] + new
    return Claim(start, end, f"der {right.day}. {MONTHS[right.month - 1]}", "Frist ist laut Eckdaten", new)


def _written(old: str, right: date) -> str:
    """The right date in the form of the old one: „20.3.“, „20. März 2026“."""
    words = re.search(r"[a-zäö]", old, re.IGNORECASE)
    new = f"{right.day}. {MONTHS[right.month - 1]}" if words else f"{right.day}.{right.month}."
    if re.search(r"20\d\d$", old):
        return f"{new} {right.year}" if words else f"{new}{right.year}"
    return new.rstrip(".") + "." * old.endswith(".")


def figure(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def amount(value: float) -> str:
    """Euro: „28,50“, „30“."""
    return figure(value) if value == int(value) else f"{value:.2f}".replace(".", ",")


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d} Uhr" if minute % 60 else f"{minute // 60} Uhr"


def day(at: datetime | None) -> date | None:
    """The day in Germany."""
    return local(at).date() if at else None


@dataclass(frozen=True, slots=True)
class Place:
    """A fact of the message with what its sentence says ``before`` and ``after`` it, in lower case, all facts ``found`` and what they have ``told``."""

    view: View
    fact: Fact
    before: str
    after: str
    found: list[Fact]
    told: set[tuple[str, Value]]

    @property
    def said(self) -> str:
        return self.view.message.text[self.fact.start : self.fact.end]

    def about(self, tag: str) -> bool:
        """Whether the message deals with this topic; without tags it may."""
        return not self.view.message.tags or tag in self.view.message.tags

    def agreed(self, key: str) -> float | None:
        """The figure of the key data, if there is one and the message does not have it too."""
        value = self.view.thread.task.key_data.get(key)
        told = (self.fact.kind, value) in self.told or ("rate", value) in self.told
        return float(value) if isinstance(value, int | float) and not told else None
