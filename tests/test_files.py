"""Bad input gets a German error that names line, message and remedy; the other threads of the file go on."""

import json
from typing import Any

import pytest

from nlp.errors import DataError
from nlp.files import Rejected, parse, read_threads
from nlp.handbook import taxonomy
from nlp.thread import Thread

GOOD = {"task": {"id": "A-1"}, "messages": [{"id": "m1", "author": "customer", "text": "Was kostet das?"}]}


def with_message(**changes: Any) -> dict[str, Any]:
    return {"task": {"id": "A-1"}, "messages": [{**GOOD["messages"][0], **changes}]}  # type: ignore[dict-item, index]


BAD = [
    (b'{"task": {"id": "A-1"', "Kein gültiges JSON", "Zeichen"),
    (b'{"task": {"id": "\xff"}}', "Kein gültiges UTF-8", "Byte"),
    (b"[1, 2]", "Chat", "Typ"),
    (b"[" * 100_000, "Kein gültiges JSON", ""),
    (b'{"task": ' + b"1" * 5_000 + b"}", "Kein gültiges JSON", ""),
    ({"task": {"id": "A-1", "key_data": {"addons": 5}}, "messages": []}, "task.key_data", "Datenformat"),
    ({"task": {"id": "A-1", "customer_file": ["x"]}, "messages": []}, "task.customer_file.1", "Datenformat"),
    ({"task": {"id": "A-1"}}, "„messages“ fehlt", "Ergänzen"),
    ({"task": {}, "messages": []}, "„task.id“ fehlt", "Ergänzen"),
    (with_message(author="chef"), "m1: „chef“ ist bei „author“ nicht erlaubt", "customer, assistant, team"),
    (with_message(channel="mail"), "„mail“ ist bei „channel“ nicht erlaubt", "chat, note"),
    (with_message(tags=["kundenfragen"]), "m1: Den Tag „kundenfragen“ gibt es nicht.", "Gemeint war wohl „kundenfrage“"),
    (with_message(tags=["rueckfrage"]), "passt nicht zu einer Nachricht von customer", "Entfernen"),
    (with_message(text=None), "m1: „text“ hat den falschen Typ", "Datenformat"),
    (with_message(sent_at="gestern"), "„sent_at“ ist kein Zeitpunkt", "2026-03-02T09:14"),
    (with_message(channel="note"), "Kunden schreiben keine internen Notizen", "Prüfen"),
    (with_message(questions=[{"id": "q1", "quote": "Wann?", "kind": "direct"}]), "Das Zitat der Frage q1 steht nicht im Text", "wörtlich"),
    (with_message(questions=[{"id": "q1", "quote": "Was", "kind": "quiz"}]), "„quiz“ ist bei „questions.1.kind“ nicht erlaubt", "direct"),
    (with_message(answers=[{"question": "m9.q9", "status": "missed"}]), "diese Frage gab es vorher nicht", "Prüfen Sie die Id"),
    (
        {"task": {"id": "A-1"}, "messages": [{"id": "m1", "author": "team", "text": "a"}, {"id": "m1", "author": "team", "text": "b"}]},
        "Diese Nachrichten-Id gibt es im Chat zweimal",
        "eindeutige Ids",
    ),
    (
        {
            "task": {"id": "A-1"},
            "messages": [
                {"id": "m1", "author": "customer", "text": "wann", "questions": [{"id": "q1", "quote": "wann", "kind": "direct"}]},
                {"id": "m2", "author": "team", "text": "bald", "answers": [{"question": "m1.q1", "status": "missed", "quote": "bald"}]},
            ],
        },
        "m2: „m1.q1“ ist als versäumt markiert und hat doch ein Zitat",
        "Entfernen",
    ),
]


@pytest.mark.parametrize(("line", "wrong", "remedy"), BAD)
def test_bad_line_is_told_with_place_and_remedy(line: bytes | dict[str, Any], wrong: str, remedy: str) -> None:
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    with pytest.raises(DataError) as caught:
        parse(raw, "chats.jsonl:7", taxonomy())
    assert str(caught.value).startswith("chats.jsonl:7")
    assert wrong in str(caught.value)
    assert remedy in str(caught.value)


def test_the_other_threads_of_the_file_go_on_and_the_bad_line_is_kept_as_it_was() -> None:
    lines = [json.dumps(GOOD).encode(), b'{"broken": \xff', json.dumps(GOOD).encode()]
    found = list(read_threads(lines, "chats.jsonl", taxonomy()))
    assert [type(item) for item in found] == [Thread, Rejected, Thread]
    assert isinstance(found[1], Rejected)
    assert found[1].line == '{"broken": \\xff'
    assert found[1].errors[0].startswith("chats.jsonl:2")


def test_all_mistakes_of_a_thread_are_told_at_once() -> None:
    with pytest.raises(DataError) as caught:
        parse(json.dumps({"task": {"id": "A-1"}, "messages": [{"author": "chef"}, {"id": "m2", "author": "team"}]}).encode(), "c:1", taxonomy())
    text = str(caught.value)
    assert "Nachricht 1: „id“ fehlt" in text
    assert "m2: „text“ fehlt" in text
