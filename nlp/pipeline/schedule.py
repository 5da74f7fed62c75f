"""Days of the week, times of day and notice periods as people name them when they book.

>>> sorted(days("mo, mi + fr")), [minute for minute, _ in times("9-11 uhr")], [days for days, *_ in notices("mit zwei Wochen Frist")]
([0, 2, 4], [540, 660], [14])
>>> sorted(days("an allen Werktagen außer mittwochs")), sorted(days("Mo bis Fr, bis auf Di und Do"))
([0, 1, 3, 4], [0, 2, 4])
>>> sorted(days("werktags außer mittwochs, dazu samstags")), sorted(days("an Werktagen und samstags, außer mi und fr"))
([0, 1, 3, 4, 5], [0, 1, 3, 5])
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.pipeline.facts import NUMBERS, facts, number
from nlp.pipeline.kept import kept
from nlp.pipeline.wordings import lower

_SHORTS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_SHORT = f"(?:{'|'.join(_SHORTS)})"
_LIST = re.compile(rf"\b{_SHORT}\b\.?(?:\s{{0,2}}(?:[-–/+,&]|und|bis)?\s{{0,2}}{_SHORT}\b\.?)+", re.IGNORECASE)
_EACH = re.compile(_SHORT, re.IGNORECASE)
_DAY = r"(?:(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)\w*|(?:mo|di|mi|do|fr|sa|(?-i:So))\b\.?)"
_OUT = re.compile(_DAY, re.IGNORECASE)
_EXCEPT = re.compile(
    r",?\s{0,3}\b(?:außer|ausser|ausgenommen|ohne(?!(?-i: di\b))|bis auf|nur nicht|aber nicht|nicht aber|aber kein\w*|nicht)\s+(?:(?:am|an|den|die|der)\s+)?"
    rf"(?P<rest>(?:{_DAY}|wochenende?s?)(?:\s*(?:[,/+&]|und\b|oder\b)\s*(?:(?:am|den)\s+)?{_DAY})*)"
    rf"|\b(?P<never>{_DAY}) (?:nie|nicht|geht nicht|ausgenommen),? (?:aber |dafür )?(?:an)?sonst\w*",
    re.IGNORECASE,
)
_WEEK = re.compile(r"\b(?:werk|arbeits)tag\w*|(?P<all>\b(?:täglich|jede[nr] tag|alle tage|(?:die )?ganze woche))\b", re.IGNORECASE)
_RANGE = re.compile(r"(?:-|–|bis)\s*$")
_DATED = re.compile(r",?\s{0,2}(?:de[nmr]\s)?\d{1,2}\.")
_PASSING = re.compile(r"\b(?:heute|morgen|(?<!tag )(?<!woch )bis)\b[^.!?]{0,12}$")
_HOUR = r"[01]?\d|2[0-4]"
_CLOCK = re.compile(
    rf"(?<![\d.,:])(?P<a>{_HOUR})(?:[:.](?P<am>[0-5]\d))?\s*(?:-|–|bis|und)\s*(?P<b>{_HOUR})(?:[:.](?P<bm>[0-5]\d))?"
    r"(?![\d.,:]\d|\.\s?\w*\d)(?=\s*(?:uhr|h\b|[,.;!?)]|$|\s))"
    r"|\b(?P<h>1\d|2[0-3]|0?[6-9])h\b|\bum (?P<c>[5-9]|1\d|2[0-3])\b(?!\s*(?:uhr|[:.]\d|%|€))"
    r"|\bum (?P<word>zwölf|elf|zehn|neun|acht|sieben|sechs|fünf|vier|drei|zwei|eins)\b",
    re.IGNORECASE,
)
_WORDS = "|".join(sorted((word for word in NUMBERS if NUMBERS[word] >= 1), key=len, reverse=True))
_SPAN = rf"(?P<{{}}>\d{{{{1,2}}}}|{_WORDS})\s+(?P<{{}}>tagen?|wochen?|monat(?:en?|s)?)\b"
_NOTICE = re.compile(
    rf"\b{_SPAN.format('n', 'unit')}(?=\s+(?:\w+\s+)?(?:kündigungs)?(?:frist|vorlauf|vorher|im voraus|davor|zuvor|kündigung)\b"
    r"|\s+zum? (?:monats|wochen|quartals)ende)"
    rf"|(?:frist\b|vorlauf\b|kündbar|kündig\w*|ausstieg)\W+(?:\w+\W+){{0,4}}?{_SPAN.format('n2', 'unit2')}"
)
_DAYS = {"tag": 1, "woche": 7, "monat": 30}


def days(text: str) -> dict[int, tuple[int, int]]:
    """Days of the week named in the text (0 is Monday) with where they stand; „Mo–Fr“ is five, and so is „werktags außer mittwochs“ without one. Not those that name
    a date, nor „ab Montag“."""
    found = [(int(str(f.value)), f.start, f.end) for f in facts(text) if f.kind == "weekday" and not _DATED.match(text, f.end)]
    found = [each for each in found if not text[max(0, each[1] - 5) : each[1]].endswith(("ab ", "seit "))]
    for run in _LIST.finditer(text):
        found += [(_SHORTS.index(m[0].lower()), *m.span()) for m in _EACH.finditer(text, *run.span())]
    named: dict[int, tuple[int, int]] = {}
    last: tuple[int, int] | None = None
    for day, start, end in sorted(found, key=lambda each: each[1]):
        if last and start - last[1] < 7 and _RANGE.search(text[last[1] : start]):
            named |= {between: (start, end) for between in range(last[0], day + 1) if between not in named}
        named.setdefault(day, (start, end))
        last = (day, end)
    return _left(text, named)


def excepted(text: str) -> list[tuple[int, int, set[int]]]:
    """Where the text takes days out of those it names, and which (0 is Monday).

    >>> excepted("täglich außer sonnabends und So"), excepted("mittwochs nie, sonst immer")
    ([(7, 31, {5, 6})], [(0, 20, {2})])
    """
    return [(*out.span(), _out(out["rest"] or out["never"])) for out in _EXCEPT.finditer(text)]


def short(name: str) -> str:
    """The first two letters of a day in lower case; those of „Sonnabend“ are „sa“."""
    return "sa" if name.lower().startswith("sonnabend") else name[:2].lower()


def _out(names: str) -> set[int]:
    days = {_SHORTS.index(short(name)) for name in _OUT.findall(names)}
    return days | {5, 6} if "wochenend" in names.lower() else days


def _left(text: str, named: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The days that are left where some are excepted."""
    apart = excepted(text)
    if not apart:
        return named
    left = {day: place for day, place in named.items() if not any(start <= place[0] < end for start, end, _ in apart)}
    if week := _WEEK.search(text, 0, apart[0][0]):
        left = {day: week.span() for day in range(7 if week["all"] else 5)} | left
    return {day: place for day, place in left.items() if not any(day in but for *_, but in apart)}


@kept
def times(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Times of day in minutes, and where they stand; those of today and tomorrow are no part of a booking."""
    for fact in facts(text):
        if fact.kind == "time" and not _PASSING.search(lower(text[max(0, fact.start - 30) : fact.start])):
            hour, minute = str(fact.value).split(":")
            yield int(hour) * 60 + int(minute), (fact.start, fact.end)
    for m in _CLOCK.finditer(text):
        if m["a"]:
            yield int(m["a"]) * 60 + int(m["am"] or 0), m.span()
            yield int(m["b"]) * 60 + int(m["bm"] or 0), m.span()
        else:
            yield int(number(m["h"] or m["c"] or m["word"])) * 60, m.span()


def same(a: int, b: int) -> bool:
    """Whether two times may be the same: „halb sieben“ is in the morning or in the evening."""
    return (a - b) % 720 == 0


def notices(text: str) -> Iterator[tuple[int, int, int]]:
    """Notice periods in days, with where they stand."""
    for m in _NOTICE.finditer(lower(text)):
        figure, unit = (m["n"], m["unit"]) if m["n"] else (m["n2"], m["unit2"])
        length = next(length for name, length in _DAYS.items() if unit.startswith(name))
        yield int(number(figure) * length), m.start("n" if m["n"] else "n2"), m.end("unit" if m["n"] else "unit2")
