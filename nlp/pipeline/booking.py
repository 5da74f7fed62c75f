"""Add-on bookings: whether a message confirms one, and which elements of the booking it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nlp.handbook import Element, phrases
from nlp.pipeline.facts import Value, facts
from nlp.pipeline.wordings import Sentence, lower, sentences
from nlp.thread import Message, View

_KIND = r"(?:option|variante|pakete?|stufe|modell|weg|möglichkeit|wahl|ausführung|spielart|größe|grösse|schicht|tarif(?: \w+)?)"
_NAME = r"\w*(?:dienst|schicht|bereitschaft|service|paket|garantie|bearbeitung|nummer|fenster|runde|spur|express|add-on|assistenz|tandem|fixe)"
_SIZE = r"(?:klein|mittel|groß|gross)"
OPTION = re.compile(
    rf"\b{_KIND}\s+[„\"]?(?P<kind>[a-z]?\d{{1,2}}|[ivx]{{1,4}}|[a-z]|{_SIZE})\b(?!\s*(?:uhr|wochen?|tage?n?|stunden?|monate?)\b)(?!\.\s?\w)"
    rf"|\b{_NAME}\s+[„\"]?(?P<name>(?-i:[A-Z]\d?|[IVX]{{1,3}}|[a-d](?=[,:)]))|{_SIZE})\b(?!\.)"
    r"|(?-i:\b[A-ZÄÖÜ]\w{3,} (?P<roman>I{1,3}|IV)\b)"
    r"|(?:^|[:,]\s)(?P<bare>(?-i:[A-Z]\d?|[IVX]{1,3}))(?=,|\s(?:am|ab|mit|für)\b)"
    r"|\b(?P<sized>(?-i:[A-Z]\d))\b",
    re.IGNORECASE | re.MULTILINE,
)
"""„Option 2“, „Wochenenddienst B“, „Frühdienst F1“, „Telefonbereitschaft klein“."""
OFFERED = re.compile(r"(?:^|[\s(\[])(?P<label>[A-Z]\d?|[1-9]|I{1,3}V?|[a-c])\s*[):=\]–-]\s+(?=\S)|^(?P<point>\d|I{1,3})\.\s+(?=\S)", re.MULTILINE)
"""„A) nur samstags“, „1: jeden Werktag“: a label in front of what is on offer."""
_SHORT = r"(?-i:Mo|Di|Mi|Do|Fr|Sa|So)"
_DAYS = re.compile(
    r"\b(?:werk)?täglich\b|\bwerktags\b|\b(?:jed|all)e[nmr]? (?:\w+ )?(?:tage?n?|werktage?n?|abend|morgen|nacht|monats)\b|\bwochenende?s?\b|\bvertretungstagen\b"
    rf"|\b{_SHORT}\b\.?\s*(?:[-–/+,&]|und|bis)\s*{_SHORT}\b|\bam \d{{1,2}}\.[^.!?]{{0,14}}(?:,|und)\s+(?:am\s+)?\d{{1,2}}\.|\b(?:am|bis) \d{{1,2}}\. (?:jeden|nach)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:.]\d\d)?\s*(?:-|–|bis|und)\s*\d{1,2}(?:[:.]\d\d)?(?:\s*uhr|\b(?![.\d]|\s*(?:stunden|wochen|tage|minuten|€|euro)))|\buhrzeit\b"
    r"|\bzeitfenster\b|\b(?:vor|nach)?mittags?\b|\b(?:abends|morgens)\b|\bum (?:sieben|acht|neun|zehn|elf|zwölf|eins|zwei|drei|vier|fünf|sechs)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\s*(?:(?:am|pro|je|jeden?|im|in der|die|an jedem)\s|täglich|wöchentlich|monatlich|tgl)", re.IGNORECASE)
_ADDON = re.compile(r"\bfeste[rn]? (?:schicht|uhrzeit)|\badd-?ons?\b|\b(?:option|variante) (?:\d|[a-z]\b|[ivx]+\b)|\bzusatzpaket", re.IGNORECASE)
TIMED = re.compile(r"schicht|dienst(?!leist)|bereitschaft|vertretungs|uhrzeit|zeitfenster|feste[nr]? (?:zeit|tag)|anrufannahme", re.IGNORECASE)
"""An add-on for certain days and times by its name."""
_ONCE = re.compile(r"\b(?:express\w*|überholspur|eil\w*|einmalig|nur dieser auftrag)\b", re.IGNORECASE)
_FREE = re.compile(r"[^\n;]{0,40}\b(?:ohne (?:fixe |feste )?(?:uhr)?zeit|(?:uhr)?zeit (?:frei|flexibel|nach absprache)|nur tag)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[^,.;:\n]{0,60}(?:\bXX+\b|\[[^\]\n]{1,40}\]|\{\{|TT\.)[^,.;:\n]{0,60}")
_ON = re.compile(
    r"\b(?:am|an|vom|für|und)\s+(?:\w+tag,?\s+)?(?:de[nm]\s+)?\d{1,2}\.\s?(?:\d{1,2}\.|(?:bis|und)\b|jan|feb|mär|apr|mai|juni|juli|aug|sep|okt|nov|dez)", re.IGNORECASE
)
_STARTING = re.compile(r"\b(?:start\w*|begin\w*|los|erstmals|zum ersten mal)\b", re.IGNORECASE)
_DATED = re.compile(r",?\s{0,2}(?:de[nmr]\s)?\d{1,2}\.")
_SURE = re.compile(r"\b(?:ein|um)?gebucht\b|\bbestätig", re.IGNORECASE)
_LATER = re.compile(
    r"\bdann bestätigen\b|\bbestätigung\b[^.!?]{0,100}\b(?:folgt|abwarten|kommt|erhalten|bekommen)\b|\bsobald\b[^.!?]{0,100}\bbestätig"
    r"|\b(?:soll|darf|sollen|dürfen) (?:ich|wir)\b"
    r"|\b(?:welche\w*|was) (?:passt|darf|soll|wünsch|möcht|sagt|sprich|option|variante)\w*",
    re.IGNORECASE,
)


def confirms(view: View) -> Sentence | None:
    """The sentence by which the team confirms the booking of an add-on; None for an offer, a cancellation, a mere mention."""
    message, tags = view.message, view.message.tags or ()
    if message.author != "team" or message.channel != "chat" or "ablehnung" in tags or _LATER.search(message.text):
        return None
    if len(OFFERED.findall(message.text)) > 1:
        return None
    if "addon" not in tags and not (_ADDON.search(message.text) and not tags):
        return None
    said = list(sentences(message.text, phrases().booked))
    content = "aufgabenbeschreibung" in tags
    booked = next((s for s in said if s.strong and (content or _SURE.search(s.text))), None)
    if booked or not content or not view.before or not view.before[-1].incoming:
        return booked
    # „sehr gern: Samstagsdienst groß, jeden Samstag ab 9 Uhr“ says it without a word for it
    fullest = max(said, key=lambda s: len(elements(s.text)), default=None)
    named = elements(fullest.text) if fullest and len({match[0].lower() for match in OPTION.finditer(message.text)}) < 2 else set()
    return fullest if len(named) > 1 and named & {"option", "min_hours", "notice"} else None


def confirmed(view: View) -> Iterator[Message]:
    """Messages before by which the team has confirmed a booking."""
    earlier = (View(view.thread, n) for n in range(view.index))
    return (each.message for each in earlier if confirms(each))


def elements(text: str) -> set[Element]:
    """The elements of a booking that the text names; a placeholder („XX Wochen“) names nothing."""
    filled = _PLACEHOLDER.sub("", text)
    return {element for element, names in _NAMES.items() if names(filled)}


def once(text: str) -> bool:
    """Whether it is about an add-on for one order, such as express, rather than for certain days."""
    return bool(_ONCE.search(text)) and not _DAYS.search(text) and len(set(_weekdays(text))) < 2


def free_time(text: str, said: list[str]) -> bool:
    """Whether the option that the text names was offered without a time of day („feste Tage, Uhrzeit frei“)."""
    label = next((m["kind"] or m["name"] for m in OPTION.finditer(text) if m["kind"] or m["name"]), None)
    return bool(label) and any(_FREE.search(each, m.end(), m.end() + 60) for each in said for m in _offers(each, str(label)))


def _offers(text: str, label: str) -> Iterator[re.Match[str]]:
    return (m for m in OFFERED.finditer(text) if m["label"].lower() == label.lower())


def _days(text: str) -> bool:
    return bool(_DAYS.search(text)) or any(True for _ in _weekdays(text)) or _dated(text)


def _dated(text: str) -> bool:
    """Whether it is booked for a date: „am Donnerstag, 24. September, von 18 bis 20 Uhr“, but not „Start ist am 4. Mai“."""
    around = ((re.split(r"[.!?;:]\s", text[: on.start()])[-1], text[on.end() : on.end() + 30]) for on in _ON.finditer(text))
    return not all(_STARTING.search(said) or _STARTING.search(then) for said, then in around)


def _weekdays(text: str) -> Iterator[Value]:
    """Days of the week, but not „ab Montag“ and „Montag, 16. März“, when it begins."""
    for fact in facts(text):
        if fact.kind == "weekday" and not _DATED.match(text, fact.end) and not text[max(0, fact.start - 5) : fact.start].endswith(("ab ", "seit ")):
            yield fact.value


def _time(text: str) -> bool:
    return bool(_CLOCK.search(text)) or any(fact.kind == "time" for fact in facts(text))


def _minimum(text: str) -> bool:
    if any(re.search(wording, lower(text)) for wording in phrases().minimum):
        return True
    return any(fact.kind == "hours" and _EACH.match(text, fact.end) for fact in facts(text))


def _notice(text: str) -> bool:
    return any(re.search(wording, lower(text)) for wording in phrases().ending)


_NAMES: dict[Element, Callable[[str], bool]] = {
    "option": lambda text: bool(OPTION.search(text)), "days": _days, "time": _time, "min_hours": _minimum, "notice": _notice,
}  # fmt: skip
