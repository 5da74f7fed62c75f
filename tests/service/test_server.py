"""Real servers: several workers, overload, a stop, a crash, and what the logs say."""

from __future__ import annotations

import json
import signal
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.crowd import Crowd
from api.store import Store
from service.shared import THREAD, Serve, until

CANARIES = ("KANARIE-Text", "KANARIE-Frage", "KANARIE-Kunde", "KANARIE-Grund", "KANARIE-Datei")


def _check(url: str, draft: str, **more: Any) -> httpx.Response:
    return httpx.post(f"{url}/v1/check", json={"thread": THREAD, "draft": draft, **more}, timeout=30)


def test_a_stop_lets_running_calls_finish(serving: Serve) -> None:
    with serving() as server, ThreadPoolExecutor(1) as pool:
        call = pool.submit(_check, server.url, "schlafe 1.5")
        time.sleep(0.5)  # it has begun
        server.process.send_signal(signal.SIGTERM)
        assert call.result(30).status_code == 200
        assert server.process.wait(30) in (0, -signal.SIGTERM)


def test_a_full_queue_sheds_load_at_once_and_recovers(serving: Serve) -> None:
    with serving(queue=2) as server, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: _check(server.url, "schlafe 0.5"), range(12)))
        statuses = sorted(answer.status_code for answer in answers)
        assert set(statuses) == {200, 503}
        assert 3 <= statuses.count(200) <= 6
        refused = [answer for answer in answers if answer.status_code == 503]
        assert all(answer.headers["Retry-After"] == "1" for answer in refused)
        assert max(answer.elapsed.total_seconds() for answer in answers) < 10
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert _check(server.url, "wieder da").status_code == 200


def test_where_calls_take_long_fewer_may_wait(serving: Serve) -> None:
    with serving(queue=20, queue_seconds=1) as server, ThreadPoolExecutor(12) as pool:
        assert [_check(server.url, "schlafe 0.6").status_code for _ in range(3)] == [200] * 3
        answers = list(pool.map(lambda _: _check(server.url, "schlafe 0.6"), range(12)))
        assert {answer.status_code for answer in answers} == {200, 503}
        assert max(answer.elapsed.total_seconds() for answer in answers if answer.status_code == 200) < 4


def test_a_crowded_worker_sends_clients_on_to_a_free_one(serving: Serve) -> None:
    def client(url: str) -> list[float]:
        with httpx.Client(timeout=30) as kept:  # one connection as long as the server keeps it
            body = {"thread": THREAD, "draft": "schlafe 0.25"}
            return [kept.post(f"{url}/v1/check", json=body).raise_for_status().elapsed.total_seconds() for _ in range(12)]

    with serving(workers=2, queue_seconds=5) as server, ThreadPoolExecutor(4) as pool:
        times = list(pool.map(client, [server.url] * 4))
    assert max(statistics.median(own[6:]) for own in times) < 0.65  # two a worker; where three share one a call takes 0.75


def test_a_free_worker_is_told_from_crowded_and_dead_ones(tmp_path: Path) -> None:
    crowded, other = Crowd(tmp_path / "crowd"), Crowd(tmp_path / "crowd")
    crowded.tell(2)
    other.tell(1)
    assert crowded.freer()
    assert not other.freer()
    other.tell(2)
    assert not crowded.freer()
    crowded.tell(1)
    other.tell(0)
    assert not crowded.freer()  # the one call that is left runs already
    crowded.tell(2)
    other.close()
    assert not crowded.freer()
    crowded.close()


def test_workers_share_port_rates_and_figures(serving: Serve) -> None:
    with serving(workers=2, rate_per_minute=120) as server:
        seen: list[str] = []
        began = time.monotonic()
        statuses = [httpx.get(f"{server.url}/v1/rules", timeout=30).status_code for _ in range(40)]
        assert 20 <= statuses.count(200) <= 21 + 2 * (time.monotonic() - began)
        assert statuses.count(200) + statuses.count(429) == 40
        until(lambda: (answer := httpx.get(f"{server.url}/metrics")).status_code == 200 and seen.append(answer.text) is None)
        figures = seen[0]
        assert f'aufgabenchat_seconds_count{{call="/v1/rules",status="200"}} {float(statuses.count(200))}' in figures
        assert server.stop(signal.SIGTERM) in (0, -signal.SIGTERM)


def test_every_accepted_feedback_survives_a_kill(serving: Serve, database: str) -> None:
    accepted: list[str] = []
    body = {"event": "tag_added", "tag": "lob", "message": {"id": "m1", "author": "customer", "text": "Toll."}, "customer_id": "K-1"}

    def post(url: str) -> None:
        try:
            answer = httpx.post(f"{url}/v1/feedback", json={**body, "id": str(uuid.uuid4())}, timeout=20)
        except httpx.HTTPError:
            return
        if answer.status_code == 202:
            accepted.append(answer.json()["id"])

    with serving(workers=2, database=database, rate_per_minute=1_000_000) as server, ThreadPoolExecutor(8) as pool:
        posts = [pool.submit(post, server.url) for _ in range(500)]
        until(lambda: len(accepted) >= 150, 120)
        server.stop(signal.SIGKILL)
        for call in posts:
            call.result(60)
    assert 150 <= len(accepted) < 500
    with serving(database=database) as server:
        pass
    store = Store(database)
    kept = {row["id"] for row in store.feedback_of("K-1")}
    store.close()
    assert set(accepted) <= kept


def test_no_text_and_no_key_is_in_logs_or_figures(serving: Serve, tmp_path: Path) -> None:
    path = f"sqlite:///{tmp_path}/canary.db"
    store = Store(path)
    from api.keys import KeyRing
    from api.settings import load

    key = KeyRing(store, load()).create("KANARIE", "admin")
    store.close()
    said = [{"id": "m1", "author": "customer", "text": f"{CANARIES[0]}. {CANARIES[1]}?", "extra": CANARIES[2]}]
    thread = {"task": {"id": CANARIES[2], "title": CANARIES[0]}, "messages": said}
    headers = {"Authorization": f"Bearer {key}"}
    with serving(demo="false", database=path, log_level="debug") as server, httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        for draft in (CANARIES[0], f"stürze ab {CANARIES[0]}", f"Linder {CANARIES[0]}"):
            for call in ("suggest", "check", "send-anyway"):
                client.post(f"/v1/{call}", json={"thread": thread, "draft": draft, "attachments": [CANARIES[4]], "token": CANARIES[3]})
                client.post(f"/v1/{call}?x={CANARIES[0]}", json={"thread": thread, "draft": draft})
        for call in ("annotate", "compose", "review"):
            client.post(f"/v1/{call}", json=thread if call == "annotate" else {"thread": thread})
        client.post("/v1/annotate", content=f'{{"{CANARIES[0]}', headers={"Content-Type": "application/json"})
        event = {"event": "tag_added", "tag": CANARIES[3], "reason": CANARIES[3], "message": said[0], "customer_id": CANARIES[2]}
        client.post("/v1/feedback", json=event)
        assert client.post("/v1/feedback", json={**event, "tag": "lob"}).status_code == 202
        client.get(f"/v1/customers/{CANARIES[2]}/feedback")
        client.get(f"/{CANARIES[0]}", headers={"X-Request-Id": f"{CANARIES[0]} {CANARIES[1]}"})
        client.get("/v1/rules", headers={"Authorization": f"Bearer {key[:-1]}"})
        figures = client.get("/metrics").text
        server.stop(signal.SIGTERM)
        log = server.log.read_text()
    assert '"path": "/v1/suggest"' in log
    for canary in (*CANARIES, key, key.split("_", 2)[2]):
        assert canary not in log
        assert canary not in figures
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["status"] for line in lines if line["event"] == "call"} >= {200, 202, 400, 401, 404, 409, 422, 500}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "chat.example.com"])
def test_a_demo_is_for_loopback_only(host: str) -> None:
    from api.serve import loopback

    assert not loopback(host)
    assert loopback("127.0.0.1")
    assert loopback("::1")
