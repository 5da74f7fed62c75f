"""Labels of messages that were read before, so that a call per pause in typing costs one message and not a thread.

Kept are labels under a hash of all that a message was judged from (the task and the messages up to it); no thread is. The hashes
are chained: one changed word gives that message and all after it new labels, and leaves those before it alone.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock

from nlp.thread import Message, Thread

SIZE = 4_096
"""Messages whose labels are kept; the least recently used goes first."""
LABELS = ("tags", "tag_scores", "tags_unsure", "tag_evidence", "questions", "answers", "register", "rule_scores", "findings", "defects")


class Recall:
    """A bounded store of labels, safe to share between threads. ``hits`` and ``misses`` count messages."""

    def __init__(self, size: int = SIZE) -> None:
        self._labels: OrderedDict[bytes, Message] = OrderedDict()
        self._size = size
        self._lock = Lock()
        self.hits = self.misses = 0

    def annotated(self, thread: Thread, read: Callable[[Thread], Thread]) -> Thread:
        """A copy of the thread with all messages labelled; only those not known yet are given to ``read``.

        :param read: Labels the last message of a thread whose earlier ones are labelled.
        """
        done = thread.model_copy(update={"messages": []})
        for key, message in zip(_keys(thread), thread.messages, strict=True):
            labels = self._known(key)
            if labels is None:
                longer = done.model_copy(update={"messages": [*done.messages, message]})
                labels = read(longer).messages[-1]
                self._keep(key, labels)
            done.messages.append(_labelled(message, labels))
        return done

    def _known(self, key: bytes) -> Message | None:
        with self._lock:
            labels = self._labels.get(key)
            if labels is None:
                self.misses += 1
                return None
            self.hits += 1
            self._labels.move_to_end(key)
            return labels

    def _keep(self, key: bytes, labels: Message) -> None:
        kept = labels.model_copy(update={"text": "", "id": ""})
        with self._lock:
            self._labels[key] = kept
            while len(self._labels) > self._size:
                self._labels.popitem(last=False)


def _keys(thread: Thread) -> Iterator[bytes]:
    state = hashlib.sha256(thread.task.model_dump_json().encode())
    for message in thread.messages:
        state.update(message.model_dump_json(exclude_unset=True).encode())
        yield state.digest()


def _labelled(message: Message, labels: Message) -> Message:
    return message.model_copy(update={name: value for name in LABELS if (value := getattr(labels, name)) is not None})
