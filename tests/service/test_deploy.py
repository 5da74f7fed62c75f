"""What operators start it with fits the program."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api import commands, serve
from api.settings import PREFIX, ConfigurationError, Settings, load
from nlp import artifact
from nlp.cli import app

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "aufgabenchat.service"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def _options(command: list[str]) -> set[str]:
    known = {option for parameter in typer.main.get_command(app).commands[command[1]].params for option in parameter.opts}  # type: ignore[attr-defined]
    used = {word for word in command if word.startswith("--")}
    return used - known


def test_the_unit_starts_the_service_and_waits_for_it_to_finish() -> None:
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT, encoding="utf-8")
    service = unit["Service"]
    assert _options(shlex.split(service["ExecStart"])) == set()
    assert int(service["TimeoutStopSec"]) > Settings.model_fields["shutdown_seconds"].default
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(["systemd-analyze", "verify", str(UNIT)], capture_output=True, text=True, check=False)
        assert [line for line in checked.stderr.splitlines() if "Unknown" in line] == []


def test_the_image_copies_what_there_is_and_runs_as_nobody_special() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    last = text.rpartition("FROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", last, re.MULTILINE)
    command = re.search(r"^CMD (\[.+\])$", last, re.MULTILINE)
    assert command
    assert _options(re.findall(r'"([^"]+)"', command[1])) == set()


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(f"{PREFIX}DATABASE", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setattr(artifact, "current", lambda name: None)
    return tmp_path


def test_without_keys_it_starts_only_as_a_demo_on_this_machine(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="keys create"):
        serve._check("127.0.0.1")
    monkeypatch.setenv(f"{PREFIX}DEMO", "true")
    serve._check("127.0.0.1")
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1"):
        serve._check("0.0.0.0")


def test_keys_are_made_listed_and_revoked(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke
    made = run(commands.keys, ["create", "Editor", "--role", "feedback", "--days", "30"])
    key = made.stdout.strip()
    assert re.fullmatch(r"ac_[0-9a-f]{12}_[\w-]{43}", key)
    monkeypatch.setenv("COLUMNS", "200")
    listed = run(commands.keys, ["list"]).stdout
    key_id, secret = key.split("_", 2)[1:]
    assert key_id in listed
    assert secret not in listed
    serve._check("0.0.0.0")
    assert run(commands.keys, ["revoke", key_id]).exit_code == 0
    assert run(commands.keys, ["revoke", key_id]).exit_code == 1
    with pytest.raises(ConfigurationError):
        serve._check("0.0.0.0")


@pytest.mark.parametrize(("name", "value"), [("queue", "-1"), ("token_secret", "kurz"), ("origins", "*"), ("log_level", "laut"), ("request_seconds", "0")])
def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    with pytest.raises(ConfigurationError, match=f"{PREFIX}{name.upper()}") as caught:
        load()
    assert "kurz" not in str(caught.value)
