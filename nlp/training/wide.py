"""Fit the wide part from corpus and exercises, fold by fold, so that heads are fitted on what it says of messages it has not seen.

``python -m nlp.training.wide`` takes minutes and no PyTorch: it puts the encoder in force again as a new version with a wide part fitted anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp import artifact, grams
from nlp.cues import CUES, cues
from nlp.encoder import WIDE
from nlp.grams import COLUMNS
from nlp.handbook import taxonomy
from nlp.tags import may_carry, without_rules
from nlp.thread import Thread, View
from nlp.training import corpus, drills, held_out, versions
from nlp.training.held_out import HELD_OUT, OTHER_AUTHORS
from nlp.wide import SCALES, Wide

C = 2.0
"""Inverse strength of the L2 penalty."""
MIN_MESSAGES = 3
"""N-grams that occur in fewer messages are not looked at."""
CORES = 2
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
State = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Rows:
    """Labelled messages: ``gold`` and ``allowed`` ``[n, n_tags]``, ``fold`` ``[n]``: the fold they are held out in."""

    seen: list[View]
    gold: Bools
    allowed: Bools
    fold: NDArray[np.int64]


def gathered(threads: Sequence[Thread], exercises: Sequence[Sequence[Thread]], parts: Sequence[NDArray[np.int64]], tags: Sequence[str]) -> Rows:
    """All labelled messages, each once; an exercise as a whole is held out in one fold."""
    fold_of = {int(n): fold for fold, part in enumerate(parts) for n in part}
    found, rules = drills.labelled(threads, exercises), taxonomy()
    seen = [view for _, view in found]
    return Rows(
        seen, np.array([[tag in (view.message.tags or ()) for tag in tags] for view in seen]),
        np.array([[may_carry(view.message, tag, rules) for tag in tags] for view in seen]), np.array([fold_of.get(n, n % len(parts)) for n, _ in found]),
    )  # fmt: skip


def fitted(threads: Sequence[Thread], exercises: Sequence[Sequence[Thread]], parts: Sequence[NDArray[np.int64]], tags: Sequence[str]) -> tuple[State, dict[str, list[float]]]:
    """The model, and by corpus key the logits of models that had not seen the message's thread."""
    rows = gathered(threads, exercises, parts, tags)
    empty = Wide({"idf": np.ones(len(SCALES) * COLUMNS, np.float32)})
    idf = grams.rarity(empty.counts(rows.seen), MIN_MESSAGES)
    table = scipy.sparse.hstack([Wide({"idf": idf}).table(rows.seen), np.stack([cues(view, 0.0) for view in rows.seen])], format="csr")
    left_out = [rows.fold == fold for fold in range(len(parts))]
    chosen = [~test for test in left_out] + [np.ones(len(rows.seen), bool)]
    jobs = list(product(range(len(chosen)), range(len(tags))))
    with ThreadPoolExecutor(CORES) as pool:  # liblinear lets go of the interpreter
        made = dict(zip(jobs, pool.map(lambda job: _fit(table, rows, chosen[job[0]], job[1]), jobs), strict=True))
    weights = [np.stack([made[n, tag] for tag in range(len(tags))], axis=1) for n in range(len(chosen))]
    logits = np.zeros(rows.gold.shape, np.float32)
    for test, own in zip(left_out, weights, strict=False):
        logits[test] = table[test] @ own[:-1] + own[-1]
    split = len(SCALES) * COLUMNS
    state = {"idf": idf, "weights": weights[-1][:split], "cues": weights[-1][split : split + CUES], "bias": weights[-1][-1]}
    return state, dict(_by_key(rows, logits, {id(thread) for thread in threads}))


def _fit(table: scipy.sparse.csr_matrix, rows: Rows, chosen: Bools, tag: int) -> Floats:
    """Weights and bias, ``[n_features + 1]``, as they are stored."""
    mask = chosen & rows.allowed[:, tag]
    model = LogisticRegression(C=C, solver="liblinear", max_iter=200, random_state=0).fit(table[mask], rows.gold[mask, tag])
    return np.append(model.coef_[0], model.intercept_).astype(np.float16).astype(np.float32)


def _by_key(rows: Rows, logits: Floats, own: set[int]) -> Iterator[tuple[str, list[float]]]:
    for view, row in zip(rows.seen, logits, strict=True):
        if id(view.thread) in own:
            yield corpus.key(view.thread, view.message), [round(float(value), 3) for value in row]


def write(folder: Path, home: Path, tags: Sequence[str]) -> None:
    """Write the wide part into the folder of an encoder for ``tags`` and add to what is held out there what its like, fitted without the thread, say."""
    labelled, exercises = corpus.load(home / "corpus"), drills.threads(home / "drills")
    for name, groups in ((OTHER_AUTHORS, corpus.author_groups(labelled)), (HELD_OUT, corpus.folds(labelled))):
        if stored := held_out.load(folder / name):
            state, said = fitted([item.thread for item in labelled], exercises, [np.array(group) for group in groups], without_rules(tags))
            held_out.save({key: {**prediction, "wide": said[key]} for key, prediction in stored.items()}, folder / name)
            artifact.keep({key: value.astype(np.float16) for key, value in state.items()}, folder / WIDE)


def main(home: Path = artifact.HOME) -> None:
    """Publish the encoder in force with a wide part fitted anew."""
    sealed = artifact.current("encoder", home)

    def make(folder: Path) -> None:
        for name in sealed.manifest["files"]:
            shutil.copy(sealed.path(name), folder)
        write(folder, home, sealed.manifest["tags"])
        artifact.seal(folder, **{key: value for key, value in sealed.manifest.items() if key not in ("format", "files")})

    versions.put_in_force(home, encoder=versions.add(home, "encoder", make))


if __name__ == "__main__":
    main()
