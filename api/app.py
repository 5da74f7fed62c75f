"""The application of one worker."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response

from api import metrics, openapi, operations, pages, problems, records, routes
from api.body import BodyLimit
from api.crowd import SendOn
from api.logs import Observed, configure, log, where
from api.service import Model, Service
from api.settings import Settings, load

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def create(settings: Settings | None = None, load_model: Callable[[], Model] | None = None) -> FastAPI:
    """The application; without settings those of the environment, without model the one in force.

    :raises ConfigurationError, StoreError: If it cannot run like this.
    """
    settings = settings or load()
    configure(settings.log_level)
    service = Service(settings, load_model or _shipped)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if settings.demo:
            log.warning("demo: no keys are asked for, on loopback only")
        metrics.bury()
        tasks = [asyncio.create_task(service.open()), asyncio.create_task(service.purge())]
        with suppress(ValueError, RuntimeError, NotImplementedError):  # only the main thread gets signals, and not everywhere
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await asyncio.to_thread(service.close)

    shown = {} if settings.docs else {"openapi_url": None, "docs_url": None}
    app = FastAPI(title="Aufgabenchat-Assistent", version=version("aufgabenchat"), lifespan=lifespan, redoc_url=None, **shown)  # type: ignore[arg-type]
    app.state.service = service
    routers = [module.router for module in (routes, records, operations, pages)]
    for router in routers:
        app.include_router(router)
    problems.install(app, [route for router in routers for route in router.routes])
    openapi.install(app)
    pages.install(app)

    @app.exception_handler(SQLAlchemyError)
    async def store_away(_: Request, error: SQLAlchemyError) -> Response:
        log.error("store away", **where(error))
        return problems.answer(503, "Der Speicher ist nicht erreichbar.", headers={"Retry-After": "5"})

    app.add_middleware(BodyLimit, size=settings.body_bytes, seconds=settings.request_seconds)
    if settings.demo:  # a page elsewhere must not reach it through a name that points here
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))
    app.add_middleware(
        CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After", "X-Request-Id"],
    )  # fmt: skip
    app.add_middleware(SendOn, crowd=service.crowd)
    app.add_middleware(Observed)
    return app


def _shipped() -> Model:
    from nlp import handbook
    from nlp.assistant import Assistant
    from nlp.templates import library

    for read in (library, handbook.taxonomy, handbook.handbook, handbook.phrases, handbook.review_phrases):
        read()  # a mistake in a file shows now, not in a call, and edits come into force with a restart only
    return Assistant.load()
