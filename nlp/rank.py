"""Which templates suit a situation, best first, each with the reason."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from nlp.handbook import taxonomy
from nlp.situation import Situation
from nlp.templates import Template, TemplateChoice, When

STEPS = {
    "start": "erste Nachricht des Kunden", "reply": "der Kunde hat geschrieben", "answered": "der Kunde hat auf unsere Frage geantwortet", "confirm": "der Kunde hat ein Add-on gewählt",
    "wait": "der Kunde vertröstet uns", "remind-1": "wir warten, noch nicht erinnert", "remind-2": "wir warten, einmal erinnert",
    "approval": "zweimal erinnert, die Ablehnung braucht eine Freigabe", "decline": "wir warten, zweimal erinnert", "closed": "wir haben abgelehnt", "report": "niemand wartet",
}  # fmt: skip
TAG, WORD, TOPIC, AREA, TYPE, STEP = 0.6, 1.2, 2.0, 1.5, 0.5, 1.0
"""What a hit is worth: a tag (by how few templates ask for it), a word of the customer's or the notes', the questions' topics, area, type, step."""
MISSED, UNASKED, DONE, GROUNDLESS = 0.5, 1.5, 2.0, 2.0
"""What it costs: no tag of the template's · no question of its topics · what it asks for was done, or a word tells against it · nothing speaks for it."""
RETURN = 3.0
"""What it is worth that the customer comes back after a decline."""
BEST, PLAIN, LEAD = 3, "antwort", 0.6
"""So many templates are offered; the plain answer is one of them wherever a question is open, and it is taken unless another leads by so much:
a needless paragraph is worse than none."""
TONE = {"beschwerde": 2.5, "ablehnung": 2.5, "addon": 1.0}
"""Tags that set the tone, the strongest first, and what it costs if none of the template's is it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A template, what speaks for it, and how much."""

    id: str
    title: str
    reason: str
    score: float


def ranked(situation: Situation, templates: Mapping[str, Template]) -> list[Choice]:
    """The templates for this step of the process, best first."""
    common = Counter(tag for template in templates.values() for tag in template.when.tags)
    rare = {tag: TAG * min(4.0, math.log2(len(templates) / count)) for tag, count in common.items()}
    found = [_choice(situation, template, rare) for template in templates.values() if _fits(situation, template)]
    return sorted(found, key=lambda choice: (-choice.score, choice.id))


def best(situation: Situation, templates: Mapping[str, Template]) -> list[TemplateChoice]:
    """The templates to offer."""
    choices = ranked(situation, templates)
    plain = [choice for choice in choices[BEST:] if choice.id == PLAIN and situation.asked]
    return [TemplateChoice(id=c.id, title=c.title, reason=c.reason) for c in [*choices[: BEST - len(plain)], *plain]]


def default(situation: Situation, templates: Mapping[str, Template]) -> Template:
    """The template to take where nobody chose one; an internal note only where there is nothing for the customer to read."""
    found = ranked(situation, templates)
    choices = [choice for choice in found if templates[choice.id].channel == "chat"] or found
    plain = next((choice for choice in choices if choice.id == PLAIN and situation.asked), None)
    if not choices or (plain and choices[0].score < plain.score + LEAD):
        return templates[PLAIN]
    return templates[choices[0].id]


def _fits(situation: Situation, template: Template) -> bool:
    steps = template.when.steps
    return situation.step in steps or (situation.step == "answered" and "reply" in steps)


def _choice(situation: Situation, template: Template, rare: Mapping[str, float]) -> Choice:
    hits = list(_hits(situation, template, rare))
    reason = "; ".join(text for text, worth in hits if worth > 0 and text)
    return Choice(template.id, template.title, reason or STEPS[situation.step], round(sum(worth for _, worth in hits), 2))


def _hits(situation: Situation, template: Template, rare: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    """(German reason, worth) of each condition that holds, or fails."""
    when = template.when
    yield STEPS[situation.step], STEP if situation.step == when.steps[0] else STEP / 2
    yield "", STEP * (when.steps == (situation.step,))
    grounds = [*_tags(situation, when, rare), *_wording(situation, when), *_kind(situation, when)]
    yield from grounds
    conditions = when.tags or when.words or when.topics or when.areas or when.types or when.declined
    if conditions and situation.step not in when.otherwise and not any(worth > 0 for _, worth in grounds):
        yield "", -GROUNDLESS
    if _needless(situation, template):
        yield "", -DONE


def _wording(situation: Situation, when: When) -> Iterable[tuple[str, float]]:
    """What the customer, or a note, says, and what they ask about."""
    if words := _mentioned(f"{situation.said}\n{situation.noted}", when.words):
        yield f"erwähnt „{words[0].strip()}“", WORD * min(2, len(words))
    if when.topics:
        covered = sum(question.topic in when.topics for question in situation.asked.values())
        if covered:
            yield f"passt zu {covered} von {len(situation.asked)} Fragen", TOPIC * covered / len(situation.asked)
        else:
            yield "", -UNASKED * (bool(situation.turn) and not words)


def _kind(situation: Situation, when: When) -> Iterable[tuple[str, float]]:
    """What kind of task it is, and whether it had ended."""
    task = situation.thread.task
    for held, given, worth in ((task.area, when.areas, AREA), (task.type, when.types, TYPE)):
        if given:
            yield "", worth if held in given else -worth
    if when.declined and situation.declined and not TONE.keys() & situation.tags:
        yield STEPS["closed"], RETURN


def _needless(situation: Situation, template: Template) -> bool:
    """Whether what the template is for was done, or is not there to be done."""
    when, step = template.when, situation.step
    if any(tag in when.without for m in situation.chat if m.incoming for tag in m.tags or ()) or _mentioned(situation.said, when.unless):
        return True
    if when.booked and situation.booking is None and not situation.thread.task.key_data.get("addons"):
        return True
    ours = [m for m in situation.chat if m.outgoing]
    sent = any(tag in when.sent for m in ours for tag in m.tags or ()) and not situation.tags & {"aufgabenbeschreibung", "beschwerde"}
    asked = {*(ours[-1].tags or ())} - {"rueckfrage"} if ours else set()
    return sent or (step == "answered" and "rueckfrage" in template.tags and bool(asked & {*template.tags}))


def _tags(situation: Situation, when: When, rare: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    known = taxonomy()
    tags = [tag for tag in when.tags if tag in situation.tags]
    if tags:
        yield ", ".join(f"Tag „{known[tag].label if tag in known else tag}“" for tag in tags), sum(rare[tag] for tag in tags)
    elif when.tags and situation.turn:
        yield "", -MISSED
    tone = next((tag for tag in TONE if tag in situation.tags), None)
    yield "", -TONE[tone] if tone and tone not in when.tags else 0


def _mentioned(text: str, words: tuple[str, ...]) -> list[str]:
    return sorted(set(_pattern(words).findall(text))) if words and text else []


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")")
