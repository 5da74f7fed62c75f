"""Which way of saying it: greeting, thanks, transition, closing. The same thread gets the same words; what this customer read lately is avoided."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlp.review.dates import day
from nlp.sandbox import Source
from nlp.situation import Situation
from nlp.templates import Phrase

MORNING, EVENING = 11, 18
"""Hours of the day: until the first it is morning, from the second on evening."""
LATELY = 6
"""So many of our messages count as lately."""


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase in words, and its place among its kind."""

    text: str
    number: int


def phrase(situation: Situation, phrases: Sequence[Phrase], kind: str, path: str) -> Said | None:
    """The phrase that fits most closely and was not used lately; None if none fits."""
    fitting = [(number, each, weight) for number, each in enumerate(phrases, 1) if (weight := _weight(situation, each)) is not None]
    spoken = [(Said(_words(situation, each, path), number), weight) for number, each, weight in fitting]
    read = [m.text for m in situation.chat if m.outgoing][-LATELY:]
    fresh = [(said, weight) for said, weight in spoken if not any(_occurs(said.text, text) for text in read)] or spoken
    best = [said for said, weight in fresh if weight == max(weight for _, weight in fresh)]
    return best[_drawn(situation, kind) % len(best)] if best else None


def state(situation: Situation) -> str:
    """first: we never wrote · same-day: we wrote today · again, also where we wait for the customer: nobody is reminded on the day of the question."""
    ours = [m for m in situation.chat if m.outgoing]
    if not ours:
        return "first"
    waits = situation.step in ("remind-1", "remind-2", "decline")
    return "same-day" if not waits and any(m.sent_at and day(m) == situation.today for m in ours) else "again"


def _weight(situation: Situation, each: Phrase) -> int | None:
    """How many conditions the phrase makes, what the customer said counting most; None if one does not hold."""
    holds = (
        each.register_ in (None, situation.register),
        _among(state(situation), each.states), _among(_time(situation), each.times), _among(situation.step, each.steps),
        _among(situation.thread.task.area, each.areas), not each.tags or situation.tags & {*each.tags}, not situation.tags & {*each.without},
        len(situation.asked) >= each.questions, all(situation.names.get(name) is not None for name in each.needs),
        not each.said or re.search(each.said, situation.said), not each.files or any(m.attachments for m in situation.turn),
    )  # fmt: skip
    return bool(each.times) + 2 * bool(each.tags) + 3 * (bool(each.said) or each.files) if all(holds) else None


def _among(held: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or held in wanted


def _time(situation: Situation) -> str:
    hour = situation.now.hour if situation.now else MORNING
    return "morning" if hour < MORNING else "evening" if hour >= EVENING else "day"


def _words(situation: Situation, each: Phrase, path: str) -> str:
    return _source(each.text, path).render(situation.names, du=situation.register == "du")


_source = cache(Source)


def _occurs(said: str, text: str) -> bool:
    """Whether the customer has read it: word for word, capitals and punctuation aside."""
    return " ".join(re.findall(r"\w+", said.lower())) in " ".join(re.findall(r"\w+", text.lower()))


def _drawn(situation: Situation, kind: str) -> int:
    """A number that depends on the thread and the kind of phrase alone."""
    last = situation.thread.messages[-1].id if situation.thread.messages else ""
    return int.from_bytes(hashlib.sha256(f"{situation.thread.task.id}\0{last}\0{kind}".encode("utf-8", "replace")).digest()[:4], "big")
