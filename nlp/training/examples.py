"""Threads to training examples: the encoder's input with its targets."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlp import inputs
from nlp.inputs import KINDS, STATUSES, TOPICS, Input
from nlp.thread import Message, Question, Task, Thread, View, locate, views
from nlp.training import corpus

IGNORE = -100
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Case:
    """A message with its labels, before it is turned into tokens.

    ``spans`` are the question spans (start, end, kind, topic) in characters; ``asked`` the open questions with the
    status of the answer and its span. None where the message does not train that task.
    """

    view: View
    text: str
    tags: frozenset[str] | None
    spans: tuple[tuple[int, int, str, str], ...] | None
    asked: tuple[tuple[str, str, tuple[int, int] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One input with targets; token targets have the input's length, ``IGNORE`` where nothing is asked.

    ``statuses`` and ``pointers``, one a question: the answer's status and its first and last token.
    """

    input: Input
    tags: NDArray[np.float32] | None
    bounds: Ints
    kinds: Ints
    topics: Ints
    statuses: list[int]
    pointers: list[tuple[int, int] | None]


def cases(thread: Thread) -> Iterator[Case]:
    """One case a labelled message."""
    asked_so_far: dict[str, Question] = {}
    for view in views(thread):
        message = view.message
        spans = tuple(_spans(message)) if message.incoming else None
        asked = []
        for answer in message.answers or ():
            if (question := asked_so_far.get(answer.question)) is not None:
                asked.append((question.quote, answer.status, locate(message.text, answer.quote)))
        tags = None if message.tags is None else corpus.labels(message)
        yield Case(view, message.text, tags, spans, tuple(asked))
        asked_so_far |= {f"{message.id}.{q.id}": q for q in message.questions or ()}


def _spans(message: Message) -> Iterator[tuple[int, int, str, str]]:
    used: dict[str, int] = {}
    for question in message.questions or ():
        if (at := locate(message.text, question.quote, used)) is not None:
            used[question.quote] = at[1]
            yield (*at, question.kind, question.topic)


def encode(tokenizer: Tokenizer, case: Case, tags: Sequence[str]) -> Example:
    """Tokens and targets of a case."""
    asked = case.asked[: inputs.MAX_QUESTIONS]
    built = inputs.build(tokenizer, case.view, [question for question, _, _ in asked], case.text)
    length = len(built.ids)
    bounds, kinds, topics = (np.full(length, IGNORE, np.int64) for _ in range(3))
    inside = slice(built.first, built.first + len(built.offsets))
    if case.spans is not None:
        bounds[inside] = 0
        for start, end, kind, topic in case.spans:
            covered = _covered(built, start, end)
            for n, at in enumerate(covered):
                bounds[at] = 1 if n == 0 else 2
                kinds[at], topics[at] = KINDS.index(kind), TOPICS.index(topic)
    covers = [_covered(built, *span) if span else [] for _, _, span in asked]
    pointers = [(covered[0], covered[-1]) if covered else None for covered in covers]
    statuses = [STATUSES.index(status) for _, status, _ in asked]
    target = None if case.tags is None else np.array([tag in case.tags for tag in tags], np.float32)
    return Example(built, target, bounds, kinds, topics, statuses, pointers)


def sample(tokenizer: Tokenizer, threads: Sequence[Thread], every: int = 6) -> list[Input]:
    """Inputs to measure activations on: the second message of every so many threads."""
    second = [case for thread in threads[::every] for case in list(cases(thread))[1:2]]
    return [encode(tokenizer, case, ()).input for case in second]


def _covered(built: Input, start: int, end: int) -> list[int]:
    """Positions of the message's tokens that overlap characters ``start`` to ``end``."""
    return [built.first + n for n, (a, b) in enumerate(built.offsets) if a < end and b > start and b > a]


CARELESS = {"lower": 0.25, "marks": 0.3, "stops": 0.12, "umlauts": 0.1}
"""How often a message is seen in lower case, without question marks, without any punctuation, with ae for ä."""


def roughen(case: Case, rng: random.Random, often: Mapping[str, float] = CARELESS) -> Case:
    """The case as people type it in a hurry; only the message itself is changed, spans move along."""
    changes = {name: rng.random() < share for name, share in often.items()}
    if not any(changes.values()):
        return case
    text, offsets = "", [0]
    for character in case.text:
        new = character
        if changes["lower"] and len(character.lower()) == 1:
            new = character.lower()
        if (changes["marks"] and new == "?") or (changes["stops"] and new in ".,;:!?"):
            new = ""
        if changes["umlauts"]:
            new = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.get(new, new)
        text += new
        offsets.append(len(text))
    spans = case.spans and tuple((offsets[a], offsets[b], kind, topic) for a, b, kind, topic in case.spans)
    asked = tuple((q, status, at and (offsets[at[0]], offsets[at[1]])) for q, status, at in case.asked)
    return replace(case, text=text, spans=spans, asked=asked)


def forget(case: Case, rng: random.Random) -> Case:
    """The reply without the passage that answers one of the questions, which is missed then.

    Labels of tags do not hold any more and are dropped.
    """
    answered = [n for n, (_, status, at) in enumerate(case.asked) if status != "missed" and at]
    if not answered:
        return case
    chosen = case.asked[rng.choice(answered)][2]
    if chosen is None:
        return case
    start, end = _sentence(case.text, *chosen)
    asked: list[tuple[str, str, tuple[int, int] | None]] = []
    for question, status, at in case.asked:
        if at is None:
            asked.append((question, status, None))
        elif at[0] < end and at[1] > start:
            asked.append((question, "missed", None))
        else:
            moved = end - start if at[0] >= end else 0
            asked.append((question, status, (at[0] - moved, at[1] - moved)))
    text = case.text[:start] + case.text[end:]
    return Case(case.view, text, None, None, tuple(asked)) if text.strip() else case


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to the sentence around it."""
    while start > 0 and text[start - 1] not in ".!?\n":
        start -= 1
    while end < len(text) and text[end - 1] not in ".!?\n":
        end += 1
    return start, end


def strange(case: Case, rng: random.Random) -> Case:
    """The case with one more question, asked and answered earlier in the thread; this message does not answer it."""
    closed = {a.question for m in case.view.before for a in m.answers or () if a.status == "answered"}
    current = {a.question for a in case.view.message.answers or ()}
    earlier = {f"{m.id}.{q.id}": q.quote for m in case.view.before for q in m.questions or ()}
    choice = [earlier[key] for key in sorted(closed - current) if key in earlier]
    if not case.view.message.outgoing or not choice or len(case.asked) >= inputs.MAX_QUESTIONS:
        return case
    asked = [*case.asked, (rng.choice(choice), "missed", None)]
    rng.shuffle(asked)
    return replace(case, asked=tuple(asked))


def variant(case: Case, rng: random.Random) -> list[Case]:
    """The case as one epoch sees it: changed by chance, and sometimes also without one of its answers."""
    seen = [roughen(strange(case, rng) if rng.random() < 0.3 else case, rng)]
    if case.asked and rng.random() < 0.4:
        seen.append(forget(case, rng))
    return seen


def alone(text: str) -> View:
    """A text as a customer's only message."""
    return View(_untitled(Message(id="m1", author="customer", text=text)), 0)


def sentence_case(text: str, *, question: bool) -> Case:
    """A single sentence that is or is not a question, as a customer's message; trains the bounds alone."""
    return Case(alone(text), text, None, ((0, len(text), "direct", "sonstiges"),) if question else ())


def pair_case(question: str, reply: str, *, answered: bool) -> Case:
    """A reply that does or does not answer a question; trains the answers alone."""
    asked = Message(id="m1", author="customer", text=question)
    message = Message(id="m2", author="team", text=reply)
    span = (0, len(reply)) if answered else None
    view = View(_untitled(asked, message), 1)
    return Case(view, reply, None, None, ((question, "answered" if answered else "missed", span),))


def _untitled(*messages: Message) -> Thread:
    return Thread(task=Task(id=""), messages=[*messages])
