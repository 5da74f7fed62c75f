"""The static student: what a message or clause is about, from its words alone, a thousand times faster than the encoder.

Token vectors distilled from the encoder (format of model2vec: ``model.safetensors``, ``tokenizer.json``, ``config.json``; their mean is the
text's vector, frequent tokens already weighed down), beside hashed character n-grams. Heads over both, and over the tags of earlier
messages, are linear. A row is computed from its own thread alone, so a result never depends on what else is in the batch.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from nlp.artifact import Artifact
from nlp.cues import cues, heard, labelled, sigmoid
from nlp.errors import ModelError
from nlp.inputs import readable
from nlp.pipeline.sentences import sentence_spans
from nlp.pipeline.zones import zones
from nlp.questions import QUESTION_WORDS
from nlp.thread import Message, View

COLUMNS = 1 << 15
"""Hash buckets of a field's character n-grams."""
LONGEST_WORD = 40
BEFORE = 0.7
"""What the vector of the message before weighs beside the message's own."""
WORDS = 200_000
"""Words whose n-grams are remembered."""
Floats = NDArray[np.float32]
Table: TypeAlias = scipy.sparse.csr_matrix

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


class Grams:
    """Character n-grams within words (2 to 5, as scikit-learn's ``char_wb``), hashed; words are remembered."""

    def __init__(self) -> None:
        self._known: dict[str, NDArray[np.int32]] = {}

    def table(self, texts: Sequence[str], idf: Floats) -> Table:
        """TF-IDF with logarithmic counts, rows of length 1, ``[n, COLUMNS]``; ``idf`` is ``[COLUMNS]``."""
        counts = self.counts(texts)
        counts.data = ((1 + np.log(counts.data)) * idf[counts.indices]).astype(np.float32)
        squares = np.bincount(_rows(counts), np.square(counts.data, dtype=np.float64), minlength=len(texts))
        counts.data *= np.repeat(1 / np.sqrt(np.maximum(squares, 1e-12)), np.diff(counts.indptr)).astype(np.float32)
        return counts

    def counts(self, texts: Sequence[str]) -> Table:
        """How often each bucket occurs, ``[n, COLUMNS]``."""
        words = [[self._word(word) for word in text.lower().split()] for text in texts]
        ends = np.cumsum([0, *(sum(map(len, row)) for row in words)])
        flat = [buckets for row in words for buckets in row]
        indices = np.concatenate(flat) if flat else np.zeros(0, np.int32)
        table = scipy.sparse.csr_matrix((np.ones(len(indices), np.float32), indices, ends), shape=(len(texts), COLUMNS))
        table.sum_duplicates()
        return table

    def _word(self, word: str) -> NDArray[np.int32]:
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= WORDS:
                self._known.clear()
            known = self._known[word] = _grams(word[:LONGEST_WORD])
        return known


def _grams(word: str) -> NDArray[np.int32]:
    padded = f" {word} "
    pieces = [padded[at : at + n] for n in range(2, min(6, len(padded) + 1)) for at in range(len(padded) - n + 1)]
    return np.array([zlib.crc32(piece.encode("utf-8", "replace")) % COLUMNS for piece in pieces], np.int32)


def _rows(table: Table) -> NDArray[np.int64]:
    return np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))


def _said_before(view: View) -> str:
    return view.thread.messages[view.index - 1].text if view.index else ""


class Student:
    """Token vectors and linear heads; ``heads`` maps names to arrays, see ``nlp.training.student``."""

    def __init__(self, tokenizer: Tokenizer, vectors: Floats, heads: dict[str, NDArray[np.float32]]) -> None:
        self.tokenizer, self.vectors, self.heads = tokenizer, vectors, heads
        self.grams = Grams()

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> Student:
        """The student in a checked model folder.

        :raises ModelError: If it cannot be read.
        """
        try:
            tokenizer = Tokenizer.from_file(str(artifact.path("tokenizer.json")))
            vectors = load_file(artifact.path("model.safetensors"))["embeddings"].astype(np.float32)
            heads = {name: value.astype(np.float32) for name, value in load_file(artifact.path("heads.safetensors")).items()}
            json.loads(artifact.path("config.json").read_bytes())
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise ModelError(f"{artifact.folder}: Der Schüler lässt sich nicht laden ({error}). Führen Sie „python -m nlp.training.student“ aus.") from error
        return cls(tokenizer, vectors, heads)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Mean of the token vectors, length 1, ``[n, dimensions]``."""
        ids = [row.ids for row in self.tokenizer.encode_batch_fast([*map(readable, texts)], add_special_tokens=False)]
        ends = np.cumsum([0, *map(len, ids)])
        flat = np.fromiter((token for row in ids for token in row), np.int32, ends[-1])
        bag = scipy.sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(texts), len(self.vectors)))
        sums = np.asarray(bag @ self.vectors, np.float32)
        return np.asarray(sums / np.maximum(np.sqrt(np.square(sums).sum(1, keepdims=True)), 1e-6), np.float32)

    def messages(self, seen: Sequence[View]) -> Table:
        """Features of messages: cues, vector, that of the message before, n-grams, ``[n, n_features]``."""
        texts = [view.message.text for view in seen]
        rows: dict[str, int] = {}
        own, before = ([rows.setdefault(text, len(rows)) for text in column] for column in (texts, map(_said_before, seen)))
        vectors = self._vectors(list(rows), "message")
        dense = [np.stack([cues(view, 0.0) for view in seen]), vectors[own], BEFORE * vectors[before]]
        return scipy.sparse.hstack([*dense, 2 * self.grams.table(texts, self.heads["idf"])], format="csr")

    def in_context(self, seen: Sequence[View], features: Table, first: Floats, tags: Sequence[str]) -> Table:
        """Features of messages with what the tags of earlier messages tell, ``[n, 4 n_tags + n_features]``.

        :param first: Probabilities of their ``tags`` for themselves, ``[n, n_tags]``; of messages that are not among them, labels count.
        """
        rows = {id(view.message): row for view, row in zip(seen, first, strict=True)}

        def said(message: Message) -> Floats:
            row = rows.get(id(message))
            return labelled(message, tags) if row is None else row

        return scipy.sparse.hstack([np.stack([heard(view, said, len(tags)) for view in seen]), features], format="csr")

    def clauses(self, found: Sequence[tuple[str, Clause]]) -> Table:
        """Features of clauses, each with its text: shape, vector, n-grams of each field, ``[n, n_features]``."""
        columns = zip(*(fields(text, clause) for text, clause in found), strict=True)
        tables = [scale * self.grams.table(column, self.heads["idf"]) for scale, column in zip(FIELD_SCALES, columns, strict=True)]
        shapes = np.array([shape(text, clause) for text, clause in found], np.float32)
        own = [text[clause.start : clause.end] for text, clause in found]
        return scipy.sparse.hstack([shapes, self._vectors(own, "clause"), *tables], format="csr")

    def _vectors(self, texts: Sequence[str], of: str) -> Floats:
        return self.heads[f"{of}_scale"] * (self.embed(texts) - self.heads[f"{of}_mean"])

    def scores(self, head: str, features: Table) -> Floats:
        """Probabilities, one column an output."""
        logits = np.asarray(features @ self.heads[f"{head}_weights"]) + self.heads[f"{head}_bias"]
        return sigmoid(logits)
