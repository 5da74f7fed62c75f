"""What a worker holds while it runs, and how a call gets at the model and the store."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from api import metrics
from api.crowd import Crowd
from api.drift import Drift
from api.keys import KeyRing
from api.logs import log, where
from api.problems import ProblemError
from api.rate import RateLimit
from api.send_anyway import SendAnyway
from api.settings import Settings
from api.store import Store
from api.work import BoundedPool
from nlp import artifact
from nlp.errors import AufgabenchatError
from nlp.suggest import Suggestion
from nlp.thread import Author, Channel, Message, Thread

T = TypeVar("T")
PURGE_SECONDS = 6 * 3_600
WATCH_SECONDS = 1.0
"""How often it is looked whether another version is in force."""


class Model(Protocol):
    """What the calls need of ``nlp.assistant.Assistant``."""

    def annotate(self, thread: Thread, *, overwrite: bool = False) -> Thread: ...
    def check(self, thread: Thread, draft: str, *, channel: Channel = "chat", author: Author = "team", **more: Any) -> Message: ...
    def suggest(self, thread: Thread, draft: str, *, channel: Channel = "chat", author: Author = "team", **more: Any) -> Suggestion: ...
    def compose(self, thread: Thread, template: str | None = None, answers: dict[str, Any] | None = None, *, now: datetime | None = None) -> Any: ...
    def review(self, thread: Thread, as_of: datetime | str | None = None) -> Any: ...
    def recalled(self) -> tuple[int, int]: ...


class Service:
    """Settings, store, keys, queues, and the model once it is loaded."""

    def __init__(self, settings: Settings, load: Callable[[], Model]) -> None:
        """:raises StoreError: If the store cannot be used."""
        self.settings, self._load = settings, load
        self.store = Store(settings.database.get_secret_value())
        self.keys, self.gate = KeyRing(self.store, settings), SendAnyway(self.store)
        self._shared = None if settings.runtime else tempfile.TemporaryDirectory(prefix="aufgabenchat-")
        runtime = settings.runtime or Path(self._shared.name if self._shared else "")
        self.rate, self.crowd = RateLimit(runtime / "rates"), Crowd(runtime / "crowd")
        self._models = BoundedPool("model", settings.model_threads, settings.queue, settings.request_seconds, settings.queue_seconds)
        self._stores = BoundedPool("store", 4, 64, settings.request_seconds)
        self.model: Model | None = None
        self._hurry = asyncio.Event()
        self.drift = Drift(self.store)
        self._recalled: WeakKeyDictionary[Model, tuple[int, int]] = WeakKeyDictionary()

    async def open(self) -> None:
        """Load the model, off the event loop, and anew whenever another version is put in force; until it is there calls get 503.

        What runs goes on with the model it began with; a version that cannot be loaded changes nothing.
        """
        while True:
            version = in_force()
            self._hurry.clear()
            try:
                loaded = await asyncio.to_thread(self._load)
                self.drift.follow(loaded)
                self.model = loaded
                metrics.LOADED.inc()
                log.info("ready")
            except AufgabenchatError as error:
                log.error("model not loaded", reason=str(error))
            except Exception as error:
                log.error("model not loaded", **where(error))
            while in_force() == version and not self._hurry.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), WATCH_SECONDS)

    def reload(self) -> None:
        """Load the model anew now, on the event loop's thread."""
        self._hurry.set()

    async def purge(self) -> None:
        """Delete what is too old, now and every six hours."""
        while True:
            try:
                deleted = await self.stored(lambda: self.store.purge(self.settings.retention_days))
                log.info("purged", rows=deleted)
            except Exception as error:  # the store may be back next time
                log.error("not purged", **where(error))
            await asyncio.sleep(PURGE_SECONDS)

    def admit(self) -> None:
        """:raises ProblemError: 503 if a call for the model could not even wait."""
        self._models.admit()

    async def modelled(self, act: Callable[[Model], T]) -> T:
        """What ``act`` returns, called with the model in the model's pool.

        :raises ProblemError: 503 if the model is not loaded or its queue is full, 504 if it takes too long.
        """
        model = self.model
        if model is None:
            raise ProblemError(503, "Das Modell wird noch geladen.", headers={"Retry-After": "2"})
        try:
            return await self._models.run(lambda: act(model))
        finally:
            metrics.QUEUE.set(self._models.inside)
            self.crowd.tell(self._models.inside)
            recalled = model.recalled()
            for name, now, before in zip(("hit", "miss"), recalled, self._recalled.get(model, (0, 0)), strict=True):
                metrics.CACHE.labels(name).inc(max(0, now - before))
            self._recalled[model] = recalled

    async def stored(self, act: Callable[[], T]) -> T:
        """What ``act`` returns, called in the store's pool. Raises as ``modelled``."""
        return await self._stores.run(act)

    async def reachable(self) -> bool:
        """Whether the store answers."""
        try:
            await self.stored(self.store.ping)
        except Exception:  # whatever it is, the answer is no
            return False
        return True

    def close(self) -> None:
        """Finish what runs, let go of the rest."""
        self._models.close()
        self.drift.close()  # what ran has told it all
        self._stores.close()
        self.rate.close()
        self.crowd.close()
        self.store.close()
        if self._shared:
            self._shared.cleanup()


def in_force() -> tuple[int, int, int] | None:
    """What tells one ``current.toml`` from another: it is replaced as a whole, never written into."""
    try:
        found = (artifact.HOME / "current.toml").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
