"""Times of day that somebody wants, out of free text: „um zehn“, „ab 14:30“, „halb 7 abends“, „12.30–14.00“.

>>> times("um dreiviertel neun in der Früh").value, times("morgens um sieben und abends um halb sechs").value
('08:45', '07:00, 17:30')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlp.pipeline.facts import NUMBERS
from nlp.review.found import Found
from nlp.review.reading import own

_WORD = "|".join(word for word in NUMBERS if NUMBERS[word] in range(1, 13) and not re.fullmatch("ein|eine[rmn]?|dutzend", word))
_POINT = (
    r"(?P<part{n}>halb|viertel vor|viertel nach|dreiviertel|drei viertel|viertel)?\s*(?<![\d.,:])"
    rf"(?P<hour{{n}}>2[0-4]|[01]?\d|{_WORD})(?:[.:](?P<minute{{n}}>[0-5]\d))?(?P<clock{{n}}>\s*uhr\b|(?<=\d\d)h\b)?"
)
_SPAN = re.compile(
    rf"(?P<lead>\b(?:um|ab|punkt|von|(?<!frei )zwischen|gegen|auf|start|beginn|beginnt|zeit|täglich|jeweils|immer|früh|uhr)\b[: ]*(?:erst )?)?\b{_POINT.format(n=1)}"
    rf"(?:\s*(?P<joint>-|–|bis|und)\s*{_POINT.format(n=2)})?(?![\d:]|[.,]\d|\.\s?(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)|\.\d)"
    r"(?!\s*(?:stunden?|std|h\b|min|tage?n?\b|wochen?|monate?n?|€|euro|eur\b|%|prozent|mal\b|x\b|fenster|anruf|mails?|personen|leute|cent|gb|mb|km|m\b))",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"\b(?:statt|anstatt|frei(?!tag)\w*(?: \w+)? (?:zwischen|von)|bis|spätestens|vor|nach|option|variante|paket|stufe|modell|nr\.?|nummer"
    r"|macht|öffne\w*|binnen)\s*$",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\s*(?:uhr)?,?\s*(?:und|,|sowie)?\s*(?:dann |noch ?mal |einmal |wieder )*(?:das )?(?:zweite\w*)?\s*(?:fenster)?"
    r"\s*(?:morgens|abends|mittags|nachmittags|am abend|am nachmittag)?\s*(?:um )?\s*",
    re.IGNORECASE,
)
"""What stands between two times of which both are meant."""
_CORRECTED = re.compile(r"\b(?:nein|nee?|lieber|doch|statt|obwohl|quatsch|sorry|moment|korrigier\w*)\b", re.IGNORECASE)
_BARE_END = re.compile(r"\s*(?:[.,;!?)]|$|hatt?e? ich|bitte|und \d|(?:an)?statt|und nicht|wäre?n?|passt|geht|wird)")
_DATE = re.compile(r"\d{1,2}\.(?:0[1-9]|1[0-2])\.")
_RANGE_ON = re.compile(r"\s*(?:-|–|bis)\s*\d")
_SPOKEN = re.compile(r"(?<![\d.,:])(?P<hour>\d{1,2}) (?P<clock>uhr) (?P<minute>[0-5]\d)\b(?![.,:]\d|\s*(?:min|stunden?|std|tage?|wochen?|euro|€|%))", re.IGNORECASE)
_FRENCH = re.compile(
    r"(?:\b(?:um|ab|gegen) (?P<hour>0?[6-9]|1\d|2[0-3])(?P<h> ?h)\b)(?!\s*(?:/|pro|am tag|je|täglich|die woche|in der))", re.IGNORECASE
)
_DAYPART = re.compile(r"((?<!sonn)abend|nachmittag|vormittag|mittag|morgen|früh|nacht)s?\b", re.IGNORECASE)
_AFTERNOON = {"nachmittag": range(1, 7), "abend": range(4, 12)}
"""Hours that are meant after noon where the time stands next to such a word."""
_MORNING = ("morgen", "früh", "vormittag", "nacht")


def times(text: str, *, last: bool = False, evening: bool = False) -> Found | None:
    """The time of day: ``HH:MM``, a window ``HH:MM-HH:MM``, two fixed times ``HH:MM, HH:MM``; None if the text names none.

    :param last: Of several take the last, as after „halb elf statt neun“ and „ach nein, lieber“; else the first.
    :param evening: It is about evenings, so that „halb acht“ is 19:30.
    """
    found = list(_times(_plain(text), evening))
    windows = [each for each in found if "-" in each.value]
    for one, other in pairwise(found):
        between = text[one.end : other.start]
        if "-" not in one.value + other.value and _NEXT.fullmatch(between):
            return Found(f"{one.value}, {other.value}", one.start, other.end)
    if len({each.value for each in windows}) > 1 and not _CORRECTED.search(text):
        return Found(", ".join(dict.fromkeys(each.value for each in windows)), windows[0].start, windows[-1].end)
    chosen = windows or found
    return (chosen[-1] if last else chosen[0]) if chosen else None


def window_hours(value: str) -> float | None:
    """The length in hours of a window ``HH:MM-HH:MM``, which may pass midnight; None for what is no window."""
    if len(value) != len("HH:MM-HH:MM"):
        return None
    start, end = (60 * int(part[:2]) + int(part[3:]) for part in value.split("-"))
    return (end - start) % 1440 / 60


def _plain(text: str) -> str:
    """The text with „8 Uhr 30“ as „8:30 Uhr“ and „um 9h“ without its h, every place where it was."""
    text = _SPOKEN.sub(r"\g<hour>:\g<minute> \g<clock>", text)
    return _FRENCH.sub(lambda match: match[0][: match.end("hour") - match.start()] + " " * len(match["h"]), text)


def _times(text: str, evening: bool) -> Iterator[Found]:
    for match in _SPAN.finditer(text):
        lead = match.start() + len(match["lead"] or "")
        dropped = _DROPPED.search(text, max(0, match.start() - 20), lead)
        if dropped or not _is_time(match) or _RANGE_ON.match(text, match.end()) or _DATE.match(text, match.start("hour1")):
            continue
        part = _daypart(text, match) or ("abend" if evening else "")
        first, second = _clock(match, 1, part), _clock(match, 2, part)
        apart = match["joint"] == "und" and "zwischen" not in (match["lead"] or "").lower()
        yield Found(f"{first}{', ' if apart else '-'}{second}" if second and first != second else first, lead, match.end())


def _is_time(match: re.Match[str]) -> bool:
    marked = any(match[f"{name}{n}"] for name in ("part", "minute", "clock") for n in (1, 2) if match[f"hour{n}"])
    if marked or match["lead"]:
        return True
    # „7 bis 9!“ with nothing that is counted
    window = [match["hour1"], match["hour2"]]
    return all(hour and hour.isdigit() and 5 <= int(hour) <= 22 for hour in window) and bool(_BARE_END.match(match.string, match.end()))


def _daypart(text: str, match: re.Match[str]) -> str:
    """„abend“, „früh“ and the like, the nearest in the sentence of the time; empty if it has none."""
    at = match.start("hour1")
    start, end = next(((s.start, s.end) for s in own(text) if s.start <= at < s.end), (0, len(text)))
    near = [(max(at - found.end(), found.start() - match.end()), found[1].lower()) for found in _DAYPART.finditer(text, start, end)]
    return min(near)[1] if near else ""


def _clock(match: re.Match[str], n: int, daypart: str) -> str | None:
    hour, part = match[f"hour{n}"], " ".join((match[f"part{n}"] or "").lower().split())
    if hour is None:
        return None
    spoken = not hour.isdigit()
    minutes = 60 * int(hour if not spoken else NUMBERS[hour.lower()]) + int(match[f"minute{n}"] or 0)
    minutes += {"": 0, "halb": -30, "viertel vor": -15, "viertel nach": 15, "viertel": -45}.get(part, -15)
    small = bool(spoken or part) and minutes < 6 * 60 + 30 and daypart not in _MORNING
    if minutes < 12 * 60 and (minutes // 60 in _AFTERNOON.get(daypart, ()) or small):
        minutes += 12 * 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
