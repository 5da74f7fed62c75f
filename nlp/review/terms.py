"""The terms of a booking in a text: minimum hours and for what, notice, which of the options on offer.

>>> minimum("mindestens 45 Minuten am Tag").value, notice("kündbar mit zwei Wochen zum Monatsende").value
((0.75, 'tag'), '2 Wochen zum Monatsende')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp.handbook import phrases
from nlp.pipeline.booking import OPTION
from nlp.pipeline.facts import NUMBERS, number
from nlp.pipeline.words import content
from nlp.review.clock import Found
from nlp.review.reading import says

_COUNT = rf"(?P<count>\d+(?:[.,]\d+)?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_DURATION = re.compile(rf"(?<![\w.,]){_COUNT}[\s-]*(?:(?P<hours>stunden?|std\b\.?|h\b)|(?P<minutes>minuten?|min\b\.?)|(?P<three>dreiviertelstunde)|(?P<half>halbe stunde))", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\w.,]){_COUNT}\s+(?:je|pro|am)\s+(?:tag|termin)\b", re.IGNORECASE)
_PER = (
    ("tag", re.compile(r"(?:/|\b(?:pro|je|am|jeden|an jedem)\s)\s*(?:\w*tag\w*|schicht|abend|morgen|dieser tage)\b|\btäglich\b|\btgl", re.IGNORECASE)),
    ("woche", re.compile(r"(?:/|\b(?:pro|je|in der|die)\s)\s*woche(?:nende)?\b|\bwöchentlich\b", re.IGNORECASE)),
    ("monat", re.compile(r"(?:/|\b(?:pro|je|im)\s)\s*monat\b|\bmonatlich\b", re.IGNORECASE)),
    ("termin", re.compile(r"(?:/|\b(?:pro|je)\s)\s*(?:termin|einsatz|auftrag|text|sitzung|treffen|call|anruf)\b|\bjeder termin\b", re.IGNORECASE)),
)
_WHOLE = re.compile(r"\b(?:mindest\w*|minimum)\b[^.;!?]{0,40}\b(?:fenster|spanne|dauer|stunden sind)\b|\b(?:fenster|spanne|dauer|stunden sind|länge)\b[^.;!?]{0,40}\b(?:mindest\w*|minimum)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:à|a|binnen|in|innerhalb(?: von)?)\s*$", re.IGNORECASE)
_BEHIND = 30
"""So many characters nearer an amount must be that stands before „mindestens“ than one that stands after it."""
_LEAST = re.compile(
    r"\b(?:unter\w* grenze|unter (?=[^.]*\bgeht\b)|müssen (?=[^.]*\bzusammenkommen\b)|in jedem fall|(?=\w+ stunden? (?:\w+ ){0,4}berechnet)|das mindeste)", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:kein\w*|ohne)\s+mindest|\bmindest\w*\b[^.,;]{0,40}\b(?:nicht|keine)\b", re.IGNORECASE)
_COMMA = re.compile(r"[.,;!?](?=\s)|[\n()]")
_SENTENCE = re.compile(r"[^.;!?\n]*(?:\.(?=\d|\s?(?:/|[a-zäöü]))[^.;!?\n]*)*")


def minimum(text: str) -> Found | None:
    """(hours, per) of the minimum that the text states; ``per`` is tag, woche, monat, termin or None."""
    for sentence in _SENTENCE.finditer(text):
        words = says(sentence[0], phrases().minimum) or _LEAST.search(sentence[0])
        found = list(_durations(text, *sentence.span()))
        if words and found and not _DENIED.search(sentence[0]):
            at = sentence.start() + words.start()
            near = min(found, key=lambda each: each.start - at if each.start >= at else at - each.end + _BEHIND)
            return Found((near.value, per(text, near)), min(at, near.start), near.end)
    return None


def minimum_of(text: str, label: str) -> Found | None:
    """(hours, per) that the text gives as the minimum of one option among others: „bei M zwei“, „4 bei M“."""
    name = re.escape(label)
    pattern = re.compile(
        rf"\bbei (?:\w+ und |\w+, )?{name}(?: und \w+)?,? (?:(?:ist|sind|läuft|es|ebenfalls|eine[rn]?|mindestens) )*?{_COUNT}\b(?!\s*%)|{_COUNT.replace('count', 'before')}(?: \w+){{0,3}}? bei {name}\b", re.IGNORECASE
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


def _durations(text: str, start: int, end: int) -> Iterator[Found]:
    for match in _DURATION.finditer(text, start, end):
        amount = number(match["count"])
        value = 0.75 if match["three"] else 0.5 if match["half"] else amount / 60 if match["minutes"] else amount
        yield Found(round(value, 2), *match.span())
    for match in _BARE.finditer(text, start, end):
        yield Found(number(match["count"]), match.start(), match.end())


_NOTICE = re.compile(rf"(?<![\w.,]){_COUNT}\s*(?:-\s*)?(?P<unit>werktagen?|tagen?|tage|wochen?|monate?n?)\b", re.IGNORECASE)
_NEAR = 60
"""So near, in characters, a length of time stands to a word such as „kündbar“ if it is the notice period."""
_UNTIL = re.compile(r"\b(?:zum|auf(?: das)?|per|zu jedem)\s+(?:(?P<month>monatsende|ende (?:des )?monats?|monatsschluss|monatsletzten)|(?P<end>quartalsende|quartal|wochenende|jahresende|monatsersten))\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:ohne|keine?r?)\s+(?:\w+\s+)?(?:kündigungs)?frist\b|\bkündigung\b[^.;!?]{0,20}\b(?:nicht nötig|entfällt|unnötig|nicht erforderlich)\b|\bkeine kündigung\b|frist gibt es (?:\w+ )?nicht\b", re.IGNORECASE)
_PLURAL = {"tag": "Tage", "werktag": "Werktage", "woche": "Wochen", "monat": "Monate"}


def notice(text: str) -> Found | None:
    """The notice period in short, numbers as figures: „2 Wochen“, „1 Monat zum Monatsende“, „keine“."""
    for sentence in _SENTENCE.finditer(text):
        if none := _NONE.search(sentence[0]):
            return Found("keine", sentence.start() + none.start(), sentence.start() + none.end())
        until, ends = _UNTIL.search(text, *sentence.span()), [match.start() for match in _compiled_ending().finditer(text, *sentence.span())]
        near = [(min(abs(match.start() - end) for end in ends), match) for match in _NOTICE.finditer(text, *sentence.span())] if ends else []
        distance, spoken = min(near, key=lambda each: each[0], default=(0, None))
        if spoken and distance <= _NEAR:
            return Found(_short(spoken) + (" zum Monatsende" if until and until["month"] else f" zum {until['end'].capitalize()}" if until else ""), *spoken.span())
        if ends and until:
            return Found("zum Monatsende" if until["month"] else f"zum {until['end'].capitalize()}", *until.span())
    return None


@cache
def _compiled_ending() -> re.Pattern[str]:
    return re.compile("|".join(phrases().ending), re.IGNORECASE)


def _short(match: re.Match[str]) -> str:
    count, unit = number(match["count"]), re.sub(r"(?:en|n|e)$", "", match["unit"].lower())
    unit = {"woch": "woche"}.get(unit, unit)
    return f"{count:g} {unit.capitalize() if count == 1 else _PLURAL[unit]}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the options on offer: what it is called, and what belongs to it, from character ``start`` of the offer on."""

    label: str
    text: str
    start: int = 0


_KIND = r"(?:option|variante|pakete?|stufe|modell|möglichkeit|tarif|größe)"
_LABELS = re.compile(
    rf"\b{_KIND}\s+[„\"]?(?P<kind>\d{{1,2}}|[A-Za-z]\d{{0,2}}|[IVX]{{1,4}}|(?-i:[A-ZÄÖÜ])\w{{2,}})\b[“\"]?(?P<aside>(?<=\w)\))?"
    r"|(?:^|(?<=[\s(\[]))(?P<point>\d|[A-Za-z]\d?|[IVX]{1,3})(?:\s?[)\]:=](?!\d)|\s[–-](?=\s))\s*|^(?P<line>\d|[A-Za-z])\.\s+"
    r"|\b(?-i:(?P<plain>[A-Z]\d{1,2}))\b"
    r"|\b(?-i:(?P<letter>[A-Z]))\b(?=\s*(?:\(|läuft|heißt|kostet|für|ist|an\b|mit\b))"
    r"|(?:^|(?<=[.!?:]\s))(?P<head>(?-i:[A-ZÄÖÜ])\w{2,11}):\s"
    r"|\b(?P<word>\w+)\s*(?==\s|\((?:\d|ein|zwei|drei|vier|fünf|binnen|fertig|an\b))"
    r"|(?-i:\b[A-ZÄÖÜ]\w{3,}) (?-i:(?P<name>[A-ZÄÖÜ]\w{1,8}|\d{2})) (?:heißt|bedeutet|kostet|\()",
    re.IGNORECASE | re.MULTILINE,
)
_EXPLAINED = re.compile(r"\s*[:=(–]|\s+-\s")
_STOP = re.compile(r"\n|(?<!inkl)(?<!mind)(?<!Std)(?<!ca)(?<!zzgl)[.!?](?=\s+[A-ZÄÖÜ])")
_NO_LABEL = re.compile(r"frist|kosten|preis|start|beginn|mindest\w*|kündigung|achtung|wichtig|hinweis|tage|uhrzeit|zeit|termin|notiert|gebucht|bestätigt|eingetragen|stunden?|std|uhr|schicht|tage?n?|wochen|mindestzeit|montag|uns|das|es|in|mit|so|ist", re.IGNORECASE)


def options(text: str) -> list[Option]:
    """The options on offer, in order; fewer than two are no choice and give none."""
    marks: dict[str, re.Match[str]] = {}
    for match in _LABELS.finditer(text):
        label = _label(match)
        # a label may be mentioned before it is explained: „Option 2 hat sich bewährt. Option 1: …“
        if not _NO_LABEL.fullmatch(label) and (label.lower() not in marks or _EXPLAINED.match(text, match.end())):
            marks[label.lower()] = match
    found = sorted(marks.values(), key=lambda match: match.start())
    if len(found) < 2:
        return []
    ends = [match.start() for match in found[1:]] + [_end(text, found[-1].end())]
    starts = [_end(text, 0, before=found[0].start()), *(match.end() for match in found[:-1])]
    # „wöchentlich (Option W)“: what belongs to an option in brackets stands before it
    spans = [(starts[n], match.start()) if match["aside"] else (match.end(), ends[n]) for n, match in enumerate(found)]
    return [Option(_label(match), text[a:b], a) for match, (a, b) in zip(found, spans, strict=True)]


def _label(match: re.Match[str]) -> str:
    return str(next(group for group in match.group("kind", "point", "line", "plain", "letter", "head", "word", "name") if group))


def _end(text: str, start: int, before: int | None = None) -> int:
    """Where the option that begins at ``start`` ends, with its line or sentence; or the last such end ``before`` a place."""
    stops = (match.end() if before else match.start() for match in _STOP.finditer(text, start, len(text) if before is None else before))
    return max(stops, default=0) if before is not None else next(stops, len(text))


_FIGURES = {"1": "eins", "2": "zwei", "3": "drei", "4": "vier"}
_ORDER = {"erst": 0, "zweit": 1, "dritt": 2, "viert": 3, "letzt": -1, "mittler": None}
_ORDINAL = re.compile(r"\b(?:die|der|das|den|variante|option|nummer)\s+(?P<nth>erst|zweit|dritt|viert|letzt|mittler)\w*(?!\s+(?:fenster|tag|woche|freitag))|\b(?P<alone>letzter|erster)es?\b", re.IGNORECASE)
_DEGREE = re.compile(r"\bdie\s+(?P<more>teu\w+|groß\w*|größ\w+|schnell\w+|lang\w*|läng\w+|voll\w*)|\bdie\s+(?P<less>günstig\w*|billig\w*|klein\w*|kurz\w*|kürz\w*|langsam\w*)", re.IGNORECASE)
_MONEY = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|prozent|€|euro)", re.IGNORECASE)


def named(text: str, *, last: bool = False) -> Found | None:
    """The option that the text calls one: „Option 2“, „Paket S“, „Wochenenddienst B“.

    :param last: Of several take the last: who lists them says at the end which it is to be.
    """
    found = [m for m in OPTION.finditer(text) if m.lastgroup] or [m for m in _LABELS.finditer(text) if m["kind"] or m["plain"]]
    found = [match for match in found if not _NO_LABEL.fullmatch(match[match.lastgroup or 0])]
    return Found(found[-last][found[-last].lastgroup or 0], *found[-last].span()) if found else None


def chosen(text: str, offered: list[Option]) -> Found | None:
    """The label of the option that the text picks: by its name, its place in the list, how it compares, or what only it offers."""
    return in_full(text, offered) or by_label(text, offered) or _by_place(text, offered) or _by_degree(text, offered) or _by_content(text, offered)


def in_full(text: str, offered: list[Option]) -> Found | None:
    """„Express Woche“, which is one name, unlike „Frühdienst F1“."""
    match = next((m for each in offered if (m := re.search(rf"(?i)\bexpress\s+{re.escape(each.label)}\b", text))), None)
    return Found(match[0], *match.span()) if match else None


def by_label(text: str, offered: list[Option]) -> Found | None:
    """The option that the text calls by its label."""
    found = [Found(option.label, *match.span()) for option in offered for pattern in _called(option.label) if (match := re.search(pattern, text))]
    if found:
        # said in full, „Option 2“, before a mere letter or figure; else what comes first
        return min(found, key=lambda each: (each.end - each.start <= len(each.value), each.start))
    return None


def _called(label: str) -> Iterator[str]:
    """Regular expressions for how a label is picked."""
    name = re.escape(label)
    yield rf"(?i)\b(?:{_KIND}|nummer|nr\.?)\s+[„\"]?{name}(?!\w)"
    if label in _FIGURES:
        yield rf"(?i)(?:^\W*|\b(?:die|dann|nummer|nehme?n?|bitte)\s+){_FIGURES[label]}\b(?!\s+(?:\w+tag|stunde|woche|tage|feste|mal))"
    if re.fullmatch(r"[A-Z]\d\d", label):
        yield rf"(?<![\w.,:]){label[1:]}(?![\w:]|[.,]\d)"
    if len(label) > 2:
        yield rf"(?i)(?<!\w){name}(?:e[nrs]?)?(?!\w)"
    elif label.isalpha() and len(label) == 1:
        yield rf"(?<![\w.]){name.upper()}(?![\w.]\w|-\w|\w)"
        yield rf"(?i)\b(?:die|den|das|dann|also|bitte|nehme?n?(?: wir| ich)?|ja)\s+[„\"]?{name}(?=[.,:;!?)“\s]|$)|^\W*{name}(?=[.,:;!?)“]|$|\s+(?:reicht|bitte|wäre|wär|passt|nehm|klingt|geht|wie)\b)"
    else:
        yield rf"(?i)(?<![\w.,:/])(?<!um )(?<!ab )(?<!von )(?<!bis )(?<!gegen ){name}(?![\w:/]|[.,]\d|\s*(?:uhr|bis\s|-|–|stunden?|std|wochen?|tage|h\b|€|euro))"


def _by_place(text: str, offered: list[Option]) -> Found | None:
    match = _ORDINAL.search(text)
    if match is None or len(offered) < 2:
        return None
    place = _ORDER[(match["nth"] or match["alone"][:-2]).lower()]
    n = len(offered) // 2 if place is None else place
    return Found(offered[n].label, *match.span()) if n < len(offered) else None


def _by_degree(text: str, offered: list[Option]) -> Found | None:
    """„die teure“, „die kleinere“: compared by money, else by hours, else by place."""
    match = _DEGREE.search(text)
    if match is None or len(offered) < 2:
        return None
    sizes = [next((number(m[1]) for m in _MONEY.finditer(each.text)), None) for each in offered]
    if any(size is None for size in sizes):
        sizes = [found.value[0] if (found := hours(each.text)) else float(n) for n, each in enumerate(offered)]
    pick = (max if match["more"] else min)(range(len(offered)), key=lambda n: sizes[n] or 0.0)
    return Found(offered[pick].label, *match.span())


def _by_content(text: str, offered: list[Option]) -> Found | None:
    words = content(text)
    shared = [words & (content(each.text) - set().union(*(content(other.text) for other in offered if other is not each))) for each in offered]
    best = max(range(len(offered)), key=lambda n: len(shared[n]), default=None)
    if best is None or not shared[best] or sum(bool(each) for each in shared) > 1:
        return None
    start = min(text.lower().find(word[:4]) for word in shared[best])
    return Found(offered[best].label, max(start, 0), len(text))
