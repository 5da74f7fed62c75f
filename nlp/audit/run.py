"""From a stream of threads to totals: what is missing is predicted, by as many processes as one likes; memory is bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice

from nlp import files
from nlp.assistant import Assistant
from nlp.audit.known import Known
from nlp.audit.observe import Observed, observe
from nlp.audit.totals import Totals
from nlp.errors import OWN, DataError
from nlp.handbook import taxonomy
from nlp.processes import pool
from nlp.streams import Line, Rejected, as_text
from nlp.thread import Message, Thread, now

CHUNK = 8
"""Threads a process is given at a time."""
AHEAD = 3
"""Chunks a process that wait for it or for us."""
LABELS = ("tags", "tag_scores", "questions", "answers", "findings")


@dataclass(frozen=True, slots=True)
class Options:
    """How to look: as of when, with which links (``{task_id}``), with personal data masked or not."""

    as_of: datetime = field(default_factory=now)
    link: str = ""
    masked: bool = True


def run(
    lines: Iterable[Line | Rejected], options: Options, *, workers: int = 1, on_thread: Callable[[], None] = lambda: None,
    on_rejected: Callable[[Rejected], None] = lambda item: None,
) -> Totals:  # fmt: skip
    """Totals of all threads; the same for any number of workers.

    :param on_thread: Called after each thread.
    :param on_rejected: Called with each line that is no thread.
    """
    totals = Totals()
    for seen in _alone(lines, options) if workers < 2 else _together(iter(lines), options, workers):
        if isinstance(seen, Rejected):
            totals.rejected += 1
            on_rejected(seen)
        else:
            totals.add(seen)
            on_thread()
    return totals


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

    def read(self, line: Line | Rejected) -> Observed | Rejected:
        """What is in the line, or why it cannot be read."""
        if isinstance(line, Rejected):
            return line
        item = files.parsed(line, taxonomy())
        if isinstance(item, Rejected):
            return item
        try:
            return self._observed(item)
        except OWN as error:
            return Rejected(as_text(line.raw), [f"{line.where}: Der Chat lässt sich nicht auswerten ({type(error).__name__}). Melden Sie das bitte."])

    def _observed(self, thread: Thread) -> Observed:
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


def _alone(lines: Iterable[Line | Rejected], options: Options) -> Iterator[Observed | Rejected]:
    yield from map(_Reader(options).read, lines)


_reader: _Reader | None = None
"""Of a worker process."""


def _start(options: Options) -> None:
    global _reader
    _reader = _Reader(options)


def _read_all(lines: list[Line | Rejected]) -> list[Observed | Rejected]:
    assert _reader is not None
    return [_reader.read(line) for line in lines]


def _together(lines: Iterator[Line | Rejected], options: Options, workers: int) -> Iterator[Observed | Rejected]:
    """In the order of the input.

    :raises DataError: If a process dies, as it does where memory runs out.
    """
    waiting: deque[Future[list[Observed | Rejected]]] = deque()
    with pool(workers, _start, options) as started:
        try:
            while chunk := list(islice(lines, CHUNK)):
                waiting.append(started.submit(_read_all, chunk))
                if len(waiting) >= workers * AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise DataError("Ein Arbeitsprozess ist gestorben; wahrscheinlich reicht der Arbeitsspeicher nicht.", remedy="Nehmen Sie weniger --workers.") from error
