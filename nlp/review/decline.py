"""Declines: whether we declined the task, or the customer withdrew it."""

from __future__ import annotations

import re

from nlp.handbook import phrases
from nlp.pipeline import decline
from nlp.review.reading import body, chat, says, tagged
from nlp.thread import Message, Thread, View, views

_IF = re.compile(r"\b(?:wenn|falls|sofern|sollten?|andernfalls|ansonsten|sonst|müssten|würden|hören wir (?:bis|nichts)|bevor)\b", re.IGNORECASE)
"""„Wenn wir nichts hören, schließen wir die Aufgabe“ threatens a decline and is none."""
_TERM = re.compile(r"\?|\bbis (?:zum |spätestens |kommende\w* |\d|\w+tag|morgen|ende)|\bspätestens\b", re.IGNORECASE)


def declined(thread: Thread) -> Message | None:
    """The message by which we declined the task last."""
    return next((view.message for view in reversed(list(views(thread))) if view.message.outgoing and _declines(view)), None)


def refuses(message: Message) -> bool:
    """Whether the message, tagged as a decline, says so in a sentence that is no threat; what else it was tagged with does not count."""
    if not tagged(message, "ablehnung") or tagged(message, "addon"):
        return False
    return any(not _IF.search(sentence) for sentence in _declining(message))


def _declining(message: Message) -> list[str]:
    """Its sentences that speak of a decline; a question does not."""
    return [s.text for s in body(message.text) if says(s.text, phrases().declined) and not s.text.endswith("?")]


def _declines(view: View) -> bool:
    if _ends(view):
        return True
    if refuses(view.message):
        view = _alone(view)
    said = _declining(view.message)
    return decline.declined(view) is not None and not (said and all(map(_IF.search, said)))


def _ends(view: View) -> bool:
    """Whether the message, tagged as a decline and nothing else that waits, follows a reminder without an answer and sets no term."""
    message, before = view.message, [each for each in view.before if each.channel == "chat"]
    if not tagged(message, "ablehnung") or tagged(message, "addon", "erinnerung", "rueckfrage") or not before:
        return False
    return before[-1].outgoing and tagged(before[-1], "erinnerung") and not _IF.search(message.text) and not _TERM.search(message.text)


def _alone(view: View) -> View:
    """The view with „ablehnung“ as the message's only tag."""
    message = view.message.model_copy(update={"tags": ["ablehnung"]})
    return View(Thread(task=view.thread.task, messages=[*view.before, message]), view.index)


def withdrawn(thread: Thread) -> Message | None:
    """The message by which the customer withdrew the task, unless we went on asking or working since."""
    said = chat(thread)
    at = max((n for n, m in enumerate(said) if m.incoming and tagged(m, "ablehnung") and not tagged(m, "addon")), default=None)
    if at is None or any(tagged(message, "rueckfrage", "erinnerung", "ergebnis", "zwischenstand") for message in said[at + 1 :]):
        return None
    return said[at]
