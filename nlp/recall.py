"""Labels of messages that were read before, so that a call per pause in typing costs one message and not a thread.

Kept are labels under a hash of all that a message was judged from (the task and the messages up to it); no thread is. The hashes
are chained: one changed word gives that message and all after it new labels, and leaves those before it alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator
from copy import deepcopy
from threading import Lock
from typing import Any

from nlp.thread import LABELS, Message, Thread, View

SIZE = 4_096
"""Messages whose labels are kept; the least recently used goes first."""


class Recall:
    """A bounded store of labels, safe to share between threads. ``hits`` and ``misses`` count messages."""

    def __init__(self, size: int = SIZE) -> None:
        self._labels: OrderedDict[bytes, dict[str, Any]] = OrderedDict()
        self._size = size
        self._lock = Lock()
        self.hits = self.misses = 0

    def filled(self, thread: Thread, fill: Callable[[View], None]) -> Callable[[View], None]:
        """``fill`` for views of this thread in order, where messages that are known get the labels they had.

        :param fill: Labels the view's message, from nothing but the thread's task and messages up to it.
        """
        keys = list(_keys(thread))

        def known_or_new(view: View) -> None:
            labels = self._known(keys[view.index])
            if labels is None:
                fill(view)
                self._keep(keys[view.index], deepcopy(_labels(view.message)))
            else:
                for name, value in deepcopy(labels).items():  # who gets them may change them
                    setattr(view.message, name, value)

        return known_or_new

    def annotated(self, thread: Thread, read: Callable[[Thread], Thread]) -> Thread:
        """A copy of the thread with all messages labelled; only those neither labelled nor known yet are given to ``read``.

        :param read: Labels the last message of a thread whose earlier ones are labelled.
        """
        done = thread.model_copy(update={"messages": []})
        for key, message in zip(_keys(thread), thread.messages, strict=True):
            if None not in (message.tags, message.questions, message.answers):
                done.messages.append(message)
                continue
            labels = self._known(key)
            if labels is None:
                read_now = read(done.model_copy(update={"messages": [*done.messages, message]})).messages[-1]
                labels = _labels(read_now)
                self._keep(key, labels)
            done.messages.append(message.model_copy(update=labels))
        return done

    def _known(self, key: bytes) -> dict[str, Any] | None:
        with self._lock:
            labels = self._labels.get(key)
            if labels is None:
                self.misses += 1
                return None
            self.hits += 1
            self._labels.move_to_end(key)
            return labels

    def _keep(self, key: bytes, labels: dict[str, Any]) -> None:
        with self._lock:
            self._labels[key] = labels
            while len(self._labels) > self._size:
                self._labels.popitem(last=False)


def _labels(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in LABELS if name in message.model_fields_set}


def _keys(thread: Thread) -> Iterator[bytes]:
    state = hashlib.sha256(json.dumps(thread.task.to_json()).encode())
    for message in thread.messages:
        state.update(json.dumps(message.to_json()).encode())
        yield state.digest()
