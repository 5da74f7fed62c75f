"""What the editor's calls answer."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from nlp.send_anyway import text_hash
from service.shared import THREAD, Make

DRAFT = "😀 Hallo Frau Linder, bis Freitag."


def test_annotate_keeps_unknown_keys_and_adds_browser_offsets(client: TestClient) -> None:
    thread = {**THREAD, "mine": {"deep": [1, None]}, "messages": [{**THREAD["messages"][0], "color": "red"}]}
    done = client.post("/v1/annotate", json=thread).json()
    assert done["mine"] == {"deep": [1, None]}
    message = done["messages"][0]
    assert message["color"] == "red"
    question = message["questions"][0]
    assert (question["start"], question["start_utf16"]) == (19, 20)
    assert message["text"].encode("utf-16-le")[2 * question["start_utf16"] : 2 * question["end_utf16"]].decode("utf-16-le") == question["quote"]


def test_labels_that_are_there_are_kept(client: TestClient) -> None:
    thread = {**THREAD, "messages": [{**THREAD["messages"][0], "tags": ["lob"], "questions": []}]}
    message = client.post("/v1/annotate", json=thread).json()["messages"][0]
    assert (message["tags"], message["questions"]) == (["lob"], [])


def test_suggest_shows_tags_questions_and_findings_of_the_draft(client: TestClient) -> None:
    shown = client.post("/v1/suggest", json={"thread": THREAD, "draft": DRAFT, "request_seq": 17}).json()
    assert [tag["tag"] for tag in shown["tags"]] == ["termin"]
    question = shown["open_questions"][0]
    assert (question["question"], question["standing"], question["start_utf16"]) == ("m1.q1", "answered", 20)
    assert question["answer"]["start_utf16"] == DRAFT.index("bis") + 1
    finding = shown["findings"][0]
    assert (finding["start"], finding["start_utf16"], finding["fix"]["start_utf16"]) == (13, 14, 14)
    assert (shown["sendable"], shown["stale"], shown["request_seq"]) == (False, False, 17)


def test_an_empty_draft_shows_what_is_open_and_is_not_sendable(client: TestClient) -> None:
    shown = client.post("/v1/suggest", json={"thread": THREAD, "draft": "  "}).json()
    assert (shown["tags"], shown["findings"], shown["sendable"]) == ([], [], False)
    assert [question["standing"] for question in shown["open_questions"]] == ["open"]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, False),
        ({"last_message_id": "m1", "text_hash": text_hash(DRAFT, "m1")}, False),
        ({"last_message_id": "m0"}, True),
        ({"text_hash": text_hash("anders", "m1")}, True),
    ],
)
def test_a_request_for_another_draft_or_thread_is_stale(client: TestClient, claims: dict[str, Any], expected: bool) -> None:
    shown = client.post("/v1/suggest", json={"thread": THREAD, "draft": DRAFT, **claims}).json()
    assert shown["stale"] is expected
    assert bool(shown["findings"]) is not expected
    assert {key: shown[key] for key in claims} == claims


def test_sending_anyway_takes_a_token_for_this_text_once(client: TestClient) -> None:
    body = {"thread": THREAD, "draft": DRAFT}
    checked = client.post("/v1/check", json=body).json()
    assert not checked["sendable"]
    sent = {**body, "token": checked["send_anyway"]}
    assert client.post("/v1/send-anyway", json=sent).json() == {"allowed": True, "rules": ["wrong-name"]}
    again = client.post("/v1/send-anyway", json=sent)
    assert again.status_code == 409
    assert "gibt es nicht mehr" in again.json()["detail"]
    log = client.app.state.service.store.audits()  # type: ignore[attr-defined]
    assert [entry["event"] for entry in log] == ["sent_anyway"]
    assert log[0]["text_sha256"] == text_hash(DRAFT, "m1")
    assert "Linder" not in str(log)


def test_a_token_for_another_text_is_spent_and_refused(client: TestClient) -> None:
    token = client.post("/v1/check", json={"thread": THREAD, "draft": DRAFT}).json()["send_anyway"]
    other = {"thread": THREAD, "draft": DRAFT + "!", "token": token}
    assert "geändert" in client.post("/v1/send-anyway", json=other).json()["detail"]
    assert client.post("/v1/send-anyway", json={**other, "draft": DRAFT}).status_code == 409


def test_a_clean_draft_is_sendable_and_gets_no_token(client: TestClient) -> None:
    checked = client.post("/v1/check", json={"thread": THREAD, "draft": "Hallo Frau Lindner, bis Freitag."}).json()
    assert checked == {"findings": [], "sendable": True, "send_anyway": None}


def test_compose_and_review_answer(client: TestClient) -> None:
    assert client.post("/v1/compose", json={"thread": THREAD}).json()["text"] == "Guten Tag"
    assert client.post("/v1/compose", json={"thread": THREAD, "template": "gibt-es-nicht"}).status_code == 404
    assert client.post("/v1/review", json={"thread": THREAD, "as_of": "2026-03-12"}).json()["as_of"].startswith("2026-03-12")


def test_what_the_editor_renders_is_listed(client: TestClient) -> None:
    assert {"termin", "lob"} <= {tag["id"] for tag in client.get("/v1/taxonomy").json()}
    assert "wrong-name" in {rule["id"] for rule in client.get("/v1/rules").json()}
    assert all(template["title"] for template in client.get("/v1/templates").json())


def test_the_model_is_waited_for(make: Make) -> None:
    client = make(demo=True)
    client.app.state.service.model = None  # type: ignore[attr-defined]
    answer = client.post("/v1/check", json={"thread": THREAD, "draft": ""})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert client.get("/readyz").json() == {"ready": False, "model": False, "store": True}
    assert client.get("/healthz").json() == {"status": "ok", "demo": True}
