"""Fit boosted trees (scikit-learn) and write them down as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier

from nlp.trees import Trees

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
LEAVES = 12


def fit(table: Floats, gold: Bools) -> Trees:
    """Trees for the probability of ``gold`` ``[n]`` from ``table`` ``[n, n_features]``; few, shallow and fitted on samples, since there are few rows."""
    model = GradientBoostingClassifier(n_estimators=150, learning_rate=0.08, max_depth=3, subsample=0.5, max_features=0.4, min_samples_leaf=20, random_state=0)
    model.fit(table, gold)
    grown = [stage[0].tree_ for stage in model.estimators_]
    shape = len(grown), max(tree.node_count for tree in grown)
    parts = [
        (tree.children_left < 0, tree.feature, tree.threshold, tree.children_left, tree.children_right, model.learning_rate * tree.value[:, 0, 0]) for tree in grown
    ]
    return _written(parts, shape, float(np.log(gold.mean() / (1 - gold.mean()))))


@dataclass(frozen=True, slots=True)
class Binned:
    """Many rows of features: their quantiles ``edges`` ``[254, n_features]`` and ``bins`` ``[n, n_features]``, how many of them lie below each value.

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
        ).fit(self.bins[chosen], gold, sample_weight=weights)  # fmt: skip
        grown = []
        for nodes in (stage[0].nodes for stage in model._predictors):
            inner = np.where(nodes["is_leaf"], 0, nodes["num_threshold"]).astype(int), nodes["feature_idx"]
            grown.append((nodes["is_leaf"], nodes["feature_idx"], self.edges[inner], nodes["left"], nodes["right"], nodes["value"]))
        return _written(grown, (len(grown), 2 * LEAVES - 1), float(np.ravel(model._baseline_prediction)[0]))


def _written(grown: Sequence[tuple[NDArray[np.generic], ...]], shape: tuple[int, int], bias: float) -> Trees:
    """Trees, each as (is leaf, feature, threshold, left, right, value) by node."""
    features, children = np.zeros(shape, np.int32), np.zeros((*shape, 2), np.int32)
    thresholds, values = np.zeros(shape), np.zeros(shape)
    for n, (leaf, feature, threshold, left, right, value) in enumerate(grown):
        own, here = np.arange(len(leaf)), slice(len(leaf))
        features[n, here], thresholds[n, here] = np.where(leaf, 0, feature), np.where(leaf, 0, threshold)
        children[n, here] = np.stack([np.where(leaf, own, side) for side in (left, right)], axis=1)
        values[n, here] = np.where(leaf, value, 0)
    return Trees(features, thresholds, children, values, bias)
