"""What a run is cut into: parts of the input, and what annotating one gives.

The cuts depend on the input alone, never on workers or time, so a part can be done again and gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nlp.streams import Line, Rejected

THREADS = 128
BYTES = 4_000_000
"""A part has at most so many threads, and ends once its lines are longer than this together."""
EXAMPLES = 3

Item = Line | Rejected


@dataclass(frozen=True, slots=True)
class Options:
    """How to annotate: ``overwrite`` predicts also what is there, ``fast`` lets the cascade decide, ``share`` is the most of its messages that the
    encoder may read (None: as it was chosen)."""

    overwrite: bool = False
    fast: bool = False
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The ``number``-th piece of the input."""

    number: int
    items: tuple[Item, ...]

    def digest(self) -> str:
        """SHA-256 of its lines: tells whether the input is still what it was."""
        state = hashlib.sha256()
        for item in self.items:
            state.update(item.raw if isinstance(item, Line) else item.line.encode("utf-8", "backslashreplace"))
            state.update(b"\n")
        return state.hexdigest()


def cut(items: Iterable[Item]) -> Iterator[Part]:
    """The input as parts, in order."""
    number, waiting, size = 0, [], 0
    for item in items:
        waiting.append(item)
        size += len(item.raw if isinstance(item, Line) else item.line)
        if len(waiting) == THREADS or size > BYTES:
            yield Part(number, tuple(waiting))
            number, waiting, size = number + 1, [], 0
    if waiting:
        yield Part(number, tuple(waiting))


@dataclass(slots=True)
class Tallied:
    """What was done, and how tags changed against those that were there: for each tag how often it came or went, with ids of the first
    messages (``A-1 m2``)."""

    counts: Counter[str] = field(default_factory=Counter)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "changes": self.changes}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tallied:
        """From its JSON."""
        return cls(Counter(data["counts"]), data["changes"])

    def change(self, tag: str, way: str, where: str) -> None:
        """``way`` is ``added`` or ``removed``."""
        entry = self.changes.setdefault(tag, {"added": 0, "removed": 0, "examples": []})
        entry[way] += 1
        if len(entry["examples"]) < EXAMPLES:
            entry["examples"].append(where)

    def add(self, other: Tallied) -> None:
        """Take in what came after."""
        self.counts += other.counts
        for tag, entry in other.changes.items():
            mine = self.changes.setdefault(tag, {"added": 0, "removed": 0, "examples": []})
            mine["added"] += entry["added"]
            mine["removed"] += entry["removed"]
            mine["examples"] = [*mine["examples"], *entry["examples"]][:EXAMPLES]


@dataclass(frozen=True, slots=True)
class Done:
    """A part that was annotated: JSON lines of the threads, the rejected ones, and of what ``--undo`` needs."""

    number: int
    threads: bytes
    rejected: bytes
    undo: bytes
    tallied: Tallied
