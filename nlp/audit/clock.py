"""How long an answer took, in minutes: by the calendar, and counting working days only."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from nlp.review.dates import working_days

DAY = 24 * 60
_ONE = timedelta(days=1)


def minutes(since: datetime, until: datetime) -> int:
    """Minutes by the calendar, 0 where the times are the wrong way round."""
    return max(0, round((until - since).total_seconds() / 60))


def working_minutes(since: datetime, until: datetime, state: str) -> int:
    """The same without weekends and the state's public holidays; a working day has 24 hours.

    >>> working_minutes(datetime(2026, 3, 6, 23), datetime(2026, 3, 9, 1), "NW") // 60
    2
    """
    first, last = since.date(), until.date()
    if until <= since:
        return 0
    if first == last:
        return minutes(since, until) * working_days(first - _ONE, first, state)
    begin = datetime.combine(first + _ONE, datetime.min.time())
    end = datetime.combine(last, datetime.min.time())
    whole = working_days(first, last - _ONE, state) * DAY
    return minutes(since, begin) * working_days(first - _ONE, first, state) + whole + minutes(end, until) * working_days(last - _ONE, last, state)


def quantile(spent: Counter[int], share: float) -> int | None:
    """The smallest number of minutes within which at least this share was done; None if nothing was."""
    left = share * spent.total()
    for value in sorted(spent):
        left -= spent[value]
        if left <= 1e-9:
            return value
    return None
