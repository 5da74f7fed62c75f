"""Fit what rescores question spans, from spans that encoders found which had not seen the thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp import rescoring
from nlp.thread import Message, Question, Thread
from nlp.training import corpus, scoring, trees
from nlp.training.held_out import Prediction
from nlp.trees import Trees

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Spans as features ``[n, n_features]``, whether each is ``real``, the thread of each; ``neutral`` ones lie on work requests and are
    neither right nor wrong. ``lost`` are the threads of the gold questions that no span meets."""

    table: Floats
    real: Bools
    neutral: Bools
    groups: Ints
    lost: Ints

    def take(self, threads: Ints, *, out: bool = False) -> Candidates:
        """Those of some threads, or of all others."""
        here, lost = (np.isin(groups, threads, invert=out) for groups in (self.groups, self.lost))
        return Candidates(self.table[here], self.real[here], self.neutral[here], self.groups[here], self.lost[lost])


Spans = Mapping[tuple[int, str], Sequence[Question]]
"""What was found in a message, by number of the thread and id of the message."""


def found(threads: Sequence[Thread], predictions: Mapping[str, Prediction]) -> Spans:
    """What encoders found that had not seen the thread, in all messages whose questions are labelled."""
    return {
        (n, message.id): [Question(quote=message.text[q["start"] : q["end"]], **q) for q in predictions[corpus.key(thread, message)]["questions"]]
        for n, thread in enumerate(threads)
        for message in _labelled(thread)
    }


def candidates(threads: Sequence[Thread], given: Spans) -> Candidates:
    """The spans of all messages whose questions are labelled, in order."""
    tables, real, neutral, groups, lost = [], [], [], [], []
    for n, thread in enumerate(threads):
        for message in _labelled(thread):
            spans = given[n, message.id]
            asked, work = ([at for q in message.questions or () if q.expects_answer == really and (at := scoring.span(message.text, q))] for really in (True, False))
            own = [k for k, question in enumerate(spans) if question.expects_answer]
            places = [(question.start or 0, question.end or 0) for question in spans]
            met = scoring.match(asked, [places[k] for k in own])
            lost += [n] * (len(asked) - len(met))
            hits = {own[k] for k in met.values()}
            tables.append(rescoring.features(message.text, spans))
            real += [k in hits for k in range(len(spans))]
            neutral += [k not in hits and (k not in own or any(a < places[k][1] and places[k][0] < b for a, b in work)) for k in range(len(spans))]
            groups += [n] * len(spans)
    return Candidates(np.concatenate([table for table in tables if len(table)]), np.array(real), np.array(neutral), np.array(groups), np.array(lost, np.int64))


def _labelled(thread: Thread) -> list[Message]:
    return [message for message in thread.messages if message.incoming and message.questions is not None]


def fit(data: Candidates) -> Trees:
    """Trees that tell whether a span is a question."""
    return trees.fit(data.table[~data.neutral], data.real[~data.neutral])


def out_of_fold(data: Candidates, parts: Sequence[Ints]) -> Floats:
    """Probability of each span by trees that were fitted without its thread, ``[n]``."""
    shares = np.zeros(len(data.real), np.float32)
    for part in parts:
        grown = fit(data.take(part, out=True))
        shares[np.isin(data.groups, part)] = grown.probabilities(data.take(part).table)
    return shares


def questions_out_of_fold(threads: Sequence[Thread], given: Spans, parts: Sequence[Ints]) -> dict[tuple[int, str], list[Question]]:
    """What of each message's spans stays by trees and cuts that come from other threads."""
    data = candidates(threads, given)
    shares = out_of_fold(data, parts)
    kept: dict[tuple[int, str], list[Question]] = {}
    for part in parts:
        others, rows = np.isin(data.groups, part, invert=True), iter(shares[np.isin(data.groups, part)])
        cut = keep_from(shares[others], data.take(part, out=True))
        for n in sorted(part):
            for message in _labelled(threads[n]):
                spans = given[int(n), message.id]
                kept[int(n), message.id] = rescoring.chosen(spans, [float(next(rows)) for _ in spans], cut)
    return kept


def keep_from(shares: Floats, data: Candidates) -> float:
    """The probability from which keeping a span gives the best F1, smoothed over its neighbours; ``shares`` are those of ``data``."""
    grid = np.arange(0.1, 0.71, 0.02)
    counted, wanted = ~data.neutral, data.real.sum() + len(data.lost)
    curve = [2 * (data.real & (shares >= point)).sum() / ((counted & (shares >= point)).sum() + wanted) for point in grid]
    return float(grid[np.convolve(np.pad(curve, 2, "edge"), np.ones(5) / 5, "valid").argmax()])
