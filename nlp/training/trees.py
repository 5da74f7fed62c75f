"""Fit boosted trees (scikit-learn) and write them down as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from nlp.trees import Trees

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
LEAVES = 12


@dataclass(frozen=True, slots=True)
class Binned:
    """Rows of features: their quantiles ``edges`` ``[254, n_features]`` and ``bins`` ``[n, n_features]``, how many of them lie below each value.

    scikit-learn bins too, but with weights takes minutes for it.
    """

    edges: Floats
    bins: NDArray[np.uint8]

    @classmethod
    def of(cls, table: Floats) -> Binned:
        """The rows of a table."""
        edges = np.quantile(table, np.linspace(0, 1, 256)[1:-1], axis=0).astype(np.float32)
        return cls(edges, np.stack([np.searchsorted(own, column) for own, column in zip(edges.T, table.T, strict=True)], axis=1).astype(np.uint8))

    def fit(self, chosen: Bools, gold: Bools, weights: Floats) -> Trees:
        """Trees over histograms (Ke et al. 2017) for ``gold`` of the chosen rows; all such trees have arrays of the same shape."""
        model = HistGradientBoostingClassifier(
            max_iter=100, learning_rate=0.07, max_depth=Trees.DEPTH, max_leaf_nodes=LEAVES, min_samples_leaf=30, l2_regularization=5, max_features=0.3,
            early_stopping=False, random_state=0,
        )  # fmt: skip
        with threadpool_limits(1, "openmp"):  # several threads wait for each other without end where something else wants the cores
            model.fit(self.bins[chosen], gold, sample_weight=weights)
        grown = [stage[0].nodes for stage in model._predictors]
        shape = len(grown), 2 * LEAVES - 1
        features, children = np.zeros(shape, np.int32), np.zeros((*shape, 2), np.int32)
        thresholds, values = np.zeros(shape), np.zeros(shape)
        for n, nodes in enumerate(grown):
            leaf, own, here = nodes["is_leaf"].astype(bool), np.arange(len(nodes)), slice(len(nodes))
            features[n, here] = np.where(leaf, 0, nodes["feature_idx"])
            thresholds[n, here] = self.edges[np.where(leaf, 0, nodes["num_threshold"]).astype(int), features[n, here]]
            children[n, here] = np.stack([np.where(leaf, own, nodes[side]) for side in ("left", "right")], axis=1)
            values[n, here] = np.where(leaf, nodes["value"], 0)
        return Trees(features, thresholds, children, values, float(np.ravel(model._baseline_prediction)[0]))


def fit(table: Floats, gold: Bools) -> Trees:
    """Trees for the probability of ``gold`` ``[n]`` from ``table`` ``[n, n_features]``."""
    everything = np.ones(len(gold), bool)
    return Binned.of(table).fit(everything, gold, everything.astype(np.float32))
