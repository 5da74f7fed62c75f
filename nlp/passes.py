"""What a pass of the encoder takes: a whole text, or only the tokens around a change.

While somebody types, most of a draft stays as it was. Each layer attends to keys and values of all tokens; those of tokens away from the change are
taken from the last whole pass, and only the tokens around it are computed again; the upper layers also read the first token and the questions again, since
these speak for the whole.
(The same idea, for texts put together of parts that were read before: CacheBlend, Yao et al. 2024, arXiv:2405.16444.) What comes out is close to a
whole pass and not the same, so it is never kept, and never built upon by the next change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from nlp.inputs import Input

AROUND = 24
"""Tokens on either side of a change that are read again."""
MOST = 120
"""Where more tokens of the message than this would have to be, or were before, the whole text is read anew."""
ROOM = 2_048
"""Tokens of all drafts that are kept, the least recently read goes first; 38 kB each."""

Feed = dict[str, NDArray[Any]]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """Layers, attention heads and features a head of an encoder; so many of the layers are ``lower`` ones, which may read other tokens than the upper ones."""

    layers: int
    heads: int
    size: int
    lower: int

    @classmethod
    def of(cls, session: InferenceSession) -> Shape:
        """That of a loaded graph."""
        given = {each.name: each.shape for each in session.get_inputs()}
        past = [shape for name, shape in given.items() if name.startswith("past")]
        return cls(len(past), past[0][2], past[0][4], sum(shape[3] == given["known_middle"][0] for shape in past))


@dataclass(frozen=True, slots=True)
class Known:
    """A text that was read as a whole: its ``ids`` ``[n]``, states between lower and upper layers (``middle``) and of the last layer ``[n, hidden]``, keys and values of
    each layer ``[2, 1, heads, n, size]``."""

    ids: list[int]
    middle: NDArray[np.float32]
    states: NDArray[np.float32]
    past: list[NDArray[np.float32]]


def whole(built: Input, shape: Shape) -> Feed:
    """What the graph takes to read all of the text."""
    every = np.arange(len(built.ids))
    nothing = {f"past{n}": np.zeros((2, 1, shape.heads, 0, shape.size), np.float32) for n in range(shape.layers)}
    known = np.zeros((0, shape.heads * shape.size), np.float32)
    places = dict.fromkeys(("places", "upper", "risen", "order"), every)
    return _asked(built) | places | {"ids": np.array(built.ids, np.int64), "known_middle": known, "known": known} | nothing


def around(built: Input, known: Known, lower: int) -> Feed | None:
    """What it takes to read only what differs from a text that is ``known``; None if that is too much.

    :param lower: So many of the layers are lower ones.
    """
    old, new = np.array(known.ids), np.array(built.ids, np.int64)
    shorter = min(len(old), len(new))
    same = _alike(old[:shorter], new[:shorter])
    tail = _alike(old[::-1][: shorter - same], new[::-1][: shorter - same])

    places = np.arange(max(built.first, same - AROUND), min(len(new), len(new) - tail + AROUND))
    if len(places) + max(0, len(old) - len(new)) > MOST:
        return None
    questions = [at for first, closing in zip(built.firsts, built.markers, strict=True) for at in range(first, closing + 1)]
    upper = np.concatenate([np.array([0, *questions], np.int64), places])
    (below, risen), (above, order) = (_others(read, len(new)) for read in (places, upper))
    below, above = (np.where(kept < same, kept, kept + len(old) - len(new)) for kept in (below, above))
    past = {f"past{n}": part.take(below if n < lower else above, axis=-2) for n, part in enumerate(known.past)}
    states = {"known_middle": known.middle[below], "known": known.states[above]}
    return _asked(built) | {"ids": new[places], "places": places, "upper": upper, "risen": risen[upper], "order": order} | states | past


def _others(read: Places, length: int) -> tuple[Places, Places]:
    """The tokens of a text of so many that are not read, and where each of all is if those come first."""
    apart = np.ones(length, bool)
    apart[read] = False
    others, order = np.flatnonzero(apart), np.empty(length, np.int64)
    order[np.concatenate([others, read])] = np.arange(length)
    return others, order


def _asked(built: Input) -> Feed:
    return {name: np.array(getattr(built, name), np.int64) for name in ("segments", "firsts", "markers")}


def _alike(a: NDArray[Any], b: NDArray[Any]) -> int:
    """How many elements are the same from the start, of two arrays of one length."""
    differing = np.flatnonzero(a != b)
    return int(differing[0]) if len(differing) else len(a)


class Drafts:
    """The last whole pass of each draft that is being written, bounded, in memory only. Safe to share between threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._drafts: OrderedDict[bytes, Known] = OrderedDict()
        self._room = room
        self._lock = Lock()

    def known(self, built: Input, start: int) -> Known | None:
        """What was read of a message with the same text before it and the same questions, from character ``start`` on."""
        key = _key(built, start)
        with self._lock:
            if key in self._drafts:
                self._drafts.move_to_end(key)
            return self._drafts.get(key)

    def keep(self, built: Input, start: int, known: Known) -> None:
        """Keep it for the message's next version."""
        key = _key(built, start)
        with self._lock:
            self._drafts[key] = known
            self._drafts.move_to_end(key)
            while len(self._drafts) > 1 and sum(len(kept.ids) for kept in self._drafts.values()) > self._room:
                self._drafts.popitem(last=False)


def _key(built: Input, start: int) -> bytes:
    return np.array([start, *built.ids[: built.first], -1, *built.firsts, -1, *built.markers], np.int64).tobytes()
