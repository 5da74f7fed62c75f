"""What a browser gets: the built components under ``/static``, and a page at ``/``; no part of the API, so not in its document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.access import ServiceDep
from nlp.handbook import DATA

STATIC = Path(__file__).parent / "static"
SAMPLES = DATA / "samples.jsonl"
HEADERS = {
    # names carry no hash, so browsers ask each time; unchanged costs a 304 without body
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(service: ServiceDep) -> Response:
    """The demo, in demo mode; else what is served here and how to embed it."""
    return FileResponse(STATIC / ("demo.html" if service.settings.demo else "start.html"), headers=HEADERS)


@router.get("/demo/samples")
async def samples(service: ServiceDep) -> Response:
    """The sample threads, in demo mode only."""
    if not service.settings.demo:
        raise HTTPException(404)
    return JSONResponse([json.loads(line) for line in SAMPLES.read_bytes().splitlines()], headers=HEADERS)


class _Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def install(app: FastAPI) -> None:
    """Serve the components; other origins may load the module, as pages elsewhere embed it."""
    files: Any = _Static(directory=STATIC)
    app.mount("/static", files, name="static")
