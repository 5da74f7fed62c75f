"""Which tags that people set are probably wrong: confident learning (Northcutt et al. 2021, cleanlab) over out-of-sample probabilities.

For each tag, two figures are learnt: how sure the model is on average where the tag is set, and where it is not. A message
on which the model is as sure of the contrary as it is elsewhere where that holds counts as an error. So a tag that the model is
never sure of needs less to be doubted than one it knows well; a fixed bound on the probability cannot tell them apart.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESERVOIR = 200_000
"""So many labelled messages are kept at most, an even sample of all."""
FEWEST = 10
"""Messages with and without a tag that it takes to say anything."""
_NONE = -1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many of a tag's labels are probably wrong, and the self-confidence (probability of the label given) up to which they are."""

    missing: int = 0
    doubtful: int = 0
    missing_cut: float = _NONE
    doubtful_cut: float = _NONE


class Doubt:
    """Collects labelled messages; memory is bounded."""

    def __init__(self, tags: Sequence[str], most: int = RESERVOIR) -> None:
        self._tags, self._most, self.seen = list(tags), most, 0
        self._scores: list[NDArray[np.float32]] = []
        self._given: list[NDArray[np.bool_]] = []
        self._random = random.Random(0)

    def add(self, scores: dict[str, float], given: frozenset[str]) -> None:
        """One message; a tag without probability is one that its author may not use."""
        row = np.array([scores.get(tag, np.nan) for tag in self._tags], np.float32), np.array([tag in given for tag in self._tags])
        self.seen += 1
        if len(self._scores) < self._most:
            self._scores.append(row[0])
            self._given.append(row[1])
        elif (place := self._random.randrange(self.seen)) < self._most:
            self._scores[place], self._given[place] = row

    def verdicts(self) -> dict[str, Verdict]:
        """By tag, of those for which there are enough messages."""
        if not self._scores:
            return {}
        scores, given = np.stack(self._scores), np.stack(self._given)
        weight = self.seen / len(scores)
        return {tag: _verdict(scores[:, n], given[:, n], weight) for n, tag in enumerate(self._tags)}


def _verdict(scores: NDArray[np.float32], given: NDArray[np.bool_], weight: float) -> Verdict:
    from cleanlab.filter import find_label_issues  # half a second, which no other command should wait for

    asked = ~np.isnan(scores)
    scores, given = scores[asked].astype(float), given[asked]
    if min(given.sum(), (~given).sum()) < FEWEST:
        return Verdict()
    table = np.column_stack([1 - scores, scores])
    wrong = find_label_issues(given.astype(int), table, filter_by="confident_learning", n_jobs=1)
    sure = np.where(given, scores, 1 - scores)
    missing, doubtful = wrong & ~given, wrong & given
    return Verdict(
        missing=round(missing.sum() * weight), doubtful=round(doubtful.sum() * weight),
        missing_cut=float(sure[missing].max(initial=_NONE)), doubtful_cut=float(sure[doubtful].max(initial=_NONE)),
    )  # fmt: skip
