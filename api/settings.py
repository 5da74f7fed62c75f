"""Configuration of the service: environment variables ``AUFGABENCHAT_*``, listed in the README by ``table``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from nlp.errors import AufgabenchatError

PREFIX = "AUFGABENCHAT_"


class ConfigurationError(AufgabenchatError):
    """A setting is wrong; the text names the variable."""


class Settings(BaseSettings):
    """All settings. The field's description is its line in the README's table."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database: SecretStr = Field(
        SecretStr("sqlite:///aufgabenchat.db"), description="store: `sqlite:///file.db` or `postgresql+psycopg://user:password@host/name`"
    )
    token_secret: SecretStr | None = Field(None, description="signs browser tokens, 32 characters or more; without it one is made and kept in the store")
    origins: Annotated[tuple[str, ...], NoDecode] = Field((), description="pages that may call the API (CORS), comma-separated: `https://chat.example.com`")
    demo: bool = Field(False, description="serve without keys, on loopback only")
    rate_per_minute: int = Field(600, ge=1, description="calls a minute for a key that has no rate of its own")
    token_seconds: int = Field(900, ge=1, le=3600, description="longest life of a browser token, in seconds")
    key_cache_seconds: float = Field(2.0, ge=0, le=60, description="a revoked key stops working after at most this many seconds")
    body_bytes: int = Field(1_000_000, ge=1_000, description="largest request body, in bytes")
    thread_messages: int = Field(200, ge=1, description="most messages of a thread")
    thread_characters: int = Field(200_000, ge=1, description="most characters of a thread's texts and draft together")
    request_seconds: float = Field(10.0, gt=0, description="longest time of a call, in seconds: to read its body, and again to answer it")
    model_threads: int = Field(1, ge=1, description="model calls a worker runs at once")
    queue: int = Field(6, ge=0, description="model calls a worker lets wait; one more gets 503")
    queue_seconds: float = Field(0.2, gt=0, description="a call gets 503 too if those that wait before it would take longer, by what the last ones took")
    retention_days: int = Field(365, ge=1, description="feedback and audit older than this are deleted")
    shutdown_seconds: int = Field(30, ge=1, description="how long a stop waits for what runs, in seconds")
    docs: bool = Field(True, description="serve `/docs` and `/openapi.json`")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error")
    runtime: Path | None = Field(None, description="folder the workers share (rate limits, metrics); `aufgabenchat serve` makes one")

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("origins")
    @classmethod
    def _no_wildcard(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in value:
            raise ValueError("* lets any page call the API")
        return value

    @field_validator("token_secret")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("shorter than 32 characters")
        return value


def load(**given: Any) -> Settings:
    """The settings of the environment, overridden by what is given.

    :raises ConfigurationError: Naming the first variable that is wrong, never its value.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"{name} hat keinen gültigen Wert ({first['msg']}). Siehe die Tabelle im README.") from None


def table() -> str:
    """The settings as a Markdown table."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = "–" if value is None or value == () else f"`{str(value).lower() if isinstance(value, bool) else value}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
