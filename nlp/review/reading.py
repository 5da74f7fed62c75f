"""What a message says in its own words, sentence by sentence, and whether wordings of ours occur in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nlp.pipeline.kept import kept
from nlp.pipeline.wordings import Sentence, sentences
from nlp.pipeline.zones import zones
from nlp.thread import Message, Thread


def tagged(message: Message, *tags: str) -> bool:
    """Whether it carries one of the tags."""
    return any(tag in tags for tag in message.tags or ())


def chat(thread: Thread) -> list[Message]:
    """What the customer can read."""
    return [message for message in thread.messages if message.channel == "chat"]


def own(text: str) -> tuple[Sentence, ...]:
    """The sentences of the message itself: no greeting, no quoted older text."""
    return tuple(sentences(text))


@kept
def body(text: str) -> Iterator[Sentence]:
    """The same without the closing formula and what stands below it."""
    end = next((start for zone, start, _ in zones(text) if zone in ("closing", "signature")), len(text))
    yield from (sentence for sentence in own(text) if sentence.start < end)


def says(text: str, wordings: tuple[str, ...]) -> re.Match[str] | None:
    """Where one of the wordings first occurs in the text."""
    return _compiled(wordings).search(text)


@cache
def _compiled(wordings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{wording})" for wording in wordings) or r"(?!)", re.IGNORECASE)
