"""What is cheap to know about a message before anything has read it: who wrote it and when, and what is known of the messages before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.inputs import silence
from nlp.thread import Message, View

Floats = NDArray[np.float32]
CUES = 14
LOOK_BACK = 40
"""So many messages back tags still tell something of this one."""


def cues(view: View, asks: float) -> Floats:
    """What is cheap to know about a message, ``[14]``.

    :param asks: ``questions.certainty`` of the message.
    """
    message, before = view.message, view.before
    last = before[-1] if before else None
    return np.array(
        [
            message.author == "customer", message.author == "assistant", message.author == "team", message.channel == "note",
            view.index == 0, last is not None and last.incoming, last is not None and last.author == message.author,
            bool(message.attachments), asks if message.incoming else 0.0, "?" in message.text,
            math.log1p(len(message.text)) / 5, math.log1p(max(0, silence(view))) / 2, min(view.index, 10) / 10,
            view.thread.task.area == "umfrage",
        ],
        np.float32,
    )  # fmt: skip


def heard(view: View, said: Callable[[Message], Floats], size: int) -> Floats:
    """What the tags of earlier messages tell of this one, ``[4 n_tags]``: the probabilities of the message before, of the customer's
    last, of our last to the customer, and the highest of all.

    :param said: Probabilities of a message's tags, ``[n_tags]``; ``size`` is their number.
    """
    nothing = np.zeros(size, np.float32)
    latest = [(message, said(message)) for message in reversed(view.before[-LOOK_BACK:])]
    last = next((row for _, row in latest), nothing)
    theirs = next((row for message, row in latest if message.incoming), nothing)
    ours = next((row for message, row in latest if message.outgoing), nothing)
    return np.concatenate([last, theirs, ours, np.max([nothing, *(row for _, row in latest)], axis=0)])


def labelled(message: Message, tags: Sequence[str]) -> Floats:
    """Probabilities of a labelled message's tags; those that people set are certain."""
    by_people = message.tags is not None and message.tags_unsure is None
    scores = dict.fromkeys(message.tags or (), 1.0) if by_people else message.tag_scores or {}
    return np.array([scores.get(tag, 0.0) for tag in tags], np.float32)


def joint(logits: Sequence[float] | Floats, wide: Sequence[float] | Floats) -> Floats:
    """Probabilities of tags as encoder and wide part see them together, ``[n_tags]``; further logits of the encoder are those of rules."""
    return sigmoid((np.asarray(logits[: len(wide)], np.float32) + np.asarray(wide, np.float32)) * np.float32(0.5))


def sigmoid(logits: Floats) -> Floats:
    """Probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
