"""Facts in German text, normalised: dates, weekdays, times of day, durations, amounts of money.

„halb drei“ is 14:30 or 2:30, „anderthalb Stunden“ are 1.5, „KW 12“ is a week, „übermorgen“ counts from the day it is written.

>>> [(fact.kind, fact.value) for fact in facts("Fertig bis Freitag, 20. März, halb drei, für 1,5 h zu 34 € die Stunde", date(2026, 3, 2))]
[('weekday', 4), ('date', datetime.date(2026, 3, 20)), ('time', '14:30'), ('hours', 1.5), ('rate', 34.0)]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from nlp.pipeline.kept import kept

Value = date | str | float | int


@dataclass(frozen=True, slots=True)
class Fact:
    """``kind`` and its ``value``: date (date) · weekday (0 is Monday) · week (ISO number) · time ("HH:MM") · hours (float) ·
    money, rate (Euro, float); ``start`` and ``end`` in characters.

    ``pair`` marks the weekday that names the date after it („Montag, 14. März“).
    """

    kind: str
    value: Value
    start: int
    end: int
    pair: date | None = None


_ONES = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
_TENS = {20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig", 60: "sechzig", 70: "siebzig", 80: "achtzig", 90: "neunzig"}
NUMBERS: dict[str, float] = {word: n for n, word in enumerate(_ONES)} | {
    **{word: n for n, word in _TENS.items()},
    **{f"{_ONES[one]}und{ten}": n + one for n, ten in _TENS.items() for one in range(1, 10)},
    **{f"{many}hundert{ten}": 100 * (n or 1) + rest for n, many in enumerate(["", *_ONES[1:10]]) for rest, ten in {0: "", 10: "zehn", **_TENS}.items()},
    **{f"{many}tausend": 1_000 * (n or 1) for n, many in enumerate(["", *_ONES[1:13]])},
    "eine": 1, "einer": 1, "einem": 1, "einen": 1, "eins": 1, "zwo": 2, "zwölf": 12,
    "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5, "viereinhalb": 4.5, "fünfeinhalb": 5.5, "halbe": 0.5, "halben": 0.5,
    "dreiviertel": 0.75, "viertel": 0.25, "dutzend": 12,
}  # fmt: skip
"""German number words to figures."""
_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
_NUMBER = rf"\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?|\d+(?:[.,]\d+)?|{_WORD}"
MONTHS = {
    "jan": 1, "jän": 1, "feb": 2, "mär": 3, "maer": 3, "mrz": 3, "apr": 4, "mai": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "okt": 10,
    "nov": 11, "dez": 12,
}  # fmt: skip
_MONTH = (
    r"(?:januar|jänner|jan|februar|feber|feb|märz|maerz|mär|mrz|april|apr|mai|juni|jun|juli|jul|august|aug|september|sept|sep|oktober|okt|november|nov"
    r"|dezember|dez)\b\.?"
)
WEEKDAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_SHORT = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6, "sonnabend": 5}
_WEEKDAY = (
    r"(?P<weekday>montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)(?:s|en|e)?"
    r"(?:abend|morgen|mittag|nachmittag|vormittag|früh)?\b"
)
_SHORT_DAY = r"(?P<short>(?-i:Mo|Di|Mi|Do|Fr|Sa|So))\b\.?(?=,?\s*(?:den\s+)?\d{1,2}\.)"
_DATE = (
    rf"(?P<day>\d{{1,2}}|{'|'.join(w for w in NUMBERS if w in _ONES)})\.?\s?(?P<month>{_MONTH})(?:\s?(?P<year>20\d\d))?"
    r"|(?P<nday>\d{1,2})\.\s?(?P<nmonth>0?[1-9]|1[0-2])\.(?!\d{1,3}(?!\d)[^\d.:]*\.\d)(?!\d{3}\b)(?:\s?(?P<nyear>20\d\d|\d\d)(?![\d:]|\s*uhr))?"
    r"|(?P<iso>20\d\d-\d\d-\d\d)"
)
_RELATIVE = r"(?<!guten )(?<!schönen )(?P<relative>vorgestern|gestern|heute|übermorgen|uebermorgen|morgen(?!s)(?!\s+(?:zusammen|früh\s+am)))\b"
_TIME = (
    r"(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?:\s*(?:uhr|h)\b)?"
    r"(?!\.?\d|\s*(?:€|euro|eur|prozent|%|mio|std|stunden|kg|m\b|km\b|gb|mb))"
    r"|(?<![\d.,])(?P<full>[01]?\d|2[0-4])\s*uhr\b(?:\s*(?P<past>[0-5]\d)\b)?"
    rf"|halb\s+(?P<half>{'|'.join(_ONES[1:13])}|\d{{1,2}})\b"
    rf"|(?P<quarter>viertel\s+(?:vor|nach)|dreiviertel|viertel)\s+(?P<quarter_of>{'|'.join(_ONES[1:13])}|eins|\d{{1,2}})\b(?!\s*(?:stunde|std|h\b))"
    rf"|(?:\bum|\bab|\bgegen|\bbis|\bvor|\bnach)\s+(?P<bare>{'|'.join(_ONES[5:13])})\b(?=\s*(?:uhr|[.,;!?)]|$|anfangen|beginn|start|früh|morgens|abends|los))"
)
_HOURS = (
    rf"(?P<amount>{_NUMBER})(?:\s*(?:bis|-|–)\s*(?P<upto>{_NUMBER}))?(?:\s(?:vereinbart|besprochen|gebucht|geplant|bestellt)en)?(?:\s|-)?"
    r"(?:(?P<unit>stunden?|std\.?|h\b|arbeitsstunden?)|(?P<minutes>minuten?|min\b\.?))"
)
_MONEY = (
    rf"(?P<euros>{_NUMBER})\s*(?:,-+)?\s*(?:€|euro\b|eur\b)(?P<per>\s*(?:/|pro|je|die|in der|per)\s*(?:std|stunde|h\b))?"
    rf"|(?:€|\beur)\s*(?P<prefixed>\d[\d.]*(?:,\d+)?)"
)
_WEEK = r"\b(?:kw|kalenderwoche)\.?\s?(?P<week>\d{1,2})\b"

_ALL = re.compile(
    "|".join(rf"(?:{part})" for part in (
        rf"(?<![\w-])(?:{_WEEKDAY}|{_SHORT_DAY})", rf"(?<![\w.,-]){_WEEK}", rf"(?<![\w,-])(?:{_MONEY})", rf"(?<![\w,.-])(?:{_HOURS})",
        rf"(?<![\d.,-])(?<!\w)(?<!version )(?:{_DATE})", rf"(?<![\w.-])(?:{_TIME})", rf"(?<![\w-]){_RELATIVE}",
    )),
    re.IGNORECASE,
)  # fmt: skip
_PAIRED = re.compile(rf"[\s,(]{{0,4}}(?:den|dem|der|am|also|d\.h\.)?\s{{0,2}}(?:{_DATE})", re.IGNORECASE)


@kept
def facts(text: str, today: date | None = None) -> Iterator[Fact]:
    """The facts of the text, in order.

    :param today: The day it is written: fixes years, „morgen“ and the next Friday. Without it, dates without a year have none
        to stand in and are left out.
    """
    for match in _ALL.finditer(text):
        kind = next(name for name in _READERS if match[name] is not None)
        value = _READERS[kind](match, today)
        if value is None:
            continue
        pair = _PAIRED.match(text, match.end()) if kind in ("weekday", "short") else None
        yield Fact(_KINDS.get(kind, "date"), value, match.start(), match.end(), _date(pair, today) if pair else None)


def number(text: str) -> float:
    """``1.250,50``, ``1,5``, ``anderthalb``, ``dreihundertsechzig`` as a figure."""
    word = text.lower()
    if word in NUMBERS:
        return NUMBERS[word]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "")
    return float(text.replace(",", "."))


def _weekday(match: re.Match[str], _: date | None) -> int:
    name = (match["weekday"] or match["short"]).lower()
    return WEEKDAYS.index(name) if name in WEEKDAYS else _SHORT[name]


def _date(match: re.Match[str], today: date | None) -> date | None:
    if match["iso"]:
        return _valid(*map(int, match["iso"].split("-")))
    if match["day"]:
        day, month, year = int(number(match["day"])), MONTHS[_month_key(match["month"])], match["year"]
    else:
        day, month, year = int(match["nday"]), int(match["nmonth"]), match["nyear"]
    if year:
        return _valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if today is None:
        return None
    # without a year the date nearest to the day of writing is meant
    near = [found for y in (today.year - 1, today.year, today.year + 1) if (found := _valid(y, month, day))]
    return min(near, key=lambda found: abs((found - today).days), default=None)


def _month_key(name: str) -> str:
    name = name.lower()
    return "maer" if name.startswith("maer") else name[:3]


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(match: re.Match[str], today: date | None) -> date | None:
    days = {"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2, "uebermorgen": 2}
    try:
        return today and today + timedelta(days=days[match["relative"].lower()])
    except OverflowError:  # beyond the calendar
        return None


def _clock(hour: int, minute: int = 0) -> str | None:
    """"HH:MM"; None past midnight."""
    return f"{hour % 24:02d}:{minute:02d}" if hour <= 24 else None


def _spoken(word: str) -> int:
    """The hour of „halb drei“; small ones are meant in the afternoon."""
    hour = int(word) if word.isdigit() else int(NUMBERS[word.lower()])
    return hour + 12 if 1 <= hour <= 6 else hour


def _half(match: re.Match[str], _: date | None) -> str | None:
    hour = int(match["half"]) if match["half"].isdigit() else int(NUMBERS[match["half"].lower()])
    return _clock(hour + 11 if hour <= 6 else hour - 1, 30)


def _quarter(match: re.Match[str], _: date | None) -> str | None:
    hour, which = _spoken(match["quarter_of"]), match["quarter"].lower()
    if "nach" in which:
        return _clock(hour, 15)
    return _clock(hour - 1, 15 if which == "viertel" else 45)


def _duration(match: re.Match[str], _: date | None) -> float:
    hours = number(match["upto"] or match["amount"])
    return hours / 60 if match["minutes"] else hours


def _money(match: re.Match[str], _: date | None) -> float:
    return number(match["euros"] or match["prefixed"])


_READERS: dict[str, Callable[[re.Match[str], date | None], Value | None]] = {
    "weekday": _weekday, "short": _weekday, "week": lambda m, _: int(m["week"]), "per": _money, "euros": _money, "prefixed": _money,
    "amount": _duration, "day": _date, "nday": _date, "iso": _date, "relative": _relative,
    "hour": lambda m, _: _clock(int(m["hour"]), int(m["minute"])), "full": lambda m, _: _clock(int(m["full"]), int(m["past"] or 0)),
    "half": _half,
    "quarter_of": _quarter, "bare": lambda m, _: _clock(int(NUMBERS[m["bare"].lower()])),
}  # fmt: skip
"""Named group that tells what was found, to what reads it; the first that is there counts."""
_KINDS = {
    "weekday": "weekday", "short": "weekday", "week": "week", "per": "rate", "euros": "money", "prefixed": "money", "amount": "hours", "hour": "time",
    "full": "time", "half": "time", "quarter_of": "time", "bare": "time",
}  # fmt: skip
