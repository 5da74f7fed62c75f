"""What is kept, on SQLite and on PostgreSQL: committed, pseudonymised, no longer than it should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import update

from api.database import Base, Feedback, StoreError, connect, migrate
from api.keys import KeyRing
from api.send_anyway import SendAnyway
from api.settings import load
from api.store import Store
from nlp.send_anyway import NotAllowedError
from service.shared import Make

MESSAGE = {"id": "m2", "author": "customer", "text": "Hallo Jana, ich bin unter 0171 2345678 zu erreichen. Passwort: Tee!2026\nGruß, Oltmanns"}
EVENTS: list[dict[str, Any]] = [
    {"event": "tag_rejected", "tag": "lob", "score": 0.8, "reason": "Oltmanns lobt nicht"},
    {"event": "question_marked", "question": {"id": "q1", "quote": "Oltmanns", "kind": "request", "start": 80, "end": 88, "mine": "Oltmanns"}},
    {"event": "answer_corrected", "suggested": None, "corrected": {"question": "m1.q1", "status": "answered", "quote": "Oltmanns"}},
    {"event": "finding_false_alarm", "reason": "stimmt", "finding": {"rule": "wrong-name", "severity": "error", "message": "„Oltmanns“?", "quote": "Oltmanns"}},
    {"event": "block_edited", "suggested": "Frau Oltmanns, gern.", "kept": "Liebe Frau Oltmanns, gern.", "question": "m1.q1"},
    {"event": "template_chosen", "template": "antwort", "offered": ["antwort", "lob"]},
]


def test_the_tables_are_as_the_code_says(database: str) -> None:
    engine = connect(database)
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_secrets_stay_and_keys_outlive_a_restart(database: str) -> None:
    store = Store(database)
    key = KeyRing(store, load(key_cache_seconds=0)).create("Editor", "feedback")
    store.close()
    again = Store(database)
    ring = KeyRing(again, load(key_cache_seconds=0))
    caller = ring.caller(key)
    assert caller is not None
    assert caller.role == "feedback"
    assert ring.caller(ring.mint(caller, "suggest", 60)) is not None
    assert [entry["event"] for entry in again.audits()] == ["key_created"]
    again.close()


def test_a_customers_data_can_be_read_and_deleted_by_id_but_the_id_is_not_there(database: str) -> None:
    store = Store(database)
    for customer in ("K-1", "K-2", None):
        store.add_feedback("tag_added", {"tag": "lob"}, key_id="k", customer_id=customer)
    assert [row["body"] for row in store.feedback_of("K-1")] == [{"tag": "lob"}]
    assert "K-1" not in json.dumps(store.feedback_of("K-1"))
    assert (store.forget("K-1"), store.forget("K-1")) == (1, 0)
    assert len(store.feedback_of("K-2")) == 1
    store.close()


def test_feedback_sent_twice_is_kept_once(database: str) -> None:
    store = Store(database)
    for _ in range(2):
        store.add_feedback("tag_added", {}, key_id="k", customer_id="K-1", name="7f3b6f0e-2f5e-4a53-9c1d-0b8a52f3a111")
    assert len(store.feedback_of("K-1")) == 1
    store.close()


def test_what_is_too_old_is_deleted(database: str) -> None:
    store = Store(database)
    old, _ = (store.add_feedback("tag_added", {}, key_id="k", customer_id="K-1") for _ in range(2))
    with store._engine.begin() as connection:
        connection.execute(update(Feedback).where(Feedback.id == old).values(at=Feedback.at - 31 * 86_400))
    assert store.purge(30) == 1
    assert len(store.feedback_of("K-1")) == 1
    store.close()


def test_a_freigabe_holds_over_processes_and_only_once(database: str) -> None:
    one, other = Store(database), Store(database)
    token = SendAnyway(one).token("Text", "m1")
    SendAnyway(other).redeem(token, "Text", "m1", ["wrong-name"], key_id="k")
    with pytest.raises(NotAllowedError):
        SendAnyway(one).redeem(token, "Text", "m1", [], key_id="k")
    one.close()
    other.close()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["event"])
def test_feedback_is_kept_without_names_numbers_and_credentials(make: Make, event: dict[str, Any]) -> None:
    client = make(key="admin")
    body = {**event, "customer_id": "K-Oltmanns", "user": "jana@example.com", "message": {**MESSAGE, "mine": "Oltmanns"}}
    assert client.post("/v1/feedback", json=body).status_code == 202
    exported = client.get("/v1/customers/K-Oltmanns/feedback").json()["feedback"]
    kept = json.dumps(exported, ensure_ascii=False)
    for word in ("Oltmanns", "Jana", "jana", "2345678", "Tee!2026"):
        assert word not in kept
    assert len(exported[0]["body"]["message"]["text"]) == len(MESSAGE["text"])
    assert "ich bin unter" in kept
    assert client.delete("/v1/customers/K-Oltmanns/feedback").json() == {"deleted": 1}


def test_a_false_alarm_needs_a_reason_and_a_tag_must_exist(make: Make) -> None:
    client = make(key="feedback")
    for event, pointer in (({**EVENTS[3], "reason": " "}, "/reason"), ({**EVENTS[0], "tag": "lop"}, "/tag"), ({"event": "jubel"}, "/event")):
        answer = client.post("/v1/feedback", json={**event, "message": MESSAGE})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("url", ["", "mysql://x", "sqlite:////no/such/folder/x.db", "postgresql+psycopg://u:geheim@127.0.0.1:1/x"])
def test_a_store_that_cannot_be_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store(url)
    assert "geheim" not in str(caught.value)
