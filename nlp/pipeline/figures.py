"""Hours, rates, deadlines in a message that are not those of the task's key data, and that nobody has named in the chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from nlp.pipeline.claims import AGREED, MONTHS, Claim, amount, dated, day, figure, swapped
from nlp.pipeline.facts import Fact, Value, facts
from nlp.pipeline.wordings import lower, sentences
from nlp.thread import View

_OWN = re.compile(r"\b(?:deine|ihre|eure)n? (?:\w+en )?$|\b(?:vereinbart|besprochen|gebucht|bestellt)en $")
_THE = re.compile(r"\b(?:den|die|deinen?|ihren?|euren?|mit|in|bei) $")
_MONTHLY = re.compile(r"\s*(?:im monat|monatlich|pro monat|je monat)\b")
_MINIMUM = re.compile(r"\bmind|\bwenigstens|\bminimum|\buntergrenze|\bje (?:tag|schicht|termin)\b|\bextra\b|\bmehr\b|\bzusätzlich\b|\bdazu\b|\bstatt\b")
_ESTIMATE = re.compile(r"\b(?:rechnen sie|rechne|rechnet) (?:\w+ )?mit (?:etwa |rund |ca\. )?$|\brechnung (?:\w+ )?über $")
_SPENT = re.compile(r"\b(?:gebucht|verbraucht|gebraucht|aufgewendet|angefallen)\b")
_RATE_BEFORE = re.compile(r"(?:satz(?: von| beträgt| liegt bei| ist| bleibt bei)?|stunden? (?:zu|à|mal)(?: je)?|berechnet werden sie mit|zu je) $")
_RATE_AFTER = re.compile(r"\s*(?:netto )?(?:/|je|pro|die|in der|per)\s*(?:std|stunde|h\b|wort)|\s*(?:als )?stundensatz")
_SURCHARGE = re.compile(r"zuschlag|aufschlag|aufpreis|\bplus\b|\bstatt\b|\bkünftig|\bneu(?:er|e|en)?\b|\babend|\bwochenende|\bmehr\b|\brabatt|\bob\b")
_DELIVERED = re.compile(
    r"\bfertig\b|\babgabe\w*|\blieferung\b|\bliefer(?:t|n|e)\b|\balles (?:da|eingetragen|fertig)\b|\b(?:haben|bekommen|erhalten) sie (?:den|die|das|ihre?n?)\b"
    r"|\b(?:hast|bekommst) du (?:den|die|das|deine?n?)\b|\b(?:den|die|das) \w+ (?:haben|bekommen|erhalten) sie\b|\bsie (?:haben|bekommen|erhalten) (?:den|die|das)\b"
    r"|\b(?:übersicht|liste|entwurf|vorschlag|plan|text|tabelle|auswertung|bericht|übersetzung)\b[^.!?]* kommt\b"
)
_PROPOSED = re.compile(
    r"\?|\b(?:ginge|würde|könnten?|wenn|falls|verschieb\w*|verschob\w*|verläng\w*|statt|neuer?|später|erst|schlage|rechnung\w*|rückflug|hinflug|läuft|reservier\w*)\b"
)
_CORRECTED = re.compile(r"\bnicht (?:\w+ ){0,3}\||\bsondern\b|\bfalsch\b|\bversehen|\birrtüm|\bvertippt|\btippfehler|\bverlesen|\bzahlendreher")
_YOURS = re.compile(r"\b(?:ihr|dein|euer)(?:e[nm])? (?:\w+ )?\||\|[^|]*\bzu halten\b")
_SPAN = re.compile(rf"\b(?P<first>\d{{1,2}})\.\s?(?:bis|–|-)\s?(?P<last>\d{{1,2}})\.\s?(?P<month>{'|'.join(MONTHS)})\b", re.IGNORECASE)
NEAR = 15
"""A day as „yours“ that lies so few days before the deadline is meant to be it."""
OVER = 1.25
"""So many times the hours of the budget are more than a slight excess that may be reported as it is."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A fact of the message with what its sentence says ``before`` and ``after`` it, in lower case, and all facts ``found``."""

    view: View
    fact: Fact
    before: str
    after: str
    found: list[Fact]

    @property
    def said(self) -> str:
        return self.view.message.text[self.fact.start : self.fact.end]

    def about(self, tag: str) -> bool:
        """Whether the message deals with this topic; without tags it may."""
        return not self.view.message.tags or tag in self.view.message.tags

    def agreed(self, key: str) -> float | None:
        """The figure of the key data, if there is one and the message does not have it too."""
        value = self.view.thread.task.key_data.get(key)
        told = {fact.value for fact in self.found if fact.kind in (self.fact.kind, "rate")}
        return float(value) if isinstance(value, int | float) and value not in told else None


def claims(view: View) -> Iterator[Claim]:
    """What the message states otherwise than the key data, or than the chat in reversed digits or another month."""
    text = view.message.text
    said = [fact for message in view.before if message.channel == "chat" for fact in facts(message.text, day(message.sent_at))]
    known = {(fact.kind, fact.value) for fact in said} | {("rate", fact.value) for fact in said if fact.kind == "money"}
    found = list(facts(text, day(view.message.sent_at)))
    for sentence in sentences(text):
        for fact in found:
            if sentence.start <= fact.start < sentence.end and (fact.kind, fact.value) not in known:
                place = _Place(view, fact, lower(text[sentence.start : fact.start]), lower(text[fact.end : sentence.end]), found)
                if _CORRECTED.search(f"{place.before}|{place.after}"):
                    continue
                yield from filter(None, (_hours(place), _rate(place), _deadline(place)))
    yield from _reversed(view, found, {fact.value for fact in said if fact.kind in ("money", "rate")})
    yield from _shifted(view)


def _hours(place: _Place) -> Claim | None:
    budget = place.agreed("hours_budget")
    if place.fact.kind != "hours" or not budget or not place.about("zeit_kosten") or not _budgeted(place, float(str(place.fact.value)), budget):
        return None
    return Claim(place.fact.start, place.fact.end, f"{figure(budget)} Stunden", "In den Eckdaten stehen", swapped(place.said, figure(budget)))


def _budgeted(place: _Place, said: float, budget: float) -> bool:
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


def _rate(place: _Place) -> Claim | None:
    rate, fact = place.agreed("rate_eur"), place.fact
    if fact.kind not in ("rate", "money") or not rate or not place.about("zeit_kosten"):
        return None
    if _SURCHARGE.search(place.before[-30:]) or _SURCHARGE.search(place.after[:25]):
        return None
    if fact.kind == "money" and not _RATE_BEFORE.search(place.before) and not _RATE_AFTER.match(place.after):
        return None
    return Claim(fact.start, fact.end, f"{amount(rate)} Euro", "In den Eckdaten stehen", swapped(place.said, amount(rate)))


def _deadline(place: _Place) -> Claim | None:
    try:
        deadline = date.fromisoformat(str(place.view.thread.task.key_data.get("deadline")))
    except ValueError:
        return None
    told = any(fact.value == deadline for fact in place.found)
    if told or place.fact.kind != "date" or not place.about("termin") or not isinstance(place.fact.value, date):
        return None
    named = _named(place, place.fact.value, deadline)
    return dated(place.view.message.text, place.fact, deadline, place.found) if named else None


def _named(place: _Place, said: date, deadline: date) -> bool:
    """Whether the day is told as that of delivery. Once the deadline has passed, or after a complaint, a new day is no slip."""
    today = day(place.view.message.sent_at)
    if today is None or today > deadline or {"beschwerde", "ablehnung"} & {*(place.view.message.tags or ())}:
        return False
    clause = _clause(place)
    agreed = bool(AGREED.search(clause))
    if said < deadline:
        return (agreed and said.month == deadline.month) or (bool(_YOURS.search(clause)) and (deadline - said).days < NEAR)
    return agreed or (bool(_DELIVERED.search(clause)) and not _PROPOSED.search(place.before + place.after))


def _clause(place: _Place) -> str:
    """What is said about a date, from comma to comma; | stands where the date does."""
    near = re.sub(r"(?:tag|woch),\s*(?:de[nmr])?\s*$", "", place.before)
    return re.split(r"[,;:–]\s", near)[-1] + "|" + re.split(r"[,;–]\s", place.after)[0]


def _reversed(view: View, found: list[Fact], amounts: set[Value]) -> Iterator[Claim]:
    """An amount of money that stands in the chat with its digits the other way round („57“ for 75 Euro)."""
    told = {figure(float(str(value))): float(str(value)) for value in amounts}
    for fact in found:
        digits = figure(float(str(fact.value))) if fact.kind in ("money", "rate") and fact.value not in amounts else ""
        if len(digits) == 2 and (right := told.get(digits[::-1])):
            yield Claim(fact.start, fact.end, f"{figure(right)} Euro", "Im Chat stehen", swapped(view.message.text[fact.start : fact.end], figure(right)))


def _shifted(view: View) -> Iterator[Claim]:
    """A span of days that the customer puts into another month („10. bis 17. November“ for October)."""
    told = {(m["first"], m["last"]): m["month"] for each in view.before if each.incoming for m in _SPAN.finditer(each.text)}
    for m in _SPAN.finditer(view.message.text):
        month = told.get((m["first"], m["last"]), m["month"])
        if month.lower() != m["month"].lower():
            yield Claim(*m.span("month"), month, "Im Chat steht", month)
