"""Feedback as it is stored, read back: from the store's rows or from a JSONL file of the same shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlp.errors import DataError

NAMES = frozenset(
    """tag_accepted tag_rejected tag_added tag_removed labels_confirmed question_confirmed question_rejected question_marked answer_corrected
    finding_fixed finding_ignored finding_false_alarm block_kept block_edited block_deleted template_chosen""".split()
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did with a suggestion. ``user`` is a hash, or the key's id where no user was given; ``at`` is ISO 8601, UTC."""

    id: str
    at: str
    name: str
    user: str
    body: dict[str, Any]


def from_row(row: Mapping[str, Any], where: str = "") -> Event:
    """An event from a row of the store, or from what was posted to ``/v1/feedback``.

    :raises DataError: If it is neither.
    """
    name, body = row.get("event"), row.get("body", row)
    if name not in NAMES:
        raise DataError(f"„{name}“ ist keine Rückmeldung.", where=where, remedy="Erwartet wird „event“ wie bei POST /v1/feedback.")
    if not isinstance(body, dict) or not isinstance(message := body.get("message"), dict) or not isinstance(message.get("text"), str):
        raise DataError("Die Nachricht fehlt.", where=where, remedy="Erwartet wird „message“ mit „author“ und „text“.")
    return Event(str(row.get("id", where)), str(row.get("at", "")), name, str(body.get("user") or row.get("key_id") or "unbekannt"), body)


def read(lines: Iterable[bytes], name: str) -> Iterator[Event | DataError]:
    """Each line that is not blank as an event, or as what is wrong with it."""
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            try:
                row = json.loads(raw.decode("utf-8-sig"))
                yield from_row(row if isinstance(row, dict) else {}, f"{name}:{number}")
            except (ValueError, RecursionError):
                yield DataError("Kein gültiges JSON in UTF-8.", where=f"{name}:{number}", remedy="Eine Zeile ist eine Rückmeldung als JSON-Objekt.")
            except DataError as error:
                yield error
