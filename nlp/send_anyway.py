"""Sending although an error stands: allowed once, for exactly this text after exactly this message. Where tokens are kept is the service's matter."""

from __future__ import annotations

import hashlib

from nlp.errors import AufgabenchatError

LIFETIME = 600
"""Seconds a token may be used in."""


class NotAllowedError(AufgabenchatError):
    """The token is unknown, used, too old, or for another text or another state of the chat."""


def text_hash(text: str, last_message_id: str) -> str:
    """SHA-256 over the text and the message it follows, as 64 hex digits."""
    return hashlib.sha256(f"{last_message_id}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
