"""Fit the heads on top of the encoder: a minute, and no PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact
from nlp.artifact import Artifact
from nlp.encoder import Encoder
from nlp.handbook import Taxonomy, taxonomy
from nlp.rescoring import Rescorer
from nlp.tags import labels
from nlp.thread import Thread
from nlp.training import corpus, heads, held_out, rescoring, trees
from nlp.training.heads import Judged, Rows
from nlp.training.held_out import HELD_OUT, Prediction
from nlp.training.versions import put_in_force as put_in_force

Say = Callable[[str], None]
Part = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Heads, and what their like, fitted without a message's thread, say of it: ``scores`` ``[n, n_labels]``, ``shares`` of missed ``[m]``."""

    state: heads.State
    scores: NDArray[np.float32]
    shares: NDArray[np.float32]
    facts: dict[str, Any]

    def save(self, folder: Path, **facts: Any) -> None:
        """Write the heads with their thresholds and ``facts``."""
        heads.save(folder, self.state, **self.facts, **facts)


def fitted(
    data: Rows, judged: Judged, rescorer: Rescorer, known: Sequence[str], tags: Taxonomy, parts: Sequence[Part], *, more: Rows | None = None, more_judged: Judged | None = None,
    reader: Encoder | None = None,
) -> Fitted:
    """Heads for the labelled messages and answers, with thresholds found by cross-validation; a rescorer goes with them as it is.

    :param known: Tags the encoder was trained on; for others ``reader`` is needed.
    :param parts: The threads of each fold.
    :param more: Messages to learn from as well; thresholds come from ``data`` alone. ``more_judged`` likewise.
    :raises DataError: If a tag has no examples.
    """
    state = heads.fit(data.plus(more) if more else data, known, tags, reader)
    scores = heads.out_of_fold(data, known, tags, parts, more)
    best = heads.thresholds(scores, data.gold)
    everything = judged.plus(more_judged) if more_judged else judged
    state |= trees.fit(everything.table, everything.missed).named("answers") | rescorer.trees.named("questions")
    shares = heads.answers_out_of_fold(judged, parts, more_judged)
    return Fitted(state, scores, shares, {
        "encoder_tags": list(known), "missed_from": round(heads.missed_from(shares, judged), 3),
        "keep_from": rescorer.keep_from,
        "thresholds": {label: round(float(best[n]), 3) if label in known else 0.5 for n, label in enumerate(labels(tags))},
    })  # fmt: skip


def train(home: Path = artifact.HOME, tags: Taxonomy | None = None, say: Say = lambda _: None) -> Path:
    """Fit the tag heads on the corpus alone and put them in force as version 1; the folder they are in.

    Messages of threads the encoder was trained on come with stored predictions of encoders that were not; threads added
    since are read by the encoder itself, which has not seen them either.

    :raises AufgabenchatError: If corpus or encoder cannot be read, or a tag has no examples.
    """
    sealed, tags = artifact.current("encoder", home), tags or taxonomy()
    encoder = Encoder.from_artifact(sealed, threads=2)
    threads = [item.thread for item in corpus.load(home / "corpus")]
    known = [label for label in sealed.manifest["tags"] if label in labels(tags)]
    say(f"{len(threads)} Aufgabenchats, {len(tags)} Tags")
    said = complete(sealed, threads, encoder, say)
    reader = encoder if len(known) < len(labels(tags)) else None
    data = heads.rows(threads, said, tags, (lambda view: encoder.encode(view).vector) if reader else None)
    say("Gelernt wird, Schwellen werden kreuzvalidiert bestimmt …")
    folds = parts(home)
    fitted(data, heads.judged(threads, said), rescoring.fitted(threads, rescoring.found(threads, said), folds), known, tags, folds, reader=reader).save(
        home / "heads" / "1", encoder=sealed.digest
    )
    put_in_force(home, heads="1")
    return home / "heads" / "1"


def complete(sealed: Artifact, threads: Sequence[Thread], encoder: Encoder, say: Say) -> dict[str, Prediction]:
    """Predictions for all messages: the stored ones and, for threads that are newer, the encoder's own."""
    stored = held_out.load(sealed.path(HELD_OUT))
    newer = [thread for thread in threads if any(corpus.key(thread, m) not in stored for m in thread.messages)]
    if newer:
        say(f"{len(newer)} Aufgabenchats sind neu oder geändert und werden gelesen …")
    return {**dict(held_out.predict(encoder, newer)), **stored}


def parts(home: Path) -> list[Part]:
    """The threads of each fold."""
    return [np.array(fold) for fold in corpus.folds(corpus.load(home / "corpus"))]
