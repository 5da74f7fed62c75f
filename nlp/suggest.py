"""What the editor shows while somebody writes: tags of the draft, how it stands with each open question, findings, templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from nlp.check import sendable
from nlp.handbook import Taxonomy
from nlp.rules.unanswered_question import LIKELY, probability
from nlp.templates import TemplateChoice
from nlp.thread import Answer, Finding, Kind, Record, Topic, View, asked_in

Standing = Literal["open", "answered", "deferred", "missed", "waiting"]
"""Of an open question in the face of a draft: nothing written yet · answered, taken up for later or passed over by the draft ·
deferred earlier, needs no new mention."""


class TagSuggestion(Record):
    """A tag for the draft; ``sure`` is False where the probability is too close to call."""

    tag: str
    label: str
    score: float
    sure: bool
    evidence: list[dict[str, Any]]


class OpenQuestion(Record):
    """A customer question that waits; ``start``, ``end`` in the message that asks, ``answer`` is what the draft does about it."""

    question: str
    message_id: str
    quote: str
    start: int | None = None
    end: int | None = None
    kind: Kind
    topic: Topic
    standing: Standing
    answer: Answer | None = None


class Suggestion(Record):
    """All of it. ``sendable`` is False while the draft is empty or an error stands."""

    tags: list[TagSuggestion]
    open_questions: list[OpenQuestion]
    findings: list[Finding]
    templates: list[TemplateChoice]
    sendable: bool


def suggest(view: View, tags: Taxonomy, templates: Iterable[TemplateChoice] = ()) -> Suggestion:
    """What to show beside the view's message, an annotated draft."""
    draft = view.message
    written = bool(draft.text.strip())
    findings = (draft.findings or []) if written else []
    return Suggestion(
        tags=_tags(view, tags) if written else [],
        open_questions=_open_questions(view, written),
        findings=findings,
        templates=list(templates),
        sendable=written and sendable(findings),
    )


def _tags(view: View, tags: Taxonomy) -> list[TagSuggestion]:
    """Sure ones first, then by probability."""
    draft, scores, evidence = view.message, view.message.tag_scores or {}, view.message.tag_evidence or {}
    sure = {*(draft.tags or ())}
    offered = [tag for tag in tags if tag in sure or tag in (draft.tags_unsure or ())]
    return [
        TagSuggestion(tag=tag, label=tags[tag].label, score=scores.get(tag, 0.0), sure=tag in sure, evidence=evidence.get(tag, []))
        for tag in sorted(offered, key=lambda tag: (tag not in sure, -scores.get(tag, 0.0)))
    ]


def _open_questions(view: View, written: bool) -> list[OpenQuestion]:
    answers = {answer.question: answer for answer in view.message.answers or ()} if written else {}
    deferred = {a.question for m in view.before for a in m.answers or () if a.status == "deferred"}
    found = []
    for name, question in view.open_questions().items():
        answer = answers.get(name)
        standing: Standing = answer.status if answer else "waiting" if name in deferred else "open"
        if answer and answer.status == "missed" and probability(view, answer) < LIKELY:
            standing = "answered"  # as the finding has it, which is silent
        found.append(
            OpenQuestion(
                question=name, message_id=asked_in(name), quote=question.quote, start=question.start, end=question.end,
                kind=question.kind, topic=question.topic, standing=standing, answer=answer,
            )
        )  # fmt: skip
    return found
