"""Tags of a message, from what encoder and wide part say, the tags of earlier messages and cheap cues.

Boosted trees weigh the tags the encoder was trained on; its logits are out of fold when they are fitted. Rules with a trained score have a logistic
regression over the same and character n-grams, and so has a tag that is newer than the encoder, over the message's vector: that needs no more than a
few examples and seconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import grams
from nlp.cues import cues, heard, labelled, sigmoid
from nlp.encoder import Encoded
from nlp.errors import ModelError
from nlp.handbook import Taxonomy
from nlp.inputs import LEARNT_RULES
from nlp.questions import certainty
from nlp.thread import Message, View
from nlp.trees import Trees

Floats = NDArray[np.float32]
EVIDENCE_WORDS = 3
DOUBT = (0.3, 0.7)
"""A probability in this band is too close to call: the tag is offered as unsure."""
NGRAM_SCALE = 2.0
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


def without_rules(labels: Sequence[str]) -> list[str]:
    """The labels that are tags."""
    return [label for label in labels if label not in LEARNT_RULES]


def may_carry(message: Message, label: str, taxonomy: Taxonomy) -> bool:
    """Whether author and channel allow the label."""
    if label in LEARNT_RULES:
        return message.author != "customer" and message.channel == LEARNT_RULES[label]
    return taxonomy[label].allows(message.author)


def dense(view: View, earlier: Floats, logits: Floats, asks: float) -> Floats:
    """Features for a tag the encoder knows: what was ``heard`` earlier, all the encoder's tag logits (so that tags inform each other), and the cues."""
    return np.concatenate([earlier, twice(logits), cues(view, asks)])


def twice(logits: Floats) -> Floats:
    """Logits as features and, since a clear case tells no less than a clearer one, as probabilities, ``[2 n_tags]``."""
    return np.concatenate([logits / 2, sigmoid(logits)])


def features(wide: Floats, own: Floats) -> Floats:
    """What the trees see: the wide part's logits, and what ``dense`` gives."""
    return np.concatenate([twice(wide), own])


def doubtful(scores: Mapping[str, float]) -> list[str]:
    """The tags whose probability is too close to call."""
    return [tag for tag, score in scores.items() if DOUBT[0] <= score < DOUBT[1]]


class TagClassifier:
    """Multilabel classifier with a calibrated probability, and a threshold for each tag."""

    def __init__(self, state: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any], taxonomy: Taxonomy, encoder_tags: Sequence[str]) -> None:
        """:param state: Arrays by name: trees ``tags.<tag>.…``, regressions ``heads.<label>`` (weights, then bias), ``idf``, ``vector_mean`` and ``vector_deviation``.
        :param encoder_tags: What the encoder gives logits for.
        :raises ModelError: If the taxonomy has tags the heads were not fitted for."""
        self.labels = labels(taxonomy)
        if missing := [label for label in self.labels if f"tags.{label}.bias" not in state and f"heads.{label}" not in state]:
            raise ModelError(f"Für {', '.join(missing)} gibt es noch kein Modell. Führen Sie „aufgabenchat train“ aus.")
        self.taxonomy = taxonomy
        self.tags = list(taxonomy)
        self.known: list[str] = list(manifest["encoder_tags"])
        self.heard = without_rules(encoder_tags)
        self._column = {tag: n for n, tag in enumerate(encoder_tags)}
        self.thresholds: dict[str, float] = manifest["thresholds"]
        self._state = state
        self._grown = [tag for tag in self.tags if f"tags.{tag}.bias" in state]
        self._trees = Trees.together([Trees.of(state, f"tags.{tag}") for tag in self._grown])

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
        own = dense(view, heard(view, lambda message: labelled(message, self.heard), len(self.heard)), encoded.tags, asks)
        logits = dict(zip(self._grown, self._trees.logits(features(encoded.wide, own)[None])[0].tolist(), strict=True))
        scores, words = {}, None
        for label in self.labels:
            if not may_carry(view.message, label, self.taxonomy):
                scores[label] = 0.0
                continue
            if label not in logits:
                words = grams.table([view.message.text], self._state["idf"]) if words is None else words
                logits[label] = self._head(label, own if label in self.known else self._fresh(view, encoded, asks), words)
            scores[label] = 1 / (1 + math.exp(-logits[label])) if logits[label] > -50 else 0.0
        return scores

    def _fresh(self, view: View, encoded: Encoded, asks: float) -> Floats:
        """Features for a label the encoder does not know."""
        return np.concatenate([VECTOR_SCALE * (encoded.vector - self._state["vector_mean"]) / self._state["vector_deviation"], cues(view, asks)])

    def _head(self, label: str, own: Floats, words: grams.Table) -> float:
        row = self._state[f"heads.{label}"]
        return float(own @ row[: len(own)] + NGRAM_SCALE * words.data @ row[len(own) + words.indices] + row[-1])

    def _evidence(self, text: str, words: Sequence[tuple[int, int]], tokens: tuple[NDArray[Any], NDArray[Any]], tag: str, encoded: Encoded) -> list[tuple[int, int]]:
        """The strongest words; ``tokens`` are the first token of each and the one after its last."""
        if tag in self.known:
            first, after = tokens
            sums = np.concatenate([[0.0], np.cumsum(encoded.evidence[:, self._column[tag]])])
            weights = list(sums[after] - sums[first])
        else:
            row = self._state[f"heads.{tag}"][-1 - grams.COLUMNS : -1]
            weights = list(np.asarray(grams.table([text[start:end] for start, end in words], self._state["idf"]) @ row))
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
