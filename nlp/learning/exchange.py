"""The queue for other tools, and their labels back: Label Studio (JSON tasks), Prodigy (JSONL, ``choice``) and Argilla (JSONL records).

What comes back are rows as ``POST /v1/feedback`` takes them. A tool that shows a choice of all tags gives the tags of the message as a whole
(``labels_confirmed``). Items that were skipped, ignored or discarded come back as nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any

from nlp.errors import DataError
from nlp.handbook import Taxonomy
from nlp.learning.queue import Item

FORMATS = ("label-studio", "prodigy", "argilla")
LABEL_STUDIO_VIEW = """<View><Text name="context" value="$context"/><Text name="text" value="$text"/>
<Choices name="tags" toName="text" choice="multiple">{choices}</Choices></View>"""
Row = dict[str, Any]


def written(items: Sequence[Item], form: str, tags: Taxonomy) -> str:
    """The items as one of ``FORMATS``."""
    make = {"label-studio": _label_studio, "prodigy": _prodigy, "argilla": _argilla}[form]
    rows = [make(item, tags) for item in items]
    if form == "label-studio":
        return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def label_studio_view(tags: Taxonomy) -> str:
    """The labelling interface for Label Studio's settings."""
    return LABEL_STUDIO_VIEW.format(choices="".join(f'<Choice value="{tag.id}" hint="{escape(tag.label)}"/>' for tag in tags.values()))


def _meta(item: Item) -> Row:
    return {"id": item.id, "task_id": item.task_id, "message_id": item.message_id, "author": item.author, "channel": item.channel, "ask": item.ask, "gain": item.gain}


def _label_studio(item: Item, _: Taxonomy) -> Row:
    choice = {"from_name": "tags", "to_name": "text", "type": "choices", "value": {"choices": item.tags}}
    return {"data": {**_meta(item), "text": item.text, "context": item.context}, "predictions": [{"model_version": "aufgabenchat", "result": [choice]}]}


def _prodigy(item: Item, tags: Taxonomy) -> Row:
    options = [{"id": tag, "text": tags[tag].label} for tag in item.scores]
    return {"text": item.text, "options": options, "accept": item.tags, "meta": {**_meta(item), "context": item.context}}


def _argilla(item: Item, _: Taxonomy) -> Row:
    scores = [item.scores.get(tag, 0.0) for tag in item.tags]
    return {
        "id": item.id, "fields": {"text": item.text, "context": item.context}, "metadata": _meta(item),
        "suggestions": [{"question_name": "tags", "value": item.tags, "score": scores, "agent": "aufgabenchat"}],
    }  # fmt: skip


def read(raw: bytes, form: str, tags: Taxonomy, name: str) -> Iterator[Row | DataError]:
    """Labels from a file of one of ``FORMATS`` as feedback rows; what cannot be used as an error.

    :raises DataError: If the file as a whole cannot be read.
    """
    label: Callable[[Row], Iterable[tuple[Row, str, str, list[str]]]] = {"label-studio": _from_label_studio, "prodigy": _from_prodigy, "argilla": _from_argilla}[form]
    for number, row in enumerate(_rows(raw, form, name), 1):
        where = f"{name}:{number}"
        try:
            labelled = list(label(row))
        except (KeyError, TypeError, IndexError, AttributeError):
            yield DataError(f"Das ist kein Eintrag aus {form}.", where=where, remedy="Exportieren Sie im JSON-Format, mit allen Feldern.")
            continue
        for meta, text, user, chosen in labelled:
            if unknown := [tag for tag in chosen if tag not in tags]:
                yield DataError(tags.unknown(unknown[0]), where=where, remedy="Siehe taxonomy.toml.")
                continue
            message = {"id": meta["message_id"], "author": meta["author"], "channel": meta["channel"], "text": text}
            yield {"id": f"{form}:{meta['id']}:{user}", "event": "labels_confirmed", "user": user, "message": message, "tags": chosen}


def _rows(raw: bytes, form: str, name: str) -> list[Row]:
    try:
        text = raw.decode("utf-8-sig")
        found = json.loads(text) if form == "label-studio" else [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise DataError(f"Die Datei ist kein {'JSON' if form == 'label-studio' else 'JSONL'} in UTF-8.", where=name, remedy="Exportieren Sie sie neu.") from error
    return found if isinstance(found, list) else [found]


def _from_label_studio(row: Row) -> Iterator[tuple[Row, str, str, list[str]]]:
    for annotation in row.get("annotations", ()):
        if not annotation.get("was_cancelled"):
            chosen = [tag for result in annotation["result"] if result["from_name"] == "tags" for tag in result["value"]["choices"]]
            by = annotation.get("completed_by", "label-studio")
            yield row["data"], row["data"]["text"], str(by.get("email", by.get("id")) if isinstance(by, dict) else by), chosen


def _from_prodigy(row: Row) -> Iterator[tuple[Row, str, str, list[str]]]:
    if row["answer"] == "accept":
        yield row["meta"], row["text"], str(row.get("_annotator_id", "prodigy")), list(row["accept"])


def _from_argilla(row: Row) -> Iterator[tuple[Row, str, str, list[str]]]:
    responses = row["responses"]
    listed = responses.get("tags", []) if isinstance(responses, dict) else [one for one in responses if one.get("question_name", "tags") == "tags"]
    for response in listed:
        if response.get("status", "submitted") == "submitted":
            yield row["metadata"], row["fields"]["text"], str(response.get("user_id", "argilla")), list(response["value"])
