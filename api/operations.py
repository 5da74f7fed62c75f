"""Calls for those who run the service."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api import metrics, schemas
from api.access import ServiceDep, Suggesting
from api.openapi import READ_ERRORS, errors

router = APIRouter(tags=["Betrieb"])


@router.get("/healthz", response_model=schemas.Health, responses=errors(500), summary="Lebt der Prozess?")
async def healthz(service: ServiceDep) -> JSONResponse:
    """Answers as long as the process lives; says whether it runs as a demo without keys."""
    return JSONResponse({"status": "ok", "demo": service.settings.demo})


@router.get(
    "/readyz", response_model=schemas.Ready, summary="Kann er antworten?",
    responses={503: {"model": schemas.Ready, "description": "Modell oder Speicher fehlt noch."}, **errors(500)},
)  # fmt: skip
async def readyz(service: ServiceDep) -> JSONResponse:
    """200 once the model is loaded and the store answers, else 503."""
    model, store = service.model is not None, await service.reachable()
    return JSONResponse({"ready": model and store, "model": model, "store": store}, 200 if model and store else 503)


@router.get(
    "/metrics", response_class=PlainTextResponse, summary="Zahlen für Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **READ_ERRORS},
)  # fmt: skip
async def figures(_: Suggesting) -> Response:
    """Latency by call, queue length, cache hits, findings by rule, what became of suggestions; over all workers."""
    body, kind = metrics.page()
    return Response(body, media_type=kind)
