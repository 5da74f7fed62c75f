"""When: the moment of a review, working days by the public holidays of a German state, and by when something was promised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from nlp.errors import DataError
from nlp.handbook import handbook
from nlp.pipeline.facts import NUMBERS, facts, number
from nlp.thread import Message, Thread, local

LONGEST = 20_000
"""Characters of a message that a review reads; what is longer is pasted material, not chat."""
_PARTS = {"früh": 10, "vormittag": 12, "mittag": 14, "nachmittag": 18, "abend": 22}
_PART = re.compile(r"(früh|vormittag|nachmittag|mittag|(?<!sonn)abend)s?\b", re.IGNORECASE)
_WEEK = re.compile(r"\b(?:diese[rn]?|(?:ende|laufe) der|(?P<next>(?:nächste|kommende)\w*)) woche\b", re.IGNORECASE)
_AWAY = re.compile(rf"\b(?:in|binnen|innerhalb von)\s+(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})\s+(?P<unit>stunde|werktag|tag|woche)\w*", re.IGNORECASE)
_MONTH = re.compile(r"\b(?:monatsende|ende (?:des|dieses) monats|monatsletzten)\b", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:bis|spätestens)(?:\s+(?:zum|am|einschließlich))?\s*$", re.IGNORECASE)
_UNITS = {"stunde": timedelta(hours=1), "werktag": timedelta(days=1), "tag": timedelta(days=1), "woche": timedelta(weeks=1)}


def moment(text: str) -> datetime:
    """``2026-03-20T09:00``, or ``2026-03-20`` for the end of that day.

    :raises DataError: If it is neither.
    """
    try:
        return local(datetime.combine(date.fromisoformat(text), time.max) if len(text) == 10 else datetime.fromisoformat(text))
    except ValueError as error:
        raise DataError(f"„{text}“ ist kein Zeitpunkt.", where="as_of", remedy="Schreiben Sie ihn wie 2026-03-20 oder 2026-03-20T09:00.") from error


def sent(message: Message) -> datetime:
    """When the message was sent; long ago where the record does not say."""
    return local(message.sent_at) if message.sent_at else datetime.min


def day(message: Message) -> date | None:
    """The day the message was sent; None where the record does not say."""
    return sent(message).date() if message.sent_at else None


def on(message: Message, form: str = "%d.%m.%Y", word: str = "am") -> str:
    """„am 04.03.2026“."""
    return f"{word} {sent(message):{form}}" if message.sent_at else "an unbekanntem Tag"


def so_far(thread: Thread, as_of: datetime) -> Thread:
    """The thread as it stood at that moment; of a very long message its beginning, places stay as they are."""
    messages = [message for message in thread.messages if sent(message) <= as_of]
    short = [m if len(m.text) <= LONGEST else m.model_copy(update={"text": m.text[:LONGEST]}) for m in messages]
    return thread.model_copy(update={"messages": short})


def working_days(since: date, until: date, state: str) -> int:
    """Working days after ``since`` up to ``until``, that day included: Monday to Friday but for the state's public holidays."""
    if until <= since:
        return 0
    return _calendar(state).get_working_days_count(since + timedelta(days=1), until)


@cache
def _calendar(state: str) -> holidays.HolidayBase:
    return holidays.country_holidays("DE", subdiv=state)


def promised(text: str, said: datetime) -> datetime | None:
    """The end of the time that the text names, counted from when it was said; None if it names none.

    >>> promised("Antwort haben Sie bis Mittwochabend", datetime(2026, 7, 13, 8, 15))
    datetime.datetime(2026, 7, 15, 22, 0)
    >>> promised("in 3 Tagen", datetime(2026, 7, 13, 8, 15)).date(), promised("in 99999999999 Tagen", datetime(2026, 7, 13, 8, 15))
    (datetime.date(2026, 7, 16), None)
    >>> promised("in 3 Werktagen", datetime(2026, 7, 10, 8, 15)).date()  # a Friday
    datetime.date(2026, 7, 15)
    >>> promised("in 3 Tagen", datetime(9999, 12, 31)), promised("in 3 Werktagen", datetime(9999, 12, 31))
    (None, None)
    """
    try:
        named = list(_days(text, said.date()))
    except (OverflowError, ValueError):  # after the calendar's end
        return None
    days = [day for day, limit in named if limit] or [day for day, _ in named]
    clock = [fact.value for fact in facts(text) if fact.kind == "time"]
    if not days and not clock and not _PART.search(text):
        return None
    day = max(days, default=said.date())
    if clock:
        return datetime.combine(day, time.fromisoformat(str(clock[-1])))
    part = _PART.search(text)
    return datetime.combine(day, time(_PARTS[part[1].lower()]) if part else time.max)


def _days(text: str, today: date) -> Iterator[tuple[date, bool]]:
    """The days that the text names, and whether as a limit („bis Mittwoch“)."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    for fact in facts(text, today):
        limit = bool(_LIMIT.search(text, 0, fact.start))
        if fact.kind == "date" and isinstance(fact.value, date):
            yield fact.value, limit
        elif fact.kind == "weekday" and fact.pair is None and isinstance(fact.value, int):
            yield today + timedelta(days=(fact.value - today.weekday() - 1) % 7 + 1), limit
    for week in _WEEK.finditer(text):
        yield friday + timedelta(weeks=bool(week["next"])), True
    for away in _AWAY.finditer(text):
        count, unit = round(number(away["count"])), away["unit"].lower()
        yield _calendar(handbook().process.holidays).get_nth_working_day(today, count) if unit == "werktag" else today + count * _UNITS[unit], True
    if _MONTH.search(text):
        yield (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), True
