"""What encoders say of threads they were not trained on: the honest features for fitting heads, and for every figure.

Stored beside the encoder as JSONL, a message a line, without its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlp import questions
from nlp.answers import Reading, read
from nlp.encoder import Encoded, Encoder
from nlp.thread import Thread, View, views
from nlp.training import corpus

HELD_OUT, OTHER_AUTHORS = "held_out.jsonl", "other_authors.jsonl"
"""Files of encoders that had not seen the thread, and of those that had seen no thread of its author."""
Prediction = dict[str, Any]
"""``tags`` and ``wide`` logits, ``asks``, ``questions`` as in the thread format; ``answers`` {question: [3 logits, start, end, peak]}."""


def predict(encoder: Encoder, threads: Iterable[Thread]) -> Iterator[tuple[str, Prediction]]:
    """Key and prediction of every message."""
    for thread in threads:
        for view in views(thread):
            yield corpus.key(thread, view.message), of(view, encoder)


def of(view: View, encoder: Encoder) -> Prediction:
    """What the encoder says of a message; answers beside the questions that its gold answers name."""
    known = {f"{message.id}.{q.id}": q for message in view.before for q in message.questions or ()}
    asked = {a.question: known[a.question] for a in view.message.answers or () if a.question in known}
    return _prediction(view, encoder.encode(view, [question.quote for question in asked.values()]), list(asked))


def _prediction(view: View, encoded: Encoded, asked: Sequence[str]) -> Prediction:
    text = view.message.text
    found = [question.to_json() for question in questions.find(text, encoded)] if view.message.incoming else []
    answers = {name: _compact(read(text, encoded, n)) for n, name in enumerate(asked[: len(encoded.statuses)])}
    return {
        "tags": [round(float(value), 3) for value in encoded.tags],
        "wide": [round(float(value), 3) for value in encoded.wide],
        "asks": round(questions.certainty(encoded), 4),
        "questions": [{k: v for k, v in question.items() if k != "quote"} for question in found],
        "answers": answers,
    }


def _compact(reading: Reading) -> list[float]:
    return [*(round(float(value), 3) for value in reading.logits), reading.start, reading.end, round(reading.peak, 5)]


def reading(row: Sequence[float]) -> Reading:
    """A stored answer as the encoder gave it."""
    return Reading(np.array(row[:3], np.float32), int(row[3]), int(row[4]), row[5])


def save(predictions: dict[str, Prediction], path: Path) -> None:
    """Write the predictions, a line each."""
    with path.open("w", encoding="utf-8") as file:
        for name, prediction in predictions.items():
            file.write(json.dumps({"key": name, **prediction}, separators=(",", ":")) + "\n")


def load(path: Path) -> dict[str, Prediction]:
    """Predictions by key; empty if there are none stored."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as file:
        return {row.pop("key"): row for row in map(json.loads, file)}
