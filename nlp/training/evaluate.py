"""How good the models are: cross-validated over the corpus, on threads nobody trained on, and on public data.

Every figure of the corpus comes from an encoder and from heads that had not seen the thread, with a 95 % interval by
bootstrap over threads; the baselines stand beside it, on the same folds. Thresholds of a fold come from the other folds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact
from nlp.annotate import agreed, without_labels
from nlp.assistant import Assistant
from nlp.check import findings
from nlp.encoder import Encoder
from nlp.handbook import taxonomy
from nlp.inputs import LEARNT_RULES, STATUSES
from nlp.tags import labels
from nlp.thread import Answer, Question, Thread, views
from nlp.training import baselines, corpus, fit, heads, held_out, rescoring, scoring
from nlp.training.held_out import Prediction
from nlp.training.scoring import FIGURES, Tally

Floats = NDArray[np.float32]
Parts = Sequence[NDArray[np.int64]]
Say = Callable[[str], None]
OWN = "Aufgabenchat"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with its 95 % interval."""

    test: str
    system: str
    figure: str
    value: float
    low: float
    high: float


def cross_validated(home: Path = artifact.HOME, *, peers: bool = True, say: Say = lambda _: None) -> list[Row]:
    """The table over the corpus, from the stored predictions of encoders that had not seen a thread.

    :param peers: Also fit the baselines (minutes).
    """
    sealed, labelled = artifact.current("encoder", home), corpus.load(home / "corpus")
    threads = [item.thread for item in labelled]
    table = []
    for test, name, groups in (
        ("kreuzvalidiert", held_out.HELD_OUT, corpus.folds(labelled)),
        ("fremde Autoren", held_out.OTHER_AUTHORS, corpus.author_groups(labelled)),
    ):
        stored = held_out.load(sealed.path(name))
        if not all(corpus.key(thread, message) in stored for thread in threads for message in thread.messages):
            say(f"{test}: Zum Korpus fehlen Vorhersagen ({name}); „python -m nlp.training.encoder“ rechnet sie.")
            continue
        parts = [np.array(group) for group in groups]
        own = _tallies(threads, stored, parts)
        table += _rows(test, OWN, own)
        if first := [tally for tally, item in zip(own, labelled, strict=True) if item.file in corpus.FIRST]:
            table += _rows(f"{test}, erste Autoren", OWN, first)
        if peers and name == held_out.HELD_OUT:
            for system, part, tallies in baselines.tallies(threads, parts, list(taxonomy()), Encoder.from_artifact(sealed, threads=2), say):
                table += _rows(test, system, tallies, [figure for figure in FIGURES if figure.startswith(part)])
    return table


def _tallies(threads: Sequence[Thread], stored: Mapping[str, Prediction], parts: Parts) -> list[Tally]:
    return [scoring.tally(gold, said, list(taxonomy())) for gold, said in zip(threads, held_out_labels(threads, stored, parts), strict=True)]


def held_out_labels(threads: Sequence[Thread], stored: Mapping[str, Prediction], parts: Parts) -> list[Thread]:
    """The threads with the labels of models that had not seen them: questions, tags and scores; answers and findings with the
    gold questions given."""
    data, judged = heads.rows(threads, stored, taxonomy()), heads.judged(threads, stored)
    scores, shares = heads.out_of_fold(data, labels(taxonomy()), taxonomy(), parts), heads.answers_out_of_fold(judged, parts)
    said, missed = np.zeros(scores.shape, bool), np.zeros(len(shares), bool)
    for part in parts:
        inside, here = np.isin(data.groups, part), np.isin(judged.groups, part)
        said[inside] = scores[inside] >= heads.thresholds(scores[~inside], data.gold[~inside])
        missed[here] = shares[here] >= heads.missed_from(shares[~here], judged.take(~here))
    verdicts = dict(zip(judged.keys, zip(heads.unfolded(missed, judged.keys), shares, strict=True), strict=True))
    rows, asked = iter(zip(said, scores, strict=True)), rescoring.kept(threads, rescoring.found(threads, stored), parts)
    return [_labelled(n, thread, stored, rows, verdicts, asked) for n, thread in enumerate(threads)]


def held_out_corpus(home: Path = artifact.HOME) -> list[Thread]:
    """The corpus as ``held_out_labels`` gives it."""
    threads = [item.thread for item in corpus.load(home / "corpus")]
    return held_out_labels(threads, held_out.load(artifact.current("encoder", home).path(held_out.HELD_OUT)), fit.parts(home))


def _labelled(
    n: int, thread: Thread, stored: Mapping[str, Prediction], rows: Iterator[tuple[Any, Any]], verdicts: Mapping[tuple[int, str, str], tuple[int, float]],
    asked: Mapping[tuple[int, str], list[Question]],
) -> Thread:  # fmt: skip
    labelled, tags = thread.model_copy(deep=True), list(taxonomy())
    found = {}
    for message in labelled.messages:
        prediction = stored[corpus.key(thread, message)]
        chosen, scores = next(rows)
        found[message.id] = asked.get((n, message.id), [])
        message.rule_scores = dict(zip(LEARNT_RULES, (float(score) for score in scores[len(tags) :]), strict=True))
        asks = any(question.expects_answer for question in found[message.id])
        message.tags = agreed([tag for tag, holds in zip(tags, chosen, strict=False) if holds], message.incoming, asks, tags)
        message.answers = [
            Answer(question=key, status="missed" if missed else STATUSES[int(np.argmax(row[:2]))], score=share if missed else 1 - share)
            for key, row in prediction["answers"].items()
            for missed, share in [verdicts[n, message.id, key]]
            if missed >= 0
        ]
    for view in views(labelled):
        view.message.findings = findings(view)
    for message in labelled.messages:
        message.questions = found[message.id]
    return labelled


def unseen(threads: Sequence[Thread], assistant: Assistant, test: str) -> list[Row]:
    """Threads outside the corpus, annotated as in use; answers and findings with the gold questions given."""
    tallies = []
    for gold in threads:
        said, given = assistant.annotate(gold, overwrite=True), without_labels(gold)
        for message, labelled in zip(given.messages, gold.messages, strict=True):
            message.questions = labelled.questions
        for message, judged in zip(said.messages, assistant.annotate(given).messages, strict=True):
            message.answers, message.findings = judged.answers, judged.findings
        tallies.append(scoring.tally(gold, said, list(taxonomy())))
    return _rows(test, OWN, tallies)


def _rows(test: str, system: str, tallies: Sequence[Tally], figures: Sequence[str] = tuple(FIGURES)) -> list[Row]:
    return [Row(test, system, figure, *scoring.figure(figure, tallies)) for figure in figures]


def worst(home: Path = artifact.HOME, count: int = 20) -> list[tuple[str, str, list[str], list[str]]]:
    """The messages whose tags are furthest off, cross-validated: (where, text, missing tags, invented tags)."""
    sealed, tags = artifact.current("encoder", home), labels(taxonomy())
    threads = [item.thread for item in corpus.load(home / "corpus")]
    data = heads.rows(threads, held_out.load(sealed.path(held_out.HELD_OUT)), taxonomy())
    scores = heads.out_of_fold(data, tags, taxonomy(), fit.parts(home))
    said = scores >= heads.thresholds(scores, data.gold)
    surprise = -np.where(data.gold, np.log(scores + 1e-6), np.where(data.allowed, np.log(1 - scores + 1e-6), 0)).sum(1)
    where = [f"{v.thread.task.id} {v.message.id}" for t in threads for v in views(t) if v.message.tags is not None]
    return [
        (where[n], data.texts[n], _names(tags, data.gold[n] & ~said[n]), _names(tags, said[n] & ~data.gold[n]))
        for n in np.argsort(-surprise)[:count]
    ]


def _names(tags: Sequence[str], chosen: NDArray[np.bool_]) -> list[str]:
    return [tag for tag, holds in zip(tags, chosen, strict=True) if holds]


def by_tag(home: Path = artifact.HOME) -> list[tuple[str, int, float, float]]:
    """(tag, positives, F1, calibration error), cross-validated; the error is the mean gap of ten equal-width bins."""
    sealed, tags = artifact.current("encoder", home), labels(taxonomy())
    threads = [item.thread for item in corpus.load(home / "corpus")]
    data = heads.rows(threads, held_out.load(sealed.path(held_out.HELD_OUT)), taxonomy())
    scores = heads.out_of_fold(data, tags, taxonomy(), fit.parts(home))
    said = scores >= heads.thresholds(scores, data.gold)
    table = []
    for n, tag in enumerate(tags):
        gold, share = data.gold[:, n], scores[:, n]
        f1 = scoring.f1((gold & said[:, n]).sum(), (said[:, n] & ~gold).sum(), (gold & ~said[:, n]).sum())
        table.append((tag, int(gold.sum()), f1, calibration_error(share, gold)))
    return table


def calibration_error(share: Floats, gold: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015): how far probabilities are from frequencies, weighted by bin size."""
    place = np.minimum((share * bins).astype(int), bins - 1)
    gaps = [abs(share[place == b].mean() - gold[place == b].mean()) * (place == b).mean() for b in range(bins) if (place == b).any()]
    return float(sum(gaps))

