"""The static student: what a message or clause is about, from its words alone, a thousand times faster than the encoder.

Tags are weighed by boosted trees over what the wide part beside the encoder says of the message and of those before it. Clauses are read by linear heads over
token vectors distilled from the encoder (format of model2vec: ``model.safetensors``, ``tokenizer.json``, ``config.json``; their mean is the text's vector,
frequent tokens already weighed down) and hashed character n-grams. A row is computed from its own thread alone, so a result never depends on what else is in
the batch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlp import grams
from nlp.artifact import Artifact, arrays
from nlp.cues import heard, sigmoid
from nlp.errors import ModelError
from nlp.grams import COLUMNS, Table
from nlp.inputs import readable
from nlp.pipeline.sentences import sentence_spans
from nlp.pipeline.zones import zones
from nlp.questions import QUESTION_WORDS
from nlp.tags import dense, features
from nlp.thread import Message, View
from nlp.trees import Trees
from nlp.wide import Wide

Floats = NDArray[np.float32]

ASKING = rf"(?:{QUESTION_WORDS}|worauf|woran|wozu|inwiefern|bis wann|ab wann)\b"
_ASKING = re.compile(rf"\b{ASKING}", re.IGNORECASE)
_CUT = re.compile(
    rf",\s*(?:(?:und|oder|aber|sowie|bzw\.?)\s+)?|\s+(?:und|oder|sowie)\s+(?={ASKING})|;\s*|:\s+|\s[-–]\s"
    r"|\s+(?=\b(?:ob|wann|wieso|weshalb|warum|wieviel|inwiefern)\b)",
    re.IGNORECASE,
)
_SHORTEST = (6, 4)
"""Characters a clause has at least before and after a cut."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence in characters of the text, and its sentence."""

    start: int
    end: int
    first: int
    last: int


def clauses(text: str) -> list[Clause]:
    """The clauses of a text, roughly, in order; quoted older text has none."""
    quoted = [(a, b) for zone, a, b in zones(text) if zone == "quoted"]
    found = []
    for first, last in sentence_spans(text):
        if any(a <= first < b for a, b in quoted):
            continue
        at = first
        for cut in _CUT.finditer(text, first, last):
            if cut.start() - at >= _SHORTEST[0] and last - cut.end() >= _SHORTEST[1]:
                found.append(Clause(at, cut.start(), first, last))
                at = cut.end()
        found.append(Clause(at, last, first, last))
    return found


def fields(text: str, clause: Clause) -> tuple[str, str, str, str, str]:
    """What is read of a clause: itself, its sentence, what stands before and after, its first words."""
    own = text[clause.start : clause.end]
    firsts = " ".join(f"^{n}{word}" for n, word in enumerate(own.split(maxsplit=3)[:3]))
    return own, text[clause.first : clause.last], text[max(0, clause.start - 30) : clause.start], text[clause.end : clause.end + 25], firsts


FIELD_SCALES = (2.0, 0.8, 0.6, 0.4, 1.0)


def shape(text: str, clause: Clause) -> list[float]:
    """What is cheap to know about a clause."""
    own, sentence = text[clause.start : clause.end], text[clause.first : clause.last]
    return [
        "?" in own, "?" in text[clause.end : clause.end + 2], "?" in sentence, asks_first(own), bool(_ASKING.search(own)), bool(_ASKING.search(sentence)),
        clause.start == clause.first, clause.end == clause.last, np.log1p(len(own)) / 4, np.log1p(len(sentence)) / 4,
        not text[clause.last :].strip(), clause.first == 0, "?" in text,
    ]  # fmt: skip


def asks_first(clause: str) -> bool:
    """Whether it begins with a question word."""
    return bool(_ASKING.match(clause))


class Student:
    """Wide part, token vectors and ``heads``: arrays by name, of linear heads for clauses and of trees (``tags.…``, ``questions.…``)."""

    def __init__(self, wide: Wide, tokenizer: Tokenizer, vectors: Floats, heads: dict[str, NDArray[Any]]) -> None:
        self.wide, self.tokenizer, self.vectors, self.heads = wide, tokenizer, vectors, heads

    @classmethod
    def from_artifact(cls, artifact: Artifact, wide: Wide) -> Student:
        """The student in a checked model folder.

        :raises ModelError: If it cannot be read.
        """
        try:
            tokenizer = Tokenizer.from_file(str(artifact.path("tokenizer.json")))
            vectors = arrays(artifact.path("model.safetensors"))["embeddings"].astype(np.float32)
            heads = {name: value.astype(np.float32) if value.dtype == np.float16 else value for name, value in arrays(artifact.path("heads.safetensors")).items()}
            json.loads(artifact.path("config.json").read_bytes())
        except Exception as error:  # tokenizers raises bare Exception types of its own
            raise ModelError(f"{artifact.folder}: Der Schüler lässt sich nicht laden ({error}). Führen Sie „python -m nlp.training.student“ aus.") from error
        return cls(wide, tokenizer, vectors, heads)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Mean of the token vectors, length 1, ``[n, dimensions]``."""
        ids = [row.ids for row in self.tokenizer.encode_batch_fast([*map(readable, texts)], add_special_tokens=False)]
        ends = np.cumsum([0, *map(len, ids)])
        flat = np.fromiter((token for row in ids for token in row), np.int32, ends[-1])
        bag = scipy.sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(texts), len(self.vectors)))
        sums = np.asarray(bag @ self.vectors, np.float32)
        return np.asarray(sums / np.maximum(np.sqrt(np.square(sums).sum(1, keepdims=True)), 1e-6), np.float32)

    def tags(self, seen: Sequence[View], known: Callable[[Message], Floats | None]) -> Floats:
        """Probabilities of all tags for messages, ``[n, n_tags]``.

        :param known: Probabilities that stand for those of a message where later ones look back at it; None if only the wide part tells.
        """
        logits = self.wide.logits(seen)
        own = {id(view.message): row for view, row in zip(seen, sigmoid(logits), strict=True)}

        def said(message: Message) -> Floats:
            row = known(message)
            return own[id(message)] if row is None else row

        rows = np.stack([features(row, dense(view, heard(view, said, logits.shape[1]), row, 0.0)) for view, row in zip(seen, logits, strict=True)])
        return np.asarray(Trees.of(self.heads, "tags").probabilities(rows), np.float32)

    def clauses(self, found: Sequence[tuple[str, Clause]]) -> Table:
        """Features of clauses, each with its text: shape, vector, n-grams of each field, ``[n, n_features]``."""
        columns = zip(*(fields(text, clause) for text, clause in found), strict=True)
        tables = [scale * grams.table(column, self.wide.state["idf"][:COLUMNS]) for scale, column in zip(FIELD_SCALES, columns, strict=True)]
        shapes = np.array([shape(text, clause) for text, clause in found], np.float32)
        vectors = self.embed([text[clause.start : clause.end] for text, clause in found])
        return scipy.sparse.hstack([shapes, self.heads["scale"] * (vectors - self.heads["mean"]), *tables], format="csr")

    def scores(self, head: str, features: Table) -> Floats:
        """Probabilities, one column an output."""
        logits = np.asarray(features @ self.heads[f"{head}_weights"]) + self.heads[f"{head}_bias"]
        return sigmoid(logits)
