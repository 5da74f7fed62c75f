"""Drift is told where there is some, not where there is none, and nothing of any text is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.store import Store
from nlp import traffic
from nlp.assistant import Assistant
from nlp.learning.drift import compared
from nlp.learning.events import from_row
from nlp.thread import Message, Thread
from nlp.traffic import BLOCK, Block, Traffic
from nlp.training.scoring import wilson


def blocks(shift: float, count: int = 20, seed: int = 0, tag: float = 0.3) -> list[Block]:
    """Messages whose vectors lie around a direction that is turned by ``shift``."""
    rng, found = np.random.default_rng(seed), []
    middle = np.zeros(384, np.float32)
    middle[:2] = 1.0, shift
    for _ in range(count):
        block = Block()
        for _ in range(BLOCK):
            vector = middle + rng.normal(size=384).astype(np.float32) * 0.03
            block.add(vector, ["termin"] if rng.random() < tag else [], [])
        found.append(block)
    return found


def test_the_same_kind_of_messages_is_no_drift() -> None:
    report = compared(blocks(0, seed=1), blocks(0, seed=2))
    assert report.p_value is not None
    assert report.p_value > 0.01
    assert "sehen aus wie die" in report.verdict


def test_another_kind_of_messages_is_told_with_what_moved() -> None:
    report = compared(blocks(0.6, seed=1, tag=0.6), blocks(0, seed=2))
    assert report.p_value is not None
    assert report.p_value <= 0.01
    assert report.discrepancy is not None
    assert report.discrepancy > 0.1
    assert "queue rank" in report.verdict
    assert {rate.name for rate in report.rates if rate.moved} == {"termin", "ohne Tag"}


def test_chance_is_honest() -> None:
    """Without drift a p-value below 0.1 comes about once in ten times, not more."""
    low = sum(traffic.chance(blocks(0, 8, seed=2 * n), blocks(0, 8, seed=2 * n + 1)) < 0.1 for n in range(30))
    assert low <= 8


def test_rejected_suggestions_are_counted() -> None:
    rows = [{"event": name, "tag": "lob", "message": {"text": "x"}} for name in ["tag_accepted"] * 3 + ["tag_rejected"]]
    report = compared(blocks(0, 6), blocks(0, 6, seed=1), [from_row(row) for row in rows])
    rejected = report.rates[-1]
    assert (rejected.name, rejected.now) == ("Vorschläge abgelehnt", 0.25)


def test_little_traffic_gives_no_verdict() -> None:
    assert "zu wenig" in compared(blocks(0, 2), blocks(0.5)).verdict
    assert compared([], []).rates == []


def test_a_message_that_is_read_again_counts_once_and_only_full_blocks_leave() -> None:
    full: list[Block] = []
    seen = Traffic(full.append)
    for n in range(BLOCK - 1):
        for _ in range(2):
            seen.saw(Message(id=f"m{n}", author="customer", text="Danke", tags=["lob"]), np.ones(4, np.float32))
    assert full == []
    seen.saw(Message(id="last", author="customer", text="Danke", tags=[]), np.ones(4, np.float32))
    assert [(block.messages, block.tags, block.untagged) for block in full] == [(BLOCK, {"lob": BLOCK - 1}, 1)]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = Store(f"sqlite:///{tmp_path}/store.db")
    yield made
    made.close()


def test_what_the_server_reads_is_summed_up_without_its_texts(assistant: Assistant, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from api import drift, metrics

    monkeypatch.setattr(traffic, "BLOCK", 3)
    known = blocks(0, 6)
    monkeypatch.setattr(drift, "reference", lambda encoder: known)
    own, watching = Assistant(assistant.models, "digest"), drift.Drift(store)
    watching.follow(own)
    said = ["Hallo Frau Oltmanns, wann ist es fertig?", "Bis Freitag, versprochen.", "Danke, das passt wunderbar."]
    thread = Thread.model_validate({"task": {"id": "A-1"}, "messages": [{"id": f"m{n}", "author": "customer", "text": text} for n, text in enumerate(said)]})
    own.annotate(thread)
    own.suggest(thread, "Entwurf, der nicht zählt")
    watching.close()
    thread.task.id = "A-2"
    assert len(own.annotate(thread).messages) == 3, "the model goes on when the service that listened to it is closed"
    (sums,) = store.traffic("digest")
    assert sums["messages"] == 3
    assert store.traffic("another") == []
    kept = json.dumps(sums)
    assert not any(word in kept for word in ("Oltmanns", "Freitag", "passt"))
    assert metrics.DRIFT._value.get() > 0
    assert store.purge(-1) == 1  # goes with the retention


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.278), (9, 10, 0.596, 0.982), (10, 10, 0.722, 1.0)])
def test_the_interval_of_a_share_stays_between_none_and_all(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))
    assert 0 <= wilson(hits, n)[0] <= wilson(hits, n)[1] <= 1
