"""Errors as problem+json (RFC 9457), in German; never with text of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route

from nlp.errors import DataError


class WrongField(BaseModel):
    """A field that is wrong."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) to the wrong field of the body, or `query/…`, `path/…`.", examples=["/thread/messages/0/author"])
    detail: str = Field(description="What is wrong and what to do, in German.", examples=["„author“ erlaubt nur: customer, assistant, team."])


class Problem(BaseModel):
    """An error after RFC 9457."""

    type: str = Field(description="Stable name of the kind of error.", examples=["urn:aufgabenchat:eingabe"])
    title: str = Field(description="The kind of error in German.", examples=["Die Eingabe ist nicht gültig."])
    status: int = Field(description="HTTP status.", examples=[422])
    detail: str = Field(description="What happened and what to do, in German.", examples=["1 Feld ist falsch."])
    errors: list[WrongField] = Field([], description="Fields that are wrong, at most 20.", examples=[[]])


KINDS: dict[int, tuple[str, str]] = {
    400: ("json", "Der Inhalt ist kein gültiges JSON."),
    401: ("anmeldung", "Der Schlüssel fehlt oder gilt nicht."),
    403: ("recht", "Diese Rolle darf das nicht."),
    404: ("nicht-gefunden", "Das gibt es nicht."),
    405: ("methode", "Diese Methode gibt es hier nicht."),
    408: ("langsam", "Der Inhalt kam zu langsam an."),
    409: ("veraltet", "Die Freigabe gilt nicht mehr."),
    413: ("zu-gross", "Die Anfrage ist zu groß."),
    415: ("format", "Der Inhalt muss JSON sein."),
    422: ("eingabe", "Die Eingabe ist nicht gültig."),
    429: ("zu-viele", "Zu viele Anfragen."),
    500: ("fehler", "Interner Fehler."),
    503: ("ueberlast", "Der Dienst ist gerade ausgelastet oder noch nicht bereit."),
    504: ("zeit", "Die Anfrage hat zu lange gedauert."),
}
"""What each status means here: name and German title."""


class ProblemError(Exception):
    """Ends a call with a problem."""

    def __init__(self, status: int, detail: str, *, errors: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None) -> None:
        super().__init__(KINDS[status][1])
        self.status, self.detail, self.errors, self.headers = status, detail, errors, dict(headers or {})


def answer(status: int, detail: str, errors: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response."""
    name, title = KINDS.get(status, KINDS[500])
    fields = [WrongField(pointer=pointer, detail=text) for pointer, text in errors[:20]]
    body = Problem(type=f"urn:aufgabenchat:{name}", title=title, status=status, detail=detail, errors=fields)
    return JSONResponse(body.model_dump(), status, dict(headers or {}), media_type="application/problem+json")


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Make the app answer every error as a problem; ``routes`` are all its calls."""

    @app.exception_handler(ProblemError)
    async def problem(_: Request, error: ProblemError) -> Response:
        return answer(error.status, error.detail, error.errors, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        count = "1 Feld ist falsch." if len(found) == 1 else f"{len(found)} Felder sind falsch."
        return answer(422, count, [(pointer(place(e)), german(e)) for e in found[:20]])

    @app.exception_handler(DataError)
    async def data(request: Request, error: DataError) -> Response:
        field, _, key = error.where.partition(".")
        if field not in _GIVEN:
            raise error  # in a file of ours
        return answer(422, error.text, [(pointer([*_GIVEN[field], field, *([key] if key else [])]), f"{error.text} {error.remedy}".strip())])

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        headers = {"Allow": ", ".join(_methods(request, routes))} if error.status_code == 405 else error.headers
        return answer(error.status_code, KINDS.get(error.status_code, KINDS[500])[1], headers=headers)


def _methods(request: Request, routes: Sequence[BaseRoute]) -> list[str]:
    """The methods of the path, over all routes: Starlette names those of the first only."""
    found = [route for route in routes if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in found for method in route.methods or ()})


def pointer(path: Sequence[Any]) -> str:
    """``("body", "thread", "messages", 0, "author")`` as ``/thread/messages/0/author``; tags of unions left out."""
    where, *rest = [str(part).replace("~", "~0").replace("/", "~1") for part in path] or ["body"]
    return "".join(f"/{part}" for part in rest) if where == "body" else "/".join([where, *rest])


def place(error: Mapping[str, Any]) -> Sequence[Any]:
    """Where pydantic's error is; for a union's tag, the tag."""
    path: Sequence[Any] = error["loc"]
    return [*path, str(error["ctx"]["discriminator"]).strip("'")] if error["type"].startswith("union_tag") else path


def german(error: Mapping[str, Any]) -> str:
    """One German sentence for an error of pydantic; without the value, which may be somebody's text."""
    key = next((part for part in reversed(place(error)) if isinstance(part, str)), "body")
    name, ctx = ("Der Inhalt" if key == "body" else f"„{key}“"), error.get("ctx", {})
    match error["type"]:
        case "missing" | "union_tag_not_found":
            return f"{name} fehlt."
        case "extra_forbidden":
            return f"{name} ist hier unbekannt. Entfernen Sie den Schlüssel."
        case "literal_error" | "enum" | "union_tag_invalid":
            return f"{name} erlaubt nur: {str(ctx.get('expected', ctx.get('expected_tags', ''))).replace(chr(39), '').replace(' or ', ', ')}."
        case "string_too_long":
            return f"{name} ist zu lang, erlaubt sind {ctx['max_length']} Zeichen."
        case "string_too_short" | "too_short":
            return f"{name} ist zu kurz, mindestens {ctx['min_length']}."
        case "too_long":
            return f"{name} hat zu viele Einträge, erlaubt sind {ctx['max_length']}."
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return f"{name} liegt außerhalb des Erlaubten ({', '.join(f'{_LIMITS.get(k, k)} {v:g}' for k, v in ctx.items())})."
        case "string_pattern_mismatch":
            return f"{name} hat nicht das verlangte Muster."
        case kind:
            return f"{name} hat nicht die erwartete Form ({_FORMS.get(kind.partition('_')[0], kind)})."


_GIVEN = {"template": ["body"], "answers": ["body"], "as_of": ["body", "thread"]}
"""Where in a call stands what only ``nlp`` can tell to be wrong."""
_LIMITS = {"ge": "mindestens", "gt": "über", "le": "höchstens", "lt": "unter"}
_FORMS = {
    "string": "Text", "int": "ganze Zahl", "float": "Zahl", "bool": "true oder false", "list": "Liste", "dict": "Objekt", "model": "Objekt",
    "datetime": "Zeitpunkt wie 2026-03-02T09:14", "date": "Datum wie 2026-03-02", "uuid": "UUID",
}  # fmt: skip
