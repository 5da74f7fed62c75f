"""Threads from and to JSONL, one a line. Bad lines are kept apart with the reason; nothing is lost."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from nlp.errors import DataError
from nlp.handbook import Taxonomy
from nlp.thread import Thread, locate

MAX_LINE = 64_000_000
"""Characters a line may have."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no thread, as it was, with what is wrong."""

    line: str
    errors: list[str]

    def to_json(self) -> dict[str, Any]:
        return {"errors": self.errors, "line": self.line}


@contextmanager
def opened(name: str, mode: str = "r") -> Iterator[IO[bytes]]:
    """The file as bytes, or the standard stream for ``-``.

    :raises DataError: If it cannot be opened.
    """
    if name == "-":
        yield sys.stdin.buffer if mode == "r" else sys.stdout.buffer
        return
    try:
        file = Path(name).open(f"{mode}b")  # noqa: SIM115 (closed below)
    except OSError as error:
        verb = "lesen" if mode == "r" else "schreiben"
        raise DataError(f"Die Datei lässt sich nicht {verb} ({error.strerror}).", where=name, remedy="Prüfen Sie Pfad und Rechte.") from error
    with file:
        yield file


def read_threads(file: Iterable[bytes], name: str, tags: Taxonomy) -> Iterator[Thread | Rejected]:
    """Each line that is not blank as a thread, or rejected with German reasons that name line and message."""
    for number, raw in enumerate(file, 1):
        if not raw.strip():
            continue
        try:
            yield parse(raw, f"{name}:{number}", tags)
        except DataError as error:
            yield Rejected(raw.decode("utf-8", "backslashreplace").rstrip("\r\n"), str(error).split("\n"))


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
    except (json.JSONDecodeError, RecursionError) as error:
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


def dump(record: dict[str, Any]) -> bytes:
    """A JSON line, UTF-8; lone surrogates are escaped, as JSON allows."""
    line = json.dumps(record, ensure_ascii=False)
    return (line if _encodable(line) else json.dumps(record)).encode() + b"\n"


def _encodable(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
