"""The options on offer („A) nur samstags, B) beide Tage“), and which of them a text picks.

>>> offered = options("1) zwei Tage, 2 Stunden, 2) Mo bis Fr, 1 Stunde. Welche darf es sein?")
>>> [option.label for option in offered], chosen("die zweite, um 10", offered).value
(['1', '2'], '2')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.pipeline.booking import OPTION
from nlp.pipeline.facts import NUMBERS, number
from nlp.pipeline.words import content
from nlp.review.clock import times, window_hours
from nlp.review.found import Found
from nlp.review.terms import hours
from nlp.review.weekdays import days


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
    r"|\b(?P<word>\w+)\s*(?==\s|\((?:\d|ein|zwei|drei|vier|fünf|binnen|fertig|an\b|nur\b|jeden|täglich|werktags|unbegrenzt|beliebig))"
    r"|(?-i:\b[A-ZÄÖÜ]\w{3,}) (?-i:(?P<name>[A-ZÄÖÜ]\w{1,8}|\d{2})) (?:heißt|bedeutet|kostet|\()",
    re.IGNORECASE | re.MULTILINE,
)
_TAKEN = re.compile(
    r"\b(?:nehm\w*|wähl\w*|buch\w*)\s+(?:(?:ich|wir|die|dann|gern|lieber|option|variante|bitte)\s+){0,3}(?P<label>\d|(?-i:[A-Z]))\b(?![.:]\d|\s?(?:uhr|std|stunde|tag|mal))", re.IGNORECASE
)
_EXPLAINED = re.compile(r"\s*[:=(–]|\s+-\s")
_STOP = re.compile(r"\n|(?<!inkl)(?<!mind)(?<!Std)(?<!ca)(?<!zzgl)[.!?](?=\s+[A-ZÄÖÜ])")
_NO_LABEL = re.compile(
    r"frist|kosten|preis|start|beginn|mindest\w*|kündigung|achtung|wichtig|hinweis|tage|uhrzeit|zeit|termin|notiert|gebucht"
    r"|bestätigt|eingetragen|stunden?|std|uhr|schicht|tage?n?|wochen|mindestzeit|montag|uns|das|es|in|mit|so|ist",
    re.IGNORECASE,
)


def options(text: str) -> list[Option]:
    """The options on offer, in order; fewer than two are no choice and give none."""
    marks: dict[str, re.Match[str]] = {}
    for match in _LABELS.finditer(text):
        label = _label(match)
        # a label may be mentioned before it is explained: „Option 2 hat sich bewährt. Option 1: …“
        if not _NO_LABEL.fullmatch(label) and (label.lower() not in marks or _EXPLAINED.match(text, match.end())):
            marks[label.lower()] = match
    found = sorted(marks.values(), key=lambda match: match.start())
    found = [mark for n, mark in enumerate(found) if not (mark["word"] and n + 1 < len(found) and _in_brackets(text, mark, found[n + 1]))]
    if len(found) < 2:
        return []
    ends = [match.start() for match in found[1:]] + [_end(text, found[-1].end())]
    starts = [_end(text, 0, before=found[0].start()), *(match.end() for match in found[:-1])]
    # „wöchentlich (Option W)“: what belongs to an option in brackets stands before it
    spans = [(starts[n], match.start()) if match["aside"] else (match.end(), ends[n]) for n, match in enumerate(found)]
    return [Option(_label(match), text[a:b], a) for match, (a, b) in zip(found, spans, strict=True)]


def _in_brackets(text: str, word: re.Match[str], label: re.Match[str]) -> bool:
    """Whether the word only describes the option whose label stands in its brackets, „lang (9 bis 14 Uhr, Option L)“."""
    return bool(label["aside"]) and ")" not in text[word.end() : label.start()]


def _label(match: re.Match[str]) -> str:
    return str(next(group for group in match.group("kind", "point", "line", "plain", "letter", "head", "word", "name") if group))


def _end(text: str, start: int, before: int | None = None) -> int:
    """Where the option that begins at ``start`` ends, with its line or sentence; or the last such end ``before`` a place."""
    stops = (match.end() if before else match.start() for match in _STOP.finditer(text, start, len(text) if before is None else before))
    return max(stops, default=0) if before is not None else next(stops, len(text))


_FIGURES = {"1": "eins", "2": "zwei", "3": "drei", "4": "vier", "I": "eins", "II": "zwei", "III": "drei", "IV": "vier"}
_ORDER = {"erst": 0, "zweit": 1, "dritt": 2, "viert": 3, "letzt": -1, "mittler": None}
_ORDINAL = re.compile(
    r"\b(?:die|der|das|den|variante|option|nummer)\s+(?P<nth>erst|zweit|dritt|viert|letzt|mittler)\w*(?!\s+(?:fenster|tag|woche"
    r"|freitag))|\b(?P<alone>letzter|erster|zweiter|dritter|mittler)es?\b|\b(?:goldene )?(?P<middle>mitte)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    rf"\b(?:nicht|keinesfalls|weder|statt|anstatt|noch|anstelle(?: von)?) (?:die |das |den )?(?:{_KIND} )?[„\"]?"
    r"(?:(?-i:[A-Z]\d?|[IVX]{1,3})|[a-d]|\d(?!\d|\s*(?:uhr|[.:]\d|stund|tag|woch|mal|h\b)))[“\"]?(?=[\s,.;!?]|$)(?: (?:ist|wäre|sind|und) )?",
    re.IGNORECASE,
)
"""„Nicht A, sondern B“."""
_COUNTED = re.compile(rf"(?<![\w.,:])(?P<count>\d+(?:[.,]\d+)?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})\s+(?:(?:feste|volle|ganze)n? )?(?P<noun>[^\W\d]{{3,}})", re.IGNORECASE)
_PARTS = (
    (re.compile(r"\b(?:vormittag|vor dem mittag|in der früh|morgens)", re.IGNORECASE), range(5, 12)),
    (re.compile(r"\b(?:nachmittag|nach dem mittag)", re.IGNORECASE), range(12, 17)),
    (re.compile(r"\b(?:abend|feierabend)", re.IGNORECASE), range(17, 24)),
)
_EARLY = re.compile(r"\b(?:die|der|das|den|dem|zur|zum) (?:(?P<early>früh\w+)|(?P<late>spät\w+))\b", re.IGNORECASE)
_DEGREE = re.compile(
    r"\b(?:die|das|den|dem|der|zur|zum)\s+(?:(?P<more>teu\w+|groß\w*|größ\w+|schnell\w+|lang\w*|läng\w+|voll\w*|umfangreich\w*|üppig\w*)"
    r"|(?P<less>günstig\w*|billig\w*|klein\w*|kurz\w*|kürz\w*|langsam\w*|schmal\w*|sparsam\w*))",
    re.IGNORECASE,
)
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
    text = _DENIED.sub(lambda denied: "," * len(denied[0]), text)
    finds = (in_full, by_label, _by_place, _by_degree, _by_clock, _by_content, _by_count, _by_days)
    return next((found for find in finds if (found := find(text, offered))), None)


def taken(text: str) -> Found | None:
    """Of several options that the text names, the one it takes: „… Option 1 (ein Tag) und Option 2 (zwei Tage) genannt. Ich nehme 1.“"""
    picked = _TAKEN.search(text)
    return next((Found(m["kind"], *m.span()) for m in OPTION.finditer(text) if picked and m["kind"] and m["kind"].lower() == picked["label"].lower()), None)


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
        yield rf"(?i)\b(?:{_KIND}|nummer|nr\.?)\s+{_FIGURES[label]}\b"
        yield rf"(?i)(?:^\W*|\b(?:die|dann|nummer|nehme?n?|bitte)\s+){_FIGURES[label]}\b(?!\s+(?:\w+tag|stunde|woche|tage|feste|mal))"
    if re.fullmatch(r"[A-Z]\d\d", label):
        yield rf"(?<![\w.,:]){label[1:]}(?![\w:]|[.,]\d)"
    if len(label) > 2:
        yield rf"(?i)(?<!\w){name}(?:(?:e?n)?e[nrs]?)?(?!\w)"
    elif label.isalpha() and len(label) == 1:
        yield rf"(?<![\w.]){name.upper()}(?![\w.]\w|-\w|\w)"
        yield rf"(?i)\b(?:die|den|das|dann|also|bitte|nehme?n?(?: wir| ich)?|ja)\s+[„\"]?{name}(?=[.,:;!?)“\s]|$)"
        yield rf"(?i)^\W*{name}(?=[.,:;!?)“]|$|\s+(?:reicht|bitte|wäre|wär|passt|nehm|klingt|geht|wie)\b)"
    else:
        yield rf"(?i)(?<![\w.,:/])(?<!um )(?<!ab )(?<!von )(?<!bis )(?<!gegen ){name}(?![\w:/]|[.,]\d|\s*(?:uhr|bis\s|-|–|stunden?|std|wochen?|tage|h\b|€|euro))"


def _by_place(text: str, offered: list[Option]) -> Found | None:
    match = _ORDINAL.search(text)
    if match is None or len(offered) < 2:
        return None
    named = (match["nth"] or match["alone"] or "mittler").lower()
    place = _ORDER[named if named in _ORDER else named.removesuffix("er")]
    n = len(offered) // 2 if place is None else place
    return Found(offered[n].label, *match.span()) if n < len(offered) else None


def _by_degree(text: str, offered: list[Option]) -> Found | None:
    """„die teure“, „die kleinere“: compared by money, else by length, else by place."""
    match = _DEGREE.search(text)
    if match is None or len(offered) < 2:
        return None
    sizes = [next((number(m[1]) for m in _MONEY.finditer(each.text)), None) for each in offered]
    if any(size is None for size in sizes):
        sizes = [_length(each.text) for each in offered]
    if any(size is None for size in sizes):
        sizes = [float(n) for n, _ in enumerate(offered)]
    pick = (max if match["more"] else min)(range(len(offered)), key=lambda n: sizes[n] or 0.0)
    return Found(offered[pick].label, *match.span())


def _length(text: str) -> float | None:
    """The hours that an option has, by its words, else by its window of time."""
    if found := hours(text):
        return float(found.value[0])
    span = times(text)
    return window_hours(span.value) if span else None


def _by_content(text: str, offered: list[Option]) -> Found | None:
    words = content(text)
    shared = [words & (content(each.text) - set().union(*(content(other.text) for other in offered if other is not each))) for each in offered]
    best = max(range(len(offered)), key=lambda n: len(shared[n]), default=None)
    if best is None or not shared[best] or sum(bool(each) for each in shared) > 1:
        return None
    start = min(text.lower().find(word[:4]) for word in shared[best])
    return Found(offered[best].label, max(start, 0), len(text))


def _by_count(text: str, offered: list[Option]) -> Found | None:
    """The only option that counts the same: „nur zwei Tage“, „die mit drei Anrufen“."""
    for match in _COUNTED.finditer(text):
        fitting = [each for each in offered if _counts(each.text, number(match["count"]), match["noun"][:3].lower())]
        if len(fitting) == 1:
            return Found(fitting[0].label, *match.span())
    return None


def _counts(text: str, count: float, noun: str) -> bool:
    found = days(text) if noun == "tag" else None
    said = any(number(match["count"]) == count and match["noun"].lower().startswith(noun) for match in _COUNTED.finditer(text))
    return said or (found is not None and len(found.value) == count)


def _by_days(text: str, offered: list[Option]) -> Found | None:
    """The only option on the days that the text names, „das mit Mo–Fr“."""
    named = days(text)
    fitting = [each for each in offered if named and (found := days(each.text)) and found.value == named.value]
    return Found(fitting[0].label, named.start, named.end) if named and len(fitting) == 1 else None


def _by_clock(text: str, offered: list[Option]) -> Found | None:
    """The only option at that time of day: „die am Nachmittag“, „die frühere“, „8 bis 12“."""
    starts = {each.label: found.value for each in offered if (found := times(each.text))}
    if len(starts) < 2:
        return None
    wanted = times(text)
    fitting = [label for label, value in starts.items() if wanted and value == wanted.value]
    if wanted and len(fitting) == 1:
        return Found(fitting[0], wanted.start, wanted.end)
    for pattern, hours_ in _PARTS:
        fitting = [label for label, value in starts.items() if int(value[:2]) in hours_]
        if len(fitting) == 1 and (match := pattern.search(text)):
            return Found(fitting[0], *match.span())
    if match := _EARLY.search(text):
        return Found((min if match["early"] else max)(starts, key=lambda label: starts[label]), *match.span())
    return None
