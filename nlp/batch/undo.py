"""Take labels back that a run with ``--overwrite`` changed."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator

from nlp import files
from nlp.errors import DataError
from nlp.handbook import taxonomy
from nlp.streams import Rejected, dump, opened
from nlp.thread import LABELS


def take_back(source: str, undo: str, target: str) -> tuple[int, int]:
    """Write ``source`` with the labels its messages had before; messages whose tags somebody has changed since stay as they are.

    :param undo: ``OUT.undo.jsonl`` of the run.
    :returns: How many messages were taken back, and how many were not: changed since, or no longer there.
    :raises DataError: If a file cannot be read or written; nothing is written then.
    """
    places = _places(undo)
    total = sum(map(len, places.values()))

    def threads(changes: object) -> Iterator[bytes]:
        for item in files.read(source, taxonomy()):
            if isinstance(item, Rejected):
                raise DataError("\n".join(item.errors))
            data = item.to_json()
            for message in data["messages"]:
                waiting = places.get((item.task.id, message["id"]))
                if not waiting:
                    continue
                changes.seek(waiting[0])  # type: ignore[attr-defined]
                entry = json.loads(changes.readline())  # type: ignore[attr-defined]
                if message.get("tags") == entry["tags"]:
                    for key in LABELS:
                        message.pop(key, None)
                    message.update(entry["before"])
                    waiting.popleft()
            yield dump(data)

    with opened(undo) as changes:
        files.save(target, threads(changes))
    left = sum(map(len, places.values()))
    return total - left, left


def _places(undo: str) -> dict[tuple[str, str], deque[int]]:
    """Where in the file each message's entry stands: entries may be large, places are not."""
    places, place = defaultdict[tuple[str, str], deque[int]](deque), 0
    with opened(undo) as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
                places[entry["task"], entry["message"]].append(place)
            except (ValueError, KeyError, TypeError) as error:
                told = "Das ist keine Zeile einer Datei, die --overwrite schreibt."
                raise DataError(told, where=f"{undo}:{number}", remedy="Geben Sie die Datei …undo.jsonl an.") from error
            place += len(line)
    return places
