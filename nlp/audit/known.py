"""Probabilities for messages that the models were trained on, from models that had not seen them.

An audit of chats that are in the training corpus would otherwise ask the models about what they have learnt by heart.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from nlp import artifact
from nlp.handbook import taxonomy
from nlp.tags import labels
from nlp.thread import Message, Thread, views
from nlp.training import corpus, held_out


class Known:
    """The corpus, looked at when a thread of it turns up."""

    def __init__(self, home: Path = artifact.HOME) -> None:
        self._home = home
        self._stored = held_out.load(artifact.current("encoder", home).path(held_out.HELD_OUT))

    def scores(self, thread: Thread, message: Message) -> dict[str, float] | None:
        """Out-of-fold probability by tag; None for a message that is not in the corpus."""
        key = corpus.key(thread, message)
        return self._out_of_fold.get(key) if key in self._stored else None

    @cached_property
    def _out_of_fold(self) -> dict[str, dict[str, float]]:
        from nlp.training import fit, heads

        tags, threads = taxonomy(), [item.thread for item in corpus.load(self._home / "corpus")]
        if not all(corpus.key(thread, message) in self._stored for thread in threads for message in thread.messages):
            return {}
        data = heads.rows(threads, self._stored, tags)
        table = heads.out_of_fold(data, labels(tags), tags, fit.parts(self._home))
        keys = [corpus.key(thread, view.message) for thread in threads for view in views(thread) if view.message.tags is not None]
        return {key: dict(zip(tags, map(float, row), strict=False)) for key, row in zip(keys, table, strict=True)}
