"""The wide part beside the encoder: one linear model a tag over hashed n-grams of a message, of what was said before it and of the task's title.

The encoder generalises, this remembers: words and phrases that go with a tag in thousands of messages (wide and deep, Cheng et al. 2016, arXiv:1606.07792).
What it says is weighed by the tag heads beside what the encoder says, and is all that the fast path has. A row is computed from its own message alone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp import grams
from nlp.artifact import arrays
from nlp.cues import cues
from nlp.grams import COLUMNS, Ints, Table, counted, phrases
from nlp.thread import View

EDGE = 12
"""So many words at the beginning and the end of a message are fields of their own."""
SCALES = (2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5)
"""What each field weighs: n-grams of the message, its words, its words by who writes, n-grams of the message before, first words, last words, title."""
_WORD = re.compile(r"\w+|[?!€]")
Floats = NDArray[np.float32]


class Wide:
    """The models of all tags; ``state`` holds ``idf`` ``[n_fields * COLUMNS]``, ``weights`` ``[n_fields * COLUMNS, n_tags]``, ``cues`` and ``bias``."""

    def __init__(self, state: dict[str, Floats]) -> None:
        self.state = state

    @classmethod
    def load(cls, path: Path) -> Wide:
        """The models in a file of a checked folder. Raises as ``artifact.arrays``."""
        return cls({name: value.astype(np.float32) for name, value in arrays(path).items()})

    def logits(self, seen: Sequence[View]) -> Floats:
        """Of all tags for messages, ``[n, n_tags]``."""
        own = np.stack([cues(view, 0.0) @ self.state["cues"] for view in seen])  # one by one: BLAS sums a batch in another order
        return np.asarray(self.table(seen) @ self.state["weights"] + own + self.state["bias"], np.float32)

    def table(self, seen: Sequence[View]) -> Table:
        """Each field weighed by itself, ``[n, n_fields * COLUMNS]``; see ``grams.weighed``."""
        return grams.weighed(self.counts(seen), self.state["idf"], SCALES)

    def counts(self, seen: Sequence[View]) -> Table:
        """How often each bucket of each field occurs, ``[n, n_fields * COLUMNS]``."""
        return counted([np.concatenate(self._fields(view)) for view in seen], len(SCALES) * COLUMNS)

    def _fields(self, view: View) -> list[Ints]:
        """The buckets of each field, those of one after those of the other."""
        message, before = view.message, view.thread.messages[view.index - 1].text if view.index else ""
        words = _WORD.findall(message.text.lower())
        own = phrases(words)
        role = zlib.crc32(f"{message.author}{message.channel}{view.index == 0}".encode()) % COLUMNS
        found = (
            grams.of(message.text), own, (own * 31 + role) % COLUMNS, grams.of(before), phrases(words[:EDGE]), phrases(words[-EDGE:]),
            grams.of(view.thread.task.title or ""),
        )  # fmt: skip
        return [part + n * COLUMNS for n, part in enumerate(found)]
