"""Boosted trees as plain arrays: what decides where few features meet in many ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted regression trees (Friedman 2001) as arrays: ``features``, ``thresholds`` and ``values`` ``[…, n_trees, n_nodes]``,
    ``children`` ``[…, n_trees, n_nodes, 2]``, where a leaf is its own child; ``bias`` ``[…]`` and the values of the leaves add up to logits."""

    features: NDArray[np.int32]
    thresholds: NDArray[np.float64]
    children: NDArray[np.int32]
    values: NDArray[np.float64]
    bias: Any

    DEPTH: ClassVar[int] = 5
    """None goes deeper."""

    @classmethod
    def together(cls, parts: Sequence[Trees]) -> Trees:
        """Models of the same size as one with an output each."""
        return cls(*(np.stack([getattr(part, name) for part in parts]) for name in cls.__slots__))

    def logits(self, rows: Floats) -> NDArray[np.float64]:
        """Of rows of features ``[n, n_features]``, ``[n, …]``."""
        features, thresholds, values = (array.reshape(-1, self.values.shape[-1]) for array in (self.features, self.thresholds, self.values))
        children = self.children.reshape(*values.shape, 2)
        trees, at = np.arange(len(values)), np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(trees)), np.int32)
        for _ in range(self.DEPTH):
            right = rows[at, features[trees, node]] > thresholds[trees, node]
            node = children[trees, node, right.astype(np.int32)]
        return np.asarray(self.bias + values[trees, node].reshape(len(rows), *self.values.shape[:-1]).sum(-1))

    def probabilities(self, rows: Floats) -> NDArray[np.float64]:
        """As ``logits``."""
        return np.asarray(1 / (1 + np.exp(-self.logits(rows))))
