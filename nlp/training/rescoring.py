"""Fit what rescores question spans, from spans that were found by what had not seen the thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp import rescoring
from nlp.errors import DataError
from nlp.rescoring import FEATURES, Rescorer
from nlp.thread import Question, Thread
from nlp.training import corpus, scoring, trees
from nlp.training.held_out import Prediction
from nlp.trees import Trees

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Spans = Mapping[tuple[int, str], Sequence[Question]]
"""What was found in a message, by number of the thread and id of the message."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Spans as features ``[n, n_features]``, whether each is ``real``, the thread of each; ``neutral`` ones are or lie on work requests and are
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


def found(threads: Sequence[Thread], predictions: Mapping[str, Prediction]) -> Spans:
    """What encoders found in customers' messages that had not seen the thread."""
    return {
        (n, message.id): [Question(quote=message.text[q["start"] : q["end"]], **q) for q in predictions[corpus.key(thread, message)]["questions"]]
        for n, thread in enumerate(threads)
        for message in thread.messages
        if message.incoming
    }


def candidates(threads: Sequence[Thread], spans: Spans) -> Candidates:
    """The spans of all messages whose questions are labelled, in the order of ``spans``."""
    labelled = {(n, message.id): message for n, thread in enumerate(threads) for message in thread.messages if message.questions is not None}
    tables, marks, lost = [np.zeros((0, FEATURES), np.float32)], list[tuple[bool, bool, int]](), list[int]()
    for (n, name), given in spans.items():
        if (message := labelled.get((n, name))) is None:
            continue
        asked, work = ([at for q in message.questions or () if q.expects_answer == really and (at := scoring.span(message.text, q))] for really in (True, False))
        places = [(question.start or 0, question.end or 0) for question in given]
        own = [k for k, question in enumerate(given) if question.expects_answer]
        met = scoring.match(asked, [places[k] for k in own])
        hits = {own[k] for k in met.values()}
        tables.append(rescoring.features(message.text, given))
        marks += [(k in hits, k not in hits and (k not in own or bool(scoring.match(work, [at]))), n) for k, at in enumerate(places)]
        lost += [n] * (len(asked) - len(met))
    real, neutral, groups = (np.array([mark[k] for mark in marks], kind) for k, kind in enumerate((bool, bool, np.int64)))
    return Candidates(np.concatenate(tables), real, neutral, groups, np.array(lost, np.int64))


def fit(data: Candidates) -> Trees:
    """Trees that tell whether a span is a question.

    :raises DataError: If there are not both right and wrong spans.
    """
    told = ~data.neutral
    if len(set(data.real[told])) < 2:
        raise DataError("Für Fragen gibt es zu wenige Beispiele.", remedy="Labeln Sie die Fragen in mehr Nachrichten von Kunden („questions“).")
    return trees.fit(data.table[told], data.real[told])


def fitted(threads: Sequence[Thread], spans: Spans, parts: Sequence[Ints]) -> Rescorer:
    """A rescorer for such spans, with its cut found by cross-validation. Raises as ``fit``."""
    data = candidates(threads, spans)
    return Rescorer(fit(data), keep_from(out_of_fold(data, parts), data))


def out_of_fold(data: Candidates, parts: Sequence[Ints]) -> Floats:
    """Probability of each span by trees that were fitted without its thread, ``[n]``. Raises as ``fit``."""
    shares = np.zeros(len(data.real), np.float32)
    for part in parts:
        shares[np.isin(data.groups, part)] = fit(data.take(part, out=True)).probabilities(data.take(part).table)
    return shares


def kept(threads: Sequence[Thread], spans: Spans, parts: Sequence[Ints]) -> dict[tuple[int, str], list[Question]]:
    """What of each message's spans stays by trees that were fitted on other folds, with a cut that was chosen on those; all spans of messages whose
    questions are not labelled."""
    data = candidates(threads, spans)
    shares = out_of_fold(data, parts)
    fold_of = {int(n): part for part in parts for n in part}
    cuts = {id(part): keep_from(shares[np.isin(data.groups, part, invert=True)], data.take(part, out=True)) for part in parts}
    labelled = {(n, message.id) for n, thread in enumerate(threads) for message in thread.messages if message.questions is not None}
    rows = iter(shares)
    return {
        (n, name): rescoring.chosen(given, [float(next(rows)) for _ in given], cuts[id(fold_of[n])]) if (n, name) in labelled else [*given]
        for (n, name), given in spans.items()
    }


def keep_from(shares: Floats, data: Candidates) -> float:
    """The probability from which keeping a span gives the best F1, smoothed over its neighbours; ``shares`` are those of ``data``."""
    grid = np.arange(0.1, 0.71, 0.02)
    counted, wanted = ~data.neutral, max(1, data.real.sum() + len(data.lost))
    curve = [2 * (data.real & (shares >= point)).sum() / ((counted & (shares >= point)).sum() + wanted) for point in grid]
    return round(float(grid[np.convolve(np.pad(curve, 2, "edge"), np.ones(5) / 5, "valid").argmax()]), 3)
