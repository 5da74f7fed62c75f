"""Customer questions: spans with kind and topic, read from the encoder's B/I/O logits.

A span is a run of tokens that are more likely inside a question than outside; it is cut where a new question surely
begins, and widened to whole words. Quoted older text holds no questions.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nlp.encoder import Encoded
from nlp.inputs import KINDS, TOPICS
from nlp.pipeline.zones import zones
from nlp.thread import Question

INSIDE = 0.5
"""Probability from which a token belongs to a question."""
CUT = 0.6
"""Probability of „begins here“ from which a running span is cut in two."""
_EDGE = " \t\r\n,;:.–—-•*()\"„“”»«'"
Floats = NDArray[np.float32]


def find(text: str, encoded: Encoded) -> list[Question]:
    """The questions of a customer's message, in order, with ``start``, ``end`` and ``score``."""
    found = []
    for number, (first, last) in enumerate(_runs(text, encoded), 1):
        start, end = snapped(text, encoded.offsets[first][0], encoded.offsets[last][1])
        here = slice(first, last + 1)
        found.append(
            Question(
                id=f"q{number}",
                quote=text[start:end],
                kind=KINDS[int(softmax(encoded.kinds[here]).mean(0).argmax())],
                topic=TOPICS[int(softmax(encoded.topics[here]).mean(0).argmax())],
                start=start,
                end=end,
                score=round(float(_inside(encoded)[here].mean()), 3),
            )
        )
    return found


def certainty(encoded: Encoded) -> float:
    """The probability of the likeliest question token, 0 to 1: whether the message asks anything."""
    inside = _inside(encoded)
    return float(inside.max()) if len(inside) else 0.0


def _inside(encoded: Encoded) -> Floats:
    return np.asarray(1 - softmax(encoded.bounds)[:, 0], np.float32)


def _runs(text: str, encoded: Encoded) -> Iterator[tuple[int, int]]:
    """First and last token of each span that holds a letter and lies outside quoted text."""
    quoted = [(start, end) for zone, start, end in zones(text) if zone == "quoted"]
    begins = softmax(encoded.bounds)[:, 1]
    running: list[int] = []
    for n, inside in enumerate(_inside(encoded)):
        a, b = encoded.offsets[n]
        own = inside >= INSIDE and not any(start <= a < end for start, end in quoted)
        if running and (not own or (begins[n] >= CUT and text[a:b].strip())):
            yield from _kept(text, encoded, running)
            running = []
        if own:
            running.append(n)
    yield from _kept(text, encoded, running)


def _kept(text: str, encoded: Encoded, running: list[int]) -> Iterator[tuple[int, int]]:
    if running:
        start, end = encoded.offsets[running[0]][0], encoded.offsets[running[-1]][1]
        if sum(character.isalpha() for character in text[start:end]) >= 2:
            yield running[0], running[-1]


def snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words, without white space and punctuation at its edges (a final ``?`` stays)."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    if end < len(text) and text[end] == "?":
        end += 1
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True)) if logits.size else logits
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
