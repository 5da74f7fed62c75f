"""Customer questions: spans with kind and topic, read from the encoder's B/I/O logits.

Within each sentence the likeliest sequence of labels is taken (Viterbi 1967), where opening a span has its price: a word
that looks like a question for itself is none, and a doubtful word does not tear one apart. Quoted older text holds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nlp.encoder import Encoded
from nlp.inputs import KINDS, TOPICS
from nlp.pipeline.sentences import sentence_spans
from nlp.pipeline.zones import zones
from nlp.thread import Question

OPENING = 2.5
"""What opening a span costs, in nats."""
LEANING = 0.5
"""By so much are tokens moved towards „inside“, in nats; with ``OPENING`` it balances precision and recall."""
CUT = 0.95
"""A token that begins a question rather than goes on with one, with this probability, cuts a span in two."""
_EDGE = " \t\r\n,;:.–—-•*()\"„“”»«'"
QUESTION_WORDS = r"wer|wen|wem|wessen|was|wann|wo|wohin|woher|wie|wieso|weshalb|warum|welche[rsnm]?|wieviel|ob|womit|wofür|wodurch"
_ASKING = rf"(?:{QUESTION_WORDS})"
_SECOND = re.compile(rf",?\s+(?:und|oder)\s+(?=(?:(?:bis|ab|seit|von|an|in|mit|zu|für|auf|über|um|bei)\s+)?{_ASKING}\b(?:(?:\s+[\w-]+){{2}}|\s*\?))", re.IGNORECASE)
"""Where a second question of a coordination begins: „und bis wann schaffen Sie es“."""
_FIRST = re.compile(rf"\w+\W+[\w\W]*\b(?!{_ASKING}\Z)\w+\Z", re.IGNORECASE)
"""A question before it that stands for itself: not „Wissen Sie, wann“."""
_JOINING = re.compile(r"[\s,]+(?:und|oder|sowie)\Z", re.IGNORECASE)
Floats = NDArray[np.float32]


def find(text: str, encoded: Encoded) -> list[Question]:
    """The questions of a customer's message, in order, with ``start``, ``end`` and ``score``."""
    found: list[Question] = []
    inside = _inside(encoded)
    for first, last in (part for span in _spans(text, encoded) for part in _coordinated(text, encoded, *span)):
        start, end = snapped(text, encoded.offsets[first][0], encoded.offsets[last][1])
        if joining := _JOINING.search(text, start, end):
            end = joining.start()
        if sum(character.isalpha() for character in text[start:end]) < 2:
            continue
        here = slice(first, last + 1)
        found.append(
            Question(
                id=f"q{len(found) + 1}",
                quote=text[start:end],
                kind=KINDS[int(softmax(encoded.kinds[here]).mean(0).argmax())],
                topic=TOPICS[int(softmax(encoded.topics[here]).mean(0).argmax())],
                start=start,
                end=end,
                score=round(float(inside[here].mean()), 3),
            )
        )
    return found


def certainty(encoded: Encoded) -> float:
    """The probability of the likeliest question token, 0 to 1: whether the message asks anything."""
    inside = _inside(encoded)
    return float(inside.max()) if len(inside) else 0.0


def _inside(encoded: Encoded) -> Floats:
    return np.asarray(1 - softmax(encoded.bounds)[:, 0], np.float32)


def _spans(text: str, encoded: Encoded) -> Iterator[tuple[int, int]]:
    """First and last token of each span; none crosses a sentence or lies in quoted text."""
    quoted = [(start, end) for zone, start, end in zones(text) if zone == "quoted"]
    starts = np.array([start for start, _ in encoded.offsets])
    for start, end in sentence_spans(text):
        if any(a <= start < b for a, b in quoted):
            continue
        first, stop = np.searchsorted(starts, [start, end])
        if first and encoded.offsets[first - 1][1] > start:
            first -= 1  # a token that takes in the white space before the sentence
        yield from ((first + a, first + b) for a, b in runs(np.asarray(encoded.bounds[first:stop])))


def _coordinated(text: str, encoded: Encoded, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A span in which two questions are joined, as two: „Was kostet das“, „bis wann schaffen Sie es“."""
    start, end = encoded.offsets[first][0], encoded.offsets[last][1]
    for joining in _SECOND.finditer(text, start, end):
        if not _FIRST.match(text[start : joining.start()].strip()):
            continue
        second = next((n for n in range(first + 1, last + 1) if encoded.offsets[n][1] > joining.end()), last)
        if second > first + 1:
            yield first, second - 1
            first, start = second, joining.end()
    yield first, last


def runs(bounds: Floats) -> list[tuple[int, int]]:
    """First and last token of each span in the likeliest labelling of one sentence, ``bounds`` being ``[n, 3]`` logits."""
    if not len(bounds):
        return []
    logs = np.log(softmax(bounds) + 1e-9)
    outside, inside = logs[:, 0] - LEANING, np.logaddexp(logs[:, 1], logs[:, 2])
    cuts = logs[:, 1] - inside > np.log(CUT)
    score = np.array([outside[0], inside[0] - OPENING, -np.inf])
    back = np.zeros((len(bounds), 3), np.int64)
    for n in range(1, len(bounds)):
        within = max(1, 2, key=lambda state: score[state])
        opening, cutting = score[0] - OPENING, score[within] if cuts[n] else -np.inf
        back[n] = (int(score.argmax()), 0 if opening >= cutting else within, within)
        score = np.array([
            score.max() + outside[n],
            max(opening, cutting) + inside[n],
            -np.inf if cuts[n] else score[within] + inside[n],
        ])
    labels = [int(score.argmax())]
    for n in range(len(bounds) - 1, 0, -1):
        labels.append(int(back[n, labels[-1]]))
    found: list[tuple[int, int]] = []
    for n, label in enumerate(reversed(labels)):
        if label == 1:
            found.append((n, n))
        elif label == 2:
            found[-1] = (found[-1][0], n)
    return found


def snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words, without white space and punctuation at its edges (a final ``?`` stays)."""
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
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
