"""``aufgabenchat review`` and ``Assistant.review`` as people use them, with the shipped models."""

import json
import subprocess
import sys

import pytest

from nlp.assistant import Assistant
from nlp.handbook import DATA
from nlp.thread import Thread

SAMPLES = DATA / "samples.jsonl"
KEYS = {"task_id", "as_of", "checklist", "open_questions", "reminders_sent", "booking", "next_step"}


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "nlp.cli", "review", *arguments], input=stdin, capture_output=True, check=False, timeout=120)


def test_one_object_a_line_as_of_the_moment_given() -> None:
    done = run("-", "--json", "--as-of", "2026-06-02", stdin=SAMPLES.read_bytes())
    assert done.returncode == 0, done.stderr.decode()
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["task_id"] for each in found] == [json.loads(line)["task"]["id"] for line in SAMPLES.read_bytes().splitlines()]
    assert all(each.keys() >= KEYS for each in found)
    assert {each["as_of"][:10] for each in found} == {"2026-06-02"}
    assert found[0]["checklist"].keys() == {"instruction", "examples", "lists", "logins", "manuals"}


def test_the_page_names_the_next_step() -> None:
    done = run(str(SAMPLES), "--as-of", "2026-06-02")
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode()
    assert "→" in text
    assert "Starter-Kit" in text


def test_a_moment_that_is_none_is_told_in_german() -> None:
    done = run(str(SAMPLES), "--as-of", "neulich")
    assert done.returncode == 2
    assert "Zeitpunkt" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("tags", [None, []])
def test_untagged_messages_of_the_team_to_a_new_customer_are_reported(assistant: Assistant, tags: list[str] | None) -> None:
    reply = {"id": "m2", "author": "team", "text": "Guten Tag Frau Kern, bis wann brauchen Sie die Übersetzung, und welche Fassung gilt?", "sent_at": "2026-03-02T10:00"}
    if tags is not None:
        reply["tags"] = tags
    thread = Thread.model_validate({
        "task": {"id": "A-1", "area": "neukunde"},
        "messages": [{"id": "m1", "author": "customer", "text": "Bitte meinen Vertrag ins Englische übersetzen.", "sent_at": "2026-03-02T09:00"}, reply],
    })  # fmt: skip
    found = assistant.review(thread, "2026-03-02T12:00")
    assert any(remark.message == "m2" and remark.tag == "rueckfrage" for remark in found.tags)
