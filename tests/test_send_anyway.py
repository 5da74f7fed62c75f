"""One token, one text, one state of the chat, one line in the log."""

import json
from pathlib import Path

import pytest

from nlp import send_anyway
from nlp.send_anyway import NotAllowedError, SendAnyway


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def test_a_token_works_once_and_is_logged_without_text(log: Path) -> None:
    gate = SendAnyway(log)
    token = gate.token("Geheimer Text", "m7")
    gate.redeem(token, "Geheimer Text", "m7", ["wrong-name", "wrong-name"])
    entry = json.loads(log.read_text())
    assert entry["rules"] == ["wrong-name"]
    assert "Geheim" not in log.read_text()
    assert token not in log.read_text()
    with pytest.raises(NotAllowedError, match="gibt es nicht mehr"):
        gate.redeem(token, "Geheimer Text", "m7", [])
    assert len(log.read_text().splitlines()) == 1


@pytest.mark.parametrize(("text", "last"), [("Text!", "m7"), ("Text", "m8")])
def test_a_changed_text_or_a_newer_message_makes_it_void(log: Path, text: str, last: str) -> None:
    gate = SendAnyway(log)
    token = gate.token("Text", "m7")
    with pytest.raises(NotAllowedError, match="geändert"):
        gate.redeem(token, text, last, [])
    with pytest.raises(NotAllowedError):
        gate.redeem(token, "Text", "m7", [])
    assert not log.exists()


def test_a_token_grows_old_and_their_number_is_bounded(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = SendAnyway(log)
    monkeypatch.setattr(send_anyway, "MOST", 2)
    first, *_ = [gate.token("Text", "m7") for _ in range(3)]
    with pytest.raises(NotAllowedError):
        gate.redeem(first, "Text", "m7", [])
    monkeypatch.setattr(send_anyway, "LIFETIME", -1)
    with pytest.raises(NotAllowedError):
        gate.redeem(gate.token("Text", "m7"), "Text", "m7", [])
