"""Threads in tables, CSV or Parquet: one message a row, the rows of a task together.

Columns named ``task.…`` belong to the task (``task.id``, ``task.customer.last_name``), ``thread.…`` to the thread, all others to the
message. Lists and objects stand in their cell as JSON; ``tags`` and ``attachments`` may also be words with commas. An empty cell is
an absent key. Keys without a column of their own are kept, as JSON, in the columns named ``…more``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import IO, Any

from nlp.errors import DataError
from nlp.streams import MAX_LINE, Line, Position, Rejected, bounded, dump

CUSTOMER = ("salutation", "first_name", "last_name", "company", "register")
TASK = ("id", "title", "type", "area", "assistant")
MESSAGE = (
    "id", "author", "channel", "sent_at", "text", "attachments", "register", "tags", "tags_unsure", "tag_scores", "rule_scores", "tag_evidence",
    "questions", "answers", "findings", "defects", "ignored",
)  # fmt: skip
COLUMNS = (
    *(f"task.{key}" for key in TASK), *(f"task.customer.{key}" for key in CUSTOMER), "task.key_data", "task.customer.more", "task.more", "thread.more",
    *MESSAGE, "more",
)  # fmt: skip
REQUIRED = ("task.id", "id", "author", "text")
_WORDS = ("attachments", "tags")
_JSON = {"task.key_data", "more", "task.more", "task.customer.more", "thread.more", *MESSAGE[MESSAGE.index("tags") :], "attachments"}
_GROUP = 2_000
"""Rows of a Parquet row group."""
csv.field_size_limit(MAX_LINE)

Row = dict[str, Any]


def csv_lines(file: IO[bytes], name: str) -> Iterator[Line | Rejected]:
    """The threads of a CSV file with a header, separated by comma, semicolon or tab.

    :raises DataError: If the header lacks a column that is needed, or has one twice.
    """
    taken: list[bytes] = []

    def decoded() -> Iterator[str]:
        for raw in bounded(file):
            taken.append(raw)
            yield raw.decode("utf-8", "surrogateescape")

    source = decoded()
    head = next(source, "").removeprefix("\ufeff")
    mark = max(",;\t", key=head.count)
    columns = next(csv.reader([head], delimiter=mark), [])
    _check(columns, name)
    yield from _threads(_csv_rows(csv.reader(source, delimiter=mark), columns, taken, name), name)


def _csv_rows(reader: Any, columns: list[str], taken: list[bytes], name: str) -> Iterator[tuple[str, Row] | Rejected]:
    """(where, cells) of each row; a row that is broken is rejected as it was."""
    number = 1
    while True:
        number += len(taken)
        taken.clear()
        where, wrong, cells = f"{name}:{number}", "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            wrong = f"Die Zeile ist kein gültiges CSV ({error})."
        if not wrong and not cells:
            continue
        if not wrong and len(cells) != len(columns):
            wrong = f"Die Zeile hat {len(cells)} statt {len(columns)} Zellen."
        raw = b"".join(taken)
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            wrong = "Kein gültiges UTF-8."
        if wrong:
            told = DataError(wrong, where=where, remedy="Speichern Sie die Tabelle als CSV in UTF-8, Texte mit Umbrüchen in Anführungszeichen.")
            yield Rejected(raw.decode("utf-8", "backslashreplace").rstrip("\r\n"), [str(told)])
        else:
            yield where, dict(zip(columns, cells, strict=True))


def parquet_lines(name: str, position: Position) -> Iterator[Line | Rejected]:
    """The threads of a Parquet file; lists and structs may be Parquet's own.

    :raises DataError: If it is no Parquet file, or lacks a column that is needed.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(name, buffer_size=1 << 20)
    except (OSError, pyarrow.ArrowException) as error:
        raise DataError("Die Datei lässt sich nicht als Parquet lesen.", where=name, remedy="Prüfen Sie Pfad und Format.") from error
    with table:
        _check(table.schema_arrow.names, name)

        def rows() -> Iterator[tuple[str, Row] | Rejected]:
            number = 0
            for batch in table.iter_batches(batch_size=500):
                position.share = number / max(1, table.metadata.num_rows)
                for row in batch.to_pylist():
                    number += 1
                    yield f"{name}:{number}", row

        yield from _threads(rows(), name)


def _check(columns: list[str], name: str) -> None:
    if missing := [column for column in REQUIRED if column not in columns]:
        told = f"Der Tabelle fehlen die Spalten {', '.join(missing)}."
        raise DataError(told, where=name, remedy=f"Eine Zeile ist eine Nachricht; nötig sind {', '.join(REQUIRED)}.")
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise DataError(f"Diese Spalten gibt es zweimal: {', '.join(twice)}.", where=name, remedy="Benennen Sie eine um.")


def _threads(rows: Iterable[tuple[str, Row] | Rejected], name: str) -> Iterator[Line | Rejected]:
    """Rows that follow each other and name the same task, as one thread."""
    seen: set[int] = set()
    group: list[tuple[str, Row]] = []
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        task = _text(row[1]["task.id"])
        if group and task != _text(group[0][1]["task.id"]):
            yield _thread(group)
            group = []
        if not group:
            if hash(task) in seen:
                told = DataError(f"Zeilen der Aufgabe {task} stehen schon weiter oben.", where=row[0], remedy="Sortieren Sie die Tabelle nach task.id.")
                yield Rejected(dump(_plain(row[1])).decode().rstrip("\n"), [str(told)])
                continue
            seen.add(hash(task))
        group.append(row)
    if group:
        yield _thread(group)


def _thread(group: list[tuple[str, Row]]) -> Line | Rejected:
    data: Row = {"task": {}, "messages": []}
    where = group[0][0]
    try:
        for where, row in group:
            message: Row = {}
            data["messages"].append(message)
            for column, cell in row.items():
                value = _value(column, cell, where)
                if value is not None:
                    _put(data, message, column, value, where)
    except DataError as error:
        rows = "".join(dump(_plain(row)).decode() for _, row in group)
        return Rejected(rows.rstrip("\n"), [str(error)])
    return Line(group[0][0], dump(data))


def _plain(row: Row) -> Row:
    return {column: cell.isoformat() if isinstance(cell, date) else cell for column, cell in row.items() if cell not in (None, "")}


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _value(column: str, cell: Any, where: str) -> Any:
    """What a cell says; None where it is empty."""
    if column == "text":
        return _text(cell)
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str) or column not in _JSON:
        return cell
    if column in _WORDS and not cell.lstrip().startswith("["):
        return [word.strip() for word in cell.replace(";", ",").split(",") if word.strip()]
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise DataError("Die Zelle ist kein gültiges JSON.", where=f"{where} · {column}", remedy="Leeren Sie sie oder berichtigen Sie sie.") from error


def _put(data: Row, message: Row, column: str, value: Any, where: str) -> None:
    """Set the value where its column says; the task's keys are those of the first row that has them."""
    place, *path = column.split(".")
    target, path = {"task": (data["task"], path), "thread": (data, path)}.get(place if path else "", (message, [place, *path]))
    for key in path[:-1]:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            raise DataError(f"Die Spalten „{key}“ und „{column}“ passen nicht zusammen.", where=where, remedy="Lassen Sie eine weg.")
    if path[-1] == "more" and isinstance(value, dict):
        target.update({key: kept for key, kept in value.items() if key not in target})
    else:
        target.setdefault(path[-1], value)


def rows(thread: Row) -> Iterator[list[str]]:
    """The rows of a thread given as JSON, cells in the order of ``COLUMNS``."""
    task, customer = thread.get("task", {}), thread.get("task", {}).get("customer") or {}
    shared = [*(task.get(key) for key in TASK), *(customer.get(key) for key in CUSTOMER), task.get("key_data")]
    shared += [_more(customer, CUSTOMER), _more(task, (*TASK, "customer", "key_data")), _more(thread, ("task", "messages"))]
    for message in thread["messages"]:
        yield [_cell(value) for value in (*shared, *(message.get(key) for key in MESSAGE), _more(message, MESSAGE))]


def _more(record: Row, known: tuple[str, ...]) -> Row | None:
    return {key: value for key, value in record.items() if key not in known} or None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode()


def write_csv(file: IO[bytes], threads: Iterable[bytes], *, delimiter: str = ",") -> None:
    """Threads, given as JSON, as CSV with a header."""
    writer = csv.writer(SimpleNamespace(write=lambda text: file.write(text.encode())), delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in threads:
        writer.writerows(rows(json.loads(line)))


def write_parquet(file: IO[bytes], threads: Iterable[bytes]) -> None:
    """Threads, given as JSON, as Parquet with text columns, packed with Zstandard."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(column, pyarrow.string()) for column in COLUMNS])
    waiting: list[list[str]] = []

    def flush() -> None:
        columns = zip(*waiting, strict=True) if waiting else ([] for _ in COLUMNS)
        writer.write_table(pyarrow.table([pyarrow.array([cell or None for cell in column], pyarrow.string()) for column in columns], schema=schema))
        waiting.clear()

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for line in threads:
            waiting += rows(json.loads(line))
            if len(waiting) >= _GROUP:
                flush()
        flush()
