"""The record: what comes in goes out, and offsets count as Python and as browsers do."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.files import Rejected, dump, parse, read_threads
from nlp.handbook import taxonomy
from nlp.thread import Thread, View, local, locate, utf16_offsets

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(text=st.text(max_size=300), extra=st.dictionaries(st.text(min_size=1, max_size=8).map("x_".__add__), JSON, max_size=4))
def test_round_trip_keeps_every_key_and_adds_none(text: str, extra: dict[str, Any]) -> None:
    data = {
        "task": {"id": "A-1", **extra, "customer": {"last_name": "Kern", **extra}},
        "messages": [{"id": "m1", "author": "customer", "text": text, "tags": [], **extra}],
        **extra,
    }
    line = dump(data)
    assert line.count(b"\n") == 1
    thread = parse(line, "a.jsonl:1", taxonomy())
    assert thread.to_json() == data
    assert json.loads(dump(thread.to_json())) == json.loads(line)


@given(st.text(max_size=200))
def test_utf16_offsets_count_as_browsers_do(text: str) -> None:
    offsets = utf16_offsets(text)
    assert len(offsets) == len(text) + 1
    for n in range(len(text) + 1):
        assert offsets[n] == len(text[:n].encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(max_size=40), st.text(min_size=1, max_size=10), st.text(max_size=40))
def test_a_quote_is_located_where_it_stands(before: str, quote: str, after: str) -> None:
    found = locate(before + quote + after, quote)
    assert found is not None
    assert (before + quote + after)[found[0] : found[1]] == quote


def test_a_repeated_quote_is_located_one_after_the_other() -> None:
    assert locate("wann? wann?", "wann?", {"wann?": 5}) == (6, 11)
    assert locate("wann?", "wer?") is None


def test_an_absent_key_stays_absent_and_an_empty_list_stays_a_label() -> None:
    data = {"task": {"id": "A-1"}, "messages": [{"id": "m1", "author": "team", "text": "Hallo", "tags": []}]}
    thread = Thread.model_validate(data)
    assert thread.messages[0].tags == []
    assert thread.messages[0].questions is None
    assert thread.to_json() == data


def test_a_question_stays_open_until_it_is_answered() -> None:
    question = {"id": "q1", "quote": "wann", "kind": "direct"}
    said = [
        {"id": "m1", "author": "customer", "text": "wann", "questions": [question, {"id": "q2", "quote": "wann", "kind": "work_request"}]},
        {"id": "m2", "author": "team", "text": "Wir melden uns", "answers": [{"question": "m1.q1", "status": "missed"}]},
        {"id": "m3", "author": "team", "text": "am Freitag", "answers": [{"question": "m1.q1", "status": "answered", "quote": "am Freitag"}]},
        {"id": "m4", "author": "team", "text": "Gruß"},
    ]
    thread = Thread.model_validate({"task": {"id": "A-1"}, "messages": said})
    assert [list(View(thread, n).open_questions()) for n in range(4)] == [[], ["m1.q1"], ["m1.q1"], []]


def test_blank_lines_and_a_byte_order_mark_are_no_mistake() -> None:
    line = dump({"task": {"id": "A-1"}, "messages": []})
    found = list(read_threads([b"\n", b"\xef\xbb\xbf" + line, b"  \r\n"], "a.jsonl", taxonomy()))
    assert len(found) == 1
    assert not isinstance(found[0], Rejected)


@pytest.mark.parametrize(
    ("when", "here"),
    [
        ("2026-03-02T09:14", "2026-03-02T09:14"),
        ("2026-03-01T23:30Z", "2026-03-02T00:30"),
        ("2026-07-01T23:30+00:00", "2026-07-02T01:30"),
        ("9999-12-31T23:30Z", "9999-12-31T23:30"),
        ("0001-01-01T00:00+05:00", "0001-01-01T00:00"),
    ],
)
def test_the_clock_is_the_one_in_germany_as_far_as_the_calendar_goes(when: str, here: str) -> None:
    assert local(datetime.fromisoformat(when)) == datetime.fromisoformat(here)
