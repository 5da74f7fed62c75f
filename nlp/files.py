"""Threads from and to JSONL, CSV and Parquet, also packed. Bad lines are kept apart with the reason; nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from nlp import tables
from nlp.errors import DataError
from nlp.handbook import Taxonomy
from nlp.streams import Line, Position, Rejected, as_text, dump, json_lines, opened, replacing
from nlp.thread import Thread, locate

__all__ = ["Line", "Position", "Rejected", "contradictions", "dump", "lines", "opened", "parse", "parse_object", "read", "read_threads", "save"]


def lines(name: str, position: Position | None = None) -> Iterator[Line | Rejected]:
    """The threads of a file, not yet parsed, in order and with bounded memory; the format goes by the name: ``.csv``, ``.tsv``, ``.parquet``,
    anything else is JSONL. ``.gz`` and ``.zst`` are unpacked, ``-`` is the standard input.

    :param position: Is kept up to date with how far the file is read.
    :raises DataError: If the file cannot be read, or a table lacks columns.
    """
    kind, position = _format(name), position or Position()
    if kind == "parquet":
        yield from tables.parquet_lines(name, position)
        return
    with opened(name, position=position) as file:
        for item in tables.csv_lines(file, name) if kind in ("csv", "tsv") else json_lines(file, name):
            position.look()
            yield item


def read(name: str, tags: Taxonomy) -> Iterator[Thread | Rejected]:
    """The threads of a file as ``lines`` finds them, parsed, or rejected with German reasons that name line and message."""
    return (item if isinstance(item, Rejected) else parsed(item, tags) for item in lines(name))


def read_threads(file: Iterable[bytes], name: str, tags: Taxonomy) -> Iterator[Thread | Rejected]:
    """The same for JSONL that is open already."""
    return (item if isinstance(item, Rejected) else parsed(item, tags) for item in json_lines(file, name))


def save(name: str, threads: Iterable[bytes]) -> None:
    """Write threads, given as JSON lines, in the format the name asks for; the file appears only when it is complete.

    :raises DataError: If it cannot be written.
    """
    with replacing(name) as file:
        match _format(name):
            case "parquet":
                tables.write_parquet(file, threads)
            case "csv" | "tsv" as kind:
                tables.write_csv(file, threads, delimiter="," if kind == "csv" else "\t")
            case _:
                for line in threads:
                    file.write(line)


def _format(name: str) -> str:
    return name.lower().removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]


def parsed(line: Line, tags: Taxonomy) -> Thread | Rejected:
    """The line's thread, or the line with what is wrong with it."""
    try:
        return parse(line.raw, line.where, tags)
    except DataError as error:
        return Rejected(as_text(line.raw), str(error).split("\n"))


def parse(raw: bytes, where: str, tags: Taxonomy) -> Thread:
    """One thread from its JSON.

    :raises DataError: With one line a mistake: no UTF-8, no JSON, wrong or missing keys, labels that contradict.
    """
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataError(
            f"Kein gültiges UTF-8 (Byte {error.start + 1}).", where=where, remedy="Speichern Sie die Datei als UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        spot = f" ab Zeichen {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(f"Kein gültiges JSON{spot}.", where=where, remedy="Eine Zeile ist ein Aufgabenchat als JSON-Objekt.") from error
    return parse_object(data, where, tags)


def parse_object(data: object, where: str, tags: Taxonomy) -> Thread:
    """One thread from decoded JSON. Raises as ``parse``."""
    try:
        thread = Thread.model_validate(data)
    except ValidationError as error:
        raise DataError("\n".join(_german(data, where, dict(e)) for e in error.errors()[:20])) from error
    problems = [f"{where} · {spot}: {text}" for spot, text in contradictions(thread, tags)]
    if problems:
        raise DataError("\n".join(problems))
    return thread


def _german(data: object, where: str, error: dict[str, Any]) -> str:
    """One line for a validation error, naming the message by its id."""
    path = list(error["loc"])
    spot = ""
    if len(path) >= 2 and path[0] == "messages" and isinstance(data, dict):
        message = data["messages"][path[1]]
        spot = f" · {message['id'] if isinstance(message, dict) and 'id' in message else f'Nachricht {path[1] + 1}'}"
        path = path[2:]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "Chat"
    match error["type"]:
        case "missing":
            return f"{where}{spot}: „{key}“ fehlt. Ergänzen Sie den Schlüssel."
        case "literal_error":
            return f"{where}{spot}: „{error['input']}“ ist bei „{key}“ nicht erlaubt. Erlaubt: {_options(error)}."
        case "datetime_parsing" | "datetime_from_date_parsing":
            return f"{where}{spot}: „{key}“ ist kein Zeitpunkt. Schreiben Sie ihn wie 2026-03-02T09:14."
        case _:
            return f"{where}{spot}: „{key}“ hat den falschen Typ ({type(error['input']).__name__}). Siehe das Datenformat im README."


def _options(error: dict[str, Any]) -> str:
    return str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")


def contradictions(thread: Thread, tags: Taxonomy) -> Iterator[tuple[str, str]]:
    """(where, German text) of labels that cannot be true: unknown or forbidden tags, quotes that are not there, …"""
    seen: set[str] = set()
    asked: set[str] = set()
    for message in thread.messages:
        at = message.id
        if at in seen:
            yield at, "Diese Nachrichten-Id gibt es im Chat zweimal. Vergeben Sie eindeutige Ids."
        seen.add(at)
        if message.incoming and message.channel == "note":
            yield at, "Kunden schreiben keine internen Notizen. Prüfen Sie author und channel."
        for tag in message.tags or ():
            if tag not in tags:
                yield at, f"{tags.unknown(tag)} Siehe taxonomy.toml."
            elif not tags[tag].allows(message.author):
                yield at, f"Der Tag „{tag}“ passt nicht zu einer Nachricht von {message.author}. Entfernen Sie ihn."
        if message.questions and not message.incoming:
            yield at, "Fragen stehen nur an Kundennachrichten. Entfernen Sie „questions“."
        for question in message.questions or ():
            if (key := f"{at}.{question.id}") in asked:
                yield at, f"Die Frage-Id „{question.id}“ gibt es zweimal. Vergeben Sie eindeutige Ids."
            asked.add(key)
            if locate(message.text, question.quote) is None:
                yield at, f"Das Zitat der Frage {question.id} steht nicht im Text: „{question.quote[:60]}“. Zitieren Sie wörtlich."
        for answer in message.answers or ():
            if answer.question not in asked:
                yield at, f"Eine Antwort verweist auf „{answer.question}“; diese Frage gab es vorher nicht. Prüfen Sie die Id."
            if answer.status == "missed" and answer.quote:
                yield at, f"„{answer.question}“ ist als versäumt markiert und hat doch ein Zitat. Entfernen Sie eines von beiden."
            if answer.status != "missed" and locate(message.text, answer.quote) is None:
                yield at, f"Das Zitat der Antwort auf „{answer.question}“ steht nicht im Text. Zitieren Sie wörtlich."
