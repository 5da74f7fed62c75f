"""Archives in each format come back as they were, packed too; what is wrong in a table is told with its line."""

import json
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nlp import files, streams
from nlp.errors import DataError
from nlp.files import Rejected
from nlp.handbook import DATA, taxonomy
from nlp.thread import Thread

SAMPLES = [line + b"\n" for line in (DATA / "samples.jsonl").read_bytes().splitlines()]
LABELLED = streams.dump({
    "task": {"id": "A-1", "customer": {"last_name": "Kern", "x_loyal": True}, "key_data": {"hours_budget": 2}, "x_old": [1]},
    "messages": [
        {"id": "m1", "author": "customer", "text": 'Erstens; „zweitens“,\n"drittens"?', "tags": [], "questions": [{"id": "q1", "quote": "drittens", "kind": "direct"}]},
        {"id": "m2", "author": "team", "text": "", "attachments": ["a;b, c.pdf"], "x_seen": {"by": "Jana"}, "sent_at": "2026-03-02T09:14:00"},
    ],
    "as_of": "2026-03-20T09:00",
})  # fmt: skip


def known(record: Any) -> Any:
    """Without nulls, which a table cannot tell from what is absent."""
    if isinstance(record, dict):
        return {key: known(value) for key, value in record.items() if value is not None}
    return [known(value) for value in record] if isinstance(record, list) else record


def read(name: str) -> tuple[list[Thread], list[Rejected]]:
    found = list(files.read(name, taxonomy()))
    return [item for item in found if isinstance(item, Thread)], [item for item in found if isinstance(item, Rejected)]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "tsv", "parquet", "jsonl.gz", "jsonl.zst", "csv.gz", "tsv.zst"])
def test_what_is_saved_comes_back(kind: str, tmp_path: Path) -> None:
    name = str(tmp_path / f"chats.{kind}")
    files.save(name, [*SAMPLES, LABELLED])
    threads, rejected = read(name)
    assert not rejected
    wanted = [known(Thread.model_validate_json(line).to_json()) for line in (*SAMPLES, LABELLED)]
    assert [known(thread.to_json()) for thread in threads] == wanted


def test_a_table_as_people_write_it(tmp_path: Path) -> None:
    table = tmp_path / "chats.csv"
    table.write_bytes("\ufefftask.id;id;author;text;tags\nA-1;m1;customer;\"Was kostet\ndas?\";kundenfrage, zeit_kosten\nA-1;m2;team;Hallo;\n".encode())
    (thread,), rejected = read(str(table))
    assert not rejected
    assert [message.text for message in thread.messages] == ["Was kostet\ndas?", "Hallo"]
    assert [message.tags for message in thread.messages] == [["kundenfrage", "zeit_kosten"], None]


BROKEN = [
    (b"A-1;m2;team;zu;viel", ":3:", "5 statt 4 Zellen"),
    (b"A-1;m2;team;\xff", ":3:", "UTF-8"),
    (b"A-2;m1;chef;hallo", ":3 · m1:", "„chef“"),
    (b"A-2;m1;team;x\nA-1;m9;team;y", ":4:", "Sortieren"),
]


@pytest.mark.parametrize(("row", "where", "wrong"), BROKEN)
def test_a_bad_row_is_kept_with_its_line_and_reason(row: bytes, where: str, wrong: str, tmp_path: Path) -> None:
    table = tmp_path / "chats.csv"
    table.write_bytes(b"task.id;id;author;text\nA-1;m1;team;gut\n" + row + b"\n")
    threads, rejected = read(str(table))
    assert threads[0].messages[0].text == "gut"
    assert len(rejected) == 1
    assert where in rejected[0].errors[0]
    assert wrong in rejected[0].errors[0]
    assert "A-" in rejected[0].line


CLASHING = [
    ("questions", "[" * 100_000, "kein gültiges JSON"),
    ("task.customer,task.customer.last_name", "Kern,Kern", "passen nicht zusammen"),
]


@pytest.mark.parametrize(("columns", "cells", "wrong"), CLASHING, ids=["deep", "clashing"])
def test_a_cell_that_cannot_be_put_anywhere_rejects_its_chat(columns: str, cells: str, wrong: str, tmp_path: Path) -> None:
    table, head = tmp_path / "chats.csv", "task.id,id,author,text"
    table.write_text(f"{head},{columns}\nA-1,m1,team,gut,{',' * columns.count(',')}\nA-2,m1,team,x,{cells}\n", encoding="utf-8")
    threads, (rejected,) = read(str(table))
    assert [thread.task.id for thread in threads] == ["A-1"]
    assert f"{table}:3" in rejected.errors[0]
    assert wrong in rejected.errors[0]


@pytest.mark.parametrize("column", ["task", "thread"])
def test_a_column_that_only_looks_like_the_task_is_the_messages_own(column: str, tmp_path: Path) -> None:
    table = tmp_path / "chats.csv"
    table.write_text(f"task.id,id,author,text,{column}\nA-1,m1,team,gut,x\n", encoding="utf-8")
    (thread,), rejected = read(str(table))
    assert not rejected
    assert thread.messages[0].model_extra == {column: "x"}


def test_a_value_that_json_does_not_know_is_text(tmp_path: Path) -> None:
    assert json.loads(streams.dump({"x": Decimal("1.50"), "at": time(9, 30)})) == {"x": "1.50", "at": "09:30:00"}


def test_a_table_without_a_column_that_is_needed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chats.csv").write_text("task.id,id,text\n")
    with pytest.raises(DataError, match=r"fehlen die Spalten author.*nötig sind"):
        read(str(tmp_path / "chats.csv"))


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_a_packed_file_that_is_cut_off_is_told(kind: str, tmp_path: Path) -> None:
    name = tmp_path / f"chats.jsonl.{kind}"
    files.save(str(name), SAMPLES * 20)
    name.write_bytes(name.read_bytes()[:-40])
    with pytest.raises(DataError, match="beschädigt oder abgeschnitten"):
        read(str(name))


def test_a_line_that_is_too_long_is_kept_in_part_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_LINE", 20_000)
    name = tmp_path / "chats.jsonl"
    name.write_bytes(SAMPLES[0] + b'{"x": "' + b"a" * 70_000 + b'"}\n' + SAMPLES[1])
    threads, rejected = read(str(name))
    assert len(threads) == 2
    assert rejected[0].errors[0].startswith(f"{name}:2: Die Zeile ist länger")


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    name = tmp_path / "out.jsonl"
    name.write_bytes(b"old")

    def breaking() -> Any:
        yield SAMPLES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.save(str(name), breaking())
    assert name.read_bytes() == b"old"
    assert json.loads(SAMPLES[0])
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
