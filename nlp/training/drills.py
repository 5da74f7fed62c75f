"""Short exercises under ``models/drills``: a few messages and, under ``replies``, other messages that might come next.

What they teach is the difference: the same questions answered, deferred and missed, the same words with and without a tag. They are trained on
and never reported on, so all encoders see them all; the static student learns from them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from nlp.errors import DataError
from nlp.files import contradictions
from nlp.handbook import taxonomy
from nlp.thread import Message, Thread, View, views
from nlp.training import corpus, examples
from nlp.training.examples import Case


def load(folder: Path) -> list[list[Case]]:
    """The cases of each exercise.

    :raises DataError: If a line is no thread, a reply is no message or contradicts itself, or there are none.
    """
    return [list(cases(item.thread)) for item in corpus.load(folder)]


def cases(thread: Thread) -> Iterator[Case]:
    """One case a message, then one a reply, which sees the messages and none of the other replies."""
    yield from examples.cases(thread)
    yield from ([*examples.cases(longer)][-1] for longer in _longer(thread))


def threads(folder: Path) -> list[list[Thread]]:
    """Each exercise as threads: its messages, then the same messages (the very same objects) with each of the replies. Raises as ``load``."""
    return [[item.thread, *_longer(item.thread)] for item in corpus.load(folder)]


def labelled(threads: Sequence[Thread], exercises: Sequence[Sequence[Thread]]) -> list[tuple[int, View]]:
    """Each labelled message once, with the number of its group: a thread is one, and behind all threads an exercise, given as by ``threads``."""
    found: dict[int, tuple[int, View]] = {}
    for n, group in enumerate([*([thread] for thread in threads), *exercises]):
        for view in (view for thread in group for view in views(thread) if view.message.tags is not None):
            found.setdefault(id(view.message), (n, view))
    return list(found.values())


def _longer(thread: Thread) -> Iterator[Thread]:
    for number, reply in enumerate((thread.model_extra or {}).get("replies", ()), 1):
        try:
            longer = thread.model_copy(update={"messages": [*thread.messages, Message.model_validate(reply)]})
        except ValidationError as error:
            raise DataError(f"Die Erwiderung {number} ist keine Nachricht ({error.error_count()} Fehler).", where=thread.task.id) from error
        for where, text in contradictions(longer, taxonomy()):
            raise DataError(f"Erwiderung {number}: {text}", where=f"{thread.task.id} {where}")
        yield longer
