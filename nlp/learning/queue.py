"""The queue of messages worth labelling: made from threads, shown as a list, given to the editor's review mode or to other tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp.assistant import Assistant
from nlp.handbook import Taxonomy
from nlp.learning.ranking import ranked
from nlp.tags import may_carry
from nlp.thread import Message, Thread


@dataclass(frozen=True, slots=True)
class Item:
    """A message to be labelled: ``ask`` are the tags in doubt, ``scores`` the probabilities of all tags it may carry."""

    id: str
    task_id: str
    message_id: str
    author: str
    channel: str
    text: str
    context: str
    gain: float
    ask: list[str]
    scores: dict[str, float]
    tags: list[str] = field(default_factory=list)


def made(threads: Iterable[Thread], assistant: Assistant, tags: Taxonomy, count: int) -> tuple[list[Item], list[Thread]]:
    """The ``count`` messages most worth labelling, best first, and the threads they stand in, each with ``review`` on the messages in question.

    Messages whose tags a human has set are never asked about.
    """
    found: list[tuple[Thread, Thread, int]] = []
    vectors: list[NDArray[np.float32]] = []
    latest: dict[str, NDArray[np.float32]] = {}
    assistant.watched(lambda message, vector: latest.__setitem__(message.id, vector))
    for thread in threads:
        latest.clear()
        labelled = assistant.annotate(thread)
        for n, message in enumerate(thread.messages):
            if message.tags is None and message.id in latest and message.text.strip():
                found.append((thread, labelled, n))
                vectors.append(latest[message.id])
    if not found:
        return [], []
    names = list(tags)
    table = np.array([_scores(labelled.messages[n], names, tags) for _, labelled, n in found])
    items = []
    for chosen in ranked(table, np.stack(vectors).astype(float), count, table.mean(0)):
        thread, labelled, n = found[chosen.index]
        items.append(_item(thread, labelled.messages[n], n, chosen.gain, [names[k] for k in chosen.ask], tags))
    return items, list(_threads(items, [(thread, labelled) for thread, labelled, _ in found]))


def _scores(message: Message, names: Sequence[str], tags: Taxonomy) -> list[float]:
    """Derived from the questions found, kundenfrage has no probability of its own."""
    scores = message.tag_scores or {}
    return [scores.get(name, 0.0) if name != "kundenfrage" and may_carry(message, name, tags) else 0.0 for name in names]


def _item(thread: Thread, message: Message, at: int, gain: float, ask: list[str], tags: Taxonomy) -> Item:
    scores = {tag: score for tag, score in (message.tag_scores or {}).items() if may_carry(message, tag, tags)}
    context = "\n\n".join(f"{before.author}: {before.text}" for before in thread.messages[max(0, at - 2) : at])
    return Item(
        f"{thread.task.id}/{message.id}", thread.task.id, message.id, message.author, message.channel, message.text, context, gain, ask, scores, list(message.tags or ())
    )


def _threads(items: Sequence[Item], pairs: Iterable[tuple[Thread, Thread]]) -> Iterator[Thread]:
    """Whole threads, as they came, best first; a message in question carries what the models say and, under ``review``, what is asked."""
    given = {thread.task.id: (thread, labelled) for thread, labelled in pairs}
    asked = {(item.task_id, item.message_id): item for item in items}
    for task_id in dict.fromkeys(item.task_id for item in items):
        thread, labelled = given[task_id]
        messages = []
        for raw, read in zip(thread.messages, labelled.messages, strict=True):
            item = asked.get((task_id, raw.id))
            messages.append({**raw.to_json(), **({"review": {"ask": item.ask, "gain": item.gain}, "tag_scores": read.tag_scores} if item else {})})
        yield Thread.model_validate({"task": thread.task.to_json(), "messages": messages})
