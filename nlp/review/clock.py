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
_WORK_DAYS = re.compile(
    r"\b(?:werktags|wochentags|unter der woche|(?:jeden|jedem|allen|alle|an allen) (?:fünf )?(?:werktage?n?|wochentage?n?)|fünf werktagen?)\b", re.IGNORECASE
)
_ALL_DAYS = re.compile(
    r"\b(?:(?:jeden tag|täglich),? auch (?:sonn|sam)\w+|täglich,? (?:inkl\w*\.?|auch am|mit) wochenende|(?:alle|an allen) (?:sieben |7 )?tagen?|sieben tagen?|7 tagen?|jeden tag)\b",
    re.IGNORECASE,
)
_EVEN = re.compile(r"wochenende|auch|sieben|7", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:täglich|jeden (?:tag|abend|morgen)|alle tage)\b[^.;]{0,20}?\b(?:auß?er|ausser|ohne|bis auf|nicht)\s+(?P<rest>(?:am |an )?(?:\w*tags?|\w*tage?n?|\w*abends?|wochenende)\b(?: und \w*tags?\b)?)", re.IGNORECASE)
_WEEKEND = re.compile(r"\b(?:am wochenende|wochenends|beide wochenendtage)\b", re.IGNORECASE)
_INSTEAD = re.compile(rf"\b(?:an)?statt\s+(?:am\s+|des\s+)?(?P<dropped>(?:{_LONG})s?)\b", re.IGNORECASE)
_NOT_MEANT = re.compile(r"\b(?:ab|seit|erstmals|erstmalig|start(?:et)?|beginn(?:t)?|los|einsatz|bis(?: zum)?|letzter?)(?: \w+){0,3}?(?: am| ist(?: der)?)?[ :]*$|\b(?:ist|war|heute|gestern)\s$", re.IGNORECASE)
_DATED = re.compile(r"s?,?\s*(?:den\s|dem\s|der\s)?\s*\d{1,2}\.(?!\d\d\b(?!\.))")
_DROPPED_DAYS = re.compile(r"\b(?:fällt|fallen|entfällt|nimmer|nicht mehr|weg|raus|streich\w*|statt|anstatt)\b", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:nicht|kein\w*|zu|geschlossen|ohne|außer|ausser|frei|bringe)\b|^\W*(?:weil|denn|da|wenn|falls)\b", re.IGNORECASE)
_REVISED = re.compile(r"\b(?:ach nein|ach ne|obwohl ne\w*|nee? doch|halt|moment)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<!inkl)(?<!mind)(?<!einschl)[.;!?\n]+\s*|,\s+|\s+(?:aber|dafür|sondern|obwohl|stattdessen)\s+|\s+und\s+(?=der |den |die |dafür )", re.IGNORECASE)


def days(text: str, before: tuple[str, ...] = ()) -> Found | None:
    """The days of the week, as two-letter names in week order; None if the text names none.

    :param before: The days that held so far: „freitags fällt weg, dafür Donnerstag“ changes them.
    """
    revised = _REVISED.search(text)
    if revised and (later := days(text[revised.end() :], before)):
        return Found(later.value, revised.end() + later.start, revised.end() + later.end)
    found: list[Found] = []
    dropped: set[str] = set()
    for instead in _INSTEAD.finditer(text):
        dropped.add(instead["dropped"].lower()[:2])
        text = text[: instead.start()] + "," * len(instead[0]) + text[instead.end() :]
    for start, end in _clauses(text):
        here = list(_named(text, start, end, alone=not found))
        if here and _DROPPED_DAYS.search(text, start, end):
            dropped |= {day for each in here for day in each.value}
        elif not _REFUSED.search(text[start:end]) or _EXCEPT.search(text, start, end):
            found += here
    wanted = {day for each in found for day in each.value}
    if dropped and before and (wanted or dropped & set(before)):
        wanted |= set(before) - dropped
    if not wanted:
        return None
    where = found or [Found((), 0, len(text))]
    return Found(tuple(day for day in WEEK if day in wanted), where[0].start, where[-1].end)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _CLAUSE.finditer(text):
        if cut[0].startswith(",") and _DAYS.match(text, cut.end()):
            continue
        yield start, cut.end()
        start = cut.end()
    yield start, len(text)


def _named(text: str, start: int, end: int, alone: bool) -> Iterator[Found]:
    """Each mention of days in the stretch, ranges filled in; „jeden Tag“ and „am Wochenende“ count only where no day is named."""
    if except_ := _EXCEPT.search(text, start, end):
        spared = {"sa", "so"} if "wochenende" in except_["rest"].lower() else {day for each in _groups(text, *except_.span("rest")) for day in each.value}
        yield Found(tuple(day for day in WEEK if day not in spared), *except_.span())
        return
    if every := _ALL_DAYS.search(text, start, end):
        if _EVEN.search(every[0]):
            yield Found(WEEK, *every.span())
            return
    if work := _WORK_DAYS.search(text, start, end):
        yield Found(WEEK[:5], *work.span())
        return
    groups = list(_groups(text, start, end))
    yield from groups
    if alone and not groups:
        weekend = _WEEKEND.search(text, start, end)
        if every or weekend:
            yield Found(WEEK if every else WEEK[5:], *(every or weekend).span())


def _groups(text: str, start: int, end: int) -> Iterator[Found]:
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
    return (first["short"][0].isupper() or first["short"].lower() not in ("so", "do")) and bool(re.match(r"\s*(?:\d|um\b|ab\b|von\b|vorm|nachm|früh|mittag|abend)", text[first.end() : first.end() + 10]))


def _name(match: re.Match[str]) -> str:
    return "sa" if (match["long"] or "").lower() == "sonnabend" else (match["long"] or match["short"]).lower()[:2]


def _between(one: str, other: str) -> tuple[str, ...]:
    start, stop = WEEK.index(one), WEEK.index(other)
    return WEEK[start : stop + 1] if start <= stop else (*WEEK[start:], *WEEK[: stop + 1])


_WORD = "|".join(word for word in NUMBERS if NUMBERS[word] in range(1, 13) and not re.fullmatch("ein|eine[rmn]?|dutzend", word))
_POINT = rf"(?P<part{{n}}>halb|viertel vor|viertel nach|dreiviertel|drei viertel|viertel)?\s*(?<![\d.,:])(?P<hour{{n}}>2[0-4]|[01]?\d|{_WORD})(?:[.:](?P<minute{{n}}>[0-5]\d))?(?P<clock{{n}}>\s*uhr\b|(?<=\d\d)h\b)?"
_SPAN = re.compile(
    rf"(?P<lead>\b(?:um|ab|von|(?<!frei )zwischen|gegen|auf|start|beginn|beginnt|zeit|täglich|jeweils|immer|früh|uhr)\b[: ]*(?:erst )?)?\b{_POINT.format(n=1)}"
    rf"(?:\s*(?P<joint>-|–|bis|und)\s*{_POINT.format(n=2)})?(?![\d:]|[.,]\d|\.\s?(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)|\.\d)"
    r"(?!\s*(?:stunden?|std|h\b|min|tage?n?\b|wochen?|monate?n?|€|euro|eur\b|%|prozent|mal\b|x\b|fenster|anruf|mails?|personen|leute|cent|gb|mb|km|m\b))",
    re.IGNORECASE,
)
_DROPPED = re.compile(r"\b(?:statt|anstatt|frei\w*(?: \w+)? (?:zwischen|von)|bis|spätestens|vor|nach|option|variante|paket|stufe|modell|nr\.?|nummer|macht|öffne\w*|binnen)\s*$", re.IGNORECASE)
_CORRECTED = re.compile(r"\b(?:nein|nee?|lieber|doch|statt|obwohl|quatsch|sorry|moment|korrigier\w*)\b", re.IGNORECASE)
_BARE_END = re.compile(r"\s*(?:[.,;!?)]|$|hatt?e? ich|bitte|und \d)")
_DATE = re.compile(r"\d{1,2}\.(?:0[1-9]|1[0-2])\.")
_RANGE_ON = re.compile(r"\s*(?:-|–|bis)\s*\d")
_LATE = re.compile(r"((?<!sonn)abend|nachmittag)s?\b", re.IGNORECASE)
_AFTERNOON = {"": range(0), "nachmittag": range(1, 7), "abend": range(5, 12)}
"""Hours that are meant after noon where the sentence speaks of it."""


def times(text: str, *, last: bool = False, evening: bool = False) -> Found | None:
    """The time of day: ``HH:MM``, a window ``HH:MM-HH:MM``, two fixed times ``HH:MM, HH:MM``; None if the text names none.

    :param last: Of several take the last, as after „halb elf statt neun“ and „ach nein, lieber“; else the first.
    :param evening: It is about evenings, so that „halb acht“ is 19:30.
    """
    found = list(_times(text, evening))
    windows = [each for each in found if "-" in each.value]
    for one, other in zip(found, found[1:], strict=False):
        between = text[one.end : other.start]
        if "-" not in one.value + other.value and re.fullmatch(r"\s*(?:uhr)?,?\s*(?:und|,|sowie)?\s*(?:das )?(?:zweite\w*)?\s*(?:fenster)?\s*(?:um )?\s*", between, re.IGNORECASE):
            return Found(f"{one.value}, {other.value}", one.start, other.end)
    if len({each.value for each in windows}) > 1 and not _CORRECTED.search(text):
        return Found(", ".join(dict.fromkeys(each.value for each in windows)), windows[0].start, windows[-1].end)
    chosen = windows or found
    return (chosen[-1] if last else chosen[0]) if chosen else None


def _times(text: str, evening: bool) -> Iterator[Found]:
    for match in _SPAN.finditer(text):
        if not _is_time(match) or _RANGE_ON.match(text, match.end()) or _DATE.match(text, match.start("hour1")) or _DROPPED.search(text, max(0, match.start() - 20), match.start() + len(match["lead"] or "")):
            continue
        late = _late(text, match) or ("abend" if evening else "")
        first, second = _clock(match, 1, late), _clock(match, 2, late)
        start = match.start() + len(match["lead"] or "")
        apart = match["joint"] == "und" and "zwischen" not in (match["lead"] or "").lower()
        yield Found(f"{first}{', ' if apart else '-'}{second}" if second and first != second else first, start, match.end())


def _is_time(match: re.Match[str]) -> bool:
    marked = any(match[f"{name}{n}"] for name in ("part", "minute", "clock") for n in (1, 2) if match[f"hour{n}"])
    if marked or match["lead"]:
        return True
    # „7 bis 9!“ with nothing that is counted
    window = [match["hour1"], match["hour2"]]
    return all(hour and hour.isdigit() and 5 <= int(hour) <= 22 for hour in window) and bool(_BARE_END.match(match.string, match.end()))


def _late(text: str, match: re.Match[str]) -> str:
    """„abend“ or „nachmittag“, where the sentence with the time has it, else nothing."""
    sentence = next((s for s in own(text) if s.start <= match.start("hour1") < s.end), None)
    found = _LATE.search(text, *(sentence.start, sentence.end) if sentence else (0, len(text)))
    return found[1].lower() if found else ""


def _clock(match: re.Match[str], n: int, late: str) -> str | None:
    hour, part = match[f"hour{n}"], " ".join((match[f"part{n}"] or "").lower().split())
    if hour is None:
        return None
    spoken = not hour.isdigit()
    minutes = 60 * int(hour if not spoken else NUMBERS[hour.lower()]) + int(match[f"minute{n}"] or 0)
    minutes += {"": 0, "halb": -30, "viertel vor": -15, "viertel nach": 15, "viertel": -45}.get(part, -15)
    if minutes < 12 * 60 and (minutes // 60 in _AFTERNOON[late] or ((spoken or part) and minutes < 6 * 60 + 30)):
        minutes += 12 * 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
