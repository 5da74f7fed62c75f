"""Sending although an error stands, over any number of workers: the token is signed, and spent by a row in the store."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable

import jwt

from api.store import Store
from nlp.send_anyway import LIFETIME, NotAllowedError, text_hash

_AUDIENCE = "aufgabenchat-send-anyway"


class SendAnyway:
    """Gives out and redeems one-time tokens, each for one text after one message; redeeming is written down, with rules and hashes only."""

    def __init__(self, store: Store) -> None:
        self._store, self._secret = store, store.secret("send_anyway")

    def token(self, text: str, last_message_id: str) -> str:
        """A token for this text after this message."""
        claims = {"hash": text_hash(text, last_message_id), "jti": secrets.token_hex(16), "exp": int(time.time()) + LIFETIME, "aud": _AUDIENCE}
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def redeem(self, token: str, text: str, last_message_id: str, rules: Iterable[str], *, key_id: str) -> None:
        """Use the token; ``rules`` are the errors that stand. A wrong try spends it, too. Blocks.

        :raises NotAllowedError: If it does not allow this.
        """
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], audience=_AUDIENCE, options={"require": ["exp", "jti", "hash"]})
        except (jwt.InvalidTokenError, ValueError):
            claims = None
        bound = text_hash(text, last_message_id)
        fits = claims is not None and claims["hash"] == bound
        detail = {"rules": sorted(set(rules)), "text_sha256": bound}
        event = "sent_anyway" if fits else "send_anyway_refused"
        spent = claims is not None and not self._store.audit(event, key_id=key_id, detail=detail, token=claims["jti"])
        if claims is None or spent:
            raise NotAllowedError("Diese Freigabe gibt es nicht mehr. Prüfen Sie die Nachricht noch einmal.")
        if not fits:
            raise NotAllowedError("Text oder Chat haben sich seit der Freigabe geändert. Prüfen Sie die Nachricht noch einmal.")
