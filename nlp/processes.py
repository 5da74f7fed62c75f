"""Worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any


def pool(workers: int, start: Callable[..., None] | None = None, *given: Any) -> ProcessPoolExecutor:
    """New processes, not copies of this one: threads of onnxruntime do not survive a fork. They end when this one is killed.

    :param start: Called with ``given`` in each as it begins.
    """
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (start, given))


def _begin(start: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if start is not None:
        start(*given)


def _end_with_parent() -> None:
    """Who waits for work does not notice that nobody is left to give any."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
