"""The tickets of an export one by one, with bounded memory, as the lines of a thread file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

import ijson

from nlp.errors import DataError
from nlp.imports import convert
from nlp.imports.mapping import Map
from nlp.streams import Line, Position, Rejected, as_text, dump, json_lines, opened

Record = tuple[str, Any]
"""Where a record stands in the export, and what it holds."""


def lines(name: str, card: Map, position: Position | None = None) -> Iterator[Line | Rejected]:
    """The threads of the export ``name``, ``-`` for the standard input; what does not fit the map is rejected with the reason.

    :param position: Is kept up to date with how far the file is read.
    :raises DataError: If the file cannot be read, or a table lacks the column that orders it.
    """
    position = position or Position()
    with opened(name, position=position) as file:
        for where, ticket, messages in _tickets(_records(file, name, card), card):
            position.look()
            if isinstance(ticket, Rejected):
                yield ticket
                continue
            try:
                yield Line(where, dump(convert.thread(ticket, messages, card, where)))
            except DataError as error:
                yield Rejected(dump({"export": messages if card.source.group else ticket}).decode().rstrip("\n"), [str(error)])


def _records(file: IO[bytes], name: str, card: Map) -> Iterator[Record | Rejected]:
    match card.source.format:
        case "csv":
            return _csv(file, name, card)
        case "jsonl":
            return _jsonl(file, name)
        case _:
            return _jsonl(file, name) if name.removesuffix(".gz").removesuffix(".zst").endswith((".jsonl", ".ndjson")) else _json(file, name, card)


def _json(file: IO[bytes], name: str, card: Map) -> Iterator[Record | Rejected]:
    """The elements of the list, read as it streams; a document that breaks off is told, what came before it counts."""
    start = file.peek(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]  # type: ignore[attr-defined]
    prefix = f"{card.source.items}.item" if card.source.items else "item" if start == b"[" else ""
    number = 0
    try:
        for number, record in enumerate(ijson.items(_WithoutMark(file), prefix, multiple_values=True, use_float=True), 1):
            yield f"{name} · Eintrag {number}", record
    except (ijson.JSONError, UnicodeDecodeError) as error:
        told = DataError(f"Ab hier kein gültiges JSON ({str(error).splitlines()[0]}).", where=f"{name} · nach Eintrag {number}", remedy="Exportieren Sie neu.")
        yield Rejected("", [str(told)])
    if not number:
        told = DataError("Unter dem Pfad der Karte steht kein Eintrag.", where=name, remedy=f"Prüfen Sie items in {card.path.name}.")
        yield Rejected("", [str(told)])


class _WithoutMark:
    """A stream without the byte order mark that some programs put first."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._first = stream, True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if self._first and data:
            self._first = False
            return data.removeprefix(b"\xef\xbb\xbf") or self._stream.read(size)
        return data


def _jsonl(file: IO[bytes], name: str) -> Iterator[Record | Rejected]:
    for line in json_lines(file, name):
        if isinstance(line, Rejected):
            yield line
            continue
        try:
            yield line.where, json.loads(line.raw.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            yield Rejected(as_text(line.raw), [str(DataError("Kein gültiges JSON.", where=line.where, remedy="Exportieren Sie neu."))])


def _csv(file: IO[bytes], name: str, card: Map) -> Iterator[Record | Rejected]:
    text = io.TextIOWrapper(file, encoding=card.source.encoding.replace("utf-8", "utf-8-sig"), errors="surrogateescape", newline="")
    try:
        yield from _rows(csv.DictReader(text, delimiter=card.source.delimiter), name, card)
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"Die Datei ist kein CSV in {card.source.encoding} ({error}).", where=name, remedy=f"Prüfen Sie encoding in {card.path.name}.") from error
    finally:
        text.detach()  # whoever opened the file closes it


def _rows(reader: csv.DictReader[str], name: str, card: Map) -> Iterator[Record | Rejected]:
    if card.source.group not in (reader.fieldnames or ()):
        remedy = f"Prüfen Sie group und delimiter in {card.path.name}; es gibt: {', '.join(reader.fieldnames or ('keine Spalte',))}."
        raise DataError(f"Die Spalte „{card.source.group}“ gibt es nicht.", where=name, remedy=remedy)
    for row in reader:
        where = f"{name}:{reader.line_num}"
        wrong = "hat mehr Zellen als die Kopfzeile" if None in row else "hat weniger Zellen als die Kopfzeile" if None in row.values() else ""
        if any("\udc80" <= c <= "\udcff" for cell in row.values() for c in str(cell)):
            wrong = f"ist kein {card.source.encoding}"
        if wrong:
            told = DataError(f"Die Zeile {wrong}.", where=where, remedy="Texte mit Trennzeichen oder Umbrüchen gehören in Anführungszeichen; prüfen Sie encoding.")
            yield Rejected(dump({str(key): cell for key, cell in row.items()}).decode().rstrip("\n"), [str(told)])
        else:
            yield where, row


def _tickets(records: Iterator[Record | Rejected], card: Map) -> Iterator[tuple[str, Any, list[Any]]]:
    """(where, ticket, messages); rows of one ticket have to follow each other, so that memory stays bounded."""
    if not card.source.group:
        for item in records:
            if isinstance(item, Rejected):
                yield "", item, []
            else:
                held = [each for found in convert.found(item[1], card.source.messages) for each in (found if isinstance(found, list) else [found])]
                yield item[0], item[1], held
        return
    seen: set[int] = set()
    place, last = "", None
    group: list[Any] = []
    for item in records:
        if isinstance(item, Rejected):
            yield "", item, []
            continue
        where, row = item
        ticket = next((str(value) for value in convert.found(row, card.source.group)), "")
        if ticket != last and group:
            yield place, group[0], group
            group = []
        if not group and hash(ticket) in seen:
            told = DataError(f"Zeilen der Aufgabe {ticket} stehen schon weiter oben.", where=where, remedy=f"Sortieren Sie den Export nach {card.source.group}.")
            yield "", Rejected(dump({"export": row}).decode().rstrip("\n"), [str(told)]), []
            continue
        if not group:
            place, last = where, ticket
            seen.add(hash(ticket))
        group.append(row)
    if group:
        yield place, group[0], group
