"""The calls under ``/v1`` that the chat editor makes: read, ask ``nlp``, answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api import metrics, schemas
from api.access import ModelRoute, ServiceDep, Suggesting
from api.offsets import evidence_with_utf16, message_with_utf16, with_utf16
from api.openapi import MODEL_ERRORS, READ_ERRORS, errors
from api.problems import ProblemError
from api.service import Service
from nlp.check import sendable
from nlp.files import contradictions
from nlp.handbook import taxonomy
from nlp.reference import listed
from nlp.review import Review
from nlp.send_anyway import text_hash
from nlp.templates import library
from nlp.thread import Message, Thread, now

router = APIRouter(prefix="/v1", route_class=ModelRoute)


@router.post("/annotate", response_model=Thread, responses=MODEL_ERRORS, summary="Aufgabenchat annotieren", tags=["Editor"])
async def annotate(thread: Thread, service: ServiceDep, _: Suggesting) -> JSONResponse:
    """Fills in tags, questions, answers, register and findings; labels that are there are kept."""
    admitted(service, thread)
    data = (await service.modelled(lambda model: model.annotate(thread))).to_json()
    for message in data["messages"]:
        message_with_utf16(message)
    return JSONResponse(data)


@router.post("/suggest", response_model=schemas.SuggestAnswer, responses=MODEL_ERRORS, summary="Vorschläge beim Schreiben", tags=["Editor"])
async def suggest(body: schemas.SuggestRequest, service: ServiceDep, _: Suggesting) -> JSONResponse:
    """Tags, open questions, findings and templates for the message being written; made for a call per pause in typing. Of a draft that was read before only
    what is around the change is read again, so that labels are close to those of `/v1/check`, which reads it whole.

    Offsets of `open_questions` count in the message that asks, all others in the draft. A stale request gets empty lists.
    """
    admitted(service, body.thread, body.draft)
    echo = {"request_seq": body.request_seq, "last_message_id": body.last_message_id, "text_hash": body.text_hash}
    if stale(body):
        empty: dict[str, Any] = {"tags": [], "open_questions": [], "findings": [], "templates": [], "sendable": False}
        return JSONResponse({**empty, **echo, "stale": True})
    made = await service.modelled(lambda m: m.suggest(body.thread, body.draft, channel=body.channel, author=body.author, **body.more()))
    metrics.found(made.findings)
    data = made.model_dump(mode="json")
    with_utf16([data["tags"], data["findings"], [question["answer"] for question in data["open_questions"]]], body.draft)
    texts = {message.id: message.text for message in body.thread.messages}
    for question in data["open_questions"]:
        answer = question.pop("answer")
        with_utf16(question, texts.get(question["message_id"], ""))
        question["answer"] = answer
    return JSONResponse({**data, **echo, "stale": False})


def stale(body: schemas.SuggestRequest) -> bool:
    """Whether draft or thread are not those the request was made for."""
    last = last_id(body.thread)
    moved = body.last_message_id is not None and body.last_message_id != last
    return moved or (body.text_hash is not None and body.text_hash != text_hash(body.draft, last))


@router.post("/check", response_model=schemas.CheckAnswer, responses=MODEL_ERRORS, summary="Entwurf prüfen", tags=["Editor"])
async def check(body: schemas.Draft, service: ServiceDep, _: Suggesting) -> JSONResponse:
    """Findings of a draft, and whether it may be sent; if not, a one-time token for `/v1/send-anyway`."""
    message = await checked(service, body)
    findings = message.findings or []
    metrics.found(findings)
    token = None if sendable(findings) else service.gate.token(body.draft, last_id(body.thread))
    data = with_utf16([finding.model_dump(mode="json") for finding in findings], body.draft)
    return JSONResponse({"findings": data, "sendable": sendable(findings), "send_anyway": token})


@router.post("/compose", response_model=schemas.ComposeAnswer, responses={**MODEL_ERRORS, **errors(404)}, summary="Antwort entwerfen", tags=["Editor"])
async def compose(body: schemas.ComposeRequest, service: ServiceDep, _: Suggesting) -> JSONResponse:
    """A draft for the last customer message: a block per open question with its provenance, and what is still open."""
    admitted(service, body.thread)
    if unknown := [name for name in (body.template or "").split("+") if body.template is not None and name not in library().templates]:
        raise ProblemError(404, f"Die Vorlage „{unknown[0]}“ gibt es nicht. Siehe GET /v1/templates.")
    when = body.sent_at or now()
    data = as_json(await service.modelled(lambda model: model.compose(body.thread, body.template, body.answers, now=when)))
    with_utf16(data["blocks"], data["text"])
    return JSONResponse(data)


@router.post("/review", response_model=Review, responses=MODEL_ERRORS, summary="Aufgabe prüfen", tags=["Editor"])
async def review(body: schemas.ReviewRequest, service: ServiceDep, _: Suggesting) -> JSONResponse:
    """The task as a contract: checklist, contract record, tags, bookings, next step, entries for the customer file."""
    admitted(service, body.thread)
    as_of = body.as_of.isoformat() if body.as_of else None
    data = as_json(await service.modelled(lambda model: model.review(body.thread, as_of)))
    return JSONResponse(evidence_with_utf16(data, {message.id: message.text for message in body.thread.messages}))


@router.get("/taxonomy", response_model=list[schemas.TagInfo], responses=READ_ERRORS, summary="Tags", tags=["Auskunft"])
async def tags(_: Suggesting) -> JSONResponse:
    """The tags in the order in which the editor shows them."""
    return JSONResponse([tag.model_dump(mode="json", include=set(schemas.TagInfo.model_fields)) for tag in taxonomy().values()])


@router.get("/templates", response_model=list[schemas.TemplateInfo], responses=READ_ERRORS, summary="Chatvorlagen", tags=["Auskunft"])
async def templates(_: Suggesting) -> JSONResponse:
    """The message templates, with the values each needs."""
    fields = {name: True for name in schemas.TemplateInfo.model_fields if name not in ("slots", "words", "text")} | {
        "slots": {"__all__": set(schemas.TemplateSlot.model_fields)}
    }
    listed_ = [(template, template.model_dump(mode="json", include=fields)) for template in library().templates.values()]
    return JSONResponse([{**data, "words": template.when.words, "text": template.preview} for template, data in listed_])


@router.get("/rules", response_model=list[schemas.RuleInfo], responses=READ_ERRORS, summary="Regeln", tags=["Auskunft"])
async def rules(_: Suggesting) -> JSONResponse:
    """What drafts are checked by."""
    return JSONResponse(listed())


def admitted(service: Service, thread: Thread, draft: str = "") -> None:
    """Let a thread pass that is not too long and does not contradict itself.

    :raises ProblemError: 413 or 422, with the message's place.
    """
    limits = service.settings
    if len(thread.messages) > limits.thread_messages:
        raise ProblemError(413, f"Erlaubt sind {limits.thread_messages} Nachrichten.")
    if sum(len(message.text) for message in thread.messages) + len(draft) > limits.thread_characters:
        raise ProblemError(413, f"Erlaubt sind {limits.thread_characters} Zeichen im ganzen Chat.")
    places = {message.id: number for number, message in reversed(list(enumerate(thread.messages)))}
    if wrong := [(f"/thread/messages/{places[at]}", text) for at, text in contradictions(thread, taxonomy())]:
        raise ProblemError(422, "Der Aufgabenchat widerspricht sich.", errors=wrong)


def as_json(made: Any) -> Any:
    """A result of ``nlp`` as JSON."""
    return made.model_dump(mode="json")


async def checked(service: Service, body: schemas.Draft) -> Message:
    """The draft with its findings. Raises as ``admitted`` and ``Service.modelled``."""
    admitted(service, body.thread, body.draft)
    return await service.modelled(lambda m: m.check(body.thread, body.draft, channel=body.channel, author=body.author, **body.more()))


def last_id(thread: Thread) -> str:
    """The id of the thread's last message, empty if there is none."""
    return thread.messages[-1].id if thread.messages else ""
