"""Passwords, PINs and other secrets that stand in a thread, made unreadable wherever its words are quoted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nlp.rules import credentials_exposed
from nlp.thread import Thread

_FIELDS = frozenset(("quote", "text", "reason", "question", "label", "value"))
"""Keys of a result under which words of the thread may stand; ids are left alone."""


def hider(thread: Thread) -> Callable[[str], str]:
    """What puts a bullet for each character of a secret of the thread, so that offsets stay right."""
    written = credentials_exposed.known(thread)
    return (lambda text: written.sub(lambda match: "•" * len(match[0]), text)) if written else (lambda text: text)


def hidden(value: Any, hide: Callable[[str], str], key: str = "") -> Any:
    """A copy of the value, as ``model_dump`` gives it, with secrets hidden in all that quotes."""
    if isinstance(value, dict):
        return {name: hidden(item, hide, name) for name, item in value.items()}
    if isinstance(value, list):
        return [hidden(item, hide, key) for item in value]
    return hide(value) if isinstance(value, str) and key in _FIELDS else value
