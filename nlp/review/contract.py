"""The Einzelvertrag: what was agreed, by topic, each with the passage that says so; what was changed, superseded, contradicted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from nlp.handbook import handbook, review_phrases
from nlp.pipeline.facts import Fact, facts
from nlp.pipeline.wordings import Sentence
from nlp.pipeline.words import content
from nlp.review.booking import Booking
from nlp.review.customer_file import NAMES
from nlp.review.dates import sent
from nlp.review.reading import body, chat, says, tagged
from nlp.review.record import ContractEntry, Evidence, Topic
from nlp.thread import Message, Thread

TOPICS: dict[Topic, str] = {
    "work": "Arbeit", "result": "Ergebnis", "deadline": "Frist", "hours": "Stunden", "price": "Preis", "access": "Zugang", "add_on": "Add-on",
    "style": "Arbeitsweise",
}  # fmt: skip
BRIEF = 4
"""Words of an answer that is nothing but a date."""
_LIMIT = re.compile(r"\b(?:bis|fertig|abgabe|spätestens|frist|deadline|zum|termin)\b", re.IGNORECASE)
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
    """Sentences that state something: no questions, ours or the customer's."""
    asked = [(message.text.find(q.quote), len(q.quote)) for q in message.questions or () if q.expects_answer]
    for sentence in body(message.text):
        holds = any(start >= 0 and start < sentence.end and sentence.start < start + length for start, length in asked)
        if not sentence.text.endswith("?") and not (holds and message.incoming and len(sentence.text) < 2 * max(length for _, length in asked)):
            yield sentence


def _topics(sentence: Sentence, message: Message) -> Iterator[Topic]:
    """What the sentence fixes; add-ons are read elsewhere."""
    if tagged(message, "addon", "ablehnung", "erinnerung"):
        return
    text, kinds = sentence.text, {fact.kind for fact in facts(sentence.text, sent(message).date())}
    if tagged(message, "zugangsdaten") and says(text, handbook().checklist.logins.words):
        yield "access"
        return
    found: list[Topic] = []
    if tagged(message, "termin") and kinds & {"date", "weekday", "week"} and (_LIMIT.search(text) or len(text.split()) <= BRIEF):
        found.append("deadline")
    if tagged(message, "zeit_kosten") and kinds & {"money", "rate"}:
        found.append("price")
    if tagged(message, "zeit_kosten") and "hours" in kinds:
        found.append("hours")
    if says(text, review_phrases().style) and tagged(message, "aufgabenbeschreibung", "zusammenarbeit"):
        found.append("style")
    if not found and tagged(message, "aufgabenbeschreibung") and len(text.split()) > 1 and content(text):
        found.append("result" if says(text, review_phrases().result) else "work")
    yield from found


def _value(topic: Topic, quote: str, on: date) -> Any:
    """The figure that the passage gives for the topic; None if it gives none or several."""
    found = [fact for fact in facts(quote, on) if fact.kind in _KINDS.get(topic, ())]
    return _plain(found[0]) if len(found) == 1 else None


def _plain(fact: Fact) -> Any:
    return fact.value.isoformat() if isinstance(fact.value, date) else fact.value


def _clash(topic: Topic, sentence: Sentence, message: Message, thread: Thread) -> str | None:
    """How a statement of ours contradicts the key data, which are the latest agreed state."""
    agreed = thread.task.key_data.get(_KEYS[topic]) if topic in _KEYS else None
    value = _value(topic, sentence.text, sent(message).date())
    marked = any(each.rule == "fact-mismatch" for each in (*(message.findings or ()), *(message.defects or ())))
    if message.incoming or agreed is None or value is None or not marked:
        return None
    return f"Eckdaten: {agreed}" if value != agreed else None


def _superseded(entries: list[ContractEntry], thread: Thread) -> Iterator[ContractEntry]:
    """An entry is struck through where a later one on the topic gives the figure that the key data have."""
    dates = {message.id: sent(message).date() for message in thread.messages}
    for n, entry in enumerate(entries):
        agreed = thread.task.key_data.get(_KEYS[entry.topic]) if entry.topic in _KEYS else None
        same = [other for other in entries[n:] if other.topic == entry.topic]
        value, *values = (_value(other.topic, other.evidence.quote, dates[other.evidence.message]) for other in same)
        later = [other for other, said in zip(same[1:], values, strict=True) if said == agreed]
        by = later[-1].evidence.message if agreed is not None and value not in (None, agreed) and later else None
        yield entry.model_copy(update={"superseded_by": by})


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
