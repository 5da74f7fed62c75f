"""Reading a request's body: bounded in size, time and depth, and strictly JSON that can be answered with."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NoReturn

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.problems import ProblemError

DEPTH = 32
"""Levels of nesting that a body may have."""


class BodyLimit:
    """ASGI middleware: reads the body before the app runs, at most ``size`` bytes in at most ``seconds``."""

    def __init__(self, app: ASGIApp, size: int, seconds: float) -> None:
        self._app, self._size, self._seconds = app, size, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._read(scope, receive), self._seconds)
        except ProblemError as error:
            await problems.answer(error.status, error.detail, headers={"Connection": "close"})(scope, receive, send)
            return
        except TimeoutError:
            detail = "Senden Sie die Anfrage noch einmal."
            await problems.answer(408, detail, headers={"Connection": "close"})(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replayed(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._size:
            self._refuse()
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size, more = size + len(parts[-1]), message.get("more_body", False)
            if size > self._size:
                self._refuse()
        return b"".join(parts)

    def _refuse(self) -> NoReturn:
        raise ProblemError(413, f"Erlaubt sind {self._size} Bytes.")


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def read() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read


class StrictRequest(Request):
    """A request whose JSON holds nothing that JSON cannot hold."""

    async def json(self) -> Any:
        """:raises ProblemError: 400 for what is no JSON."""
        if not hasattr(self, "_json"):
            self._json = parsed(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that reads its body strictly: „1“ and true are no numbers, 0 is no date."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        field = self.body_field
        shape: Any = Annotated[field.field_info.annotation, field.field_info] if field else None
        adapter: TypeAdapter[Any] | None = TypeAdapter(shape) if field else None

        async def strict(request: Request) -> Response:
            self.admit(request)
            if adapter is None:
                return await handle(request)
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                raise ProblemError(415, "Senden Sie den Inhalt mit Content-Type: application/json.")
            request = StrictRequest(request.scope, request.receive)
            if body := await request.body():
                await request.json()
                _validate(adapter, body)
            return await handle(request)

        return strict

    def admit(self, request: Request) -> None:
        """Refuse, before anything is read."""


def _validate(adapter: TypeAdapter[Any], body: bytes) -> None:
    """FastAPI validates leniently; this comes before it."""
    try:
        adapter.validate_json(body, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from None


def parsed(body: bytes) -> Any:
    """JSON from UTF-8 without NaN, infinite or endless numbers, lone surrogates, NUL characters or deep nesting.

    :raises ProblemError: 400, with the position; 422 for UTF-16 offsets that are no integers.
    """
    try:
        data = json.loads(body.decode(), parse_constant=_no_constant, parse_float=_finite, parse_int=_bounded)
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"Kein gültiges UTF-8 (Byte {error.start + 1}).") from None
    except json.JSONDecodeError as error:
        raise ProblemError(400, f"Fehler in Zeile {error.lineno}, Zeichen {error.colno}.") from None
    except RecursionError:
        _too_deep()
    _check(data, ())
    return data


def _check(value: Any, path: tuple[str | int, ...]) -> None:
    if len(path) > DEPTH:
        _too_deep()
    if isinstance(value, str):
        _readable(value)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check(item, (*path, number))
    elif isinstance(value, dict):
        for key, item in value.items():
            _readable(key)
            if key in ("start_utf16", "end_utf16") and type(item) is not int:  # ours, sent back to us
                raise ProblemError(422, "1 Feld ist falsch.", errors=[(problems.pointer(["body", *path, key]), f"„{key}“ hat nicht die erwartete Form (ganze Zahl).")])
            _check(item, (*path, key))


def _readable(text: str) -> None:
    # neither can be stored in PostgreSQL, and half a surrogate pair is no UTF-8
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise ProblemError(400, "Ein Text enthält ein Zeichen, das es nicht gibt (NUL oder ein halbes Ersatzzeichenpaar).")


def _too_deep() -> NoReturn:
    raise ProblemError(400, f"Mehr als {DEPTH} Ebenen sind verschachtelt.") from None


def _no_constant(name: str) -> NoReturn:
    raise ProblemError(400, f"{name} ist in JSON keine Zahl.")


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ProblemError(400, "Eine Zahl ist zu groß.")
    return number


def _bounded(text: str) -> int:
    if len(text) > 19 or not -(2**63) <= (number := int(text)) < 2**63:
        raise ProblemError(400, "Eine Zahl ist zu groß.")
    return number
