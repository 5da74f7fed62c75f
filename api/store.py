"""The store: feedback, audit, keys, secrets. Each call is one transaction; what it returns from is committed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.database import ApiKey, Audit, Feedback, Secret, Traffic, connect, migrate

DAY = 86_400


class Store:
    """All that is kept. Safe to share between threads; calls block."""

    def __init__(self, url: str) -> None:
        """:raises StoreError: If the URL is none, or the store cannot be brought up to date."""
        self._engine = connect(url)
        migrate(self._engine)
        self._hide = self.secret("customers").encode()

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def ping(self) -> None:
        """Raise if the store does not answer."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def secret(self, name: str) -> str:
        """A random secret that is made once and stays."""
        with Session(self._engine) as session:
            if (found := session.get(Secret, name)) is not None:
                return found.value
            try:
                session.add(Secret(name=name, value=secrets.token_hex(32)))
                session.commit()
            except IntegrityError:  # another process was faster
                session.rollback()
            return session.get_one(Secret, name).value

    def add_feedback(self, event: str, body: dict[str, Any], *, key_id: str, customer_id: str | None, name: str | None = None) -> str:
        """Keep pseudonymised feedback and return its id; one with the same id is kept once."""
        made = name or str(uuid.uuid4())
        row = Feedback(id=made, at=int(time.time()), event=event, customer=self.hidden(customer_id), key_id=key_id, body=body)
        with Session(self._engine) as session:
            try:
                session.add(row)
                session.commit()
            except IntegrityError:  # sent twice
                session.rollback()
        return made

    def feedback_of(self, customer_id: str) -> list[dict[str, Any]]:
        """All that is kept of a customer, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(Feedback).where(Feedback.customer == self.hidden(customer_id)).order_by(Feedback.at, Feedback.id))
            return [{"id": row.id, "at": iso(row.at), "event": row.event, "body": row.body} for row in rows]

    def all_feedback(self, since: int = 0) -> list[dict[str, Any]]:
        """Feedback since then (seconds since 1970), oldest first, as it is learnt from: no customers."""
        with Session(self._engine) as session:
            rows = session.scalars(select(Feedback).where(Feedback.at >= since).order_by(Feedback.at, Feedback.id))
            return [{"id": row.id, "at": iso(row.at), "event": row.event, "key_id": row.key_id, "body": row.body} for row in rows]

    def add_traffic(self, encoder: str, sums: dict[str, Any]) -> None:
        """Keep the sums over a block of messages, read by this encoder (its SHA-256)."""
        with Session(self._engine) as session:
            session.add(Traffic(id=str(uuid.uuid4()), at=int(time.time()), encoder=encoder, sums=sums))
            session.commit()

    def traffic(self, encoder: str, since: int = 0) -> list[dict[str, Any]]:
        """Sums of blocks that this encoder read, oldest first; ``since`` in seconds since 1970."""
        with Session(self._engine) as session:
            rows = session.scalars(select(Traffic).where(Traffic.encoder == encoder, Traffic.at >= since).order_by(Traffic.at, Traffic.id))
            return [row.sums for row in rows]

    def forget(self, customer_id: str) -> int:
        """Delete all that is kept of a customer; how many rows."""
        with self._engine.begin() as connection:
            return connection.execute(delete(Feedback).where(Feedback.customer == self.hidden(customer_id))).rowcount

    def purge(self, days: int) -> int:
        """Delete what is older than ``days``; how many rows."""
        before = int(time.time()) - days * DAY
        with self._engine.begin() as connection:
            return sum(connection.execute(delete(table).where(table.at < before)).rowcount for table in (Feedback, Audit, Traffic))

    def audit(self, event: str, *, key_id: str, detail: dict[str, Any], token: str | None = None) -> bool:
        """Write down an event; False if its one-time token was spent before."""
        with Session(self._engine) as session:
            try:
                session.add(Audit(id=str(uuid.uuid4()), at=int(time.time()), event=event, key_id=key_id, token=token, detail=detail))
                session.commit()
            except IntegrityError:
                return False
        return True

    def audits(self) -> list[dict[str, Any]]:
        """All events, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(Audit).order_by(Audit.at, Audit.id))
            return [{"at": iso(row.at), "event": row.event, "key_id": row.key_id, **row.detail} for row in rows]

    def add_key(self, key: ApiKey) -> None:
        """Keep a key."""
        with Session(self._engine) as session:
            session.add(key)
            session.commit()

    def key(self, name: str) -> ApiKey | None:
        """The key with this id."""
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(ApiKey, name)

    def all_keys(self) -> Iterable[ApiKey]:
        """All keys, oldest first."""
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)).all()

    def revoke(self, name: str) -> bool:
        """End a key; False if there is none that is in force."""
        ended = update(ApiKey).where(ApiKey.id == name, ApiKey.revoked_at.is_(None)).values(revoked_at=int(time.time()))
        with self._engine.begin() as connection:
            return connection.execute(ended).rowcount == 1

    def hidden(self, name: str | None) -> str | None:
        """A keyed hash of a customer or user: without the store's secret nobody can try out ids."""
        return name and hmac.new(self._hide, name.encode(), hashlib.sha256).hexdigest()


def iso(seconds: int) -> str:
    """Seconds since 1970 as UTC time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
