"""Dates told as that of delivery which are not the deadline of the task's key data."""

from __future__ import annotations

import re
from datetime import date

from nlp.pipeline.claims import AS_AGREED, Claim, Place, dated, day

_DELIVERED = re.compile(
    r"\bfertig\b|\babgabe\w*|\blieferung\b|\bliefer(?:t|n|e)\b|\balles (?:da|eingetragen|fertig)\b|\b(?:haben|bekommen|erhalten) sie (?:den|die|das|ihre?n?)\b"
    r"|\b(?:hast|bekommst) du (?:den|die|das|deine?n?)\b|\b(?:den|die|das) (?:[^\s.!?,]+ ){1,4}(?:(?:haben|bekommen|erhalten) sie|(?:hast|bekommst) du)\b"
    r"|\bsie (?:haben|bekommen|erhalten) (?:den|die|das)\b"
    r"|\b(?:übersicht|liste|entwurf|vorschlag|plan|text|tabelle|auswertung|bericht|übersetzung)\b[^.!?]{0,100} kommt\b"
)
_PROPOSED = re.compile(
    r"\?|\b(?:ginge|würde|könnten?|wenn|falls|verschieb\w*|verschob\w*|verläng\w*|statt|neuer?|später|erst|schlage|rechnung\w*|rückflug|hinflug|läuft|reservier\w*)\b"
)
_YOURS = re.compile(r"\b(?:ihr|dein|euer)(?:e[nm])? (?:\w+ )?\||\|[^|]*\bzu halten\b")
NEAR = 15
"""A day as „yours“ that lies so few days before the deadline is meant to be it."""


def deadline(place: Place) -> Claim | None:
    """The date as one for the deadline that it is not."""
    try:
        last = date.fromisoformat(str(place.view.thread.task.key_data.get("deadline")))
    except ValueError:
        return None
    if ("date", last) in place.told or place.fact.kind != "date" or not place.about("termin") or not isinstance(place.fact.value, date):
        return None
    named = _named(place, place.fact.value, last)
    return dated(place.view.message.text, place.fact, last, place.found) if named else None


def _named(place: Place, said: date, last: date) -> bool:
    """Whether the day is told as that of delivery. Once the deadline has passed, or after a complaint, a new day is no slip."""
    today = day(place.view.message.sent_at)
    if today is None or today > last or {"beschwerde", "ablehnung"} & {*(place.view.message.tags or ())}:
        return False
    clause = _clause(place)
    agreed = bool(AS_AGREED.search(clause))
    if said < last:
        return (agreed and said.month == last.month) or (bool(_YOURS.search(clause)) and (last - said).days < NEAR)
    if agreed:
        return not _PROPOSED.search(clause)
    return bool(_DELIVERED.search(clause)) and not _PROPOSED.search(place.before + place.after)


def _clause(place: Place) -> str:
    """What is said about a date, from comma to comma; | stands where the date does."""
    near = re.sub(r"(?:tag|woch),\s*(?:de[nmr])?\s*$", "", place.before)
    return re.split(r"[,;:–]\s", near)[-1] + "|" + re.split(r"[,;–]\s", place.after)[0]
