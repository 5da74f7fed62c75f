"""Fit what stands on top of the encoder: trees for tags, heads for rules and new tags, thresholds, and the point from which a question counts as missed.

A minute, and no PyTorch. Features of labelled messages come out of fold: from encoders that had not seen the thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp import answers, grams, questions
from nlp import tags as features
from nlp.artifact import HEADS, keep, seal
from nlp.cues import CUES, heard, joint, sigmoid
from nlp.encoder import Encoder
from nlp.errors import DataError
from nlp.handbook import Tag, Taxonomy
from nlp.tags import NGRAM_SCALE, VECTOR_SCALE, labels, may_carry
from nlp.thread import Answer, Message, Question, Thread, View, asked_in, views
from nlp.training import corpus, held_out, trees
from nlp.training.held_out import Prediction
from nlp.trees import Trees

C = 0.3
"""Inverse strength of the L2 penalty."""
MIN_TEXTS = 3
"""N-grams that occur in fewer messages are not looked at."""
SHRINK = 30
"""With so many positive examples a tag's own best threshold weighs as much as the common one."""
TITLES = ("Adressliste Zahnärzte", "Lieferanten recherchieren", "Termine koordinieren", "Texte korrigieren", "Belege erfassen", "Reise nach Wien")
"""Of tasks in which the examples of a new tag might stand: those of the corpus have titles too, so none must tell them apart."""
GRID = np.arange(0.15, 0.71, 0.05)
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
State = dict[str, NDArray[Any]]
"""Arrays by name, as ``nlp.tags.TagClassifier`` takes them."""
ARRAYS = ("groups", "known", "wide", "vectors", "gold", "allowed", "weights")


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages as features: ``known`` for labels of the encoder, ``wide`` for its tags beside them, ``vectors`` (may have no columns) for later ones.

    ``gold``, ``allowed`` and ``weights`` are ``[n, n_labels]``; a label with weight 0 is unknown for the message and not learnt from.
    ``groups`` ``[n]`` says which thread a message belongs to.
    """

    texts: list[str]
    groups: NDArray[np.int64]
    known: Floats
    wide: Floats
    vectors: Floats
    gold: Bools
    allowed: Bools
    weights: Floats

    def take(self, index: NDArray[Any]) -> Rows:
        """The rows of an index or mask."""
        texts = [self.texts[n] for n in np.arange(len(self.texts))[index]]
        return Rows(texts, *(getattr(self, name)[index] for name in ARRAYS))

    def plus(self, other: Rows) -> Rows:
        """Both, one below the other."""
        pairs = [(getattr(self, name), getattr(other, name)) for name in ARRAYS]
        return Rows(self.texts + other.texts, *(np.concatenate(pair) for pair in pairs))


def rows(
    threads: Sequence[Thread], predictions: Mapping[str, Prediction], taxonomy: Taxonomy, vector: Callable[[View], Floats] | None = None
) -> Rows:
    """The labelled messages of the threads; ``vector`` gives the encoder's vector and is only needed where a tag is new to the encoder."""
    labelled = [(n, view) for n, thread in enumerate(threads) for view in views(thread) if view.message.tags is not None]
    found = [(n, view, predictions[corpus.key(view.thread, view.message)]) for n, view in labelled]
    size = len(found[0][-1]["wide"])
    earlier = [_earlier(thread, predictions) for thread in threads]
    return Rows(
        texts=[view.message.text for _, view, _ in found],
        groups=np.array([n for n, _, _ in found]),
        known=np.stack([
            features.dense(view, heard(view, earlier[n], size), np.array(said["tags"], np.float32), said["asks"]) for n, view, said in found
        ]),
        wide=np.stack([features.twice(np.array(said["wide"], np.float32)) for *_, said in found]),
        vectors=np.stack([vector(view) if vector else np.zeros(0, np.float32) for _, view, _ in found]),
        gold=np.array([[label in corpus.labels(view.message) for label in labels(taxonomy)] for _, view, _ in found]),
        allowed=np.array([[may_carry(view.message, label, taxonomy) for label in labels(taxonomy)] for _, view, _ in found]),
        weights=np.ones((len(found), len(labels(taxonomy))), np.float32),
    )


def _earlier(thread: Thread, predictions: Mapping[str, Prediction]) -> Callable[[Message], Floats]:
    """Probabilities of the tags of the thread's messages as encoder and wide part alone see them; of a message they have not read, none. In use they are
    those of the heads, which was tried and changes no figure by more than 0.002."""
    said = {id(message): predictions.get(corpus.key(thread, message), {}) for message in thread.messages}
    size = next((len(one["wide"]) for one in predictions.values() if "wide" in one), 0)
    shares = {name: joint(one["tags"], one["wide"]) if "wide" in one else np.zeros(size, np.float32) for name, one in said.items()}
    return lambda message: shares[id(message)]


def from_taxonomy(taxonomy: Taxonomy, tag: Tag, encoder: Encoder) -> Rows | None:
    """The example messages that the taxonomy gives for a tag; other tags are not judged on them."""
    author = "team" if tag.direction == "outgoing" else "customer"
    threads = [
        Thread.model_validate({"task": {"id": "-", "title": title}, "messages": [{"id": "m1", "author": author, "text": text, "tags": tags}]})
        for tags, texts in (([tag.id], tag.yes), ([], tag.no))
        for text, title in zip(texts, cycle(TITLES), strict=False)
    ]
    if not threads:
        return None
    said = {corpus.key(t, t.messages[0]): _now(View(t, 0), encoder) for t in threads}
    return rows(threads, said, taxonomy, lambda view: encoder.encode(view).vector)


def _now(view: View, encoder: Encoder) -> Prediction:
    encoded = encoder.encode(view)
    return {"tags": encoded.tags, "wide": encoded.wide, "asks": questions.certainty(encoded)}


def fit(data: Rows, known: Sequence[str], taxonomy: Taxonomy, encoder: Encoder | None = None) -> State:
    """Boosted trees for the tags the encoder knows; n-gram weights and one logistic regression a label for rules and newer tags.

    :param known: Tags the encoder was trained on.
    :param encoder: Needed where the taxonomy has others.
    :raises DataError: If a tag has no examples at all.
    """
    state, binned = ngrams_and_scale(data), trees.Binned.of(_everything(data))
    for n, name in enumerate(labels(taxonomy)):
        told = data.weights[:, n] > 0
        if name in known:
            told &= data.allowed[:, n]
            gold, weights = _both(data.gold[told, n], name), data.weights[told, n]
            if name in taxonomy:
                state |= binned.fit(told, gold, weights).named(f"tags.{name}")
            else:
                state[f"heads.{name}"] = _regression(matrix(data.take(told), state, known=True), gold, weights)
        elif encoder:
            judged, more = data.take(told), from_taxonomy(taxonomy, taxonomy[name], encoder) if name in taxonomy else None
            judged = judged.plus(more) if more else judged
            state[f"heads.{name}"] = thin(matrix(judged, state, known=False), judged.gold[:, n], judged.weights[:, n], name)
    return state


def grown(state: State, tags: Sequence[str]) -> Trees:
    """The trees of these tags, an output each."""
    return Trees.together([Trees.of(state, f"tags.{tag}") for tag in tags])


def _both(gold: Bools, label: str) -> Bools:
    if len(set(gold)) < 2:
        raise DataError(f"Für den Tag „{label}“ gibt es keine Beispiele.", remedy="Ergänzen Sie in taxonomy.toml einige unter „yes“.")
    return gold


def _everything(data: Rows) -> Floats:
    """What trees see, as the classifier gives it for one message."""
    return np.concatenate([data.wide, data.known], axis=1)


def ngrams_and_scale(data: Rows) -> State:
    """What turns messages into features: the n-grams' weights, and the scale of the vectors; no heads yet."""
    return {"idf": grams.idf(data.texts, MIN_TEXTS), "vector_mean": data.vectors.mean(0), "vector_deviation": data.vectors.std(0) + 1e-6}


def matrix(data: Rows, state: State, *, known: bool) -> scipy.sparse.csr_matrix:
    """Features as the classifier computes them for one message, ``[n, n_features]``."""
    words = NGRAM_SCALE * grams.table(data.texts, state["idf"])
    if known:
        return scipy.sparse.hstack([data.known, words], format="csr")
    vectors = VECTOR_SCALE * (data.vectors - state["vector_mean"]) / state["vector_deviation"]
    return scipy.sparse.hstack([vectors, data.known[:, -CUES:], words], format="csr")


def _regression(table: scipy.sparse.csr_matrix, gold: Bools, weights: Floats, balance: str | None = None) -> Floats:
    """Weights and bias, ``[n_features + 1]``."""
    model = LogisticRegression(C=C, solver="liblinear", max_iter=300, random_state=0, class_weight=balance).fit(table, gold, sample_weight=weights)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def thin(table: scipy.sparse.csr_matrix, gold: Bools, weights: Floats, tag: str) -> Floats:
    """A head, ``[n_features + 1]``, for a tag with a handful of positives, which count as much as all others together. Raises as ``fit``."""
    return _regression(table, _both(gold, tag), weights, "balanced")


def probabilities(state: State, data: Rows, known: Sequence[str], taxonomy: Taxonomy) -> Floats:
    """``[n, n_labels]``; 0 where a label is not allowed or not known."""
    tags = [tag for tag in taxonomy if f"tags.{tag}.bias" in state]
    table = matrix(data, state, known=True)
    logits = dict(zip(tags, grown(state, tags).logits(_everything(data)).T, strict=True))
    logits |= {label: table @ row[:-1] + row[-1] for label in known if (row := state.get(f"heads.{label}")) is not None}
    found = [sigmoid(logits[label]) if label in logits else np.zeros(len(data.texts)) for label in labels(taxonomy)]
    return np.where(data.allowed, np.stack(found, axis=1), 0).astype(np.float32)


def out_of_fold(
    data: Rows, known: Sequence[str], taxonomy: Taxonomy, parts: Sequence[NDArray[np.int64]], more: Rows | None = None
) -> Floats:
    """Probabilities of heads that were fitted without the message's thread; ``parts`` are the threads of each fold.

    :param more: Messages to learn from as well, but not to be judged; those of a fold's own threads are left out too.
    """
    scores = np.zeros(data.gold.shape, np.float32)
    for part in parts:
        test = np.isin(data.groups, part)
        learnt = data.take(~test)
        state = fit(learnt.plus(more.take(~np.isin(more.groups, part))) if more else learnt, known, taxonomy)
        scores[test] = probabilities(state, data.take(test), known, taxonomy)
    return scores


def thresholds(scores: Floats, gold: Bools) -> Floats:
    """For each tag the threshold of the best F1, drawn towards the common one where positives are few, ``[n_tags]``."""
    curves = np.array([[_f1(gold[:, n], scores[:, n] >= point) for point in GRID] for n in range(gold.shape[1])])
    common = GRID[curves.mean(0).argmax()]
    smooth = np.apply_along_axis(lambda curve: np.convolve(np.pad(curve, 1, "edge"), np.ones(3) / 3, "valid"), 1, curves)
    own, weight = GRID[smooth.argmax(1)], gold.sum(0)
    return np.asarray((weight * own + SHRINK * common) / (weight + SHRINK), np.float32)


def _f1(gold: Bools, said: Bools) -> float:
    return float(2 * (gold & said).sum() / max(1, gold.sum() + said.sum()))


@dataclass(frozen=True, slots=True)
class Judged:
    """Gold answers as features ``[n, n_features]``, whether each is missed, the thread of each, and (thread, message, question)."""

    table: Floats
    missed: Bools
    groups: NDArray[np.int64]
    keys: list[tuple[int, str, str]]

    def take(self, mask: Bools) -> Judged:
        """The answers of a mask."""
        keys = [key for key, holds in zip(self.keys, mask, strict=True) if holds]
        return Judged(self.table[mask], self.missed[mask], self.groups[mask], keys)

    def plus(self, other: Judged) -> Judged:
        """Both, one below the other."""
        table, missed, groups = (np.concatenate([getattr(self, name), getattr(other, name)]) for name in ("table", "missed", "groups"))
        return Judged(table, missed, groups, self.keys + other.keys)


def judged(threads: Sequence[Thread], predictions: Mapping[str, Prediction]) -> Judged:
    """Every gold answer of the threads for which there is a prediction."""
    found = list(gold_answers(threads, predictions))
    missed = np.array([answer.status == "missed" for _, _, answer, _ in found])
    keys = [(n, view.message.id, answer.question) for n, view, answer, _ in found]
    return Judged(np.stack([row for *_, row in found]), missed, np.array([n for n, *_ in found]), keys)


def gold_answers(threads: Sequence[Thread], predictions: Mapping[str, Prediction]) -> Iterator[tuple[int, View, Answer, Floats]]:
    """(number of the thread, view, gold answer, features)."""
    for n, thread in enumerate(threads):
        asked: dict[str, Question] = {}
        tags = _earlier(thread, predictions)
        by_id = {message.id: message for message in thread.messages}
        for view in views(thread):
            said = predictions[corpus.key(thread, view.message)]["answers"]
            readings = {key: held_out.reading(row) for key, row in said.items()}
            for answer in view.message.answers or ():
                if answer.question in said and view.message.outgoing:
                    key = answer.question
                    reply, asking = tags(view.message), tags(by_id[asked_in(key)])
                    yield n, view, answer, answers.features(view, asked[key], key, len(said), [*readings.values()], [*readings].index(key), reply, asking)
            asked |= {f"{view.message.id}.{q.id}": q for q in view.message.questions or ()}


def answers_out_of_fold(data: Judged, parts: Sequence[NDArray[np.int64]], more: Judged | None = None) -> Floats:
    """Probability of missed by trees that were fitted without the answer's thread, ``[n]``; ``more`` as for ``out_of_fold``."""
    shares = np.zeros(len(data.missed), np.float32)
    for part in parts:
        test = np.isin(data.groups, part)
        learnt = data.take(~test)
        learnt = learnt.plus(more.take(~np.isin(more.groups, part))) if more else learnt
        grown = trees.fit(learnt.table, learnt.missed)
        shares[test] = grown.probabilities(data.table[test])
    return shares


def missed_from(shares: Floats, data: Judged) -> float:
    """The probability with the best balanced accuracy, smoothed over its neighbours; ``shares`` are those of ``data``.

    A question that is taken for answered is not called missed again, even where it was in truth: that counts as wrong.
    """
    grid = np.arange(0.1, 0.91, 0.02)
    curve = []
    for point in grid:
        said = unfolded(shares >= point, data.keys)
        right = np.where(data.missed, said == 1, said == 0)
        curve.append((right[data.missed].mean() + right[~data.missed].mean()) / 2)
    return float(grid[np.convolve(np.pad(curve, 2, "edge"), np.ones(5) / 5, "valid").argmax()])


def unfolded(missed: Bools, keys: Sequence[tuple[int, str, str]]) -> NDArray[np.int8]:
    """What is said of each question message by message: 1 missed, 0 addressed, -1 nothing, since it was taken for answered before."""
    taken: set[tuple[int, str]] = set()
    said = np.empty(len(missed), np.int8)
    for n, (thread, _, question) in enumerate(keys):
        said[n] = -1 if missed[n] and (thread, question) in taken else missed[n]
        if not missed[n]:
            taken.add((thread, question))
    return said


def save(folder: Path, state: State, **facts: Any) -> None:
    """Write ``heads.safetensors`` and its manifest with ``facts``."""
    folder.mkdir(parents=True, exist_ok=True)
    keep(state, folder / HEADS)
    seal(folder, kind="heads", licence="MIT", **facts)
