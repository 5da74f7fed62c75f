"""Days and times of day that somebody wants, out of free text: „werktags um zehn“, „Di+Do ab 14:30“, „immer montags früh um 8“.

>>> text = "jeden zweiten Freitag um dreiviertel neun in der Früh"
>>> days(text).value, times(text).value
(('fr',), '08:45')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from nlp.pipeline.facts import NUMBERS
from nlp.review.reading import own

WEEK = ("mo", "di", "mi", "do", "fr", "sa", "so")


class Found(NamedTuple):
    """What a text says of one element of a booking, and where, in characters."""

    value: Any
    start: int
    end: int


_LONG = "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
_DAY = rf"(?:(?<!\w)(?P<long>{_LONG})(?:s|e|en|vormittags?|nachmittags?|abends?|mittags?|morgens?|früh)?\b|(?<!\w)(?P<short>mo|di|mi|do|fr|sa|so)\b\.?)"
_DAYS = re.compile(_DAY, re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|bis(?: einschließlich)?)\s*", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:[,/+&]|und|u\.?|sowie|oder)?\s*", re.IGNORECASE)
_NAMED = (
    (re.compile(r"\b(?:werktags|wochentags|unter der woche|(?:jeden|jedem|allen|alle|an allen) (?:fünf )?(?:werktage?n?|wochentage?n?)|fünf werktagen?)\b", re.I), WEEK[:5]),
    (re.compile(r"\b(?:täglich|jeden tag)\b[^.;]{0,20}\b(?:auß?ss?er|ausser|ohne|nicht)\b[^.;]{0,12}\b(?:samstag|sonnabend|wochenende)\w*(?: und sonntag\w*)?", re.I), WEEK[:5]),
    (re.compile(r"\b(?:(?:alle|an allen|an|sieben) (?:sieben |7 )?tagen?(?: der woche| die woche|,? auch)|sieben tage|7 tage|jeden tag|täglich (?:inkl\w*\.?|auch am|mit) wochenende)\b", re.I), WEEK),
    (re.compile(r"\b(?:am wochenende|wochenends|beide wochenendtage)\b", re.I), WEEK[5:]),
)  # fmt: skip
_NOT_MEANT = re.compile(r"\b(?:ab|seit|erstmals|erstmalig|start(?:et)?|beginn(?:t)?|los|einsatz|bis(?: zum)?|letzter?)(?: \w+){0,3}?(?: am| ist(?: der)?)?[ :]*$", re.IGNORECASE)
_DATED = re.compile(r"s?,?\s*(?:den\s|dem\s|der\s)?\s*\d{1,2}\.(?!\d\d\b(?!\.))")
_REFUSED = re.compile(
    r"\b(?:nicht|nimmer|kein\w*|fällt|fallen|entfällt|weg|raus|streich\w*|zu|geschlossen|ohne|statt|anstatt|außer|ausser|frei|bringe|hab\w*(?: ich)? ab)\b", re.IGNORECASE
)
_INSTEAD = re.compile(r"\b(?:dafür|stattdessen|und dafür|aber)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<!inkl)(?<!mind)(?<!einschl)[.;!?\n]+\s*|,\s+|\s+(?:aber|dafür|sondern|obwohl|stattdessen)\s+|\s+und\s+(?=der |den |die |dafür )", re.IGNORECASE)


def days(text: str, before: tuple[str, ...] = ()) -> Found | None:
    """The days of the week, as two-letter names in week order; None if the text names none.

    :param before: The days that held so far: „freitags fällt weg, dafür Donnerstag“ changes them.
    """
    wanted: set[str] = set()
    refused: set[str] = set()
    spans: list[tuple[int, int]] = []
    for start, end in _clauses(text):
        found = list(_named(text, start, end))
        names = {day for each in found for day in each.value}
        if found and _refuses(text[start:end]):
            refused |= names
        elif found:
            wanted |= names
            spans += [(each.start, each.end) for each in found]
    if refused and before and (wanted or refused & set(before)):
        wanted |= set(before) - refused
    if not wanted:
        return None
    where = spans or [(0, len(text))]
    return Found(tuple(day for day in WEEK if day in wanted), where[0][0], where[-1][1])


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _CLAUSE.finditer(text):
        if cut[0].startswith(",") and _DAYS.match(text, cut.end()):
            continue
        yield start, cut.end()
        start = cut.end()
    yield start, len(text)


def _refuses(clause: str) -> bool:
    if re.search(r"\b(?:täglich|jeden tag)\b", clause, re.IGNORECASE):
        return False
    return bool(_REFUSED.search(clause))


def _named(text: str, start: int, end: int) -> Iterator[Found]:
    """Each mention of days in the stretch, ranges filled in."""
    for pattern, meant in _NAMED:
        if match := pattern.search(text, start, end):
            yield Found(meant, *match.span())
            if len(meant) > 2:
                return
    matches = list(_DAYS.finditer(text, start, end))
    n = 0
    while n < len(matches):
        group = [matches[n]]
        ranged = False
        while n + 1 < len(matches) and (joint := _joint(text, matches[n], matches[n + 1])):
            ranged = ranged or joint == "range"
            n += 1
            group.append(matches[n])
        n += 1
        if _meant(text, group):
            names = [_name(match) for match in group]
            value = _between(names[0], names[-1]) if ranged and len(names) == 2 else tuple(names)
            yield Found(value, group[0].start(), group[-1].end())


def _joint(text: str, one: re.Match[str], other: re.Match[str]) -> str:
    between = text[one.end() : other.start()]
    if _RANGE.fullmatch(between):
        return "range"
    return "list" if _LIST.fullmatch(between) and "oder" not in between else ""


def _meant(text: str, group: list[re.Match[str]]) -> bool:
    """Whether days are meant: not a date, not when it begins, not „so“ and „do“ for themselves."""
    first, last = group[0], group[-1]
    if _DATED.match(text, last.end()) or (len(group) == 1 and _NOT_MEANT.search(text, max(0, first.start() - 40), first.start())):
        return False
    if len(group) > 1 or first["long"]:
        return True
    return first["short"][0].isupper() and bool(re.match(r"\s*(?:\d|um\b|ab\b|von\b|vorm|nachm|früh|mittag|abend)", text[first.end() : first.end() + 10]))


def _name(match: re.Match[str]) -> str:
    return "sa" if (match["long"] or "").lower() == "sonnabend" else (match["long"] or match["short"]).lower()[:2]


def _between(one: str, other: str) -> tuple[str, ...]:
    start, stop = WEEK.index(one), WEEK.index(other)
    return WEEK[start : stop + 1] if start <= stop else (*WEEK[start:], *WEEK[: stop + 1])


_WORD = "|".join(word for word in NUMBERS if NUMBERS[word] in range(1, 13) and word not in ("eine", "einer", "einem", "einen", "dutzend"))
_POINT = rf"(?P<part{{n}}>halb|viertel vor|viertel nach|dreiviertel|drei viertel|viertel)?\s*(?<![\d.,:])(?P<hour{{n}}>2[0-4]|[01]?\d|{_WORD})(?:[.:](?P<minute{{n}}>[0-5]\d))?(?P<clock{{n}}>\s*uhr\b)?"
_SPAN = re.compile(
    rf"(?P<lead>\b(?:um|ab|von|zwischen|gegen|auf|start|beginn|beginnt|zeit|täglich|jeweils|immer|früh|uhr)\b[: ]*(?:erst )?)?\b{_POINT.format(n=1)}"
    rf"(?:\s*(?:-|–|bis|und)\s*{_POINT.format(n=2)})?(?![\d:]|[.,]\d|\.\s?(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)|\.\d)"
    r"(?!\s*(?:stunden?|std|h\b|min|tage?n?\b|wochen?|monate?n?|€|euro|eur\b|%|prozent|mal\b|x\b|fenster|anruf|mails?|personen|leute|cent|gb|mb|km|m\b))",
    re.IGNORECASE,
)
_DROPPED = re.compile(r"\b(?:statt|anstatt|bis|spätestens|vor|nach|option|variante|paket|stufe|modell|nr\.?|nummer|macht|öffne\w*|binnen)\s*$", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}\.(?:0[1-9]|1[0-2])\.")
_RANGE_ON = re.compile(r"\s*(?:-|–|bis)\s*\d")
_LATE = re.compile(r"\b(?:abends?|nachmittags?|am abend|am nachmittag)\b|abends?\b|nachmittags?\b", re.IGNORECASE)


def times(text: str, *, last: bool = False) -> Found | None:
    """The time of day: ``HH:MM``, a window ``HH:MM-HH:MM``, two fixed times ``HH:MM, HH:MM``; None if the text names none.

    :param last: Of several take the last, as after „halb elf statt neun“ and „ach nein, lieber“; else the first.
    """
    found = list(_times(text))
    windows = [each for each in found if "-" in each.value]
    for one, other in zip(found, found[1:], strict=False):
        between = text[one.end : other.start]
        if "-" not in one.value + other.value and re.fullmatch(r"\s*(?:uhr)?,?\s*(?:und|,|sowie)?\s*(?:das )?(?:zweite\w*)?\s*(?:fenster)?\s*(?:um )?\s*", between, re.IGNORECASE):
            return Found(f"{one.value}, {other.value}", one.start, other.end)
    chosen = windows or found
    return (chosen[-1] if last else chosen[0]) if chosen else None


def _times(text: str) -> Iterator[Found]:
    for match in _SPAN.finditer(text):
        if not _is_time(match) or _RANGE_ON.match(text, match.end()) or _DATE.match(text, match.start("hour1")) or _DROPPED.search(text, max(0, match.start() - 20), match.start() + len(match["lead"] or "")):
            continue
        late = bool(_late(text, match))
        first, second = _clock(match, 1, late), _clock(match, 2, late)
        start = match.start() + len(match["lead"] or "")
        yield Found(f"{first}-{second}" if second and first != second else first, start, match.end())


def _is_time(match: re.Match[str]) -> bool:
    marked = any(match[f"{name}{n}"] for name in ("part", "minute", "clock") for n in (1, 2) if match[f"hour{n}"])
    return marked or bool(match["lead"])


def _late(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """„abends“ in the same sentence as the time."""
    sentence = next((s for s in own(text) if s.start <= match.start("hour1") < s.end), None)
    return _LATE.search(text, *(sentence.start, sentence.end) if sentence else (0, len(text)))


def _clock(match: re.Match[str], n: int, late: bool) -> str | None:
    hour, part = match[f"hour{n}"], " ".join((match[f"part{n}"] or "").lower().split())
    if hour is None:
        return None
    spoken = not hour.isdigit()
    minutes = 60 * int(hour if not spoken else NUMBERS[hour.lower()]) + int(match[f"minute{n}"] or 0)
    minutes += {"": 0, "halb": -30, "viertel vor": -15, "viertel nach": 15, "viertel": -45}.get(part, -15)
    if minutes < 12 * 60 and (late or ((spoken or part) and minutes < 6 * 60 + 30)):
        minutes += 12 * 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
