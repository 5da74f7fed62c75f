"""Sending although an error stands: allowed once, for exactly this text after exactly this message, and written down.

What is logged are rules and hashes, never text. Tokens live in memory only: a restart makes them void, and the message is checked anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from nlp.errors import AufgabenchatError

LIFETIME = 600
"""Seconds a token may be used in."""
MOST = 10_000
"""Tokens that wait at most; the oldest is dropped."""


class NotAllowedError(AufgabenchatError):
    """The token is unknown, used, too old, or for another text or another state of the chat."""


def text_hash(text: str, last_message_id: str) -> str:
    """SHA-256 over the text and the message it follows, as 64 hex digits."""
    return hashlib.sha256(f"{last_message_id}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


class SendAnyway:
    """Gives out and redeems one-time tokens, and logs each use as a JSON line."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._waiting: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def token(self, text: str, last_message_id: str) -> str:
        """A token for this text after this message."""
        made = secrets.token_urlsafe(24)
        self._waiting[_key(made)] = (text_hash(text, last_message_id), time.monotonic() + LIFETIME)
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        return made

    def redeem(self, token: str, text: str, last_message_id: str, rules: Iterable[str]) -> None:
        """Use the token; ``rules`` are the errors that stand.

        The token is spent before anything is compared, so that a wrong try costs it.

        :raises NotAllowedError: If it does not allow this.
        """
        bound, until = self._waiting.pop(_key(token), ("", 0.0))
        if time.monotonic() > until:
            raise NotAllowedError("Diese Freigabe gibt es nicht mehr. Prüfen Sie die Nachricht noch einmal.")
        if bound != text_hash(text, last_message_id):
            raise NotAllowedError("Text oder Chat haben sich seit der Freigabe geändert. Prüfen Sie die Nachricht noch einmal.")
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": "sent_anyway", "rules": sorted(set(rules)), "text_sha256": bound}
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
