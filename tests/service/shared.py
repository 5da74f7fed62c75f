"""A thread, a free port, waiting, the published schemas: what the tests of the service share."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api import types

Make = Callable[..., TestClient]
Serve = Callable[..., Any]
THREAD: dict[str, Any] = {
    "task": {"id": "A-1", "customer": {"salutation": "Frau", "last_name": "Lindner", "register": "sie"}},
    "messages": [{"id": "m1", "author": "customer", "text": "Hallo 😀 Frau Wolf. Wann ist es fertig?"}],
}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def unlike(call: str, answer: Any) -> list[str]:
    """Where the answer of ``POST /v1/<call>`` is not what the published document says."""
    document = json.loads(types.DOCUMENT.read_text(encoding="utf-8"))
    response = next(made for status, made in document["paths"][f"/v1/{call}"]["post"]["responses"].items() if status < "300")
    schema = {**response["content"]["application/json"]["schema"], "components": document["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(answer)]
