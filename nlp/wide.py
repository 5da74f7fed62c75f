"""The wide part beside the encoder: one linear model a tag over hashed n-grams of a message, of what was said before it and of the task's title.

The encoder generalises, this remembers: words and phrases that go with a tag in thousands of messages (wide and deep, Cheng et al. 2016, arXiv:1606.07792).
What it says is weighed by the tag heads beside what the encoder says, and is all that the fast path has. A row is computed from its own message alone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from nlp.cues import cues
from nlp.errors import ModelError
from nlp.thread import View

COLUMNS = 1 << 15
"""Hash buckets of a field."""
LONGEST_WORD = 40
EDGE = 12
"""So many words at the beginning and the end of a message are fields of their own."""
SCALES = (2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5)
"""What each field weighs: n-grams of the message, its words, its words by who writes, n-grams of the message before, first words, last words, title."""
WORDS = 200_000
"""Words whose n-grams are remembered."""
_WORD = re.compile(r"\w+|[?!€]")
Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Table: TypeAlias = scipy.sparse.csr_matrix


class Remembered:
    """Buckets of words, kept for the last words."""

    def __init__(self, read: Callable[[str], Ints]) -> None:
        self._read, self._known = read, dict[str, Ints]()

    def of(self, word: str) -> Ints:
        """The buckets of a word."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= WORDS:
                self._known.clear()
            known = self._known[word] = self._read(word[:LONGEST_WORD])
        return known


def grams(word: str) -> Ints:
    """Character n-grams of a word (2 to 5, as scikit-learn's ``char_wb``), hashed."""
    padded = f" {word} "
    return hashed(padded[at : at + n] for n in range(2, min(6, len(padded) + 1)) for at in range(len(padded) - n + 1))


def hashed(pieces: Iterable[str]) -> Ints:
    """The bucket of each piece."""
    return np.array([zlib.crc32(piece.encode("utf-8", "replace")) % COLUMNS for piece in pieces], np.int32)


class Wide:
    """The models of all tags; ``state`` holds ``idf`` ``[n_fields * COLUMNS]``, ``weights`` ``[n_fields * COLUMNS, n_tags]``, ``cues`` and ``bias``."""

    def __init__(self, state: dict[str, Floats]) -> None:
        self.state = state
        self._grams = Remembered(grams)

    @classmethod
    def load(cls, path: Path) -> Wide:
        """The models in a file of a checked folder.

        :raises ModelError: If it cannot be read.
        """
        try:
            return cls({name: value.astype(np.float32) for name, value in load_file(path).items()})
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{path}: Das Modell lässt sich nicht laden ({error}). Führen Sie „aufgabenchat models init“ aus.") from error

    def logits(self, seen: Sequence[View]) -> Floats:
        """Of all tags for messages, ``[n, n_tags]``."""
        own = np.stack([cues(view, 0.0) for view in seen])
        return np.asarray(self.table(seen) @ self.state["weights"] + own @ self.state["cues"] + self.state["bias"], np.float32)

    def table(self, seen: Sequence[View]) -> Table:
        """TF-IDF with logarithmic counts, each field of length 1 times its scale, ``[n, n_fields * COLUMNS]``."""
        counts = self.counts(seen)
        fields = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)) * len(SCALES) + counts.indices // COLUMNS
        values = (1 + np.log(counts.data)) * self.state["idf"][counts.indices]
        lengths = np.sqrt(np.bincount(fields, values * values, minlength=counts.shape[0] * len(SCALES)))
        scales = np.tile(np.array(SCALES), counts.shape[0]) / np.maximum(lengths, 1e-6)
        counts.data = (values * scales[fields]).astype(np.float32)
        return counts

    def counts(self, seen: Sequence[View]) -> Table:
        """How often each bucket of each field occurs, ``[n, n_fields * COLUMNS]``."""
        rows = [np.concatenate([part + n * COLUMNS for n, part in enumerate(self._fields(view))]) for view in seen]
        ends = np.cumsum([0, *map(len, rows)])
        table = Table((np.ones(ends[-1], np.float32), np.concatenate(rows) if rows else np.zeros(0, np.int32), ends), shape=(len(seen), len(SCALES) * COLUMNS))
        table.sum_duplicates()
        return table

    def _fields(self, view: View) -> list[Ints]:
        message, before = view.message, view.thread.messages[view.index - 1].text if view.index else ""
        words = _WORD.findall(message.text.lower())
        own = phrases(words)
        role = zlib.crc32(f"{message.author}{message.channel}{view.index == 0}".encode()) % COLUMNS
        return [
            self._chars(message.text), own, (own * 31 + role) % COLUMNS, self._chars(before), phrases(words[:EDGE]), phrases(words[-EDGE:]),
            self._chars(view.thread.task.title or ""),
        ]  # fmt: skip

    def _chars(self, text: str) -> Ints:
        found = [self._grams.of(word) for word in text.lower().split()]
        return np.concatenate(found) if found else np.zeros(0, np.int32)


def phrases(words: Sequence[str]) -> Ints:
    """Words and pairs of neighbours, hashed."""
    return hashed([*words, *(f"{a} {b}" for a, b in pairwise(words))])
