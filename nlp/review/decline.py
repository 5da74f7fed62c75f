"""Declines: whether we declined the task, or the customer withdrew it."""

from __future__ import annotations

from nlp.pipeline import decline
from nlp.review.reading import chat, tagged
from nlp.thread import Message, Thread, views


def declined(thread: Thread) -> Message | None:
    """The message by which we declined the task last."""
    return next((view.message for view in reversed(list(views(thread))) if view.message.outgoing and decline.declined(view)), None)


def withdrawn(thread: Thread) -> Message | None:
    """The message by which the customer withdrew the task, unless we went on asking or working since."""
    said = chat(thread)
    at = max((n for n, m in enumerate(said) if m.incoming and tagged(m, "ablehnung") and not tagged(m, "addon")), default=None)
    if at is None or any(tagged(message, "rueckfrage", "erinnerung", "ergebnis", "zwischenstand") for message in said[at + 1 :]):
        return None
    return said[at]
