"""Calls a minute by key, counted over all workers: token buckets in a file that they share."""

from __future__ import annotations

import fcntl
import hashlib
import math
import mmap
import struct
import time
from pathlib import Path

SLOTS = 4_096
_SLOT = struct.Struct("dd")


class RateLimit:
    """Each key has a bucket of ten seconds' worth of calls that fills up again at its rate."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a+b")
        self._file.truncate(SLOTS * _SLOT.size)
        self._slots = mmap.mmap(self._file.fileno(), SLOTS * _SLOT.size)

    def wait(self, key: str, per_minute: int, now: float | None = None) -> int:
        """0 if the call may go on, and it is counted; else the seconds until one may."""
        now = time.monotonic() if now is None else now
        at = _SLOT.size * (int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) % SLOTS)
        rate, most = per_minute / 60, max(1.0, per_minute / 6)
        fcntl.lockf(self._file, fcntl.LOCK_EX, _SLOT.size, at)
        try:
            used, since = _SLOT.unpack_from(self._slots, at)
            used = max(0.0, used - max(0.0, now - since) * rate)
            allowed = used + 1 <= most
            _SLOT.pack_into(self._slots, at, used + allowed, now)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _SLOT.size, at)
        return 0 if allowed else math.ceil((used + 1 - most) / rate)

    def close(self) -> None:
        """Let go of the file."""
        self._slots.close()
        self._file.close()
