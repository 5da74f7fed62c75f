"""Exports of other systems become threads; what does not fit is told, with the place in the export and in the map."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from nlp.errors import DataError
from nlp.files import parsed
from nlp.handbook import taxonomy
from nlp.imports import HOME, lines, load
from nlp.imports.text import from_html
from nlp.streams import Rejected
from nlp.thread import Thread

EXPORTS = Path(__file__).parent / "exports"


def read(name: str | Path, card: str) -> tuple[list[Thread], list[Rejected]]:
    found = [item if isinstance(item, Rejected) else parsed(item, taxonomy()) for item in lines(str(name), load(card))]
    return [item for item in found if isinstance(item, Thread)], [item for item in found if isinstance(item, Rejected)]


def test_a_zammad_export_becomes_threads() -> None:
    (first, last), rejected = read(EXPORTS / "zammad.json", "zammad")
    assert (first.task.id, first.task.type, first.task.customer.company) == ("65071", "recherche", "Lindner Dental GmbH")
    assert [(m.id, m.author, m.channel) for m in first.messages] == [("301", "customer", "chat"), ("303", "team", "note"), ("304", "team", "chat")]
    assert first.messages[0].text == "Guten Tag,\nbitte 40 Praxen recherchieren.\nWas kostet das ungefähr?\n> Am 1. März schrieben Sie"
    assert first.messages[0].attachments == ["muster.xlsx"]
    assert (first.task.model_extra or {})["link"] == "https://support.example.com/#ticket/zoom/71"
    assert (last.task.type, last.task.assistant) == ("sonstiges", None)
    assert [m.sent_at and m.sent_at.hour for m in (first.messages[0], last.messages[0])] == [9, 10], "winter and summer time in Germany"
    assert "„Bot“" in rejected[0].errors[0]
    assert "Eintrag 2 · Nachricht 1" in rejected[0].errors[0]
    line = int(rejected[0].errors[0].rpartition("zammad.toml:")[2].strip(")"))
    assert (HOME / "zammad.toml").read_text(encoding="utf-8").splitlines()[line - 1].startswith("author")


def test_a_chatwoot_export_becomes_threads() -> None:
    threads, rejected = read(EXPORTS / "chatwoot.json", "chatwoot")
    task = threads[0].task
    assert (task.id, task.title, task.assistant, task.customer.first_name, task.customer.last_name) == ("512", "Shop-Texte", "Nele", "Jonas", "Pfaff")
    assert [(m.author, m.channel) for m in threads[0].messages] == [("customer", "chat"), ("team", "note"), ("team", "chat"), ("customer", "chat")]
    assert "keine Nachrichten" in rejected[0].errors[0]


def test_rows_of_a_table_are_put_together_by_ticket() -> None:
    threads, rejected = read(EXPORTS / "helpdesk.csv", str(EXPORTS / "helpdesk.toml"))
    assert [(thread.task.id, len(thread.messages)) for thread in threads] == [("V-1", 3), ("V-3", 1)]
    assert threads[0].messages[0].text.endswith("\nUnd bis wann?")
    assert ["helpdesk.csv:6" in rejected[0].errors[0], "Sortieren" in rejected[1].errors[0]] == [True, True]
    kept = [json.loads(item.line)["export"] for item in rejected]
    assert kept[0][0]["Text"] == "Hallo", "nothing of a rejected row is lost"
    assert kept[1]["Text"] == "Danke!"


def test_a_packed_export_and_one_object_a_line_read_the_same(tmp_path: Path) -> None:
    tickets = json.loads((EXPORTS / "zammad.json").read_bytes())
    (tmp_path / "e.jsonl").write_text("{kaputt\n" + "\n".join(map(json.dumps, tickets)), encoding="utf-8")
    (tmp_path / "e.json.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(tickets).encode()))
    whole, _ = read(EXPORTS / "zammad.json", "zammad")
    assert read(tmp_path / "e.json.gz", "zammad")[0] == whole
    threads, rejected = read(tmp_path / "e.jsonl", "zammad")
    assert threads == whole
    assert rejected[0].line == "{kaputt"


def test_an_export_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    text = (EXPORTS / "zammad.json").read_text(encoding="utf-8")
    (tmp_path / "e.json").write_text(text[: text.index('"id": 73')], encoding="utf-8")
    threads, rejected = read(tmp_path / "e.json", "zammad")
    assert [thread.task.id for thread in threads] == ["65071"]
    assert "nach Eintrag 2" in rejected[-1].errors[0]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('Agent = "team"', 'Agent = "tema"', ("'team'", "author")),
        ("html =", "hmtl =", ("hmtl", "text =")),
        ('sent_at = "created_at"', 'sent_at = { from = "created_at", date = "%d.%m." }', ("date", "sent_at")),
        ('title = "title"', 'title = "title..x"', ("title", "title")),
        ('format = "json"', 'format = "xml"', ("jsonl", "format")),
        ("[message]", "[message", ("TOML", "")),
        ('messages = "articles"', "", ("group", "")),
    ],
)
def test_mistakes_in_a_map_are_told_with_their_line(tmp_path: Path, right: str, wrong: str, told: tuple[str, str]) -> None:
    text = (HOME / "zammad.toml").read_text(encoding="utf-8")
    assert right in text
    card = tmp_path / "meine.toml"
    card.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(str(card))
    assert told[0] in str(caught.value)
    if told[1]:
        number = int(caught.value.where.rpartition(":")[2])
        assert told[1] in card.read_text(encoding="utf-8").splitlines()[number - 1]


def test_a_map_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(DataError, match=r"„zammad“.*chatwoot"):
        load("zamad")


def test_every_map_that_ships_is_in_order() -> None:
    assert {load(path.stem).source.format for path in HOME.glob("*.toml")} == {"json"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a &lt; b &amp; c", "a < b & c"),
        ("<p>eins</p>\n<p>zwei</p>", "eins\nzwei"),
        ("eins<br><br><br><br>zwei", "eins\n\nzwei"),
        ("<style>p { }</style><p>da</p>", "da"),
        ("<b>fett</b> und <i>schräg</i>", "fett und schräg"),
        ("<blockquote>oh<br>je</blockquote>neu", "> oh\n> je\nneu"),
        ("kein Ende <p>hier", "kein Ende\nhier"),
    ],
)
def test_html_reads_as_people_saw_it(html: str, text: str) -> None:
    assert from_html(html) == text


@pytest.mark.slow
def test_memory_is_bounded_by_a_ticket_not_by_the_export(tmp_path: Path) -> None:
    ticket = json.dumps(json.loads((EXPORTS / "zammad.json").read_bytes())[2])
    (tmp_path / "big.json").write_text("[" + ",".join([ticket] * 30_000) + "]", encoding="utf-8")
    assert (tmp_path / "big.json").stat().st_size > 6_000_000
    card = load("zammad")
    tracemalloc.start()
    count = sum(1 for _ in lines(str(tmp_path / "big.json"), card))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 2_000_000


def test_what_is_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_bytes((EXPORTS / "helpdesk.csv").read_bytes().decode().encode("cp1252"))
    threads, rejected = read(tmp_path / "e.csv", str(EXPORTS / "helpdesk.toml"))
    assert "kein utf-8" in rejected[0].errors[0]
    assert [thread.task.id for thread in threads] == ["V-3"]


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_bytes((EXPORTS / "helpdesk.csv").read_bytes().replace(b";", b","))
    with pytest.raises(DataError, match=r"Vorgang.*delimiter.*Betreff"):
        read(tmp_path / "e.csv", str(EXPORTS / "helpdesk.toml"))
