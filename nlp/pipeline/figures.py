"""Hours, rates, deadlines in a message that are not those of the task's key data, and that nobody has named in the chat."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from nlp.pipeline.claims import AGREED, Claim, Place, amount, day, figure, swapped
from nlp.pipeline.deadlines import deadline
from nlp.pipeline.facts import Fact, facts
from nlp.pipeline.wordings import Sentence, lower, sentences
from nlp.thread import View

_OWN = re.compile(r"\b(?:deine|ihre|eure)n? (?:\w+en )?$|\b(?:budget|rahmen|kontingent)(?: von)? $|\b(?:vereinbart|besprochen|gebucht|bestellt)en $")
_THE = re.compile(r"\b(?:den|die|deinen?|ihren?|euren?|mit|in|bei) $")
_MONTHLY = re.compile(r"\s*(?:im monat|monatlich|pro monat|je monat)\b")
_MINIMUM = re.compile(r"\bmind|\bwenigstens|\bminimum|\buntergrenze|\bje (?:tag|schicht|termin)\b|\bextra\b|\bmehr\b|\bzusätzlich\b|\bdazu\b|\bstatt\b")
_ESTIMATE = re.compile(r"\b(?:rechnen sie|rechne|rechnet) (?:\w+ )?mit (?:etwa |rund |ca\. )?$|\brechnung (?:\w+ )?über $")
_SPENT = re.compile(r"\b(?:gebucht|verbraucht|gebraucht|aufgewendet|angefallen)\b")
_RATE_BEFORE = re.compile(r"(?:satz(?: von| beträgt| liegt bei| ist| bleibt bei)?|stunden? (?:zu|à|mal)(?: je)?|berechnet werden sie mit|zu je) $")
_RATE_AFTER = re.compile(r"\s*(?:netto )?(?:/|je|pro|die|in der|per)\s*(?:std|stunde|h\b|wort)|\s*(?:als )?stundensatz")
_SURCHARGE = re.compile(r"zuschlag|aufschlag|aufpreis|zusätzlich|\bplus\b|\bstatt\b|\bkünftig|\bneu(?:er|e|en)?\b|\babend|\bwochenende|\bmehr\b|\brabatt|\bob\b")
_CORRECTED = re.compile(r"\bnicht (?:\w+ ){0,3}\||\bsondern\b|\bfalsch\b|\bversehen|\birrtüm|\bvertippt|\btippfehler|\bverlesen|\bzahlendreher")
REACH = 300
"""Characters on either side of a fact that say what it is about."""
OVER = 1.25
"""So many times the hours of the budget are more than a slight excess that may be reported as it is."""


def claims(view: View) -> Iterator[Claim]:
    """What the message states otherwise than the key data."""
    text = view.message.text
    said = [fact for message in view.before if message.channel == "chat" for fact in facts(message.text, day(message.sent_at))]
    known = {(fact.kind, fact.value) for fact in said} | {("rate", fact.value) for fact in said if fact.kind == "money"}
    found = list(facts(text, day(view.message.sent_at)))
    told = {(fact.kind, fact.value) for fact in found}
    for sentence, fact in _each(text, found):
        if (fact.kind, fact.value) not in known:
            before, after = text[max(sentence.start, fact.start - REACH) : fact.start], text[fact.end : min(sentence.end, fact.end + REACH)]
            place = Place(view, fact, lower(before), lower(after), found, told)
            if not _CORRECTED.search(f"{place.before}|{place.after}"):
                yield from filter(None, (_hours(place), _rate(place), deadline(place)))


def _each(text: str, found: list[Fact]) -> Iterator[tuple[Sentence, Fact]]:
    """The facts of the message's own sentences, in order."""
    waiting = deque(found)
    for sentence in sentences(text):
        while waiting and waiting[0].start < sentence.end:
            fact = waiting.popleft()
            if fact.start >= sentence.start:
                yield sentence, fact


def _hours(place: Place) -> Claim | None:
    budget = place.agreed("hours_budget")
    if place.fact.kind != "hours" or not budget or not place.about("zeit_kosten") or not _budgeted(place, float(str(place.fact.value)), budget):
        return None
    return Claim(place.fact.start, place.fact.end, f"{figure(budget)} Stunden", "In den Eckdaten stehen", swapped(place.said, figure(budget)))


def _budgeted(place: Place, said: float, budget: float) -> bool:
    """Whether the hours are told as those agreed, or are far more."""
    before, after, whole = place.before, place.after, f"{place.before} {place.said.lower()} {place.after}"
    if _MINIMUM.search(before[-40:]) or _MINIMUM.search(after[:25]):
        return False
    near = f"{before[-25:]}|{place.said.lower()}|{after[:45]}"
    if _OWN.search(before) or AGREED.search(near) or (_THE.search(before) and AGREED.search(whole)):
        return True
    if _MONTHLY.match(after):
        return "aufgabenbeschreibung" in (place.view.message.tags or ()) and place.view.message.author == "team"
    return (bool(_ESTIMATE.search(before)) and said > budget) or (bool(_SPENT.search(whole)) and said >= OVER * budget)


def _rate(place: Place) -> Claim | None:
    rate, fact = place.agreed("rate_eur"), place.fact
    if fact.kind not in ("rate", "money") or not rate or not place.about("zeit_kosten"):
        return None
    if _SURCHARGE.search(place.before[-30:]) or _SURCHARGE.search(place.after[:25]):
        return None
    if fact.kind == "money" and not _RATE_BEFORE.search(place.before) and not _RATE_AFTER.match(place.after):
        return None
    return Claim(fact.start, fact.end, f"{amount(rate)} Euro", "In den Eckdaten stehen", swapped(place.said, amount(rate)))
