"""The Einzelvertrag: what was agreed, by topic, each with the passage that says so; what was changed, superseded, contradicted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from nlp.handbook import handbook, review_phrases
from nlp.pipeline.booking import elements
from nlp.pipeline.facts import Fact, facts
from nlp.pipeline.wordings import Sentence
from nlp.pipeline.words import content
from nlp.review.booking import Booking
from nlp.review.customer_file import NAMES
from nlp.review.dates import day
from nlp.review.reading import body, chat, says, tagged
from nlp.review.record import ContractEntry, Evidence, Topic
from nlp.thread import Message, Thread

TOPICS: dict[Topic, str] = {
    "work": "Arbeit", "result": "Ergebnis", "deadline": "Frist", "hours": "Stunden", "price": "Preis", "access": "Zugang", "add_on": "Add-on",
    "style": "Arbeitsweise",
}  # fmt: skip
BRIEF = 4
"""Words of an answer that is nothing but a date."""
_SPENT = re.compile(r"\b(?:ge|ver)braucht\b|\bangefallen\b|\binsgesamt\b|\bbisher\b", re.IGNORECASE)
"""Hours that went by rather than hours agreed."""
_NOD = re.compile(
    r"\W*(?:(?:ja|gern\w*|ok|okay|gut|passt|prima|super|wunderbar|perfekt|klar|stimmt|genau|einverstanden|in ordnung|bitte|so|machen|mach\w*|wir|sie|ich|das|es|dann|also|nehme?|ist|alles"
    r"|vielen|herzlichen|dank|danke)\W*)+",
    re.IGNORECASE,
)
"""„Ja, in Ordnung, bitte so machen“ agrees, and describes nothing."""
_ADDON = re.compile(r"\b(?:add-?ons?|\w*schicht\w*|option\w*|variante\w*|express\w*|(?:ge)?buch\w*)\b", re.IGNORECASE)
_LIMIT = r"(?<!\d\. )(?<!\d\.)\bbis\b|\b(?:fertig\w*|abgabe|spätestens|frist|deadline|zum|termin)\b"
_NEEDED = re.compile(rf"{_LIMIT}|\b(?:brauch\w*|reicht)\b", re.IGNORECASE)
_PROMISED = re.compile(rf"{_LIMIT}|\b(?:liefer\w*|bekomm\w*|(?:schick|send)\w* (?:ich|wir)|haben sie|hast du|habt ihr)\b", re.IGNORECASE)
"""Words by which a customer sets a date, and by which we do."""
_MISSED = re.compile(r"\bschaff\w*\b[^.!?]*\bnicht\b", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:an)?statt\b|\bnicht mehr\b", re.IGNORECASE)
_KEYS: dict[Topic, str] = {"deadline": "deadline", "hours": "hours_budget", "price": "rate_eur"}
_KINDS: dict[Topic, tuple[str, ...]] = {"deadline": ("date",), "hours": ("hours",), "price": ("rate",)}


def contract(thread: Thread, booking: Booking | None) -> list[ContractEntry]:
    """The entries in the order of the chat."""
    said = chat(thread)
    first = next((message for message in said if message.incoming and tagged(message, "aufgabenbeschreibung")), None)
    started = next((n for n, message in enumerate(said) if message.outgoing and tagged(message, "aufgabenbeschreibung", "zwischenstand", "ergebnis")), len(said))
    entries: list[ContractEntry] = []
    for n, message in enumerate(said):
        for sentence in _statements(message):
            for topic in _topics(sentence, message):
                changed = message.incoming and message is not first and first is not None
                changed = changed and topic != "access" and (n > started or bool(says(sentence.text, review_phrases().changes)))
                clash = _clash(topic, sentence, message, thread)
                evidence = Evidence.of(message, sentence.start, sentence.end)
                entries.append(ContractEntry(topic=topic, evidence=evidence, author=message.author, change=changed, contradicts=clash))
    return [*_superseded(entries, thread), *_booked(booking)]


def _statements(message: Message) -> Iterator[Sentence]:
    """Sentences that state something: no questions, ours or the customer's, unless they give work („Könnten Sie …?“)."""
    for sentence in body(message.text):
        asked, given = (
            [len(q.quote) for q in message.questions or () if q.expects_answer == wants and _overlaps(message.text.find(q.quote), len(q.quote), sentence)]
            for wants in (True, False)
        )
        if given or (not sentence.text.endswith("?") and not (asked and message.incoming and len(sentence.text) < 2 * max(asked))):
            yield sentence


def _overlaps(start: int, length: int, sentence: Sentence) -> bool:
    return 0 <= start < sentence.end and sentence.start < start + length


def _topics(sentence: Sentence, message: Message) -> Iterator[Topic]:
    """What the sentence fixes; add-ons are read elsewhere."""
    text, kinds = sentence.text, {fact.kind for fact in facts(sentence.text, day(message))}
    if tagged(message, "ablehnung", "erinnerung") or (tagged(message, "addon") and (elements(text) or _ADDON.search(text))):
        return
    if tagged(message, "zugangsdaten") and says(text, handbook().checklist.logins.words):
        yield "access"
        return
    found: list[Topic] = []
    limit = (_NEEDED if message.incoming else _PROMISED).search(text) and not _MISSED.search(text) and not _deferring(message, sentence)
    if tagged(message, "termin") and kinds & {"date", "weekday", "week"} and (limit or len(text.split()) <= BRIEF):
        found.append("deadline")
    if tagged(message, "zeit_kosten") and kinds & {"money", "rate"}:
        found.append("price")
    if tagged(message, "zeit_kosten") and "hours" in kinds and not (_SPENT.search(text) or tagged(message, "beschwerde")):
        found.append("hours")
    if says(text, review_phrases().style) and tagged(message, "aufgabenbeschreibung", "zusammenarbeit"):
        found.append("style")
    if not found and tagged(message, "aufgabenbeschreibung") and len(text.split()) > 1 and content(text) and not _NOD.fullmatch(text):
        found.append("result" if says(text, review_phrases().result) else "work")
    yield from found


def _deferring(message: Message, sentence: Sentence) -> bool:
    """Whether it says when a question will be answered; that is no date of the work."""
    said = (a.quote for a in message.answers or () if a.status == "deferred" and a.quote)
    return any(_overlaps(message.text.find(quote), len(quote), sentence) for quote in said)


def _value(topic: Topic, quote: str, on: date | None) -> Any:
    """The figure that the passage gives for the topic; None if it gives none or several."""
    found = [fact for fact in facts(quote, on) if fact.kind in _KINDS.get(topic, ())]
    return _plain(found[0]) if len(found) == 1 else None


def _plain(fact: Fact) -> Any:
    return fact.value.isoformat() if isinstance(fact.value, date) else fact.value


def _clash(topic: Topic, sentence: Sentence, message: Message, thread: Thread) -> str | None:
    """How a statement of ours contradicts the key data, which are the latest agreed state."""
    agreed = thread.task.key_data.get(_KEYS[topic]) if topic in _KEYS else None
    value = _value(topic, sentence.text, day(message))
    marked = any(each.rule == "fact-mismatch" for each in (*(message.findings or ()), *(message.defects or ())))
    if message.incoming or agreed is None or value is None or not marked:
        return None
    return f"Eckdaten: {agreed}" if value != agreed else None


def _superseded(entries: list[ContractEntry], thread: Thread) -> Iterator[ContractEntry]:
    """An entry is struck through where a later one on the topic gives the figure that the key data have, or names the old one („190 statt 152 Euro“)."""
    dates = {message.id: day(message) for message in thread.messages}
    for n, entry in enumerate(entries):
        agreed = thread.task.key_data.get(_KEYS[entry.topic]) if entry.topic in _KEYS else None
        same = [other for other in entries[n:] if other.topic == entry.topic]
        value, *values = (_value(other.topic, other.evidence.quote, dates[other.evidence.message]) for other in same)
        later = [other for other, said in zip(same[1:], values, strict=True) if said == agreed]
        by = later[-1].evidence.message if agreed is not None and value not in (None, agreed) and later else None
        instead = (other.evidence.message for other in same[1:] if _replaces(other.evidence.quote, entry.evidence.quote, dates[entry.evidence.message]))
        yield entry.model_copy(update={"superseded_by": by or next(instead, None)})


def _replaces(new: str, old: str, on: date | None) -> bool:
    apart = _INSTEAD.search(new)
    return apart is not None and bool({(f.kind, f.value) for f in facts(old, on)} & {(f.kind, f.value) for f in facts(new[apart.end() :], on)})


def _booked(booking: Booking | None) -> Iterator[ContractEntry]:
    if booking is None:
        return
    for element, old in booking.before:
        new = booking.said.get(element)
        by = new.message.id if new else None
        evidence = Evidence.of(old.message, old.start, old.end)
        yield ContractEntry(topic="add_on", detail=NAMES[element], evidence=evidence, author=old.message.author, superseded_by=by)
    for element, said in booking.said.items():
        wrong = next((other.message.id for name, other in booking.contradicted if name == element), None)
        changed = any(name == element for name, _ in booking.before)
        clash = f"{wrong} bestätigt es anders" if wrong else None
        evidence = Evidence.of(said.message, said.start, said.end)
        yield ContractEntry(topic="add_on", detail=NAMES[element], evidence=evidence, author=said.message.author, change=changed, contradicts=clash)
