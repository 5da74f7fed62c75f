"""Examples from feedback as rows beside those of the corpus: same features, labels that nobody judged weighted 0."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nlp.handbook import Taxonomy
from nlp.learning.examples import Example, fingerprint
from nlp.tags import labels
from nlp.thread import Thread, View
from nlp.training import corpus, heads
from nlp.training.heads import Judged, Rows
from nlp.training.held_out import Prediction

Read = Callable[[Example], Mapping[str, Prediction]]
"""What the encoder says of an example's messages, by corpus key."""
Floats = NDArray[np.float32]


def rows(
    examples: Sequence[Example], read: Read, threads: Sequence[Thread], taxonomy: Taxonomy, vector: Callable[[View], Floats] | None = None
) -> tuple[Rows, Judged | None]:
    """Labels and corrected answers that users agree on. A message of a corpus thread belongs to that thread, so that the two never stand on
    different sides of a split; every other one is a thread of its own."""
    names = labels(taxonomy)
    prepared = [_with_answers(example, n) for n, example in enumerate(examples)]
    said: dict[str, Prediction] = {}
    for example in prepared:
        said |= {corpus.key(example.thread, message): {"answers": {}} for message in example.thread.messages}
        said |= read(example)
    made = heads.rows([example.thread for example in prepared], said, taxonomy, vector)
    groups = _groups(examples, threads)
    gold, weights = np.zeros(made.gold.shape, bool), np.zeros(made.weights.shape, np.float32)
    for n, example in enumerate(examples):
        for label, vote in example.settled():
            gold[n, names.index(label)], weights[n, names.index(label)] = vote.holds, vote.weight
    answered = [example.thread for example in prepared]
    judged = heads.judged(answered, said) if any(True for _ in heads.gold_answers(answered, said)) else None
    if judged:
        judged = replace(judged, groups=groups[judged.groups], keys=[(int(groups[n]), message, question) for n, message, question in judged.keys])
    return replace(made, groups=groups, gold=gold, weights=weights), judged


def _with_answers(example: Example, number: int) -> Example:
    """The example as a labelled thread with an id of its own."""
    message = example.message.model_copy(update={"tags": [], "answers": [answer for _, answer in example.settled_answers()]})
    task = example.thread.task.model_copy(update={"id": f"feedback-{number}"})
    return replace(example, thread=Thread(task=task, messages=[*example.thread.messages[:-1], message]))


def _groups(examples: Sequence[Example], threads: Sequence[Thread]) -> NDArray[np.int64]:
    known = {_shape(message.text): n for n, thread in enumerate(threads) for message in thread.messages}
    return np.array([known.get(_shape(example.message.text), len(threads) + n) for n, example in enumerate(examples)], np.int64)


def _shape(text: str) -> str:
    return fingerprint(unicodedata.normalize("NFC", text))
