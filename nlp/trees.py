"""Boosted trees as plain arrays: what decides where few features meet in many ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted regression trees (Friedman 2001) as arrays: ``features``, ``thresholds`` and ``values`` ``[n_trees, n_nodes]``,
    ``children`` ``[n_trees, n_nodes, 2]``, where a leaf is its own child; ``bias`` and the values of the leaves add up to a logit."""

    features: NDArray[np.int32]
    thresholds: NDArray[np.float64]
    children: NDArray[np.int32]
    values: NDArray[np.float64]
    bias: float

    DEPTH: ClassVar[int] = 3

    def probabilities(self, rows: Floats) -> NDArray[np.float64]:
        """Of rows of features ``[n, n_features]``, ``[n]``."""
        trees, at = np.arange(len(self.values)), np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(trees)), np.int32)
        for _ in range(self.DEPTH):
            right = rows[at, self.features[trees, node]] > self.thresholds[trees, node]
            node = self.children[trees, node, right.astype(np.int32)]
        return np.asarray(1 / (1 + np.exp(-self.bias - self.values[trees, node].sum(1))))
