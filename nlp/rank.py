"""Which templates suit a situation, best first, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from nlp.handbook import taxonomy
from nlp.situation import Situation
from nlp.templates import Template, When

STEPS = {
    "start": "erste Nachricht des Kunden", "reply": "der Kunde hat geschrieben", "confirm": "der Kunde hat ein Add-on gewählt",
    "remind-1": "wir warten, noch nicht erinnert", "remind-2": "wir warten, einmal erinnert", "decline": "wir warten, zweimal erinnert", "report": "niemand wartet",
}  # fmt: skip
TAG, WORD, NOTED, TOPIC, AREA, TYPE, STEP = 1.0, 1.5, 1.5, 1.5, 0.75, 0.5, 0.5
"""What a hit is worth: a tag, a word of the customer's, one of the notes', the questions' topics, the area, the type, the step."""
MISSED = 0.5
"""What a condition costs that does not hold: nothing of what the template asks for was said."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A template, what speaks for it, and how much."""

    id: str
    title: str
    reason: str
    score: float


def ranked(situation: Situation, templates: Mapping[str, Template]) -> list[Choice]:
    """The templates for this step of the process, best first."""
    found = [_choice(situation, template) for template in templates.values() if situation.step in template.when.steps]
    return sorted(found, key=lambda choice: (-choice.score, choice.id))


def _choice(situation: Situation, template: Template) -> Choice:
    hits = list(_hits(situation, template.when))
    reason = "; ".join(text for text, worth in hits if worth > 0 and text)
    return Choice(template.id, template.title, reason or STEPS[situation.step], round(sum(worth for _, worth in hits), 2))


def _hits(situation: Situation, when: When) -> Iterable[tuple[str, float]]:
    """(German reason, worth) of each condition that holds, or fails."""
    yield STEPS[situation.step], STEP / len(when.steps)
    tags = [tag for tag in when.tags if tag in situation.tags]
    known = taxonomy()
    yield ", ".join(f"Tag „{known[tag].label if tag in known else tag}“" for tag in tags), TAG * len(tags) if tags or not when.tags else -MISSED
    for text, worth in ((situation.said, WORD), (situation.noted, NOTED)):
        if words := _mentioned(text, when.words):
            yield f"erwähnt „{words[0]}“", worth * min(2, len(words))
    if when.topics and situation.asked:
        covered = sum(question.topic in when.topics for question in situation.asked.values())
        yield f"passt zu {covered} von {len(situation.asked)} Fragen" if covered else "", TOPIC * covered / len(situation.asked)
    task = situation.thread.task
    for held, given, worth in ((task.area, when.areas, AREA), (task.type, when.types, TYPE)):
        if given:
            yield "", worth if held in given else -worth
    if any(tag in when.without for m in situation.chat if m.incoming for tag in m.tags or ()):
        yield "", -2.0


def _mentioned(text: str, words: tuple[str, ...]) -> list[str]:
    return sorted(set(_pattern(words).findall(text))) if words and text else []


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")")
