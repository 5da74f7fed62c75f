"""A running server takes over another version by itself, and keeps the one it has if the other is broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import metrics, service
from nlp import artifact
from nlp.errors import ModelError
from nlp.training import versions
from service.fake import FakeAssistant
from service.shared import THREAD, Make, Serve, until


class Told(FakeAssistant):
    """Says which version it is."""

    def __init__(self, version: str) -> None:
        self.version = version


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(artifact, "HOME", tmp_path)
    monkeypatch.setattr(service, "WATCH_SECONDS", 0.05)
    versions.put_in_force(tmp_path, heads="1")
    return tmp_path


def test_another_version_in_force_is_loaded_beside_and_taken_over(home: Path, make: Make) -> None:
    client: Any = make(demo=True, load_model=lambda: Told(versions.in_force(home)["heads"]))
    running = client.app.state.service
    assert running.model.version == "1"
    versions.put_in_force(home, heads="2")
    until(lambda: running.model.version == "2")
    assert client.post("/v1/annotate", json=THREAD).status_code == 200


def test_a_version_that_cannot_be_loaded_changes_nothing(home: Path, make: Make) -> None:
    tried = []

    def load() -> Told:
        tried.append(versions.in_force(home)["heads"])
        if tried[-1] == "2":
            raise ModelError("kaputt")
        return Told(tried[-1])

    client: Any = make(demo=True, load_model=load)
    versions.put_in_force(home, heads="2")
    until(lambda: tried[-1] == "2")
    assert client.post("/v1/annotate", json=THREAD).status_code == 200
    assert client.app.state.service.model.version == "1"
    versions.put_in_force(home, heads="3")
    until(lambda: client.app.state.service.model.version == "3")


def test_sighup_loads_anew_and_drops_nothing(serving: Serve) -> None:
    with serving() as server:
        for _ in range(3):
            os.kill(server.process.pid, signal.SIGHUP)
            for _ in range(20):
                assert httpx.post(f"{server.url}/v1/annotate", json=THREAD, timeout=30).status_code == 200
        until(lambda: server.log.read_text().count('"ready"') >= 3)
        assert server.process.poll() is None


def test_a_reviewed_message_is_kept_and_an_unknown_tag_is_told(make: Make) -> None:
    client = make(key="admin")
    body = {"event": "labels_confirmed", "message": {"id": "m1", "author": "customer", "text": "Danke, Oltmanns"}, "customer_id": "K-1", "tags": ["lob"]}
    assert client.post("/v1/feedback", json=body).status_code == 202
    (kept,) = client.get("/v1/customers/K-1/feedback").json()["feedback"]
    assert kept["body"]["tags"] == ["lob"]
    refused = client.post("/v1/feedback", json={**body, "tags": ["lobb"]})
    assert refused.status_code == 422
    assert "lob" in json.dumps(refused.json(), ensure_ascii=False)


def test_a_call_of_the_model_before_recounts_no_hit(home: Path, make: Make) -> None:
    class Counting(Told):
        hits = 0

        def recalled(self) -> tuple[int, int]:
            return self.hits, 0

    client: Any = make(demo=True, load_model=lambda: Counting("1"))
    running, counted = client.app.state.service, metrics.CACHE.labels("hit")._value
    before, (old, new) = counted.get(), (Counting("1"), Counting("2"))
    for model, hits in ((old, 5), (new, 3), (old, 6), (new, 4)):
        model.hits, running.model = hits, model
        client.post("/v1/annotate", json=THREAD)
    assert counted.get() - before == 10


def test_gauges_of_dead_workers_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        for kind in ("gauge_livesum", "counter"):
            (tmp_path / f"{kind}_{pid}.db").touch()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    metrics.bury()
    assert {path.name for path in tmp_path.iterdir()} == {f"counter_{ended.pid}.db", f"counter_{os.getpid()}.db", f"gauge_livesum_{os.getpid()}.db"}
