"""What passes through a worker, summed up in blocks, kept in the store and shown as metrics; nothing of any text."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api import metrics
from api.logs import log, where
from api.store import Store
from nlp.traffic import Block, Traffic, discrepancy, rate, reference

RECENT = 50
"""Blocks that the metrics speak of: 1,000 messages."""


class Drift:
    """Follows the model in force."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent: deque[Block] = deque(maxlen=RECENT)
        self._known: list[Block] = []
        self._encoder = ""
        self._unfollow: Callable[[], None] = lambda: None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="drift")

    def follow(self, model: Any) -> None:
        """Listen to what the model labels; models that tell nothing are left alone."""
        if not hasattr(model, "watched"):
            return
        encoder = model.encoder_digest
        if encoder != self._encoder:  # vectors of another encoder cannot be compared
            self._recent.clear()
            self._encoder, self._known = encoder, reference(encoder)
        traffic = Traffic(lambda block: self._full(block, encoder))
        model.watched(traffic.saw)
        self._unfollow = lambda: model.watched(None)

    def close(self) -> None:
        """Listen no more, and write what is there."""
        self._unfollow()
        self._writer.shutdown(wait=True)

    def _full(self, block: Block, encoder: str) -> None:
        self._recent.append(block)
        self._writer.submit(self._keep, block, encoder)

    def _keep(self, block: Block, encoder: str) -> None:
        recent, self._known = list(self._recent), self._known or reference(encoder)
        if self._known:
            metrics.DRIFT.set(discrepancy(recent, self._known))
        for tag in {tag for each in recent for tag in each.tags}:
            metrics.RATE.labels(tag).set(rate(recent, lambda each, tag=tag: each.tags.get(tag, 0)))  # type: ignore[misc]
        metrics.RATE.labels("none").set(rate(recent, lambda each: each.untagged))
        metrics.RATE.labels("unsure").set(rate(recent, lambda each: each.unsure))
        try:
            self._store.add_traffic(encoder, block.to_json())
        except Exception as error:  # the next block may be kept again
            log.error("traffic not kept", **where(error))
