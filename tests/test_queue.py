"""What to label next: where there is doubt, not the same doubt twice; and there and back through other tools."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from nlp.assistant import Assistant
from nlp.errors import DataError
from nlp.handbook import taxonomy
from nlp.learning.events import from_row
from nlp.learning.exchange import FORMATS, label_studio_view, read, written
from nlp.learning.queue import Item, made
from nlp.learning.ranking import ranked
from nlp.thread import Thread

ITEM = Item("A-1/m1", "A-1", "m1", "customer", "chat", "Bis wann? 😀 „Eilt“\nDanke", "team: Guten Tag", 1.2, ["termin"], {"termin": 0.5, "lob": 0.9}, ["lob"])


def test_doubt_comes_first_and_what_is_sure_is_not_asked() -> None:
    table = np.array([[0.99, 0.01], [0.5, 0.6], [0.8, 0.02], [0.0, 1.0]])
    found = ranked(table, np.eye(4), 4)
    assert [(chosen.index, chosen.ask) for chosen in found] == [(1, [0, 1]), (2, [0])]


def test_the_same_doubt_is_not_chosen_twice() -> None:
    table = np.array([[0.5], [0.49], [0.2]])
    vectors = np.array([[1.0, 0.0], [1.0, 0.01], [0.0, 1.0]])
    assert [chosen.index for chosen in ranked(table, vectors, 2)] == [0, 2]


def test_rare_tags_count_more() -> None:
    assert ranked(np.array([[0.5, 0.0], [0.0, 0.5]]), np.eye(2), 1, np.array([0.3, 0.01]))[0].index == 1


def _answered(form: str, raw: str) -> bytes:
    """What the tool exports after somebody chose „termin“ and „lob“ for the first item and skipped the second."""
    if form == "label-studio":
        rows = json.loads(raw)
        chosen = {"from_name": "tags", "to_name": "text", "type": "choices", "value": {"choices": ["termin", "lob"]}}
        rows[0]["annotations"] = [{"result": [chosen], "completed_by": 7, "was_cancelled": False}]
        rows[1]["annotations"] = [{"result": [], "completed_by": 7, "was_cancelled": True}]
        return json.dumps(rows).encode()
    rows = [json.loads(line) for line in raw.splitlines()]
    if form == "prodigy":
        rows[0] |= {"accept": ["termin", "lob"], "answer": "accept", "_annotator_id": "7"}
        rows[1] |= {"accept": [], "answer": "ignore"}
    else:
        rows[0]["responses"] = {"tags": [{"value": ["termin", "lob"], "user_id": "7", "status": "submitted"}]}
        rows[1]["responses"] = [{"question_name": "tags", "value": ["lob"], "user_id": "7", "status": "discarded"}]
    return "\n".join(json.dumps(row) for row in rows).encode()


@pytest.mark.parametrize("form", FORMATS)
def test_labels_come_back_from_other_tools(form: str) -> None:
    raw = written([ITEM, ITEM], form, taxonomy())
    (row,) = read(_answered(form, raw), form, taxonomy(), "export")
    assert not isinstance(row, DataError)
    event = from_row(row)
    assert (event.name, event.user, event.body["tags"]) == ("labels_confirmed", "7", ["termin", "lob"])
    assert event.body["message"] == {"id": "m1", "author": "customer", "channel": "chat", "text": ITEM.text}


@pytest.mark.parametrize("form", FORMATS)
def test_what_no_tool_wrote_is_told(form: str) -> None:
    with pytest.raises(DataError, match="Exportieren Sie sie neu"):
        list(read(b"\xff{", form, taxonomy(), "export"))
    raw = json.dumps([{"x": 1, "annotations": [{}]}] if form == "label-studio" else {"x": 1}).encode()
    (error,) = read(raw, form, taxonomy(), "export")
    assert "kein Eintrag" in str(error)


def test_a_tag_that_is_not_in_the_taxonomy_is_told() -> None:
    raw = _answered("prodigy", written([ITEM, ITEM], "prodigy", taxonomy())).replace(b'"termin", "lob"]', b'"termine"]')
    (error,) = read(raw, "prodigy", taxonomy(), "export")
    assert "Gemeint war wohl „termin“" in str(error)


def test_suggestions_are_what_the_tools_expect() -> None:
    (task,) = json.loads(written([ITEM], "label-studio", taxonomy()))
    assert task["predictions"][0]["result"][0]["value"] == {"choices": ["lob"]}
    record = json.loads(written([ITEM], "argilla", taxonomy()))
    assert record["suggestions"] == [{"question_name": "tags", "value": ["lob"], "score": [0.9], "agent": "aufgabenchat"}]
    view = ElementTree.fromstring(label_studio_view(taxonomy()))
    assert [choice.get("hint") for choice in view.iter("Choice")] == [tag.label for tag in taxonomy().values()]


def test_a_queue_asks_only_about_what_no_human_labelled(assistant: Assistant) -> None:
    messages: list[dict[str, Any]] = [
        {"id": "m1", "author": "customer", "text": "Bitte alle Adressen in die Tabelle, bis Freitag wäre gut. Was kostet das in etwa?"},
        {"id": "m2", "author": "team", "text": "Gern, ich kläre das mit Nadine und melde mich.", "tags": ["termin"]},
        {"id": "m3", "author": "customer", "text": "Passt, und die Zugänge schicke ich dann wie besprochen, das Logo auch."},
    ]
    thread = Thread.model_validate({"task": {"id": "A-1"}, "messages": messages})
    items, (chosen,) = made([thread], Assistant(assistant.models), taxonomy(), 5)
    assert {item.message_id for item in items} <= {"m1", "m3"}
    assert items == sorted(items, key=lambda item: -item.gain)
    for item in items:
        assert all(0.03 <= item.scores[tag] <= 0.97 for tag in item.ask)
    asked = {message.id for message in chosen.messages if "review" in (message.model_extra or {})}
    assert asked == {item.message_id for item in items}
    assert all(message.tags is None for message in chosen.messages if message.id in asked)
