"""Structured logs, one JSON line each, and what a call leaves in them: never text, never a key, never what an exception says."""

from __future__ import annotations

import logging
import re
import time
import traceback
import uuid
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import metrics, problems

log: Any = structlog.get_logger("aufgabenchat")
_ID = re.compile(rb"[\w.-]{1,64}", re.ASCII)


def configure(level: str) -> None:
    """All logs of the process as JSON on standard error."""
    shared: list[Any] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )  # fmt: skip
    handler = logging.StreamHandler()
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=[drop, _without_values, structlog.processors.JSONRenderer()], foreign_pre_chain=shared)
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in ("alembic", "sqlalchemy", "asyncio"):
        logging.getLogger(noisy).setLevel("ERROR")


def _without_values(_: Any, __: str, event: Any) -> Any:
    """Tracebacks of other libraries' logs end in the exception's text, which may be a message's."""
    if error := event.pop("exc_info", None):
        event.update(where(error[1] if isinstance(error, tuple) else error))
    return event


def where(error: Any) -> dict[str, Any]:
    """Type and places of an exception, without its text."""
    if not isinstance(error, BaseException):
        return {}
    return {"error": type(error).__name__, "at": [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:]]}


class Observed:
    """ASGI middleware, the outermost: request id, log line, latency, and 500 for what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given.decode() if _ID.fullmatch(given) else uuid.uuid4().hex
        status, began = 0, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        scope.setdefault("state", {})
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except Exception as error:  # the last line of defence: uvicorn would log the exception's text
                log.error("unexpected", **where(error))
                if not status:
                    await problems.answer(500, f"Bitte melden Sie die Anfrage {request_id}.")(scope, receive, sending)
            _told(scope, status, time.perf_counter() - began)


def _told(scope: Scope, status: int, seconds: float) -> None:
    """The log line and the latency, by the route's path: the real one may hold a customer's id."""
    path = getattr(scope.get("route"), "path", "other")
    metrics.LATENCY.labels(path, str(status)).observe(seconds)
    log.info("call", method=scope["method"], path=path, status=status, ms=round(seconds * 1_000, 1), key=scope["state"].get("key_id"))
