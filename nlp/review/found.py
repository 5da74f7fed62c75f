"""What a text says of one element of a booking, and where."""

from __future__ import annotations

from typing import Any, NamedTuple


class Found(NamedTuple):
    """A value and the characters ``start`` up to ``end`` that state it."""

    value: Any
    start: int
    end: int
