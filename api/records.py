"""The calls under ``/v1`` that leave a trace: feedback, sending anyway, browser tokens, a customer's data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.responses import JSONResponse

from api import metrics, schemas
from api.access import Administering, Feeding, ServiceDep, Suggesting
from api.body import StrictRoute
from api.feedback import pseudonymised
from api.openapi import MODEL_ERRORS, READ_ERRORS, WRITE_ERRORS, errors
from api.problems import ProblemError
from api.routes import checked, last_id
from nlp.handbook import taxonomy
from nlp.send_anyway import NotAllowedError


class _AnyText(PathConvertor):
    """Starlette's „path“ stops at line breaks, and an id may hold one."""

    regex = r"[\s\S]*"


register_url_convertor("text", _AnyText())
router = APIRouter(prefix="/v1", route_class=StrictRoute)
CustomerId = Annotated[str, Path(min_length=1, max_length=200, description="Die Id des Kunden in der Chatplattform.", examples=["K-881"])]


@router.post("/feedback", status_code=202, response_model=schemas.FeedbackAnswer, responses=WRITE_ERRORS, summary="Rückmeldung", tags=["Editor"])
async def feedback(body: schemas.FeedbackRequest, service: ServiceDep, caller: Feeding) -> JSONResponse:
    """What was suggested and what the user did; stored pseudonymised before the answer, once for each `id`."""
    if isinstance(body, schemas.TagEvent) and body.tag not in taxonomy():
        raise ProblemError(422, "1 Feld ist falsch.", errors=[("/tag", taxonomy().unknown(body.tag))])
    if isinstance(body, schemas.LabelsEvent) and (unknown := [tag for tag in body.tags if tag not in taxonomy()]):
        raise ProblemError(422, "1 Feld ist falsch.", errors=[("/tags", taxonomy().unknown(unknown[0]))])
    if isinstance(body, schemas.FindingEvent) and body.event == "finding_false_alarm" and not (body.reason or "").strip():
        raise ProblemError(422, "1 Feld ist falsch.", errors=[("/reason", "Ein Fehlalarm braucht eine Begründung.")])

    def keep() -> str:
        data = pseudonymised(body) | {"user": service.store.hidden(body.user)}
        name = str(body.id) if body.id else None
        return service.store.add_feedback(body.event, data, key_id=caller.key_id, customer_id=body.customer_id, name=name)

    kept = await service.stored(keep)
    metrics.FEEDBACK.labels(body.event).inc()
    return JSONResponse({"id": kept}, 202)


@router.post(
    "/send-anyway", response_model=schemas.SendAnywayAnswer, responses=MODEL_ERRORS | errors(409), summary="Trotzdem senden", tags=["Editor"]
)
async def send_anyway(body: schemas.SendAnywayRequest, service: ServiceDep, caller: Feeding) -> JSONResponse:
    """Allows sending although an error stands, once, for exactly this text after exactly this message; rules and hashes are written down."""
    message = await checked(service, body)
    standing = sorted({finding.rule for finding in message.findings or () if finding.severity == "error"})
    try:
        await service.stored(lambda: service.gate.redeem(body.token, body.draft, last_id(body.thread), standing, key_id=caller.key_id))
    except NotAllowedError as error:
        raise ProblemError(409, str(error)) from None
    return JSONResponse({"allowed": True, "rules": standing})


@router.post("/tokens", response_model=schemas.TokenAnswer, responses=WRITE_ERRORS, summary="Browser-Token ausstellen", tags=["Zugang"])
async def tokens(body: schemas.TokenRequest, service: ServiceDep, caller: Suggesting) -> JSONResponse:
    """A short-lived token for a page, of at most the key's role. A token cannot mint another one."""
    if caller.by_token or caller.key_id == "demo":
        raise ProblemError(403, "Nur ein API-Schlüssel stellt Browser-Token aus.")
    if not caller.may(body.role):
        raise ProblemError(403, f"Dafür braucht der Schlüssel die Rolle {body.role}.")
    seconds = min(body.seconds or service.settings.token_seconds, service.settings.token_seconds)
    return JSONResponse({"token": service.keys.mint(caller, body.role, seconds), "role": body.role, "expires_in": seconds})


@router.get(
    "/customers/{customer_id:text}/feedback", response_model=schemas.Export, responses=READ_ERRORS | errors(422),
    summary="Auskunft über einen Kunden", tags=["Datenschutz"],
)  # fmt: skip
async def export(customer_id: CustomerId, service: ServiceDep, caller: Administering) -> JSONResponse:
    """All that is kept of a customer (Art. 15 GDPR)."""
    found = await service.stored(lambda: service.store.feedback_of(customer_id))
    await service.stored(lambda: service.store.audit("customer_exported", key_id=caller.key_id, detail={"rows": len(found)}))
    return JSONResponse({"feedback": found})


@router.delete(
    "/customers/{customer_id:text}/feedback", response_model=schemas.Deleted, responses=READ_ERRORS | errors(422),
    summary="Daten eines Kunden löschen", tags=["Datenschutz"],
)  # fmt: skip
async def forget(customer_id: CustomerId, service: ServiceDep, caller: Administering) -> JSONResponse:
    """Deletes all that is kept of a customer (Art. 17 GDPR)."""
    deleted = await service.stored(lambda: service.store.forget(customer_id))
    await service.stored(lambda: service.store.audit("customer_deleted", key_id=caller.key_id, detail={"rows": deleted}))
    return JSONResponse({"deleted": deleted})
