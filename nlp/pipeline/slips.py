"""Slips of the pen: digits the other way round, the wrong month."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.pipeline.claims import MONTHS, Claim, figure, swapped
from nlp.pipeline.facts import facts
from nlp.thread import View

_SPAN = re.compile(rf"\b(?P<first>\d{{1,2}})\.\s?(?:bis|–|-)\s?(?P<last>\d{{1,2}})\.\s?(?P<month>{'|'.join(MONTHS)})\b", re.IGNORECASE)


def slips(view: View) -> Iterator[Claim]:
    """What the chat has with other digits or in another month."""
    yield from _reversed(view)
    yield from _shifted(view)


def _reversed(view: View) -> Iterator[Claim]:
    """An amount of money that stands in the chat with its digits the other way round („57“ for 75 Euro)."""
    amounts = {fact.value for m in view.before if m.channel == "chat" for fact in facts(m.text) if fact.kind in ("money", "rate")}
    told = {figure(float(str(value))): float(str(value)) for value in amounts}
    for fact in facts(view.message.text):
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
