"""The only bridge from models to record: keeps what a human set, fills in the rest, message by message.

Causal: a message is judged from messages up to it, never later ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nlp import questions
from nlp.answers import AnswerMatcher
from nlp.check import findings, kept
from nlp.encoder import Encoded, Encoder
from nlp.register import house_register, register_of
from nlp.rescoring import Rescorer
from nlp.tags import TagClassifier
from nlp.thread import LABELS, Defect, Message, Question, QuestionStatus, Thread, View, views

Filled = Callable[[Thread, Callable[[View], None]], Callable[[View], None]]


@dataclass(frozen=True, slots=True)
class Models:
    """What annotation needs."""

    encoder: Encoder
    tags: TagClassifier
    answers: AnswerMatcher
    rescorer: Rescorer
    watch: Callable[[Message, NDArray[np.float32]], None] | None = None
    """Told of each message that was labelled, with its vector."""

    def questions(self, text: str, encoded: Encoded) -> list[Question]:
        """Those of a customer's message."""
        return self.rescorer.rescored(text, questions.find(text, encoded))


def annotate(thread: Thread, models: Models, *, overwrite: bool = False, filled: Filled | None = None) -> Thread:
    """A copy of the thread with tags, questions, answers, registers and findings; labels that are there are kept.

    :param overwrite: Predict also what is there.
    :param filled: Given the thread and what fills in a message of it, what is to do so instead.
    """
    thread = without_labels(thread) if overwrite else thread.model_copy(deep=True)
    fill_in: Callable[[View], None] = partial(fill, models=models)
    if filled:
        fill_in = filled(thread, fill_in)
    for view in views(thread):
        fill_in(view)
    _set_statuses(thread)
    if thread.task.customer.register is None and (register := house_register(thread)) is not None:
        thread.task.customer.register = register
    return thread


def without_labels(thread: Thread) -> Thread:
    """A copy of the thread without labels; what a human ignored and how the customer is addressed stay."""
    data = thread.to_json()
    data["messages"] = [{key: value for key, value in m.items() if key not in LABELS} for m in data["messages"]]
    return Thread.model_validate(data)


def annotate_last(thread: Thread, models: Models, *, typed: bool = False) -> Thread:
    """The same for a thread whose last message is being written, the others being labelled; those are the same objects in both threads.

    :param typed: As for ``Encoder.encode``.
    """
    thread = thread.model_copy(update={"messages": [*thread.messages[:-1], *(message.model_copy() for message in thread.messages[-1:])]})
    for view in [*views(thread)][-1:]:
        fill(view, models, typed=typed)
    return thread


def fill(view: View, models: Models, *, typed: bool = False) -> None:
    """Fill in what the view's message lacks; those before it are labelled. ``typed`` as for ``Encoder.encode``."""
    message, whole, view = view.message, view, view.bounded()
    text = view.message.text
    asked = view.open_questions() if message.outgoing else {}
    doubtful = {key: q for key, q in view.taken_for_answered().items() if key not in asked} if message.outgoing else {}
    encoded = models.encoder.encode(view, [question.quote for question in (asked | doubtful).values()], typed=typed)
    tagged = models.tags.tag(view, encoded)
    message.tag_scores = tagged.scores
    if message.author != "customer":
        message.rule_scores = tagged.rules
    if message.incoming and message.questions is None:
        message.questions = models.questions(text, encoded)
    elif message.questions is None:
        message.questions = []
    if message.answers is None:
        message.answers = models.answers.judge(view, asked, doubtful, encoded)
    if message.tags is None:
        message.tags = agreed(tagged.tags, message.incoming, any(q.expects_answer for q in message.questions), models.tags.tags)
        message.tags_unsure = [tag for tag in tagged.unsure if tag != "kundenfrage"]
    message.tag_evidence = {
        tag: [{"start": a, "end": b, "quote": text[a:b]} for a, b in spans]
        for tag, spans in tagged.evidence.items()
        if tag in {*message.tags, *(message.tags_unsure or ())}
    }
    if message.register is None:
        message.register = register_of(text)
    if message.findings is None:
        message.findings = kept(findings(whole), message.ignored or ())
    if message.defects is None:
        message.defects = [Defect(rule=finding.rule, quote=finding.quote) for finding in message.findings]
    if models.watch:
        models.watch(message, encoded.vector)


def agreed(tags: list[str], incoming: bool, asks: bool, order: list[str]) -> list[str]:
    """``kundenfrage`` stands exactly where a question that wants an answer was found: the guidelines define it so."""
    if not incoming or "kundenfrage" not in order:
        return tags
    chosen = {*tags, "kundenfrage"} if asks else {*tags} - {"kundenfrage"}
    return [tag for tag in order if tag in chosen]


def _set_statuses(thread: Thread) -> None:
    """Say of each question how it stands at the end of the thread."""
    last: dict[str, QuestionStatus] = {}
    for message in thread.messages:
        for answer in message.answers or ():
            if answer.status != "missed" and last.get(answer.question) != "answered":
                last[answer.question] = answer.status
    for message in thread.messages:
        for question in message.questions or ():
            if question.expects_answer:
                question.status = last.get(f"{message.id}.{question.id}", "open")
