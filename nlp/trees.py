"""Boosted trees as plain arrays: what decides where few features meet in many ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
AT_ONCE = 256
"""Rows that go down the trees together, for the sake of memory."""


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
    def of(cls, state: Mapping[str, NDArray[Any]], name: str) -> Trees:
        """Those that ``named`` has put among other arrays."""
        return cls(*(state[f"{name}.{field}"] for field in cls.__slots__))

    def named(self, name: str) -> dict[str, NDArray[Any]]:
        """Their arrays under names that begin with ``name``."""
        return {f"{name}.{field}": np.asarray(getattr(self, field)) for field in self.__slots__}

    @classmethod
    def together(cls, parts: Sequence[Trees]) -> Trees:
        """Models of the same size as one with an output each."""
        return cls(*(np.stack([getattr(part, name) for part in parts]) for name in cls.__slots__))

    def logits(self, rows: Floats) -> NDArray[np.float64]:
        """Of rows of features ``[n, n_features]``, ``[n, …]``."""
        first = np.arange(0, self.values.size, self.values.shape[-1])
        features, thresholds, values, children = (array.ravel() for array in (self.features, self.thresholds, self.values, self.children))
        sums = []
        for some in np.array_split(rows, 1 + len(rows) // AT_ONCE):
            at, node = np.arange(len(some))[:, None] * some.shape[1], np.tile(first, (len(some), 1))
            for _ in range(self.DEPTH):
                right = some.ravel().take(at + features.take(node)) > thresholds.take(node)
                node = first + children.take(2 * node + right)
            sums.append(values.take(node).reshape(len(some), *self.values.shape[:-1]).sum(-1))
        return np.asarray(self.bias + np.concatenate(sums))

    def probabilities(self, rows: Floats) -> NDArray[np.float64]:
        """As ``logits``."""
        return np.asarray(1 / (1 + np.exp(-self.logits(rows))))
