"""What passes through, as running sums from which no text can be told: how vectors lie, which tags were set, how often none or unsurely.

Vectors enter as random Fourier features (Rahimi & Recht 2007) of two widths, whose mean is all that a comparison of distributions by maximum
mean discrepancy (Gretton et al. 2012) needs. Sums close after ``BLOCK`` messages, so that nothing tells of a single one.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact
from nlp.thread import Message

BLOCK = 20
"""Messages that are summed up in one block."""
WIDTHS = (0.3, 0.8)
"""Distances between unit vectors at which differences show."""
FEATURES = 64
"""Random directions of each width."""
SEEN = 10_000
"""Messages by hash that are not counted twice, in memory."""
ROUNDS = 999
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Block:
    """Sums over ``messages`` messages: features ``[4 * FEATURES]``, messages by tag, messages without tag and with an unsure one."""

    messages: int = 0
    features: list[float] = field(default_factory=lambda: [0.0] * (2 * len(WIDTHS) * FEATURES))
    tags: dict[str, int] = field(default_factory=dict)
    untagged: int = 0
    unsure: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def add(self, vector: NDArray[np.float32], tags: Sequence[str], unsure: Sequence[str]) -> None:
        """Count one message."""
        self.messages += 1
        self.features = [round(a + b, 4) for a, b in zip(self.features, features(vector), strict=True)]
        for tag in tags:
            self.tags[tag] = self.tags.get(tag, 0) + 1
        self.untagged += not tags
        self.unsure += bool(unsure)


class Traffic:
    """Collects messages into blocks and hands each full one to ``full``. Safe to share between threads."""

    def __init__(self, full: Callable[[Block], None]) -> None:
        self._full, self._block, self._lock = full, Block(), Lock()
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def saw(self, message: Message, vector: NDArray[np.float32]) -> None:
        """Count a labelled message, once."""
        key = hashlib.sha256(f"{message.id}\0{message.text}".encode("utf-8", "replace")).digest()
        with self._lock:
            if key in self._seen:
                return
            self._seen[key] = None
            if len(self._seen) > SEEN:
                self._seen.popitem(last=False)
            self._block.add(vector, message.tags or (), message.tags_unsure or ())
            done, self._block = (self._block, Block()) if self._block.messages >= BLOCK else (None, self._block)
        if done:
            self._full(done)


def features(vector: NDArray[np.float32]) -> list[float]:
    """Random Fourier features of the vector's direction, ``[2 * len(WIDTHS) * FEATURES]``; their inner product is the mean of two Gaussian kernels."""
    unit = vector / (np.linalg.norm(vector) + 1e-9)
    angles = _directions(len(vector)) @ unit
    found: list[float] = (np.concatenate([np.cos(angles), np.sin(angles)]) / np.sqrt(len(angles))).tolist()
    return found


@cache
def _directions(size: int) -> Floats:
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=(FEATURES, size)) / width for width in WIDTHS])


def discrepancy(one: Sequence[Block], other: Sequence[Block]) -> float:
    """Maximum mean discrepancy of the two, 0 (alike) to 1.4."""
    return float(np.linalg.norm(_mean(one) - _mean(other)))


def chance(one: Sequence[Block], other: Sequence[Block], seed: int = 0) -> float:
    """p-value of the discrepancy: how often blocks dealt at random differ as much."""
    rng, observed, blocks = np.random.default_rng(seed), discrepancy(one, other), [*one, *other]
    table, sizes = np.array([block.features for block in blocks]), np.array([block.messages for block in blocks])
    above = 0
    for _ in range(ROUNDS):
        order = rng.permutation(len(blocks))
        sides = order[: len(one)], order[len(one) :]
        means = [table[side].sum(0) / sizes[side].sum() for side in sides]
        above += float(np.linalg.norm(means[0] - means[1])) >= observed - 1e-12
    return (1 + above) / (1 + ROUNDS)


def _mean(blocks: Sequence[Block]) -> Floats:
    return np.asarray(np.sum([block.features for block in blocks], axis=0) / max(1, sum(block.messages for block in blocks)))


def rate(blocks: Sequence[Block], count: Callable[[Block], int]) -> float:
    """Share of messages that ``count`` counts."""
    return sum(map(count, blocks)) / max(1, sum(block.messages for block in blocks))


def reference_path(encoder: str, home: Path = artifact.HOME) -> Path:
    """Where the sums over the training data lie, as this encoder (its SHA-256) read it."""
    return home / "drift" / f"{encoder[:16]}.json"


def reference(encoder: str, home: Path = artifact.HOME) -> list[Block]:
    """The sums over the training data; empty if ``aufgabenchat drift`` has not made them yet."""
    path = reference_path(encoder, home)
    try:
        return [Block(**sums) for sums in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
