"""Whatever comes in, what comes out is a problem in German that says where the mistake is, never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.shared import THREAD, Make

JSON = {"Content-Type": "application/json"}


def problem(answer: Any) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == answer.status_code
    return body


@pytest.mark.parametrize(
    ("change", "pointer", "text"),
    [
        ({"thread": None}, "/thread", "Objekt"),
        ({"drafft": ""}, "/drafft", "unbekannt"),
        ({"channel": "mail"}, "/channel", "erlaubt nur: chat, note"),
        ({"author": "customer"}, "/author", "assistant, team"),
        ({"request_seq": "1"}, "/request_seq", "ganze Zahl"),
        ({"request_seq": True}, "/request_seq", "ganze Zahl"),
        ({"sent_at": 0}, "/sent_at", "Zeitpunkt"),
        ({"sent_at": "gestern"}, "/sent_at", "Zeitpunkt"),
        ({"text_hash": "abc"}, "/text_hash", "Muster"),
        ({"thread": {"task": {"id": "A"}, "messages": [{"id": "m1", "author": "du", "text": ""}]}}, "/thread/messages/0/author", "customer"),
        ({"thread": {"task": {"id": "A"}, "messages": [{"id": "m1", "author": "team"}]}}, "/thread/messages/0/text", "fehlt"),
        ({"thread": {**THREAD, "questions": [{"end_utf16": "1"}]}}, "/thread/questions/0/end_utf16", "ganze Zahl"),
        ({"thread": {**THREAD, "messages": THREAD["messages"] * 2}}, "/thread/messages/0", "zweimal"),
        ({"thread": {**THREAD, "messages": [{**THREAD["messages"][0], "tags": ["lop"]}]}}, "/thread/messages/0", "„lob“"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(client: TestClient, change: dict[str, Any], pointer: str, text: str) -> None:
    answer = client.post("/v1/suggest", json={"thread": THREAD, "draft": "", **change})
    assert answer.status_code == 422
    assert [(error["pointer"], text in error["detail"]) for error in problem(answer)["errors"]] == [(pointer, True)]


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"\xff", b"", b"[" * 50_000, b'{"a":' * 40 + b"1" + b"}" * 40, b'{"thread": NaN}', b'{"thread": 1e999}', b'{"x": 9' + b"9" * 5_000 + b"}",
        b'{"draft": "\\ud800"}', b'{"\\udfff": 1}', b'{"draft": "\\u0000"}',
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/annotate", content=body, headers=JSON)
    assert answer.status_code == (400 if body else 422)
    assert problem(answer)["detail"] != problem(answer)["title"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/annotate", content=json.dumps(THREAD), headers={"Content-Type": kind})
    assert answer.status_code == 415
    problem(answer)


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    assert problem(client.get("/v1/nichts"))["title"] == "Das gibt es nicht."
    assert client.get("/v1/annotate").status_code == 405
    wrong = client.put("/v1/customers/K-1/feedback")
    assert (problem(wrong)["status"], wrong.headers["Allow"]) == (405, "DELETE, GET")


def test_any_id_of_a_customer_can_be_asked_for_and_deleted(make: Make) -> None:
    client, message = make(key="admin"), {"id": "m1", "author": "customer", "text": "Toll."}
    assert client.post("/v1/feedback", json={"event": "tag_added", "tag": "lob", "message": message, "customer_id": "K/1\n2"}).status_code == 202
    assert len(client.get("/v1/customers/K%2F1%0A2/feedback").json()["feedback"]) == 1
    assert client.delete("/v1/customers/K%2F1%0A2/feedback").json() == {"deleted": 1}


def test_too_much_is_refused(make: Make) -> None:
    client = make(demo=True, body_bytes=2_000, thread_messages=2, thread_characters=100)
    said = [{"id": f"m{n}", "author": "team", "text": "x"} for n in range(3)]
    assert "2 Nachrichten" in problem(client.post("/v1/annotate", json={**THREAD, "messages": said}))["detail"]
    assert "100 Zeichen" in problem(client.post("/v1/suggest", json={"thread": THREAD, "draft": "x" * 90}))["detail"]
    assert problem(client.post("/v1/suggest", json={"thread": THREAD, "draft": "x" * 3_000}))["status"] == 413
    streamed = client.post("/v1/annotate", content=iter([b"x" * 1_500, b"x" * 1_500]), headers=JSON)
    assert streamed.status_code == 413


def test_a_call_that_takes_too_long_is_given_up(make: Make) -> None:
    client = make(demo=True, request_seconds=0.2)
    answer = client.post("/v1/check", json={"thread": THREAD, "draft": "schlafe 0.6"})
    assert (answer.status_code, problem(answer)["type"]) == (504, "urn:aufgabenchat:zeit")


def test_a_mistake_of_ours_says_nothing_of_the_text(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post("/v1/check", json={"thread": THREAD, "draft": "stürze ab KANARIENVOGEL"})
    assert problem(answer)["title"] == "Interner Fehler."
    logged = caplog.text
    assert "RuntimeError" in logged
    assert answer.headers["X-Request-Id"] in logged
    assert "KANARIENVOGEL" not in logged + answer.text


def test_a_store_that_is_away_is_told_apart_from_a_mistake(make: Make) -> None:
    client = make(key="admin")
    client.app.state.service.store._engine.dispose()  # type: ignore[attr-defined]
    with client.app.state.service.store._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("DROP TABLE api_key")
    answer = client.get("/v1/rules")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Speicher" in problem(answer)["detail"]


@pytest.mark.parametrize("at", ["9999-12-31T23:30:00Z", "0001-01-01T00:00:00+05:00"])
def test_a_message_from_the_end_of_time_is_reviewed(at: str, client: TestClient) -> None:
    said = [{**THREAD["messages"][0], "sent_at": at}, {"id": "m2", "author": "team", "text": "Das sage ich Ihnen in 3 Tagen, bis Freitag.", "sent_at": at}]
    said[0]["questions"] = [{"id": "q1", "quote": "Wann ist es fertig?", "kind": "direct"}]
    said[1]["answers"] = [{"question": "m1.q1", "status": "deferred", "quote": "in 3 Tagen, bis Freitag"}]
    for more in ({}, {"as_of": at[:10]}):
        answer = client.post("/v1/review", json={"thread": {**THREAD, "messages": said}, **more})
        assert answer.status_code == 200, answer.text
