"""Feedback as it is kept: only what can be learnt from, every text in it pseudonymised, nothing that names the customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.schemas import Event
from nlp.pseudonyms import Pseudonyms
from nlp.thread import Task

TEXTS = frozenset({"text", "quote", "reason", "replacement", "kept", "suggested"})
"""Keys under which somebody's words stand."""
KEPT = TEXTS | {
    "context", "message", "task", "type", "area", "id", "author", "channel", "sent_at", "tags", "questions", "answers", "register", "kind", "topic",
    "start", "end", "score", "status", "question", "answer", "tag", "corrected", "finding", "rule", "severity", "key", "fix", "template", "offered",
}  # fmt: skip
"""Keys that are kept; others may hold anything."""


def pseudonymised(event: Event) -> dict[str, Any]:
    """The event as JSON without names, numbers and credentials."""
    given = event.model_dump(mode="json", exclude={"id", "customer_id", "user", "event"}, exclude_none=True)
    if isinstance(finding := given.get("finding"), dict):
        finding.pop("message", None)  # repeats words of the text
    given["task"] = {key: given.get("task", {}).get(key) for key in ("type", "area")}
    hidden: dict[str, Any] = _hidden(given, Pseudonyms(event.task or Task(id=""), _texts(given)))
    return hidden


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str) and key in TEXTS:
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, key)


def _hidden(value: Any, pseudonyms: Pseudonyms, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _hidden(item, pseudonyms, name) for name, item in value.items() if name in KEPT}
    if isinstance(value, list):
        return [_hidden(item, pseudonyms, key) for item in value]
    return pseudonyms.hidden(value) if isinstance(value, str) and key in TEXTS else value
