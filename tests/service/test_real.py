"""The whole way with the models that ship: what the editor sends, and what it gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create
from api.settings import load
from nlp import artifact
from nlp.assistant import Assistant
from service.shared import unlike, until

ASKED: dict[str, Any] = {
    "task": {"id": "A-1", "title": "Adressliste", "customer": {"salutation": "Frau", "first_name": "Petra", "last_name": "Lindner", "register": "sie"}},
    "messages": [{"id": "m1", "author": "customer", "sent_at": "2026-03-02T09:14", "text": "Guten Morgen 😀, was kostet das, und wer macht es"}],
}


@pytest.fixture(scope="module")
def real(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create(load(database=f"sqlite:///{tmp_path_factory.mktemp('real')}/store.db", demo=True), lambda: assistant)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        until(lambda: app.state.service.model is not None)
        yield client


def _units(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def test_questions_are_found_where_the_browser_counts_them(real: TestClient) -> None:
    message = real.post("/v1/annotate", json=ASKED).json()["messages"][0]
    assert [question["quote"].removeprefix("und ")[:8] for question in message["questions"]] == ["was kost", "wer mach"]
    for question in message["questions"]:
        assert _units(message["text"], question["start_utf16"], question["end_utf16"]) == question["quote"]


def test_while_writing_questions_close_one_by_one(real: TestClient) -> None:
    def standing(draft: str) -> list[str]:
        shown = real.post("/v1/suggest", json={"thread": ASKED, "draft": draft}).json()
        return [question["standing"] for question in shown["open_questions"]]

    assert standing("") == ["open", "open"]
    assert standing("Guten Morgen Frau Lindner, die Stunde kostet 34 €, insgesamt sind es 408 €.")[0] == "answered"
    assert standing("Guten Morgen Frau Lindner, die Stunde kostet 34 €, und meine Kollegin Jana macht es.") == ["answered", "answered"]


def test_a_placeholder_is_not_sent(real: TestClient) -> None:
    shown = real.post("/v1/suggest", json={"thread": ASKED, "draft": "Guten Tag Frau [Name], das kostet 34 €, und Jana macht es."}).json()
    assert "placeholder-left" in {finding["rule"] for finding in shown["findings"]}
    assert not shown["sendable"]


def test_templates_that_suit_are_offered_with_a_reason(real: TestClient) -> None:
    known = {template["id"] for template in real.get("/v1/templates").json()}
    offered = real.post("/v1/suggest", json={"thread": ASKED, "draft": ""}).json()["templates"]
    assert 1 <= len(offered) <= 3
    assert all(template["id"] in known and template["reason"] for template in offered)


def test_a_composed_draft_takes_up_every_question_and_says_what_is_open(real: TestClient) -> None:
    draft = real.post("/v1/compose", json={"thread": ASKED}).json()
    assert {question for block in draft["blocks"] for question in block["questions"]} == {"m1.q1", "m1.q2"}
    assert all(draft["text"][block["start"] : block["end"]] == block["text"] for block in draft["blocks"])
    joined = real.post("/v1/compose", json={"thread": ASKED, "template": f"{draft['template']}+lob"})
    assert joined.json()["template"] == f"{draft['template']}+lob"
    unknown = real.post("/v1/compose", json={"thread": ASKED, "template": f"{draft['template']}+gibt-es-nicht"})
    assert (unknown.status_code, "„gibt-es-nicht“" in unknown.json()["detail"]) == (404, True)
    gaps = {gap["key"]: "34 € die Stunde" for gap in draft["open"] if gap["kind"] == "question"}
    filled = real.post("/v1/compose", json={"thread": ASKED, "template": draft["template"], "answers": gaps}).json()
    assert not [gap for gap in filled["open"] if gap["kind"] == "question"]
    wrong = real.post("/v1/compose", json={"thread": ASKED, "answers": {"m9.q9": "x"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/answers/m9.q9")


def test_a_draft_greets_by_the_time_it_will_be_sent(real: TestClient) -> None:
    greetings = {real.post("/v1/compose", json={"thread": ASKED, "sent_at": f"2026-03-04T{hour}:30"}).json()["blocks"][0]["text"] for hour in ("08", "20")}
    assert len(greetings) == 2


def test_what_a_review_rests_on_is_found_as_browsers_count(real: TestClient) -> None:
    thread = {**ASKED, "messages": [{**ASKED["messages"][0], "text": "😀 " + ASKED["messages"][0]["text"]}]}
    found = real.post("/v1/review", json={"thread": thread}).json()["questions"][0]["evidence"]
    assert found["start_utf16"] > found["start"]
    units = thread["messages"][0]["text"].encode("utf-16-le")
    assert units[2 * found["start_utf16"] : 2 * found["end_utf16"]].decode("utf-16-le") == found["quote"]


def test_any_thread_of_the_corpus_gets_answers_as_documented_from_all_calls(real: TestClient) -> None:
    lines = [line for path in sorted(Path(artifact.HOME, "unseen").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines[:: max(1, len(lines) // 12)]:
        thread = json.loads(line)
        bare = {"task": thread["task"], "messages": [{k: m[k] for k in ("id", "author", "channel", "sent_at", "text") if k in m} for m in thread["messages"]]}
        for call, body in (
            ("annotate", bare), ("suggest", {"thread": bare, "draft": "Guten Tag, das klappt bis Freitag."}), ("check", {"thread": bare, "draft": "Gern."}),
            ("compose", {"thread": bare}), ("review", {"thread": bare}),
        ):  # fmt: skip
            answer = real.post(f"/v1/{call}", json=body)
            assert answer.status_code == 200, (call, thread["task"]["id"], answer.text)
            assert unlike(call, answer.json()) == []


def test_a_pause_in_typing_costs_one_message(real: TestClient, assistant: Assistant) -> None:
    said = [{"id": f"m{n}", "author": "customer" if n % 2 else "team", "text": f"Nachricht Nummer {n}, bitte lesen."} for n in range(1, 7)]
    thread = {**ASKED, "messages": said}
    real.post("/v1/suggest", json={"thread": thread, "draft": "Gern, bis"})
    before, (hits, misses) = assistant._models.encoder.passes, assistant.recalled()
    real.post("/v1/suggest", json={"thread": thread, "draft": "Gern, bis Freitag"})
    assert assistant._models.encoder.passes == before + 1
    assert assistant.recalled() == (hits + 6, misses)
