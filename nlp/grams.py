"""Character n-grams of words and pairs of words, hashed into a fixed number of buckets."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

COLUMNS = 1 << 15
"""Buckets."""
LONGEST_WORD = 40
WORDS = 50_000
"""Words whose n-grams are remembered."""
Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Table: TypeAlias = scipy.sparse.csr_matrix


def of(text: str) -> Ints:
    """The bucket of each character n-gram within words (2 to 5, as scikit-learn's ``char_wb``)."""
    found = [_of_word(word[:LONGEST_WORD]) for word in text.lower().split()]
    return np.concatenate(found) if found else np.zeros(0, np.int32)


@lru_cache(WORDS)
def _of_word(word: str) -> Ints:
    padded = f" {word} "
    return hashed(padded[at : at + n] for n in range(2, min(6, len(padded) + 1)) for at in range(len(padded) - n + 1))


def idf(texts: Sequence[str], least: int) -> Floats:
    """Inverse document frequency, smoothed as in scikit-learn, ``[COLUMNS]``; 0 for what is in fewer texts than ``least``."""
    return rarity(counted([of(text) for text in texts], COLUMNS), least)


def rarity(counts: Table, least: int) -> Floats:
    """The same from a table of counts."""
    often = np.diff(counts.tocsc().indptr)
    return np.where(often >= least, np.log((1 + counts.shape[0]) / (1 + often)) + 1, 0).astype(np.float32)


def table(texts: Sequence[str], idf: Floats) -> Table:
    """TF-IDF with logarithmic counts, rows of length 1, ``[n, COLUMNS]``."""
    return weighed(counted([of(text) for text in texts], COLUMNS), idf, (1.0,))


def weighed(counts: Table, idf: Floats, scales: Sequence[float]) -> Table:
    """TF-IDF with logarithmic counts of fields that stand side by side, ``[n, n_fields * COLUMNS]``, each of length 1 times its scale; in place."""
    fields = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)) * len(scales) + counts.indices // COLUMNS
    values = (1 + np.log(counts.data)) * idf[counts.indices]
    lengths = np.sqrt(np.bincount(fields, values * values, minlength=counts.shape[0] * len(scales)))
    counts.data = (values * (np.tile(np.array(scales), counts.shape[0]) / np.maximum(lengths, 1e-6))[fields]).astype(np.float32)
    return counts


def phrases(words: Sequence[str]) -> Ints:
    """The buckets of words and of pairs of neighbours."""
    return hashed([*words, *(f"{a} {b}" for a, b in pairwise(words))])


def hashed(pieces: Iterable[str]) -> Ints:
    """The bucket of each piece."""
    return np.array([zlib.crc32(piece.encode("utf-8", "replace")) % COLUMNS for piece in pieces], np.int32)


def counted(rows: Sequence[Ints], columns: int) -> Table:
    """How often each column occurs in each row, ``[n, columns]``."""
    ends = np.cumsum([0, *map(len, rows)])
    indices = np.concatenate(rows) if rows else np.zeros(0, np.int32)
    found = Table((np.ones(len(indices), np.float32), indices, ends.astype(np.int32)), shape=(len(rows), columns))
    found.sum_duplicates()
    return found
