"""What was read in a text, kept for a while: many rules ask the same of one message, and each draft asks it of the whole thread again.

In memory only, bounded, and nothing long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

TEXTS, LONGEST = 256, 5_000
"""So many results are kept a function, of texts of so many characters."""
P = ParamSpec("P")
T = TypeVar("T")


def kept(read: Callable[Concatenate[str, P], Iterator[T]]) -> Callable[Concatenate[str, P], tuple[T, ...]]:
    """The function of a text, with its results as a tuple that is kept; other arguments must be hashable."""

    @lru_cache(TEXTS)
    def remembered(*given: Any, **more: Any) -> tuple[T, ...]:
        return tuple(read(*given, **more))

    @wraps(read)
    def short(text: str, /, *given: P.args, **more: P.kwargs) -> tuple[T, ...]:
        return remembered(text, *given, **more) if len(text) <= LONGEST else tuple(read(text, *given, **more))  # type: ignore[arg-type]  # hashable, see above

    return short
