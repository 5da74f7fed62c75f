"""Clients keep their connection, and so their worker: one with calls waiting sends them on to one that has fewer."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

WORKERS = 64
_SLOT = struct.Struct("ii")


class Crowd:
    """The model calls of each worker, in a file that they share: a slot each, with the worker's process id."""

    def __init__(self, file: Path) -> None:
        """:raises OSError: If the file cannot be used."""
        self._file = file.open("a+b")
        self._file.truncate(WORKERS * _SLOT.size)
        self._slots = mmap.mmap(self._file.fileno(), WORKERS * _SLOT.size)
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        self._at = next((n for n in range(WORKERS) if not lives(self._read(n)[0])), 0) * _SLOT.size
        self.calls = 0
        self.tell(0)
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def tell(self, calls: int) -> None:
        """How many calls this worker still has when one has been answered."""
        self.calls = calls
        _SLOT.pack_into(self._slots, self._at, os.getpid(), calls)

    def freer(self) -> bool:
        """Whether a client that has just got its answer is served sooner by another worker: some call waits here, and fewer are there."""
        return self.calls > 1 and any(calls < self.calls and lives(pid) for pid, calls in map(self._read, range(WORKERS)))

    def close(self) -> None:
        """Leave the slot and let go of the file."""
        _SLOT.pack_into(self._slots, self._at, 0, 0)
        self._slots.close()
        self._file.close()

    def _read(self, n: int) -> tuple[int, int]:
        pid, calls = _SLOT.unpack_from(self._slots, n * _SLOT.size)
        return pid, calls


def lives(pid: int) -> bool:
    """Whether there is a process with this id."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


class SendOn:
    """ASGI middleware: ends the connection with an answer where another worker would be sooner, so that the client's next call is accepted by whoever is free."""

    def __init__(self, app: ASGIApp, crowd: Crowd) -> None:
        self._app, self._crowd = app, crowd

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and self._crowd.freer():
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)
