"""Blocking work off the event loop: a bounded number of calls, none of them waiting for long."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from api.problems import ProblemError

T = TypeVar("T")
LAST = 9
"""Calls by which is judged how long the next will wait."""


class BoundedPool:
    """Runs calls in ``threads`` threads and lets at most ``waiting`` more wait, and none where those that wait before it take over ``patience`` seconds, by the
    median of what the last calls took; others are refused at once with 503.

    A call that takes longer than ``seconds`` is answered 504; if it has begun, it keeps its place until it ends, so that what
    nobody waits for any more cannot pile up.
    """

    def __init__(self, name: str, threads: int, waiting: int, seconds: float, patience: float = math.inf) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads, self._room, self._seconds, self._patience = threads, threads + waiting, seconds, patience
        self._took: deque[float] = deque([0.0], maxlen=LAST)
        self.inside = 0

    async def run(self, act: Callable[[], T]) -> T:
        """The result of ``act``, in a thread of the pool.

        :raises ProblemError: 503 if the queue is full, 504 if it takes too long.
        """
        self.admit()
        self.inside += 1
        loop = asyncio.get_running_loop()
        job = self._pool.submit(self._timed, act)
        job.add_done_callback(lambda done: self._leave(done, loop))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), self._seconds)
        except TimeoutError:
            raise ProblemError(504, f"Die Antwort hätte mehr als {self._seconds:g} Sekunden gebraucht.") from None

    def admit(self) -> None:
        """:raises ProblemError: 503 if the queue is full."""
        ahead = max(0, self.inside - self._threads)
        if self.inside >= self._room or ahead * statistics.median(list(self._took)) / self._threads > self._patience:
            raise ProblemError(503, "Versuchen Sie es in einer Sekunde noch einmal.", headers={"Retry-After": "1"})

    def _timed(self, act: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return act()
        finally:
            self._took.append(time.perf_counter() - began)

    def _leave(self, done: Future[T], loop: asyncio.AbstractEventLoop) -> None:
        if done.cancelled():  # before it began; by the loop itself
            self.inside -= 1
        else:
            loop.call_soon_threadsafe(self._left)

    def _left(self) -> None:
        self.inside -= 1

    def close(self) -> None:
        """Finish what runs."""
        self._pool.shutdown(wait=True)
