"""The document that clients and the editor are generated from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import settings, types
from api.openapi import described, undescribed
from service.shared import THREAD, Make, unlike


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    made: dict[str, Any] = client.get("/openapi.json").json()
    return made


def test_every_field_has_a_meaning_and_an_example(document: dict[str, Any]) -> None:
    assert list(undescribed(document)) == []
    fields = {(name, field) for name, schema in document["components"]["schemas"].items() for field in schema.get("properties", {})}
    assert [(name, field) for name, table in described().items() if name != "*" for field in table if (name, field) not in fields] == []


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for path, calls in document["paths"].items():
        for call in calls.values():
            assert "500" in call["responses"], path
            for status, response in call["responses"].items():
                if status >= "400" and path != "/readyz":
                    assert list(response["content"]) == ["application/problem+json"], (path, status)


@pytest.mark.parametrize("call", ["suggest", "check", "compose", "review"])
def test_answers_are_what_the_published_document_says(client: TestClient, call: str) -> None:
    draft = {"draft": "Frau Linder, bis Freitag."} if call in ("suggest", "check") else {}
    assert unlike(call, client.post(f"/v1/{call}", json={"thread": THREAD, **draft}).json()) == []


def test_the_published_document_and_types_are_current(document: dict[str, Any]) -> None:
    assert json.loads(types.DOCUMENT.read_text(encoding="utf-8")) == document, "run: make docs"
    assert types.digest() in types.TYPESCRIPT.read_text(encoding="utf-8").splitlines()[0], "run: make docs"


def test_the_settings_table_of_the_readme_is_current() -> None:
    readme = (types.DOCUMENT.parents[1] / "README.md").read_text(encoding="utf-8")
    assert settings.table() in readme, "run: python -m api.settings"


def test_docs_can_be_switched_off(make: Make) -> None:
    client = make(demo=True, docs=False)
    assert client.get("/openapi.json").status_code == 404
    assert client.get("/docs").status_code == 404
