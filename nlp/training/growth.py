"""How quality grows with the number of labelled threads: heads over the encoder's held-out logits, beside TF-IDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nlp.handbook import taxonomy
from nlp.tags import labels
from nlp.thread import Thread, views
from nlp.training import baselines, heads, scoring
from nlp.training.held_out import Prediction

Row = dict[str, Any]


def curve(threads: Sequence[Thread], said: Mapping[str, Prediction], sizes: Sequence[int], test: int) -> Iterator[Row]:
    """Macro-F1 with its 95 % interval over the last ``test`` threads, by ``system`` and number of ``threads`` it was fitted on."""
    held = threads[-test:]
    for size in sizes:
        train = threads[: min(size, len(threads) - test)]
        for system, tags in (("heads over the encoder", _heads(train, held, said)), ("TF-IDF", _tfidf(train, held))):
            value, low, high = scoring.figure("Tags macro-F1", _tallies(held, tags))
            yield {"threads": len(train), "system": system, "macro-F1": value, "low": low, "high": high}


def _tallies(held: Sequence[Thread], said: Sequence[set[str]]) -> list[scoring.Tally]:
    rows, tags = iter(said), list(taxonomy())
    found = []
    for thread in held:
        counts = scoring.Tally(np.zeros((len(tags), 3)))
        for message in (view.message for view in views(thread) if view.message.tags is not None):
            scoring.count_tags(counts, set(message.tags or ()), next(rows), tags)
        found.append(counts)
    return found


def _heads(train: Sequence[Thread], held: Sequence[Thread], said: Mapping[str, Prediction]) -> list[set[str]]:
    data, asked = heads.rows(train, said, taxonomy()), heads.rows(held, said, taxonomy())
    parts = [np.arange(fold, len(train), 2) for fold in range(2)]
    inside = [np.isin(data.groups, part) for part in parts]
    names = labels(taxonomy())
    known = [tag for n, tag in enumerate(names) if tag in taxonomy() and all(data.gold[mask, n].any() for mask in inside)]
    cuts = heads.thresholds(heads.out_of_fold(data, known, taxonomy(), parts), data.gold)
    holds = heads.probabilities(heads.fit(data, known, taxonomy()), asked, known, taxonomy()) >= cuts
    return [{names[n] for n in np.flatnonzero(row)} for row in holds]


def _tfidf(train: Sequence[Thread], held: Sequence[Thread]) -> list[set[str]]:
    learnt, asked = ([m for thread in threads for m in thread.messages if m.tags is not None] for threads in (train, held))
    known = [tag for tag in taxonomy() if any(tag in (m.tags or ()) for m in learnt)]
    return baselines.tfidf(learnt, known)(asked)
