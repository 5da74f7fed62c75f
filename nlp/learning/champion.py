"""What heads say of corpus threads they were not fitted on; kept beside a version, so that later challengers meet it on the same threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlp import artifact
from nlp.errors import ModelError
from nlp.learning.gate import Outcomes
from nlp.tags import labels
from nlp.thread import views
from nlp.training import corpus, heads
from nlp.training.fit import Fitted

if TYPE_CHECKING:
    from nlp.learning.learn import Base

FILE = "out_of_fold.npz"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Champion:
    """Out-of-fold probabilities: ``scores`` ``[n_messages, n_labels]``, ``shares`` of missed ``[n_answers]``, nan where nothing was said."""

    labels: list[str]
    scores: Floats
    shares: Floats

    @classmethod
    def of(cls, base: Base, fitted: Fitted) -> Champion:
        """What freshly fitted heads say."""
        known = [n for n, label in enumerate(labels(base.tags)) if label in base.known]
        return cls([labels(base.tags)[n] for n in known], fitted.scores[:, known], fitted.shares)

    def covers(self, base: Base) -> NDArray[np.bool_]:
        """Which threads it was asked about as a whole, ``[n_threads]``."""
        missing = np.zeros(len(base.threads), bool)
        missing[base.data.groups[np.isnan(self.scores).any(1)]] = True
        missing[base.judged.groups[np.isnan(self.shares)]] = True
        missing[np.setdiff1d(np.arange(len(base.threads)), base.data.groups)] = True
        return ~missing

    def outcomes(self, base: Base, names: Sequence[str]) -> Outcomes:
        """Hits and misses by thread; the thresholds of a fold come from the other folds."""
        everything, n_threads = labels(base.tags), len(base.threads)
        scores = self.scores[:, [self.labels.index(name) for name in names]]
        gold = base.data.gold[:, [everything.index(name) for name in names]]
        tags, answers = np.zeros((n_threads, len(names), 3)), np.zeros((n_threads, 2, 2))
        scores, shares = np.nan_to_num(scores), np.nan_to_num(self.shares)
        said, missed = np.zeros(gold.shape, bool), np.zeros(len(shares), bool)
        for part in base.parts:
            inside, here = np.isin(base.data.groups, part), np.isin(base.judged.groups, part)
            said[inside] = scores[inside] >= heads.thresholds(scores[~inside], gold[~inside])
            if here.any() and (~here).any():
                missed[here] = shares[here] >= heads.missed_from(shares[~here], base.judged.take(~here))
        for place, outcome in enumerate((said & gold, said & ~gold, gold & ~said)):
            np.add.at(tags[..., place], base.data.groups, outcome)
        verdicts = heads.unfolded(missed, base.judged.keys)
        right = np.where(base.judged.missed, verdicts == 1, verdicts == 0)
        for side, here in enumerate((base.judged.missed, ~base.judged.missed)):
            np.add.at(answers[:, side, 0], base.judged.groups[here], right[here])
            np.add.at(answers[:, side, 1], base.judged.groups[here], 1)
        return Outcomes(tags, answers)


def store(folder: Path, base: Base, fitted: Fitted) -> None:
    """Keep what a version's like says out of fold."""
    made = Champion.of(base, fitted)
    np.savez_compressed(
        folder / FILE, labels=np.array(made.labels), messages=np.array(_messages(base)), scores=made.scores.astype(np.float16), answers=np.array(_answers(base)),
        shares=made.shares.astype(np.float16),
    )  # fmt: skip


def standing(home: Path, base: Base, plain: Fitted) -> Champion:
    """The heads in force; those that kept nothing, or were made for another encoder, were fitted on the corpus alone, as ``plain`` was."""
    try:
        sealed = artifact.current("heads", home)
    except ModelError:
        return Champion.of(base, plain)
    if FILE not in sealed.manifest["files"] or sealed.manifest["encoder"] != base.sealed.digest:
        return Champion.of(base, plain)
    with np.load(sealed.path(FILE), allow_pickle=False) as kept:
        messages, answers = (dict(zip(kept[name].tolist(), kept[values].astype(np.float32), strict=True)) for name, values in (("messages", "scores"), ("answers", "shares")))
        names = [str(label) for label in kept["labels"]]
    nothing = np.full(len(names), np.nan, np.float32)
    return Champion(
        names, np.stack([messages.get(key, nothing) for key in _messages(base)]), np.array([answers.get(key, np.nan) for key in _answers(base)], np.float32)
    )


def _messages(base: Base) -> list[str]:
    return [corpus.key(thread, view.message) for thread in base.threads for view in views(thread) if view.message.tags is not None]


def _answers(base: Base) -> list[str]:
    return [f"{base.threads[n].task.id}.{message}.{question}" for n, message, question in base.judged.keys]
