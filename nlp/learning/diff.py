"""What changes when one version of the heads takes the place of another: thresholds, and tags on threads of the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nlp import artifact
from nlp.errors import DataError
from nlp.learning.champion import FILE


def differences(home: Path, one: str, other: str) -> list[dict[str, Any]]:
    """A row a label: both thresholds, and on how many corpus messages, out of fold, only one of the two sets it (None if a version kept nothing).

    :raises DataError: If there is no such version.
    :raises ModelError: If its files were changed.
    """
    manifests, said = [], []
    for number in (one, other):
        if not (folder := home / "heads" / number).is_dir():
            raise DataError(f"Eine Version {number} gibt es nicht.", where=str(home / "heads"), remedy="Siehe „aufgabenchat models list“.")
        sealed = artifact.load(folder)
        manifests.append(sealed.manifest["thresholds"])
        said.append(_said(sealed.path(FILE), manifests[-1]) if FILE in sealed.manifest["files"] else None)
    rows = []
    for label in dict.fromkeys([*manifests[0], *manifests[1]]):
        pair = [None if one is None else one.get(label) for one in said]
        only = [None, None] if None in pair else [len(pair[0] - pair[1]), len(pair[1] - pair[0])]  # type: ignore[operator]
        rows.append({"label": label, "threshold": [manifest.get(label) for manifest in manifests], "only": only})
    return rows


def _said(path: Path, thresholds: dict[str, float]) -> dict[str, set[str]]:
    with np.load(path, allow_pickle=False) as kept:
        names, messages, scores = kept["labels"].tolist(), kept["messages"], kept["scores"]
    return {name: set(messages[scores[:, n] >= thresholds[name]].tolist()) for n, name in enumerate(names)}
