"""The client speaks to the service as its own tests do, but typed."""

from __future__ import annotations

from datetime import date

import httpx
import pytest
from fastapi.testclient import TestClient

from api import schemas
from api.client import ApiError, Client
from nlp.thread import Message, Thread
from service.shared import THREAD, Make

DRAFT = "Hallo Frau Linder, bis Freitag."


@pytest.fixture
def service(make: Make) -> TestClient:
    return make(key="admin")


@pytest.fixture
def client(service: TestClient) -> Client:
    made = Client("http://127.0.0.1")
    made._http = service
    return made


def test_all_calls_answer_typed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = Thread.model_validate(THREAD)
    assert client.ready()
    assert client.annotate(thread).messages[0].questions
    shown = client.suggest(thread, DRAFT, request_seq=3)
    assert (shown.stale, shown.request_seq, shown.findings[0].rule) == (False, 3, "wrong-name")
    checked = client.check(thread, DRAFT, author="assistant")
    assert checked.send_anyway
    assert client.send_anyway(thread, DRAFT, checked.send_anyway) == ["wrong-name"]
    assert client.compose(thread)["text"]
    assert client.review(thread, date(2026, 3, 12))["as_of"].startswith("2026-03-12")
    assert client.token("suggest", 60).expires_in == 60
    assert client.taxonomy()[0].label
    assert client.rules()[0].severity
    assert isinstance(client.templates(), list)
    event = schemas.TagEvent(event="tag_added", tag="lob", message=Message(id="m1", author="customer", text="Toll."), customer_id="K/1 ä")
    made = client.feedback(event)
    assert [row.id for row in client.export("K/1 ä").feedback] == [made]
    assert client.forget("K/1 ä") == 1


def test_a_refusal_is_an_error_with_its_problem(client: Client) -> None:
    with pytest.raises(ApiError, match="422") as caught:
        client.check(Thread.model_validate({**THREAD, "messages": THREAD["messages"] * 2}), "")
    assert caught.value.problem.errors[0].pointer == "/thread/messages/0"


def test_it_comes_back_when_the_service_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    answers = iter([httpx.Response(503, headers={"Retry-After": "3"}), httpx.Response(429), httpx.Response(200, json=[])])
    with Client("http://x", transport=httpx.MockTransport(lambda _: next(answers))) as client:
        assert client.rules() == []
    assert waits == [3, 1]
