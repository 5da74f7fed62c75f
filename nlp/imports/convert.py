"""A ticket and its messages, as the export has them, as a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from nlp.errors import DataError
from nlp.imports.mapping import UNIX, DateTaken, Map, Taken
from nlp.imports.text import from_html
from nlp.thread import local

_CUSTOMER = ("salutation", "first_name", "last_name", "company", "register")
Json = dict[str, Any]


def thread(ticket: Any, messages: Sequence[Any], card: Map, where: str) -> Json:
    """The thread, messages oldest first.

    :raises DataError: If something a thread needs is not there, or has a value that the map does not know; it names the place in the export and in the map.
    """
    task: Json = {name: _value(ticket, taken, card, name, where) for name, taken in card.task if taken is not None}
    task["customer"] = {name: found for name in _CUSTOMER if (found := task.pop(name, None)) is not None}
    said = [_message(raw, n, card, f"{where} · Nachricht {n}") for n, raw in enumerate(messages, 1) if not _skipped(raw, card)]
    if not said:
        raise DataError("Die Aufgabe hat keine Nachrichten.", where=where, remedy=f"Prüfen Sie messages und skip in {card.path.name}.")
    if all("sent_at" in message for message in said):
        said.sort(key=lambda message: str(message["sent_at"]))
    return {"task": {name: value for name, value in task.items() if value not in (None, {})}, "messages": said}


def _skipped(raw: Any, card: Map) -> bool:
    return any(_plain(value) in unwanted for path, unwanted in card.message.skip.items() for value in found(raw, path))


def _message(raw: Any, number: int, card: Map, where: str) -> Json:
    fields = card.message
    message: Json = {"id": _value(raw, fields.id, card, "id", where) if fields.id else f"m{number}"}
    message |= {"author": _value(raw, fields.author, card, "author", where), "channel": "chat"}
    if fields.channel:
        message["channel"] = _value(raw, fields.channel, card, "channel", where)
    if fields.sent_at and (sent := _value(raw, fields.sent_at, card, "sent_at", where)) is not None:
        message["sent_at"] = _moment(sent, fields.sent_at, card, where)
    message["text"] = _text(raw, card, where)
    names = [_plain(name) for path in (fields.attachments.path if fields.attachments else ()) for name in found(raw, path) if name]
    return message | ({"attachments": names} if names else {})


def _text(raw: Any, card: Map, where: str) -> str:
    field = card.message.text
    text = _value(raw, field, card, "text", where) or ""
    html = field.html if isinstance(field.html, bool) else any("html" in _plain(kind) for kind in found(raw, field.html))
    return from_html(text) if html else text


def _value(raw: Any, taken: Taken, card: Map, name: str, where: str) -> str | None:
    """What the field says, translated; None where it is empty and may be.

    :raises DataError: If none of its paths is in the record, or its value has no translation.
    """
    given = [value for path in taken.path for value in found(raw, path)]
    value = next((_plain(each) for each in given if each not in (None, "", *taken.empty)), None)
    if taken.part and value:
        first, _, last = value.strip().rpartition(" ")
        value = last if taken.part == "last" else first
    if not value:
        if not given and taken.default is None and name in ("id", "author", "text", "sent_at"):
            raise _wrong(f"„{name}“ fehlt: {' oder '.join(taken.path) or 'kein Pfad'} ist nicht da.", where, card, name, "Prüfen Sie den Pfad.")
        return taken.default
    if taken.values and value not in taken.values and taken.default is None:
        raise _wrong(f"Für „{name}“ steht hier „{value[:60]}“, das die Karte nicht kennt.", where, card, name, "Ergänzen Sie es unter values oder skip.")
    return taken.pattern.replace("{}", taken.values.get(value, taken.default) or value if taken.values else value)


def _wrong(text: str, where: str, card: Map, name: str, remedy: str) -> DataError:
    lines = card.path.read_text(encoding="utf-8").splitlines()
    number = next((n for n, line in enumerate(lines, 1) if line.split("=")[0].split(".")[0].strip() == name and "=" in line), 1)
    return DataError(text, where=where, remedy=f"{remedy} ({card.path.name}:{number})")


def _moment(text: str, taken: DateTaken, card: Map, where: str) -> str:
    """ISO, the wall clock in Germany."""
    try:
        when = (
            datetime.fromtimestamp(float(text), UTC) if taken.date == UNIX
            else datetime.fromisoformat(text) if taken.date == "iso" else datetime.strptime(text, taken.date)
        )  # fmt: skip
    except (ValueError, OverflowError, OSError) as error:
        raise _wrong(f"„{text[:40]}“ ist kein Zeitpunkt der Art „{taken.date}“.", where, card, "sent_at", "Prüfen Sie date.") from error
    return local(when).isoformat()


def found(raw: Any, path: str) -> Iterator[Any]:
    """The values at the path; in a list, those of each element. A key that is there as a whole goes first: columns may have dots.

    >>> list(found({"a": [{"b": 1}, {"b": 2}, {}]}, "a.b"))
    [1, 2]
    """
    if isinstance(raw, list):
        for each in raw:
            yield from found(each, path)
    elif isinstance(raw, dict):
        if path in raw:
            yield raw[path]
            return
        head, _, rest = path.partition(".")
        if rest and head in raw:
            yield from found(raw[head], rest)


def _plain(value: Any) -> str:
    """A value as maps write it: true, 3, text."""
    return str(value).lower() if isinstance(value, bool) else str(value)
