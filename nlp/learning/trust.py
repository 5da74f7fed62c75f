"""Defence against wrong feedback: what contradicts models that never saw it counts less, and so does who contradicts them far more than others.

Confident learning (Northcutt et al. 2021): a vote is contradicted if the model, fitted on the corpus alone, holds the opposite to be likelier
than it does on average where the opposite is true. Corrections are where models err, so a contradicted vote is not dropped: it counts a third.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.learning.examples import Example
from nlp.training.heads import Rows

SUSPECT = 0.3
"""What a contradicted vote counts."""
PRIOR = 20
"""A user's share of contradicted votes weighs as much as the usual one after so many votes."""
PATIENCE = (2.0, 4.0)
"""Contradicted this many times as often as usual a user begins to count less, and does not count at all."""
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class User:
    """How far a user's votes are believed: ``weight`` 0 to 1."""

    user: str
    votes: int
    contradicted: int
    weight: float


def doubted(scores: Floats, gold: Bools, allowed: Bools, votes: Rows, said: Floats) -> Bools:
    """Which labels of ``votes`` are contradicted, ``[n, n_labels]``.

    :param scores: Out-of-fold probabilities of the corpus, with ``gold`` and ``allowed``.
    :param said: Probabilities of the voted messages by models that saw none of the votes.
    """
    found = np.zeros(votes.gold.shape, bool)
    for n in range(gold.shape[1]):
        holds, mask = gold[:, n], allowed[:, n]
        if not holds[mask].any() or holds[mask].all():
            continue
        yes, no = scores[mask & holds, n].mean(), 1 - scores[mask & ~holds, n].mean()
        found[:, n] = np.where(votes.gold[:, n], 1 - said[:, n] >= no, said[:, n] >= yes)
    return found & (votes.weights > 0)


def weighed(examples: Sequence[Example], votes: Rows, contradicted: Bools, names: Sequence[str]) -> tuple[Rows, list[User]]:
    """The votes with weights by how far each and its user are believed, and the users, least believed first."""
    users = {user.user: user for user in _users(examples, contradicted, names)}
    weights = votes.weights.copy()
    for n, example in enumerate(examples):
        for label, vote in example.settled():
            k = names.index(label)
            believed = max(users[one.user].weight for one in example.votes[label] if one.holds == vote.holds)
            weights[n, k] *= believed * (SUSPECT if contradicted[n, k] else 1.0)
    return replace(votes, weights=weights), sorted(users.values(), key=lambda user: (user.weight, -user.votes))


def _users(examples: Sequence[Example], contradicted: Bools, names: Sequence[str]) -> list[User]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for n, example in enumerate(examples):
        for label, vote in example.settled():
            for user in {one.user for one in example.votes[label] if one.holds == vote.holds}:
                counts[user][0] += 1
                counts[user][1] += int(contradicted[n, names.index(label)])
    if not counts:
        return []
    usual = max(0.01, float(np.median([against / votes for votes, against in counts.values()])))
    low, high = PATIENCE
    found = []
    for user, (votes, against) in counts.items():
        ratio = (against + PRIOR * usual) / (votes + PRIOR) / usual
        found.append(User(user, votes, against, round(min(1.0, max(0.0, (high - ratio) / (high - low))), 3)))
    return found


