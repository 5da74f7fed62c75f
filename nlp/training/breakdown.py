"""Questions and answers one by one, gold beside what held-out models said: rows to group and plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nlp.thread import Message, Thread
from nlp.training import scoring

Row = dict[str, Any]
Pair = tuple[Thread, Thread]


def asked(pairs: Sequence[Pair]) -> Iterator[Row]:
    """Each question of the gold threads: ``kind``, ``topic``, and ``found`` 1 or 0 by the other thread of the pair."""
    for gold, said in _incoming(pairs):
        real = [question for question in gold.questions or () if question.expects_answer and scoring.span(gold.text, question)]
        hits = scoring.match([scoring.span(gold.text, question) or (0, 0) for question in real], [(a, b) for a, b, _ in _said(said)])
        yield from ({"kind": question.kind, "topic": question.topic, "found": int(n in hits)} for n, question in enumerate(real))


def found(pairs: Sequence[Pair]) -> Iterator[Row]:
    """Each question that was found: its ``score``, and ``right`` 1 or 0."""
    for gold, said in _incoming(pairs):
        real = [at for question in gold.questions or () if (at := scoring.span(gold.text, question))]
        hits = set(scoring.match(real, [(a, b) for a, b, _ in _said(said)]).values())
        yield from ({"score": score, "right": int(n in hits)} for n, (_, _, score) in enumerate(_said(said)))


def answered(pairs: Sequence[Pair]) -> Iterator[Row]:
    """Each gold answer: status ``gold`` and ``said``, ``unsaid`` where nothing was said of it."""
    for first, second in pairs:
        for gold, message in zip(first.messages, second.messages, strict=True):
            said = {answer.question: answer.status for answer in message.answers or ()}
            yield from ({"gold": answer.status, "said": said.get(answer.question, "unsaid")} for answer in gold.answers or ())


def _incoming(pairs: Sequence[Pair]) -> Iterator[tuple[Message, Message]]:
    for first, second in pairs:
        yield from ((gold, said) for gold, said in zip(first.messages, second.messages, strict=True) if gold.incoming)


def _said(message: Message) -> list[tuple[int, int, float]]:
    return [(q.start or 0, q.end or 0, q.score or 0.0) for q in message.questions or () if q.expects_answer]
