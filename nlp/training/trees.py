"""Fit boosted trees (scikit-learn) and write them down as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

from nlp.trees import Trees

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def fit(table: Floats, gold: Bools) -> Trees:
    """Trees for the probability of ``gold`` ``[n]`` from ``table`` ``[n, n_features]``; few, shallow and fitted on samples, since there are few rows."""
    model = GradientBoostingClassifier(
        n_estimators=150, learning_rate=0.08, max_depth=Trees.DEPTH, subsample=0.5, max_features=0.4, min_samples_leaf=20, random_state=0
    ).fit(table, gold)
    trees = [stage[0].tree_ for stage in model.estimators_]
    shape = len(trees), max(tree.node_count for tree in trees)
    features, children = np.zeros(shape, np.int32), np.zeros((*shape, 2), np.int32)
    thresholds, values = np.zeros(shape), np.zeros(shape)
    for n, tree in enumerate(trees):
        inner, here = tree.children_left >= 0, slice(tree.node_count)
        own = np.arange(tree.node_count)
        features[n, here], thresholds[n, here] = np.where(inner, tree.feature, 0), tree.threshold
        children[n, here] = np.stack([np.where(inner, side, own) for side in (tree.children_left, tree.children_right)], axis=1)
        values[n, here] = np.where(inner, 0, model.learning_rate * tree.value[:, 0, 0])
    return Trees(features, thresholds, children, values, float(np.log(gold.mean() / (1 - gold.mean()))))
