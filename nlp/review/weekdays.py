"""Days of the week that somebody wants, out of free text: „werktags“, „Di+Do“, „täglich außer sonntags“, „Freitag fällt weg, dafür Donnerstag“.

>>> days("jeden zweiten Freitag um dreiviertel neun").value, days("der Freitag fällt weg, dafür Donnerstag", ("mo", "fr")).value
(('fr',), ('mo', 'do'))
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.pipeline.schedule import excepted, short
from nlp.review.found import Found

WEEK = ("mo", "di", "mi", "do", "fr", "sa", "so")
_LONG = "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
_DAY = rf"(?:(?<!\w)(?P<long>{_LONG})(?:s|e|en)?(?:vormittage?s?|nachmittage?s?|abende?s?|mittage?s?|morgens?|früh)?\b|(?<!\w)(?P<short>mo|di|mi|do|fr|sa|so)\b\.?)"
_DAYS = re.compile(_DAY, re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:an\s)?(?:-|–|bis(?:\s+(?:einschließlich|einschl\.?|inklusive|inkl\.?|zum))?)\s*", re.IGNORECASE)
_LIST = re.compile(r"-?\s*(?:[,/+&]|(?:,\s*)?(?:und|u\.?|sowie|oder))?\s*", re.IGNORECASE)
_WORK_DAYS = re.compile(
    r"\b(?:werktags|wochentags|unter der woche|(?:jeden|jedem|allen?|an(?: den| allen)?|die|fünf) (?:fünf )?(?:werktage?n?|wochentage?n?|arbeitstage?n?))\b", re.IGNORECASE
)
_ALL_DAYS = re.compile(
    r"\b(?:(?:jeden tag|täglich),? auch (?:sonn|sam)\w+|täglich,? (?:inkl\w*\.?|auch am|mit) wochenende"
    r"|(?:alle|an allen) (?:sieben |7 )?tagen?|sieben tagen?|7 tagen?|jeden tag)\b",
    re.IGNORECASE,
)
_EVEN = re.compile(r"wochenende|auch|sieben|7", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:täglich|jeden (?:tag|abend|morgen)|(?:an )?allen? tagen?)\b", re.IGNORECASE)
_WEEKEND = re.compile(r"\b(?:am wochenende|wochenends|beide wochenendtage)\b", re.IGNORECASE)
_INSTEAD = re.compile(
    rf"\b(?:(?:an)?statt|nicht mehr|als)\s+(?:am\s+|des\s+|an\s+)?(?P<dropped>(?:{_LONG})s?)\b"
    rf"|\b(?:vo[nm]\s+|den\s+|der\s+)?(?P<moved>(?:{_LONG})s?)\b(?=\s(?:\w+\s){{0,2}}?(?:gegen|auf|durch)\s(?:den\s|einen\s)?(?:{_LONG})s?\b)",
    re.IGNORECASE,
)
"""A day that makes room for another: „Mittwoch statt Montag“, „Freitag gegen Donnerstag tauschen“."""
_ADDED = re.compile(r"\b(?:dazu|hinzu|zusätzlich|außerdem|obendrauf|plus|auch(?: noch)?(?! nicht)|noch (?:den|einen?|am)|ergänz\w*|erweiter\w*)\b", re.IGNORECASE)
_NOT_MEANT = re.compile(
    r"\b(?:ab|seit|erstmals|erstmalig|start(?:et)?|beginn(?:t)?|los|einsatz|bis(?: zum)?|letzter?)"
    r"(?: (?!(?:woche|monat|jahr|sofort|jetzt|dann|bitte|lieber|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b)\w+){0,3}?(?: am"
    r"| ist(?: der)?)?[ :]*$|\b(?:ist|war|heute|gestern)\s$",
    re.IGNORECASE,
)
_DATED = re.compile(r"s?,?\s*(?:den\s|dem\s|der\s)?\s*\d{1,2}\.(?!\d\d\b(?!\.))")
_LED = re.compile(r"\b(?:jede[nr]?|am|immer|jeweils|nur|je|pro) $", re.IGNORECASE)
_DROPPED_DAYS = re.compile(r"\b(?:fällt|fallen|entfällt|nimmer|nicht mehr|weg|raus|brauch\w* (?:\w+ ){0,3}(?:nicht|niemand\w*|kein\w*)|streich\w*|statt|anstatt)\b", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:nicht|kein\w*|niemand\w*|zu|geschlossen|ohne|außer|ausser|frei|bringe)\b|^\W*(?:weil|denn|da|wenn|falls)\b", re.IGNORECASE)
_BESIDE = re.compile(
    rf"\W*(?:am |an |der |denn |weil |da )?(?:{_LONG})s?(?: und (?:am )?(?:{_LONG})s?)? (?:ist|sind|bin|war|hab\w*|hat|kommt|kommen|läuft|mach\w*|öffn\w*|fahr\w*|fähr\w*|arbeit\w*"
    r"|ruf\w*|bleib\w*|steh\w*|sitz\w*|geh(?:e|en)|gibt)\b(?![^.!?]*\b(?:auch|gut|besser|besten|recht|super|prima|perfekt|ideal|wichtig|okay|ok|gern\w*|möglich|dazu"
    r"|lieber|dabei|gesetzt|passend|schön|fix|fest|schicht|dienst|dran)\b)",
    re.IGNORECASE,
)
"""What happens on a day tells why others were chosen: „Freitags ist hier Markt“."""
_STOP = re.compile(r"[.,;]\s+")
_REVISED = re.compile(r"\b(?:ach nein|ach ne|obwohl ne\w*|nee? doch|halt|moment)\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?<!inkl)(?<!mind)(?<!einschl)(?<!\bmo)(?<!\bdi)(?<!\bmi)(?<!\bdo)(?<!\bfr)(?<!\bsa)(?<!\bso)(?<!\bu)"
    r"[.;!?\n]+\s*|,\s+|\s+(?:aber|dafür|sondern|obwohl|stattdessen)\s+|\s+und\s+(?=der |den |die "
    r"|dafür )",
    re.IGNORECASE,
)


def days(text: str, before: tuple[str, ...] = ()) -> Found | None:
    """The days of the week, as two-letter names in week order; None if the text names none.

    :param before: The days that held so far: „freitags fällt weg, dafür Donnerstag“ changes them.
    """
    revised = _REVISED.search(text)
    if revised and (later := days(text[revised.end() :], before)):
        return Found(later.value, revised.end() + later.start, revised.end() + later.end)
    found: list[Found] = []
    dropped: set[str] = set()
    refused: set[str] = set()
    for instead in _INSTEAD.finditer(text):
        dropped.add(short(instead["dropped"] or instead["moved"]))
        text = text[: instead.start()] + "," * len(instead[0]) + text[instead.end() :]
    spared, every = set[str](), bool(_EVERY.search(text))
    for start, end, out in excepted(text):
        spared |= {WEEK[day] for day in out}
        text = text[:start] + "," * (end - start) + text[end:]
    for start, end in _clauses(text):
        here = list(_named(text, start, end, alone=not found))
        if here and _DROPPED_DAYS.search(text, start, end):
            dropped |= {day for each in here for day in each.value}
        elif not _REFUSED.search(text[start:end]) and not (found and _BESIDE.match(text, start)):
            found += here
        else:
            refused |= {day for each in here for day in each.value}
    wanted = {day for each in found for day in each.value}
    dropped |= spared & set(before)
    # „Freitag geht nicht, dafür Montag“ drops a day only in exchange
    dropped |= refused & set(before) if wanted - set(before) else set()
    if dropped and before and (wanted or dropped & set(before)):
        wanted |= set(before) - dropped
    if before and wanted and _ADDED.search(text):
        wanted |= set(before) - dropped
    if spared and not wanted:
        wanted = set(WEEK) if every else set(before)
    wanted -= spared
    if not wanted:
        return None
    where = found or [Found((), 0, len(text))]
    return Found(tuple(day for day in WEEK if day in wanted), where[0].start, where[-1].end)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    cuts = {cut.end() for cut in _CLAUSE.finditer(text) if not (cut[0].startswith(",") and _DAYS.match(text, cut.end()))}
    for cut in sorted(cuts | {stop.end() for stop in _STOP.finditer(text) if _BESIDE.match(text, stop.end())}):
        yield start, cut
        start = cut
    yield start, len(text)


def _named(text: str, start: int, end: int, alone: bool) -> Iterator[Found]:
    """Each mention of days in the stretch, ranges filled in; „jeden Tag“ and „am Wochenende“ count only where no day is named."""
    every = _ALL_DAYS.search(text, start, end)
    if every and _EVEN.search(every[0]):
        yield Found(WEEK, *every.span())
        return
    if work := _WORK_DAYS.search(text, start, end):
        yield Found(WEEK[:5], *work.span())
        return
    groups = list(_groups(text, start, end))
    yield from groups
    loose = every or _WEEKEND.search(text, start, end)
    if loose and alone and not groups:
        yield Found(WEEK if every else WEEK[5:], *loose.span())


def _groups(text: str, start: int, end: int) -> Iterator[Found]:
    matches = list(_DAYS.finditer(text, start, end))
    n = 0
    while n < len(matches):
        group = [matches[n]]
        value = [_name(matches[n])]
        while n + 1 < len(matches) and (joint := _joint(text, matches[n], matches[n + 1])):
            n += 1
            group.append(matches[n])
            value += _between(value[-1], _name(matches[n])) if joint == "range" else [_name(matches[n])]
        n += 1
        if _meant(text, group):
            yield Found(tuple(dict.fromkeys(value)), group[0].start(), group[-1].end())


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
    sure = first["short"][0].isupper() or first["short"].lower() not in ("so", "do")
    if first["short"][0].isupper() and _LED.search(text, max(0, first.start() - 12), first.start()):
        return True
    return sure and bool(re.match(r"\s*(?:\d|um\b|ab\b|von\b|vorm|nachm|früh|mittag|abend)", text[first.end() : first.end() + 10]))


def _name(match: re.Match[str]) -> str:
    return short(match["long"] or match["short"])


def _between(one: str, other: str) -> tuple[str, ...]:
    start, stop = WEEK.index(one), WEEK.index(other)
    return WEEK[start : stop + 1] if start <= stop else (*WEEK[start:], *WEEK[: stop + 1])
