"""What a message states of a booking: option, days, time, minimum and notice, each with the passage that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlp.handbook import Element
from nlp.review.clock import times
from nlp.review.found import Found
from nlp.review.options import Option, by_label, in_full, named
from nlp.review.terms import hours, minimum, minimum_of, notice
from nlp.review.weekdays import days
from nlp.thread import Message

_WEEKS = re.compile(r"(\d+) wochen?")


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and the passage that states it."""

    value: Any
    message: Message
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.message.text[self.start : self.end]


def at(message: Message, found: Mapping[Element, Found | None], start: int = 0) -> Iterator[tuple[Element, Said]]:
    """What was found in the stretch of the message that begins at ``start``, as said there."""
    return ((element, Said(each.value, message, start + each.start, start + each.end)) for element, each in found.items() if each is not None)


def terms(message: Message, text: str, start: int) -> Iterator[tuple[Element, Said]]:
    """Minimum and notice in the stretch of the message that begins at ``start``."""
    found: dict[Element, Found | None] = {"min_hours": minimum(text), "notice": notice(text)}
    return at(message, found, start)


def proposed(message: Message) -> Iterator[tuple[Element, Said]]:
    """Option, days and time of a proposal that leaves no choice."""
    found: dict[Element, Found | None] = {"option": named(message.text), "days": days(message.text), "time": times(message.text)}
    return at(message, found)


def more_hours(message: Message) -> Iterator[tuple[Element, Said]]:
    """What the house says of hours once something is booked: „aus der einen Stunde werden anderthalb je Tag“."""
    if found := hours(message.text, last=True):
        yield "min_hours", Said(found.value, message, found.start, found.end)


def of_option(message: Message, offered: list[Option], picked: Option | None) -> Iterator[tuple[Element, Said]]:
    """What the offer says of the option, else of all of them; what it says of other options does not count."""
    if picked is None:
        yield from terms(message, message.text, 0)
        return
    found: dict[Element, Found | None] = {"days": days(picked.text), "time": times(picked.text)}
    yield from at(message, found, picked.start)
    common, last = _without(message.text, offered), offered[-1]
    element: Element
    for element, find in (("min_hours", minimum), ("notice", notice)):
        tries = [(picked.text, picked.start, find), (common, 0, find)]
        if element == "min_hours" and (own := minimum_of(message.text, picked.label)):
            yield element, Said(own.value, message, own.start, own.end)
            continue
        tries += [(picked.text, picked.start, hours)] if element == "min_hours" else []
        tries += [(last.text, last.start, find)]
        first = next(((got, start) for text, start, method in tries if (got := method(text)) is not None), None)
        if first is not None:
            yield element, Said(first[0].value, message, first[1] + first[0].start, first[1] + first[0].end)


def _without(text: str, offered: list[Option]) -> str:
    """The text with the options blanked out, so that places stay as they are."""
    for option in offered:
        if text[option.start : option.start + len(option.text)] == option.text:
            text = text[: option.start] + "\n" * len(option.text) + text[option.start + len(option.text) :]
    return text


def confirmed(message: Message, start: int, offered: list[Option]) -> Iterator[tuple[Element, Said]]:
    """What a confirmation says, from its confirming sentence on; where that is silent, what stands before it."""
    finds: dict[Element, Callable[[str], Found | None]] = {
        "option": lambda text: in_full(text, offered) or named(text) or by_label(text, offered), "days": days, "time": times,
    }  # fmt: skip
    for element, find in finds.items():
        offset = start
        found = find(message.text[start:])
        if found is None:
            offset, found = 0, find(message.text[:start])
        if found is not None:
            yield element, Said(found.value, message, offset + found.start, offset + found.end)
    yield from terms(message, message.text, 0)


def agree(old: Any, new: Any) -> bool:
    """Whether the two say the same, one perhaps less fully: „9:00“ and „9:00-11:00“, „48“ and „Express 48“, „14 Tage“ and „2 Wochen zum Monatsende“."""
    if isinstance(old, str) and isinstance(new, str):
        one, other = sorted((_WEEKS.sub(_in_days, old.lower()), _WEEKS.sub(_in_days, new.lower())), key=len)
        return other.startswith(one) or other.endswith(f" {one}")
    if isinstance(old, tuple) and len(old) == 2 and isinstance(old[0], int | float):
        return bool(old[0] == new[0]) and (old[1] == new[1] or None in (old[1], new[1]))
    return bool(old == new)


def _in_days(match: re.Match[str]) -> str:
    return f"{7 * int(match[1])} tage"
