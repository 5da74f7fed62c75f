"""Who may call what: API keys, and short-lived browser tokens minted from them, so that no key reaches a page."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Literal, get_args

import jwt

from api.database import ApiKey
from api.settings import Settings
from api.store import DAY, Store

Role = Literal["suggest", "feedback", "admin"]
"""Each may do what those before it may: read suggestions; send feedback and send anyway; export and delete customers' data."""
ROLES: tuple[Role, ...] = get_args(Role)
AUDIENCE = "aufgabenchat"
_KEY = re.compile(r"ac_(?P<id>[0-9a-f]{12})_(?P<secret>[\w-]{43})", re.ASCII)
_CACHED = 1_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: key, role, calls a minute; ``by_token`` if with a token minted from the key."""

    key_id: str
    role: Role
    rate_per_minute: int
    by_token: bool = False

    def may(self, role: Role) -> bool:
        """Whether the role covers ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)


class KeyRing:
    """Makes, checks and ends keys; mints and checks tokens."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        given = settings.token_secret
        self._secret = given.get_secret_value() if given else store.secret("tokens")
        self._seen: OrderedDict[str, tuple[float, ApiKey | None]] = OrderedDict()

    def create(self, name: str, role: Role, *, days: int | None = None, rate_per_minute: int | None = None) -> str:
        """A new key in clear text, which is kept nowhere."""
        key_id, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), int(time.time())
        expires = None if days is None else now + days * DAY
        self._store.add_key(
            ApiKey(
                id=key_id, name=name, role=role, secret_sha256=_digest(secret), rate_per_minute=rate_per_minute, created_at=now,
                expires_at=expires, revoked_at=None,
            )
        )  # fmt: skip
        self._store.audit("key_created", key_id=key_id, detail={"role": role})
        return f"ac_{key_id}_{secret}"

    def revoke(self, key_id: str) -> bool:
        """End a key and all tokens minted from it; False if there is none that is in force."""
        ended = self._store.revoke(key_id)
        if ended:
            self._store.audit("key_revoked", key_id=key_id, detail={})
        return ended

    def caller(self, credential: str) -> Caller | None:
        """Who shows this key or token; None if it is unknown, expired, revoked or foreign. May ask the store, so it blocks."""
        if (parts := _KEY.fullmatch(credential)) is not None:
            key = self._valid(parts["id"])
            # compared for an unknown key as well, so that the time tells nothing
            matches = hmac.compare_digest(key.secret_sha256 if key else _digest(""), _digest(parts["secret"]))
            return self._caller(key, key.role) if key and matches else None
        try:
            claims: dict[str, Any] = jwt.decode(
                credential, self._secret, algorithms=["HS256"], audience=AUDIENCE, options={"require": ["exp", "iat", "sub", "aud", "role"]}
            )
        except (jwt.InvalidTokenError, ValueError):
            return None
        key = self._valid(claims["sub"])
        if key is None or claims["role"] not in ROLES:
            return None
        caller = self._caller(key, claims["role"], by_token=True)
        return caller if self._caller(key, key.role).may(caller.role) else None

    def mint(self, caller: Caller, role: Role, seconds: int) -> str:
        """A token for a page, of at most the caller's role."""
        now = int(time.time())
        claims = {"sub": caller.key_id, "role": role, "iat": now, "exp": now + seconds, "aud": AUDIENCE, "jti": secrets.token_hex(8)}
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def _caller(self, key: ApiKey, role: Any, *, by_token: bool = False) -> Caller:
        return Caller(key.id, role, key.rate_per_minute or self._settings.rate_per_minute, by_token)

    def _valid(self, key_id: str) -> ApiKey | None:
        now = time.time()
        until, key = self._seen.get(key_id, (0.0, None))
        if now >= until:
            key = self._store.key(key_id)
            self._seen[key_id] = (now + self._settings.key_cache_seconds, key)
            while len(self._seen) > _CACHED:
                self._seen.popitem(last=False)
        if key is None or key.revoked_at is not None or (key.expires_at is not None and now >= key.expires_at):
            return None
        return key


def _digest(secret: str) -> str:
    """SHA-256 is enough for a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
