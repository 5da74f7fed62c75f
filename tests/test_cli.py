"""The command as people run it: exit codes, streams, what is written beside the output."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api import serve
from nlp.cli import app
from nlp.handbook import DATA
from nlp.learning import drift

SAMPLES = DATA / "samples.jsonl"


def run(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "nlp.cli", *arguments], input=stdin, capture_output=True, cwd=cwd, check=False, timeout=120)


def test_samples_are_printed_readably() -> None:
    done = run("annotate", str(SAMPLES))
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode()
    assert "Gästeliste Sommerfest" in text
    assert "Offene Fragen" in text


def test_streams_in_and_out() -> None:
    done = run("annotate", "-", "-o", "-", stdin=SAMPLES.read_bytes())
    threads = [json.loads(line) for line in done.stdout.splitlines()]
    assert [t["task"]["id"] for t in threads] == [json.loads(line)["task"]["id"] for line in SAMPLES.read_bytes().splitlines()]
    assert all("tags" in message for thread in threads for message in thread["messages"])


def test_bad_lines_are_told_and_kept_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = SAMPLES.read_bytes().splitlines()[0]
    (tmp_path / "chats.jsonl").write_bytes(b'{"task": 1}\n' + good + b"\n\xff\n")
    done = run("annotate", "chats.jsonl", "-o", "out.jsonl", cwd=tmp_path)
    assert done.returncode == 1
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 1
    rejected = [json.loads(line) for line in (tmp_path / "out.jsonl.rejected.jsonl").read_bytes().splitlines()]
    assert [row["line"] for row in rejected] == ['{"task": 1}', "\\xff"]
    assert "chats.jsonl:1" in done.stderr.decode()
    assert "chats.jsonl:3" in done.stderr.decode()


def test_a_file_that_is_not_there_is_told_in_german(tmp_path: Path) -> None:
    done = run("annotate", "fehlt.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "fehlt.jsonl" in done.stderr.decode()
    assert "lesen" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told_without_a_traceback() -> None:
    done = run("annotate", str(SAMPLES), "-o", "/dev/full")
    assert done.returncode == 2
    assert "fehlgeschlagen" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_check_exits_1_where_an_error_stands_and_0_where_none_does(tmp_path: Path) -> None:
    def thread(reply: str) -> bytes:
        said = [{"id": "m1", "author": "customer", "text": "Hier die Liste.", "questions": [], "tags": []}, {"id": "m2", "author": "team", "text": reply}]
        return json.dumps({"task": {"id": "A-1"}, "messages": said}).encode()

    bad = run("check", "-", "--json", stdin=thread("Guten Tag [Name], danke für die Liste."))
    assert bad.returncode == 1
    row = json.loads(bad.stdout.splitlines()[0])
    assert (row["message_id"], row["rule"], row["quote"]) == ("m2", "placeholder-left", "[Name]")
    assert run("check", "-", stdin=thread("Die Liste ist angekommen, ich beginne um 14 Uhr damit.")).returncode == 0


@pytest.mark.parametrize("command", [["queue", "rank"], ["drift", "--from"], ["review"]])
def test_bad_lines_are_told_alike_and_end_with_1(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "trained", lambda home, say: [])
    source = tmp_path / "chats.jsonl"
    source.write_bytes(b'{"task": 1}\n' * 30 + SAMPLES.read_bytes().splitlines()[0])
    done = CliRunner().invoke(app, [*command, str(source), "--json"])
    assert done.exit_code == 1, done.output
    assert json.loads(done.stdout)
    assert [f"chats.jsonl:{n}:" in done.stderr for n in (1, 20, 21)] == [True, True, False]
    assert "30 Zeilen abgelehnt" in done.stderr


def test_errors_of_a_rule_there_is_not_are_refused_at_once() -> None:
    done = run("findings", "--show", "repeted-text")
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "Die Regel „repeted-text“ gibt es nicht. Gemeint war wohl „repeated-text“."


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")])
def test_the_page_that_is_opened_has_a_valid_address(host: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(serve, "show", shown.append)
    monkeypatch.setattr(serve, "serve", lambda *_, **__: None)
    assert CliRunner().invoke(app, ["serve", "--open", "--demo", "--host", host]).exit_code == 0
    assert shown == [url]
    assert httpx.URL(url).port == 8_000


def test_lint_and_rules_run() -> None:
    checked = run("lint")
    assert checked.returncode == 0
    assert "customer_file.link ist noch das Muster" in checked.stderr.decode()
    listed = json.loads(run("rules", "--json").stdout)
    assert len(listed) == 18
    assert {"id", "label", "severity", "description"} <= listed[0].keys()


def test_without_a_command_help_is_shown() -> None:
    assert b"annotate" in run("--help").stdout
