"""Tags that are newer than the encoder: how sure a head is that learnt them from a handful of examples, cross-validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlp.encoder import Encoder
from nlp.tags import labels
from nlp.training import heads
from nlp.training.heads import Rows
from nlp.training.scoring import wilson

if TYPE_CHECKING:
    from nlp.learning.learn import Base

FOLDS, LOWEST_CERTAIN = 5, 30
NEGATIVES = 2_000
"""Messages of the corpus that stand in for what does not carry the tag."""
ROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A new tag's figures with 95 % intervals. The corpus was labelled before there was the tag, so precision is a lower bound."""

    tag: str
    examples: int
    recall: tuple[float, float, float]
    precision: tuple[float, float, float]
    f1: tuple[float, float, float]
    certain: bool


def measured(label: str, base: Base, more: Rows | None, encoder: Encoder, seed: int = 0) -> Newcomer:
    """Examples of the taxonomy and of feedback, each judged by a head that was fitted without it."""
    n, rng = labels(base.tags).index(label), np.random.default_rng(seed)
    given = heads.from_taxonomy(base.tags, base.tags[label], encoder)
    judged = [] if more is None else [more.take(more.weights[:, n] > 0)]
    corpus = base.data.take(np.sort(rng.permutation(len(base.data.texts))[:NEGATIVES]))
    data = corpus
    for rows in [given, *judged]:
        if rows is not None and rows.texts:
            data = data.plus(rows)
    gold = data.gold[:, n]
    fold = np.empty(len(gold), int)
    for value in (True, False):  # each fold gets its share of the few
        members = np.flatnonzero(gold == value)
        fold[rng.permutation(members)] = np.arange(len(members)) % FOLDS
    said = np.zeros(len(gold), bool)
    state = heads.ngrams_and_scale(data)
    table = heads.matrix(data, state, known=False)
    for number in range(FOLDS):
        test = fold == number
        head = heads.thin(table[~test], gold[~test], data.weights[~test, n], label)
        said[test] = table[test] @ head[:-1] + head[-1] >= 0
    return _figures(label, gold, said, rng)


def _figures(label: str, gold: NDArray[np.bool_], said: NDArray[np.bool_], rng: np.random.Generator) -> Newcomer:
    outcomes = np.stack([gold & said, ~gold & said, gold & ~said])
    positives, negatives = np.flatnonzero(gold), np.flatnonzero(~gold)
    drawn = []
    for _ in range(ROUNDS):
        index = np.concatenate([rng.choice(positives, len(positives)), rng.choice(negatives, len(negatives))])
        drawn.append(_ratios(*outcomes[:, index].sum(1)))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    exact = _ratios(*outcomes.sum(1))
    recall, precision, f1 = ((exact[k], float(low[k]), float(high[k])) for k in range(3))
    recall = (exact[0], *wilson(int(outcomes[0].sum()), len(positives)))
    return Newcomer(label, len(positives), recall, precision, f1, certain=len(positives) >= LOWEST_CERTAIN and f1[2] - f1[1] <= 0.2)


def _ratios(hit: int, invented: int, missed: int) -> tuple[float, float, float]:
    return hit / max(1, hit + missed), hit / max(1, hit + invented), 2 * hit / max(1, 2 * hit + invented + missed)
