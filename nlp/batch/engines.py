"""Who does the parts: this process, some processes on this machine, or a Ray cluster. Each gives them back in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain

from nlp.batch import work
from nlp.batch.parts import Done, Options, Part
from nlp.errors import AufgabenchatError, DataError
from nlp.processes import pool

AHEAD = 3
"""Parts a worker has waiting or done beyond the oldest that is still missing: bounds memory."""
ATTEMPTS = 3
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")

Engine = Callable[[Iterable[Part], Options], Iterator[Done]]


def here(parts: Iterable[Part], options: Options) -> Iterator[Done]:
    """One after the other in this process."""
    return (work.annotate(part, options) for part in parts)


def processes(workers: int) -> Engine:
    """So many processes; one that dies is replaced and its parts are done again.

    :raises DataError: From the engine, if processes keep dying on the same part.
    """

    def run(parts: Iterable[Part], options: Options) -> Iterator[Done]:
        source, attempts = iter(parts), 0
        while True:
            running: Running = deque()
            with _single_threaded(workers) as started:
                try:
                    for done in _in_order(started, source, running, options, workers):
                        attempts = 0
                        yield done
                    return
                except BrokenProcessPool:
                    attempts += 1
            if attempts == ATTEMPTS:
                raise DataError(
                    f"Arbeitsprozesse sind {ATTEMPTS}-mal gestorben; wahrscheinlich reicht der Arbeitsspeicher nicht.",
                    where=getattr(running[0][0].items[0], "where", ""), remedy="Nehmen Sie weniger --workers und setzen Sie mit --resume fort.",
                )  # fmt: skip
            source = chain([part for part, _ in running], source)

    return run


Running = deque[tuple[Part, "Future[Done]"]]


def _in_order(started: ProcessPoolExecutor, source: Iterator[Part], running: Running, options: Options, workers: int) -> Iterator[Done]:
    """Keeps the pool fed; what is in ``running`` is not given back yet."""
    while True:
        while len(running) < AHEAD * workers and (part := next(source, None)) is not None:
            running.append((part, Future()))  # held first: where a process has just died, submit raises
            running[-1] = part, started.submit(work.annotate, part, options)
        if not running:
            return
        done = running[0][1].result()
        running.popleft()
        yield done


def _single_threaded(workers: int) -> ProcessPoolExecutor:
    os.environ.update(_ONE_THREAD)
    return pool(workers)


def chosen(name: str, workers: int) -> Engine:
    """The engine that ``--engine`` and ``--workers`` ask for.

    :raises AufgabenchatError: If it is not there.
    """
    if name == "local":
        return processes(workers) if workers > 1 else here
    if name == "ray":
        try:
            from nlp.batch import cluster
        except ImportError as error:
            raise AufgabenchatError("Ray ist nicht installiert. Führen Sie „pip install 'aufgabenchat[cluster]'“ aus.") from error
        engine: Engine = cluster.engine(workers)
        return engine
    raise AufgabenchatError(f"Die Engine „{name}“ gibt es nicht. Wählen Sie „local“ oder „ray“.")
