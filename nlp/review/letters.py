"""The draft of a booking confirmation, with a placeholder for each element that the chat does not state."""

from __future__ import annotations

from nlp.pipeline.names import spoken
from nlp.review.booking import Booking
from nlp.review.customer_file import described
from nlp.review.weekdays import WEEK
from nlp.thread import Thread

_NAMES = dict(zip(WEEK, ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"), strict=True))


def confirmation(booked: Booking, thread: Thread) -> str:
    """The message to the customer: add-on, option, days, time, minimum hours, notice (Handbuch 4)."""
    du = thread.task.customer.register == "du"
    name = spoken(thread.task.customer, du)
    greeting = f"{'Hallo' if du else 'Guten Tag'} {name}".strip()
    what = ", ".join([booked.add_on, *described(booked, gaps=True, spell=_spelt)])
    return f"{greeting},\n\nhiermit bestätigen wir {'deine' if du else 'Ihre'} Buchung: {what}."


def _spelt(days: tuple[str, ...]) -> str:
    """„Montag bis Freitag“, „Dienstag und Donnerstag“."""
    first, last = WEEK.index(days[0]), WEEK.index(days[-1])
    if len(days) > 2 and last - first + 1 == len(days):
        return f"{_NAMES[days[0]]} bis {_NAMES[days[-1]]}"
    names = [_NAMES[day] for day in days]
    return " und ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])
