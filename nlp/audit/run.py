"""From a stream of threads to totals: what is missing is predicted, by as many processes as one likes; memory is bounded."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice

from nlp.assistant import Assistant
from nlp.audit.known import Known
from nlp.audit.observe import Observed, observe
from nlp.audit.totals import Totals
from nlp.files import Rejected
from nlp.handbook import taxonomy
from nlp.thread import Message, Thread

CHUNK = 8
"""Threads a process is given at a time."""
AHEAD = 3
"""Chunks a process that wait for it or for us."""
LABELS = ("tags", "tag_scores", "questions", "answers", "findings")


@dataclass(frozen=True, slots=True)
class Options:
    """How to look: as of when, with which links (``{task_id}``), with personal data masked or not."""

    as_of: datetime = field(default_factory=datetime.now)
    link: str = ""
    masked: bool = True


def run(items: Iterable[Thread | Rejected], options: Options, *, workers: int = 1, on_done: Callable[[], None] = lambda: None) -> tuple[Totals, list[Rejected]]:
    """Totals of all threads and the lines that are none; the same for any number of workers.

    :param on_done: Called after each thread.
    """
    totals, rejected = Totals(), []

    def threads() -> Iterator[Thread]:
        for item in items:
            if isinstance(item, Rejected):
                rejected.append(item)
            else:
                yield item

    for seen in _alone(threads(), options) if workers < 2 else _together(threads(), options, workers):
        totals.add(seen)
        on_done()
    totals.rejected = len(rejected)
    return totals, rejected


class _Reader:
    """Observes threads; loads what it needs when the first thread needs it."""

    def __init__(self, options: Options) -> None:
        self._options = options

    @cached_property
    def _assistant(self) -> Assistant:
        return Assistant.load()

    @cached_property
    def _known(self) -> Known:
        return Known()

    def observe(self, thread: Thread) -> Observed:
        by_hand = [message.id for message in thread.messages if message.tags is not None and message.tags_unsure is None]
        untagged = {message.id for message in thread.messages if not message.tags}
        if not all(getattr(message, label) is not None for message in thread.messages for label in LABELS):
            thread = self._assistant.annotate(thread)
        given = {message.id: self._scores(thread, message) for message in thread.messages if message.id in by_hand}
        return observe(thread, self._options.as_of, given, untagged, link=self._options.link, masked=self._options.masked)

    def _scores(self, thread: Thread, message: Message) -> dict[str, float]:
        """Probabilities of the tags the author may use, by models that have not learnt from this message."""
        tags = taxonomy()
        scores = self._known.scores(thread, message) or message.tag_scores or {}
        return {tag: score for tag, score in scores.items() if tag in tags and tags[tag].allows(message.author)}


def _alone(threads: Iterable[Thread], options: Options) -> Iterator[Observed]:
    yield from map(_Reader(options).observe, threads)


_reader: _Reader | None = None
"""Of a worker process."""


def _start(options: Options) -> None:
    global _reader
    _reader = _Reader(options)


def _observe_all(threads: list[Thread]) -> list[Observed]:
    assert _reader is not None
    return [_reader.observe(thread) for thread in threads]


def _together(threads: Iterator[Thread], options: Options, workers: int) -> Iterator[Observed]:
    """In the order of the input; spawned, since a fork of a process with a running ONNX session may hang."""
    waiting: deque[Future[list[Observed]]] = deque()
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (options,)) as pool:
        while chunk := list(islice(threads, CHUNK)):
            waiting.append(pool.submit(_observe_all, chunk))
            if len(waiting) >= workers * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
