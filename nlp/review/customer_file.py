"""The customer file: whether a booking or a decline is entered there, and the entry to paste."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from nlp.handbook import Element, handbook
from nlp.review.booking import Booking
from nlp.review.clock import times
from nlp.review.dates import on, sent
from nlp.review.options import named
from nlp.review.stated import agree
from nlp.review.weekdays import WEEK, days
from nlp.thread import FileEntry, Message, Thread

_ENTERED = re.compile(
    r"\b(?:kunden)?akte\b[^.!?]{0,60}\b(?:eingetragen|vermerkt|ergänzt|nachgetragen|drin|notiert)\b|\b(?:eingetragen|vermerkt"
    r"|nachgetragen)\b[^.!?]{0,60}\b(?:kunden)?akte\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"\b(?:gekündigt|storniert|beendet|aufgehoben)\b", re.IGNORECASE)
_DAYS = dict(zip(WEEK, ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), strict=True))
_PER = {"tag": "am Tag", "woche": "in der Woche", "monat": "im Monat", "termin": "pro Termin", None: "insgesamt"}


def booking_entered(booking: Booking, thread: Thread) -> bool:
    """Whether the customer file has the booking as it stands now; without a file, whether a note since says so."""
    entries = _entries(thread, "booking")
    if entries is None:
        return booking.confirmed is not None and _noted(thread, booking.confirmed)
    return any(_matches(entry.text, booking) for entry in entries)


def decline_entered(declined: Message, thread: Thread) -> bool:
    """Whether the customer file has the decline; without a file, whether a note since says so."""
    entries = _entries(thread, "decline")
    return _noted(thread, declined) if entries is None else bool(entries)


def _entries(thread: Thread, kind: str) -> list[FileEntry] | None:
    file = thread.task.customer_file
    return None if file is None else [entry for entry in file if entry.kind == kind]


def _noted(thread: Thread, since: Message) -> bool:
    return any(m.channel == "note" and sent(m) >= sent(since) and _ENTERED.search(m.text) for m in thread.messages)


def _matches(text: str, booking: Booking) -> bool:
    """An entry of another add-on, of a former state, or of what has ended does not count."""
    if _ENDED.search(text) or (booking.add_on.lower()[-6:] not in text.lower() and named(text) is None):
        return False
    read = {"option": named(text.replace("Opt.", "Option")), "days": days(text), "time": times(text)}
    held = {element: booking.value(element) for element in ("option", "days", "time")}
    return all(found is None or held[name] is None or agree(held[name], found.value) for name, found in read.items())


def booking_entry(booking: Booking, thread: Thread) -> str:
    """The entry for a booking, to paste."""
    when = f"bestätigt {on(booking.confirmed)}" if booking.confirmed else "noch nicht bestätigt"
    return ", ".join([booking.add_on, *described(booking), when, link(thread)])


def decline_entry(declined: Message | None, reminders: int, thread: Thread) -> str:
    """The entry for a decline, to paste.

    :param declined: The message that declines; None where it is still to be sent.
    """
    when = f" {on(declined)}" if declined else ""
    reason = f"keine Reaktion nach {reminders} Erinnerung{'en' * (reminders != 1)}" if reminders else "siehe Chat"
    return f"{thread.task.title or thread.task.id} abgelehnt{when}, {reason}, {link(thread)}"


def described(booking: Booking, *, gaps: bool = False, spell: Callable[[tuple[str, ...]], str] | None = None) -> Iterator[str]:
    """The elements in words, in the handbook's order; with ``gaps``, a placeholder for each that is required and not known."""
    for element in handbook().booking.required:
        value = booking.value(element)
        if value is not None:
            yield spell(value) if spell and element == "days" else in_words(element, value)
        elif gaps and element in booking.lacks:
            yield f"[{NAMES[element]}]"


NAMES: dict[Element, str] = {
    "option": "Option", "days": "Tage", "time": "Uhrzeit", "min_hours": "Mindestarbeitszeit", "notice": "Kündigungsfrist",
}  # fmt: skip


def in_words(element: Element, value: Any) -> str:
    """„Montag bis Freitag“ is „Mo–Fr“, 1.5 a day „mindestens 1,5 Std. am Tag“."""
    match element:
        case "option":
            return f"Option {value}" if len(str(value)) <= 2 else f"„{value}“"
        case "days":
            return _span(value)
        case "time":
            return f"{value.replace('-', '–')} Uhr"
        case "min_hours":
            return f"mindestens {value[0]:g} Std. {_PER[value[1]]}".replace(".", ",").replace("Std,", "Std.")
        case _:
            return "ohne Kündigungsfrist" if value == "keine" else f"Kündigungsfrist {value}"


def _span(value: tuple[str, ...]) -> str:
    first, last = WEEK.index(value[0]), WEEK.index(value[-1])
    if len(value) > 2 and last - first + 1 == len(value):
        return f"{_DAYS[value[0]]}–{_DAYS[value[-1]]}"
    return "+".join(_DAYS[day] for day in value)


def link(thread: Thread) -> str:
    """The link to the task: its own ``link``, else by the pattern of the handbook."""
    own = (thread.task.model_extra or {}).get("link")
    return str(own or handbook().customer_file.link.replace("{id}", thread.task.id))
