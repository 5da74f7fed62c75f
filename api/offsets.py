"""UTF-16 offsets beside character offsets: Python counts characters, browsers count UTF-16 code units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nlp.thread import utf16_offsets

PARTS = ("questions", "answers", "findings", "tag_evidence")
"""Keys of a message under which offsets into its text stand."""


def with_utf16(value: Any, text: str) -> Any:
    """The JSON value, in place: each object in it with ``start`` and ``end`` into ``text`` gets ``start_utf16`` and ``end_utf16``."""
    _add(value, _converter(text))
    return value


def message_with_utf16(message: dict[str, Any]) -> dict[str, Any]:
    """The message, in place, likewise; keys we do not know are left alone."""
    with_utf16([message[part] for part in PARTS if part in message], message["text"])
    return message


def evidence_with_utf16(value: Any, texts: Mapping[str, str]) -> Any:
    """The JSON value, in place, likewise: each object counts in the text of the message it names."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        evidence_with_utf16(item, texts)
    if isinstance(value, dict) and {"message", "start", "end"} <= value.keys():
        with_utf16(value, texts[value["message"]])
    return value


def _converter(text: str) -> Callable[[int], int]:
    if text.isascii() or max(text) <= "\uffff":
        return lambda offset: offset
    table = utf16_offsets(text)
    return lambda offset: table[max(0, min(offset, len(text)))]


def _add(value: Any, convert: Callable[[int], int]) -> None:
    if isinstance(value, list):
        for item in value:
            _add(item, convert)
    elif isinstance(value, dict):
        start, end = value.get("start"), value.get("end")
        for item in value.values():
            _add(item, convert)
        if isinstance(start, int) and isinstance(end, int):
            value["start_utf16"], value["end_utf16"] = convert(start), convert(end)
