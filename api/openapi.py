"""The OpenAPI document: errors of each call, and for each field what it means, with unit and example, from ``fields.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import KINDS, Problem

FIELDS = Path(__file__).parent / "fields.toml"
MOMENT = r"^\d{4}-\d{2}-\d{2}[Tt _]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})?$"
ABOUT = """API des Aufgabenchat-Assistenten: Tags, Fragen, Antworten und Hinweise zu deutschen Aufgabenchats.

Der Dienst speichert keine Chats; jeder Aufruf bringt den Aufgabenchat mit. Offsets zählen Zeichen, `…_utf16` UTF-16-Einheiten wie im Browser.
Fehler kommen als `application/problem+json` (RFC 9457)."""


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documentation of these errors."""
    return {
        status: {"model": Problem, "description": KINDS[status][1], "content": {"application/problem+json": {"example": _example(status)}}}
        for status in statuses
    }


def _example(status: int) -> dict[str, Any]:
    name, title = KINDS[status]
    return {"type": f"urn:aufgabenchat:{name}", "title": title, "status": status, "detail": title, "errors": []}


READ_ERRORS = errors(401, 403, 429, 500, 503, 504)
WRITE_ERRORS = READ_ERRORS | errors(400, 408, 413, 415, 422)
MODEL_ERRORS = WRITE_ERRORS


def install(app: FastAPI) -> None:
    """Make the app describe itself completely."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes, separate_input_output_schemas=False)
            _describe(made["components"]["schemas"])
            _local_times(made["components"]["schemas"])
            _as_problems(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


@cache
def described() -> dict[str, dict[str, Any]]:
    """By schema and field (``*`` is any schema): description, example, and a type where the field is ours alone."""
    return tomllib.loads(FIELDS.read_text(encoding="utf-8"))


def undescribed(document: dict[str, Any]) -> Iterator[str]:
    """Fields without description or example."""
    for name, schema in document["components"]["schemas"].items():
        for field, about in schema.get("properties", {}).items():
            if "description" not in about or not ("examples" in about or "example" in about or "const" in about):
                yield f"{name}.{field}"


def _describe(schemas: dict[str, Any]) -> None:
    tables = described()
    for name, schema in schemas.items():
        own = tables.get(name, {})
        for field, about in own.items():
            if "type" in about:  # added to what nlp knows, on the way out
                schema.setdefault("properties", {})[field] = {"type": about["type"]}
        for field, shown in schema.get("properties", {}).items():
            about = own.get(field) or tables["*"].get(field)
            if about:
                shown.setdefault("description", about["description"])
                shown.setdefault("examples", [about["example"]])


def _local_times(node: Any) -> None:
    """Times may come and go without an offset, which the format „date-time“ demands."""
    if isinstance(node, dict):
        if node.get("format") == "date-time":
            del node["format"]
            node["pattern"] = MOMENT
        for item in node.values():
            _local_times(item)
    elif isinstance(node, list):
        for item in node:
            _local_times(item)


def _as_problems(document: dict[str, Any]) -> None:
    """FastAPI lists an error's schema under the content type of the answer; it is sent as application/problem+json."""
    schema = {"$ref": "#/components/schemas/Problem"}
    for path in document["paths"].values():
        for call in path.values():
            for response in call["responses"].values():
                if problem := response.get("content", {}).get("application/problem+json"):
                    response["content"] = {"application/problem+json": {**problem, "schema": schema}}
    for gone in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(gone, None)
