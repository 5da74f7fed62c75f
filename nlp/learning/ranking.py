"""Which messages are worth a person's time, and which of their tags to ask about: where models doubt, and not the same doubt twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ASK = 0.03
"""A tag is asked about where its probability lies at least this far from 0 and from 1."""
CLOSE = 0.3
"""How much a message counts that says the same as one chosen already."""
RARE = 0.005
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A message by its index, how much labelling it promises, and the labels (by index) that are worth asking about."""

    index: int
    gain: float
    ask: list[int]


def ranked(probabilities: Floats, vectors: Floats, count: int, rates: Floats | None = None) -> list[Chosen]:
    """At most ``count`` messages, most worth labelling first; those about which there is no doubt are left out.

    A message's worth is the entropy of its tags, rarer tags counting more. It shrinks by the cosine to what was chosen already
    (maximal marginal relevance, Carbonell & Goldstein 1998).

    :param probabilities: ``[n, n_labels]``, 0 where a label is not allowed.
    :param vectors: ``[n, size]``, what tells whether two messages are alike.
    :param rates: Share of messages with each label, ``[n_labels]``.
    """
    weights = 1 / np.sqrt(np.maximum(RARE, rates)) if rates is not None else np.ones(probabilities.shape[1])
    doubt = (probabilities >= ASK) & (probabilities <= 1 - ASK)
    worth = (entropy(probabilities) * weights * doubt).sum(1)
    unit = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    nearest = np.zeros(len(worth))
    left = worth.copy()
    found: list[Chosen] = []
    while len(found) < count and left.max(initial=0) > 0:
        best = int(left.argmax())
        found.append(Chosen(best, round(float(left[best]), 4), np.flatnonzero(doubt[best]).tolist()))
        nearest = np.maximum(nearest, unit @ unit[best])
        left = np.where(left > 0, worth * (1 - (1 - CLOSE) * np.clip(nearest, 0, 1) ** 8), 0)
        left[[chosen.index for chosen in found]] = 0
    return found


def entropy(probabilities: Floats) -> Floats:
    """Of each probability, in nats."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(-(p * np.log(p) + (1 - p) * np.log(1 - p)))


