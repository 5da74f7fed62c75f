"""The terms of a booking in a text: minimum hours and per what, notice.

>>> minimum("mindestens 45 Minuten am Tag").value, notice("kündbar mit zwei Wochen zum Monatsende").value
((0.75, 'tag'), '2 Wochen zum Monatsende')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nlp.handbook import phrases
from nlp.pipeline.facts import NUMBERS, number
from nlp.review.found import Found
from nlp.review.reading import says

_COUNT = rf"(?P<count>\d+(?:[.,]\d+)?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_DURATION = re.compile(
    rf"(?<![\w.,]){_COUNT}[\s-]*(?:(?P<hours>stunden?|std\b\.?|h\b)|(?P<minutes>minuten?|min\b\.?)|(?P<three>dreiviertelstunde)"
    rf"|(?P<half>halbe stunde))",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![\w.,]){_COUNT}\s+(?:je|pro|am)\s+(?:tag|termin)\b", re.IGNORECASE)
_NO_TIMES = "".join(rf"(?<!{each} )" for each in ("tage", "tagen", "tag", "mal", r"\dx", r"\d x", "abende", "abenden", "schichten", "termine", "einsätze"))
_PER = (
    ("tag", re.compile(
        r"(?:/|\b(?:pro|je|am|jeden|an jedem)\s)\s*(?:\w*tag\w*|schicht|abend|morgen|dieser tage)\b|\btäglich\b|\btgl"
        r"|\b(?:tage?n?|\w+mittage?n?|abende?n?) (?:die|pro|je|in der) woche\b(?![^.;]*\b(?:insgesamt|zusammen|in summe|gesamt))"
        r"|\btage?n?\b[^.;\n]{0,30}\bje(?:weils)? (?:mind|eine?\b|zwei|\d)", re.IGNORECASE)),
    # „drei Tage die Woche je zwei Stunden“ counts days by the week, and hours by the day
    ("woche", re.compile(rf"{_NO_TIMES}(?:/|\b(?:pro|je|in der|die)\s)\s*woche(?:nende)?\b|(?<!mal )\bwöchentlich\b", re.IGNORECASE)),
    ("monat", re.compile(r"(?:/|\b(?:pro|je|im)\s)\s*monat\b|\bmonatlich\b", re.IGNORECASE)),
    (
        "termin",
        re.compile(
            r"(?:/|\b(?:pro|je)\s)\s*(?:termin|einsatz|auftrag|text|sitzung|treffen|call|anruf)\b|\bjeder termin\b|\bjedes mal\b"
            r"|\b(?:pro|je)\s(?!\w*(?:tag|stunde|std|woche|monat|minute|jahr|abend|morgen|schicht)|minimum|mindest)(?-i:[A-ZÄÖÜ])[\w-]{3,}\b",
            re.IGNORECASE,
        ),
    ),
)
_WHOLE = re.compile(
    r"\b(?:mindest\w*|minimum)\b[^.;!?]{0,40}\b(?:fenster|spanne|dauer|stunden sind)\b|\b(?:fenster|spanne|dauer|stunden sind"
    r"|länge)\b[^.;!?]{0,40}\b(?:mindest\w*|minimum)\b",
    re.IGNORECASE,
)
_MONEY = r"\s*(?:%|€|euro\b|eur\b|prozent\b)"
_EACH = re.compile(r"\b(?:à|a|binnen|in|innerhalb(?: von)?)\s*$", re.IGNORECASE)
_BEHIND = 30
"""So many characters nearer an amount must be that stands before „mindestens“ than one that stands after it."""
_LEAST = re.compile(
    r"\b(?:unter\w* grenze|(?:abgerechnet|berechnet|angesetzt)\b[^.!?]{0,20}\bab(?= (?:\d|ein))|unter (?=[^.]*\bgeht\b)|müssen (?=[^.]*\bzusammenkommen\b)|in jedem fall"
    r"|(?=\w+ stunden? (?:\w+ ){0,4}berechnet)|das mindeste)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:kein\w*|ohne)\s+mindest|\bmindest\w*\b[^.,;]{0,40}\b(?:nicht|keine)\b", re.IGNORECASE)
_COMMA = re.compile(r"[.,;!?](?=\s)|[\n()]")
_SENTENCE = re.compile(r"[^.;!?\n]*(?:(?:\.(?=\d|\s?(?:/|[a-zäöü]))|(?<=\bmind)\.|(?<=\bmin)\.|(?<=\binkl)\.|(?<=\bzzgl)\.|(?<=\bca)\.)[^.;!?\n]*)*", re.IGNORECASE)


def minimum(text: str) -> Found | None:
    """(hours, per) of the minimum that the text states; ``per`` is tag, woche, monat, termin or None."""
    for sentence in _SENTENCE.finditer(text):
        words = says(sentence[0], phrases().minimum) or _LEAST.search(sentence[0])
        found = list(_durations(text, *sentence.span()))
        if words and found and not _DENIED.search(sentence[0]):
            at = sentence.start() + words.start()
            near = min(found, key=lambda each: each.start - at if each.start >= at else at - each.end + _BEHIND)
            return Found((near.value, per(text, near) or _only_per(sentence[0])), min(at, near.start), near.end)
    return None


def minimum_of(text: str, label: str) -> Found | None:
    """(hours, per) that the text gives as the minimum of one option among others: „bei M zwei“, „4 bei M“."""
    name = re.escape(label)
    pattern = re.compile(
        rf"\bbei (?:\w+ und |\w+, )?{name}(?: und \w+)?,? (?:(?:ist|sind|läuft|es|ebenfalls|eine[rn]?|mindestens) )*?{_COUNT}\b(?!{_MONEY})"
        rf"|{_COUNT.replace('count', 'before')}\b(?!{_MONEY})(?: \w+){{0,3}}? bei {name}\b",
        re.IGNORECASE,
    )
    for sentence in _SENTENCE.finditer(text):
        if (match := pattern.search(text, *sentence.span())) and (says(sentence[0], phrases().minimum) or _LEAST.search(sentence[0])):
            count = number(match["count"] or match["before"])
            per_ = next((name for name, each in _PER if each.search(sentence[0])), None)
            return Found((count / 60 if "minute" in sentence[0].lower() else count, per_), *match.span())
    return None


def hours(text: str, *, last: bool = False) -> Found | None:
    """(hours, per) of the first duration in the text, as in an option „Mo–Fr, je 1 Std.“; not „zwei Fenster à 45 Minuten“.

    :param last: The last one that is said to be per day or the like instead.
    """
    found = [each for each in _durations(text, 0, len(text)) if not _EACH.search(text, max(0, each.start - 20), each.start)]
    if last:
        found = [each for each in found if per(text, each)][-1:]
    return Found((found[0].value, per(text, found[0]) or "tag"), found[0].start, found[0].end) if found else None


def covers_window(text: str) -> bool:
    """Whether the text makes the whole window, or the hours of the option, the minimum."""
    return bool(_WHOLE.search(text))


def per(text: str, found: Found) -> str | None:
    """What the hours are counted by: the nearest „pro Tag“ and the like in their clause."""
    cuts = [match.start() for match in _COMMA.finditer(text)]
    start, end = max((cut for cut in cuts if cut <= found.start), default=0), min((cut for cut in cuts if cut >= found.end), default=len(text))
    near = [(abs(m.start() - found.end), name) for name, pattern in _PER for m in pattern.finditer(text, start, end)]
    return min(near)[1] if near else None


def _only_per(sentence: str) -> str | None:
    """What the sentence counts by, where it names but one unit."""
    units = {name for name, pattern in _PER if pattern.search(sentence)}
    return units.pop() if len(units) == 1 else None


def _durations(text: str, start: int, end: int) -> Iterator[Found]:
    for match in _DURATION.finditer(text, start, end):
        amount = number(match["count"])
        value = 0.75 if match["three"] else 0.5 if match["half"] else amount / 60 if match["minutes"] else amount
        yield Found(round(value, 2), *match.span())
    for match in _BARE.finditer(text, start, end):
        yield Found(number(match["count"]), match.start(), match.end())


_NOTICE = re.compile(rf"(?<![\w.,]){_COUNT}\s*(?:-\s*)?(?P<unit>werktagen?|tagen?|tage|wochen?|wo\b|monate?n?|(?:wöch|woch|täg|monat)ig\w*)\b", re.IGNORECASE)
_NEAR = 60
"""So near, in characters, a length of time stands to a word such as „kündbar“ if it is the notice period."""
_UNTIL = re.compile(
    r"\b(?:zum|auf(?: das)?|per|zu jedem|vor(?: dem)?)\s+(?:(?P<month>monatsende|ende (?:des )?monats?|monatsschluss|monatsletzten)"
    r"|(?P<end>quartalsende|quartal|wochenende|jahresende|monatsersten))\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:ohne|keine?r?)\s+(?:\w+\s+)?(?:kündigungs)?frist\b|\bkündigung\b[^.;!?]{0,20}\b(?:nicht nötig|entfällt|unnötig"
    r"|nicht erforderlich)\b|\bkeine kündigung\b|frist\b (?:\w+ ){0,2}?entfällt\b|frist (?:gibt|haben|hast|braucht|besteht|brauchen)\b[^.;!?]{0,20}\bnicht\b",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(?:neu|jetzt|nun|künftig|nur noch|stattdessen|auf)\b", re.IGNORECASE)
_AT_WILL = re.compile(r"\b(?:jederzeit|täglich|sofort|von heute auf morgen|von einem tag auf den anderen)\b[^.;!?]{0,40}\bkündbar\b|\bkündbar\b[^.;!?]{0,20}\bjederzeit\b", re.IGNORECASE)
_PLURAL = {"tag": "Tage", "werktag": "Werktage", "woche": "Wochen", "monat": "Monate"}


def notice(text: str) -> Found | None:
    """The notice period in short, numbers as figures: „2 Wochen“, „1 Monat zum Monatsende“, „keine“."""
    for sentence in _SENTENCE.finditer(text):
        if none := _NONE.search(sentence[0]):
            return Found("keine", sentence.start() + none.start(), sentence.start() + none.end())
        until, ends = _UNTIL.search(text, *sentence.span()), [match.span() for match in _compiled_ending().finditer(text, *sentence.span())]
        near = [(min(_apart(text, match.span(), end) for end in ends), match) for match in _NOTICE.finditer(text, *sentence.span())] if ends else []
        if len(near) > 1 and _NOW.search(text, near[0][1].end(), near[-1][1].start()):
            near = near[-1:]  # „bisher vier Wochen, neu zwei“
        distance, spoken = min(near, key=lambda each: each[0], default=(0, None))
        if spoken and distance <= _NEAR:
            return Found(_short(spoken) + (" zum Monatsende" if until and until["month"] else f" zum {until['end'].capitalize()}" if until else ""), *spoken.span())
        if ends and (free := _AT_WILL.search(text, *sentence.span())):
            return Found("keine", *free.span())
        if ends and until:
            return Found("zum Monatsende" if until["month"] else f"zum {until['end'].capitalize()}", *until.span())
    return None


def _apart(text: str, one: tuple[int, int], other: tuple[int, int]) -> int:
    """Characters between two passages; a comma between them sets them further apart."""
    first, second = sorted((one, other))
    between = text[first[1] : second[0]]
    return len(between) + _BEHIND * bool(re.search(r"[,(]", between))


@cache
def _compiled_ending() -> re.Pattern[str]:
    return re.compile("|".join(phrases().ending), re.IGNORECASE)


def _short(match: re.Match[str]) -> str:
    count, unit = number(match["count"]), re.sub(r"(?:en|n|e)$", "", match["unit"].lower())
    begins = (("w", "woche"), ("t", "tag"), ("m", "monat"))
    if "ig" in unit or unit in ("woch", "wo", "mo"):
        unit = next((name for start, name in begins if unit.startswith(start)), unit)
    return f"{count:g} {unit.capitalize() if count == 1 else _PLURAL[unit]}".replace(".", ",")
