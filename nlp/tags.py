"""Tags of a message: one logistic regression a tag over what the encoder says, the tags of earlier messages, character n-grams and cheap cues.

For a tag the encoder was trained on, its own logits are the features, out of fold when the heads are fitted; for a tag
that is newer than the encoder, the message's vector is. So a new tag needs no more than a few examples and seconds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.encoder import Encoded
from nlp.errors import ModelError
from nlp.handbook import Taxonomy
from nlp.inputs import LEARNT_RULES, silence
from nlp.questions import certainty
from nlp.thread import Message, View

Floats = NDArray[np.float32]
CUES = 14
LOOK_BACK = 40
"""So many messages back tags still tell something of this one."""
EVIDENCE_WORDS = 3
DOUBT = (0.3, 0.7)
"""A probability in this band is too close to call: the tag is offered as unsure."""
NGRAM_SCALE = 2.0
WORDS, LONGEST = 8_192, 40
"""The n-grams of so many words are remembered, of words of so many characters."""
VECTOR_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class Tagged:
    """Probabilities of all tags, those that hold, those too close to call, the words that led to both, and the trained scores
    of rules."""

    scores: dict[str, float]
    tags: list[str]
    unsure: list[str]
    evidence: dict[str, list[tuple[int, int]]]
    rules: dict[str, float]


def labels(taxonomy: Taxonomy) -> list[str]:
    """All that is scored: the tags, then the rules with a trained score."""
    return [*taxonomy, *LEARNT_RULES]


def may_carry(message: Message, label: str, taxonomy: Taxonomy) -> bool:
    """Whether author and channel allow the label."""
    if label in LEARNT_RULES:
        return message.author != "customer" and message.channel == LEARNT_RULES[label]
    return taxonomy[label].allows(message.author)


def cues(view: View, asks: float) -> Floats:
    """What is cheap to know about a message, ``[14]``.

    :param asks: ``questions.certainty`` of the message.
    """
    message, before = view.message, view.before
    last = before[-1] if before else None
    return np.array(
        [
            message.author == "customer", message.author == "assistant", message.author == "team", message.channel == "note",
            view.index == 0, last is not None and last.incoming, last is not None and last.author == message.author,
            bool(message.attachments), asks if message.incoming else 0.0, "?" in message.text,
            math.log1p(len(message.text)) / 5, math.log1p(max(0, silence(view))) / 2, min(view.index, 10) / 10,
            view.thread.task.area == "umfrage",
        ],
        np.float32,
    )  # fmt: skip


def heard(view: View, said: Callable[[Message], Floats], size: int) -> Floats:
    """What the tags of earlier messages tell of this one, ``[4 n_tags]``: the probabilities of the message before, of the customer's
    last, of our last to the customer, and the highest of all.

    :param said: Probabilities of a message's tags, ``[n_tags]``; ``size`` is their number.
    """
    nothing = np.zeros(size, np.float32)
    latest = [(message, said(message)) for message in reversed(view.before[-LOOK_BACK:])]
    last = next((row for _, row in latest), nothing)
    theirs = next((row for message, row in latest if message.incoming), nothing)
    ours = next((row for message, row in latest if message.outgoing), nothing)
    return np.concatenate([last, theirs, ours, np.max([nothing, *(row for _, row in latest)], axis=0)])


def labelled(message: Message, tags: Sequence[str]) -> Floats:
    """Probabilities of a labelled message's tags; those that people set are certain."""
    by_people = message.tags is not None and message.tags_unsure is None
    scores = dict.fromkeys(message.tags or (), 1.0) if by_people else message.tag_scores or {}
    return np.array([scores.get(tag, 0.0) for tag in tags], np.float32)


def dense(view: View, earlier: Floats, logits: Floats, asks: float) -> Floats:
    """Features for a tag the encoder knows: what was ``heard`` earlier, all the encoder's tag logits (so that tags inform each other), also
    as probabilities, which tell a clear case from a clearer one no more, and the cues."""
    return np.concatenate([earlier, logits / 2, sigmoid(logits), cues(view, asks)])


def doubtful(scores: Mapping[str, float]) -> list[str]:
    """The tags whose probability is too close to call."""
    return [tag for tag, score in scores.items() if DOUBT[0] <= score < DOUBT[1]]


def sigmoid(logits: Floats) -> Floats:
    """Probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


class TagClassifier:
    """Multilabel classifier with a calibrated probability, and a threshold for each tag."""

    def __init__(self, state: Mapping[str, Any], manifest: Mapping[str, Any], taxonomy: Taxonomy, encoder_tags: Sequence[str]) -> None:
        """:param encoder_tags: What the encoder gives logits for.
        :raises ModelError: If the taxonomy has tags the heads were not fitted for."""
        self.labels = labels(taxonomy)
        if missing := [label for label in self.labels if label not in state["heads"]]:
            raise ModelError(f"Für {', '.join(missing)} gibt es noch kein Modell. Führen Sie „aufgabenchat train“ aus.")
        self.taxonomy = taxonomy
        self.tags = list(taxonomy)
        self.known: list[str] = list(manifest["encoder_tags"])
        self._heard = [tag for tag in encoder_tags if tag not in LEARNT_RULES]
        self._column = {tag: n for n, tag in enumerate(encoder_tags)}
        self.thresholds: dict[str, float] = manifest["thresholds"]
        self._ngrams: TfidfVectorizer = state["ngrams"]
        self._analyze = self._ngrams.build_analyzer()
        self._columns_of = lru_cache(WORDS)(self._read_columns)
        self._mean, self._deviation = state["vector_mean"], state["vector_deviation"]
        self._bias = {label: float(state["heads"][label].intercept_[0]) for label in self.labels}
        self._own = [label for label in self.labels if label in self.known]
        self._table = np.stack([state["heads"][label].coef_[0] for label in self._own])
        self._new = {label: state["heads"][label].coef_[0] for label in self.labels if label not in self.known}

    def tag(self, view: View, encoded: Encoded) -> Tagged:
        """Score, choose and explain the tags of the view's message."""
        everything = self.scores(view, encoded)
        scores = {tag: everything[tag] for tag in self.tags}
        rules = {rule: round(everything[rule], 3) for rule in LEARNT_RULES if may_carry(view.message, rule, self.taxonomy)}
        tags = [tag for tag, score in scores.items() if score >= self.thresholds[tag]]
        unsure = doubtful(scores)
        words = word_spans(view.message.text)
        starts, ends = (np.array([offset[side] for offset in encoded.offsets]) for side in (0, 1))
        first, last = np.searchsorted(ends, [start for start, _ in words], "right"), np.searchsorted(starts, [end for _, end in words], "left")
        tokens = first, np.maximum(first, last)
        evidence = {tag: self._evidence(view.message.text, words, tokens, tag, encoded) for tag in (*tags, *unsure)}
        return Tagged({tag: round(score, 3) for tag, score in scores.items()}, tags, unsure, evidence, rules)

    def scores(self, view: View, encoded: Encoded) -> dict[str, float]:
        """Probability by label; 0 where the message may not carry it."""
        asks = certainty(encoded)
        own = dense(view, heard(view, lambda message: labelled(message, self._heard), len(self._heard)), encoded.tags, asks)
        new: Floats | None = None
        columns, words = self._ngram_weights(view.message.text)
        logits = dict(zip(self._own, self._table[:, : len(own)] @ own + self._table[:, len(own) + columns] @ words, strict=True))
        scores = {}
        for tag in self.labels:
            if not may_carry(view.message, tag, self.taxonomy):
                scores[tag] = 0.0
                continue
            if tag not in logits:
                if new is None:
                    new = np.concatenate([VECTOR_SCALE * (encoded.vector - self._mean) / self._deviation, cues(view, asks)])
                row = self._new[tag]
                logits[tag] = new @ row[: len(new)] + words @ row[len(new) + columns]
            logit = self._bias[tag] + float(logits[tag])
            scores[tag] = 1 / (1 + math.exp(-logit)) if logit > -50 else 0.0
        return scores

    def _ngram_weights(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Columns and values of the text's row as ``TfidfVectorizer.transform`` gives it, without the cost of a table."""
        found = Counter(chain.from_iterable((self._columns_of if len(word) <= LONGEST else self._read_columns)(word) for word in text.split()))
        columns, counts = np.array(list(found), np.int64), np.array(list(found.values()), np.float64)
        values = (1 + np.log(counts)) * self._ngrams.idf_[columns]
        return columns, np.asarray(NGRAM_SCALE * values / (math.sqrt(float(values @ values)) or 1.0), np.float32)

    def _read_columns(self, word: str) -> list[int]:
        """Of the n-grams of a word; none goes over its edges."""
        known = self._ngrams.vocabulary_
        return [column for ngram in self._analyze(word) if (column := known.get(ngram)) is not None]

    def _evidence(self, text: str, words: Sequence[tuple[int, int]], tokens: tuple[NDArray[Any], NDArray[Any]], tag: str, encoded: Encoded) -> list[tuple[int, int]]:
        """The strongest words; ``tokens`` are the first token of each and the one after its last."""
        if tag in self.known:
            first, after = tokens
            sums = np.concatenate([[0.0], np.cumsum(encoded.evidence[:, self._column[tag]])])
            weights = list(sums[after] - sums[first])
        else:
            row = self._new[tag][len(self._mean) + CUES :]
            table = self._ngrams.transform([text[start:end] for start, end in words])
            weights = list(np.asarray(table @ row))
        return strongest(words, weights)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Words of the text in characters."""
    spans, start = [], None
    for at, character in enumerate(text + " "):
        if character.isalnum():
            start = at if start is None else start
        elif start is not None:
            spans.append((start, at))
            start = None
    return spans


def strongest(words: Sequence[tuple[int, int]], weights: Sequence[float]) -> list[tuple[int, int]]:
    """The words that add most, in the order of the text; neighbours as one."""
    ranked = sorted(range(len(words)), key=lambda n: -weights[n])[:EVIDENCE_WORDS]
    chosen = sorted(n for n in ranked if weights[n] > 0)
    merged: list[tuple[int, int]] = []
    for before, n in zip([-2, *chosen], chosen, strict=False):
        if n == before + 1 and merged:
            merged[-1] = (merged[-1][0], words[n][1])
        else:
            merged.append(words[n])
    return merged
