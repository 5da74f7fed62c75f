"""Tables, connection, migration: SQLite (WAL) or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, BigInteger, Engine, Index, String, Text, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from nlp.errors import AufgabenchatError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_269_801


class StoreError(AufgabenchatError):
    """The store cannot be used; the text never holds its password."""


class Base(DeclarativeBase):
    """Base of the tables. Times are seconds since 1970, UTC."""

    type_annotation_map = {dict[str, Any]: JSON, int: BigInteger}


class ApiKey(Base):
    """A key; of its secret only the SHA-256."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(8))
    secret_sha256: Mapped[str] = mapped_column(String(64))
    rate_per_minute: Mapped[int | None]
    created_at: Mapped[int]
    expires_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class Feedback(Base):
    """What a user did with a suggestion, pseudonymised; ``customer`` is a keyed hash."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[int]
    event: Mapped[str] = mapped_column(String(32))
    customer: Mapped[str | None] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]]
    __table_args__ = (Index("feedback_customer", "customer"), Index("feedback_at", "at"))


class Traffic(Base):
    """Sums over a block of messages that passed through (``nlp.traffic.Block``); nothing of any text."""

    __tablename__ = "traffic"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[int]
    encoder: Mapped[str] = mapped_column(String(64))
    sums: Mapped[dict[str, Any]]
    __table_args__ = (Index("traffic_at", "at"),)


class Audit(Base):
    """Who did what, by rules and hashes; ``token`` is a spent one-time token's id."""

    __tablename__ = "audit"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[int]
    event: Mapped[str] = mapped_column(String(32))
    key_id: Mapped[str] = mapped_column(String(12))
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    detail: Mapped[dict[str, Any]]
    __table_args__ = (Index("audit_at", "at"),)


class Secret(Base):
    """What signs tokens and hides customer ids."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))


def connect(url: str) -> Engine:
    """An engine for the URL; nothing is opened yet.

    :raises StoreError: If it is no URL of SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": 5})
            event.listen(engine, "connect", _set_pragmas)
            return engine
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed, pool_pre_ping=True, pool_timeout=5, connect_args={"connect_timeout": 5})
    except (ArgumentError, SQLAlchemyError, ImportError):
        pass
    raise StoreError("AUFGABENCHAT_DATABASE: sqlite:///datei.db oder postgresql+psycopg://nutzer:passwort@host/name.") from None


def _set_pragmas(connection: Any, _: Any) -> None:
    """WAL lets readers read while one writes; FULL keeps what was committed even if the power fails."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version; one at a time, where several start at once.

    :raises StoreError: If the store cannot be reached or changed.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"Die Datenbank {shown} lässt sich nicht öffnen ({type(error).__name__}). Prüfen Sie Adresse und Rechte.") from None
