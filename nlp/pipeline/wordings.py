"""The wordings of ``stock_phrases.toml`` in what a message says itself: not in its greeting, not in quoted older text.

A wording that begins with ``(?#schwach)`` counts only where something else points the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp.pipeline.kept import kept
from nlp.pipeline.sentences import sentence_spans
from nlp.pipeline.zones import zones

WEAK = "(?#schwach)"
_REACH = 300
"""So many characters a clause goes on, at most, before and behind a wording."""
_BREAK = re.compile(r"[,;:–(]\s|\s[–-]\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters ``start`` up to ``end`` of a message; ``strong`` and ``weak`` are the wordings in it, in characters of the message."""

    text: str
    start: int
    end: int
    strong: tuple[tuple[int, int], ...] = ()
    weak: tuple[tuple[int, int], ...] = ()


def lower(text: str) -> str:
    """Lower case, character for character: „İ“ would become two."""
    plain = text.lower()
    return plain if len(plain) == len(text) else "".join(low if len(low := c.lower()) == 1 else c for c in text)


@kept
def sentences(text: str, patterns: tuple[str, ...] = ()) -> Iterator[Sentence]:
    """The message's own sentences, and which of the wordings they hold."""
    strong, weak = _compiled(patterns)
    plain = lower(text)
    for zone, a, b in zones(text):
        if zone in ("greeting", "quoted"):
            continue
        for start, end in sentence_spans(text[a:b]):
            start, end = a + start, a + end
            found = [tuple(m.span() for m in regex.finditer(plain, start, end)) if regex else () for regex in (strong, weak)]
            yield Sentence(text[start:end], start, end, *found)


def clause(text: str, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The part of the sentence, between commas and the like, that holds characters ``start`` up to ``end``."""
    near, far = max(sentence.start, start - _REACH), min(sentence.end, end + _REACH)
    first = max((m.end() for m in _BREAK.finditer(text, near, start)), default=near)
    last = next((m.start() for m in _BREAK.finditer(text, end, far)), far)
    piece = text[first:last]
    return first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip(" .!\n"))


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    strong = [pattern for pattern in patterns if not pattern.startswith(WEAK)]
    weak = [pattern for pattern in patterns if pattern.startswith(WEAK)]
    return (
        re.compile("|".join(f"(?:{pattern})" for pattern in strong)) if strong else None,
        re.compile("|".join(f"(?:{pattern})" for pattern in weak)) if weak else None,
    )
