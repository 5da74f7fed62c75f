"""Distil the static student from the encoder in force, fit its heads, and choose how much the encoder is still asked.

``python -m nlp.training.student`` takes minutes and needs ``onnx``, no PyTorch; ``--curve`` only prints what the student in force was
chosen from. Token vectors are taken where the layers end that no label has touched, so they tell nothing about the corpus; heads are
reported on threads they were not fitted on, beside predictions of encoders that had not seen the thread.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table as Shown
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from nlp import artifact, student
from nlp.artifact import HOME, Artifact, keep
from nlp.encoder import WIDE, Encoder
from nlp.fast import ASKED, Read, Reader
from nlp.grams import Table
from nlp.handbook import taxonomy
from nlp.inputs import BEGIN, END, SEGMENTS, TOPICS, Input
from nlp.passes import Shape, whole
from nlp.rescoring import Rescorer
from nlp.student import Clause, Student
from nlp.tags import without_rules
from nlp.thread import Question, Thread, View, views
from nlp.training import corpus, drills, evaluate, fit, heads, rescoring, scoring
from nlp.training import held_out as predictions
from nlp.training.scoring import Tally
from nlp.training.versions import put_in_force
from nlp.trees import Trees
from nlp.wide import Wide

BUILD = Path("build")
DIMENSIONS = 128
RARE = 1e-3
"""Tokens more frequent than this share weigh less (SIF, Arora et al. 2017)."""
VECTOR_SCALE = 0.025
"""Weight of a vector's dimension, in standard deviations, beside n-grams of length 2."""
C = 2.0
"""Inverse strength of the L2 penalty."""
SHARES = (0.0, 0.02, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.15, 0.18, 0.2, 0.22, 0.25, 0.27, 0.3, 0.35, 0.4, 0.5, 1.0)
WEIGHTS = (1.0, 2.0, 3.0, 5.0, 10.0)
"""What doubt about questions may weigh against doubt about tags; the one that needs the encoder least is taken."""
NEVER = 1_000.0
"""More than any doubt."""
LOSS = 0.01
"""So much F1 the cascade may lose against the full path."""
Floats = NDArray[np.float32]
Heads = dict[str, Floats]


def token_vectors(sealed: Artifact, counts: NDArray[np.int64]) -> Floats:
    """A vector for each token, ``[n_tokens, DIMENSIONS]``: read alone by the encoder's untouched layers, reduced by PCA, weighed by rarity.

    :param counts: How often each token occurs.
    """
    raw = _alone(sealed, len(counts))
    raw -= raw.mean(0)
    _, directions = np.linalg.eigh(raw.T @ raw)
    reduced = raw @ directions[:, ::-1][:, :DIMENSIONS]
    share = (counts + 1) / (counts.sum() + len(counts))
    return np.asarray(reduced / reduced.std() * (RARE / (RARE + share))[:, None], np.float32)


def _alone(sealed: Artifact, tokens: int) -> Floats:
    """Each token as a message of its own, ``[tokens, hidden]``; kept in ``build/``, since it takes minutes."""
    kept = BUILD / f"tokens-{sealed.manifest['files']['encoder.onnx'][:16]}.npy"
    if not kept.is_file():
        model = onnx.load(str(sealed.path("encoder.onnx")))
        states = _untouched(model, sealed.manifest["frozen_layers"])
        model.graph.output.append(onnx.helper.make_tensor_value_info(states, onnx.TensorProto.FLOAT, None))
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        segments = [SEGMENTS.index(name) for name in ("context", "context", "message", "context")]
        shape, rows = Shape.of(session), []
        for token in range(tokens):
            feed = whole(Input([BEGIN, END, token, END], segments, 2, [(0, 1)], [], []), shape)
            rows.append(session.run([states], feed)[0].reshape(len(segments), -1)[2])
        kept.parent.mkdir(exist_ok=True)
        np.save(kept, np.stack(rows))
    return np.asarray(np.load(kept), np.float32)


def _untouched(model: onnx.ModelProto, layers: int) -> str:
    """The states above so many layers, which labels have not touched; one norm stands below all layers, two in each."""
    return str([node.output[0] for node in model.graph.node if node.op_type == "LayerNormalization"][2 * layers])


@dataclass(frozen=True, slots=True)
class Rows:
    """``seen`` messages with the thread of each, and ``pieces``, clauses of customers, with the message of each; those that are work requests are
    ``neutral``, as in scoring. Messages of exercises are learnt from and not ``reported`` on."""

    seen: list[View]
    groups: NDArray[np.int64]
    pieces: list[tuple[str, Clause]]
    owners: NDArray[np.int64]
    asked: list[Question | None]
    neutral: NDArray[np.bool_]
    reported: NDArray[np.bool_]


def gather(threads: Sequence[Thread], exercises: Sequence[Sequence[Thread]] = ()) -> Rows:
    """All labelled messages, each once, and each clause with the gold question it is (most of); threads of one exercise count as one."""
    found = drills.labelled(threads, exercises)
    seen = [view for _, view in found]
    cut = [(n, view.message.text, clause) for n, view in enumerate(seen) if view.message.incoming for clause in student.clauses(view.message.text)]
    return Rows(
        seen, np.array([n for n, _ in found]), [(text, clause) for _, text, clause in cut], np.array([n for n, *_ in cut]),
        [_asked(seen[n], clause) for n, _, clause in cut], np.array([_asked(seen[n], clause, really=False) is not None for n, _, clause in cut]),
        np.array([n < len(threads) for n, _ in found]),
    )  # fmt: skip


def _asked(view: View, clause: Clause, *, really: bool = True) -> Question | None:
    spans = [(question, scoring.span(view.message.text, question)) for question in view.message.questions or () if question.expects_answer == really]
    return next((question for question, at in spans if at and scoring.match([at], [(clause.start, clause.end)])), None)


def prepared(sealed: Artifact, rows: Rows) -> Student:
    """Wide part, tokenizer, vectors and what standardises features; nothing learnt from labels of clauses so far."""
    tokenizer = Tokenizer.from_file(str(sealed.path("tokenizer.json")))
    ids = np.concatenate([encoding.ids for encoding in tokenizer.encode_batch([view.message.text for view in rows.seen], add_special_tokens=False)])
    vectors = token_vectors(sealed, np.bincount(ids.astype(np.int64), minlength=tokenizer.get_vocab_size())).astype(np.float16).astype(np.float32)
    ready = Student(Wide.load(sealed.path(WIDE)), tokenizer, vectors, {})
    embedded = ready.embed([text[clause.start : clause.end] for text, clause in rows.pieces])
    ready.heads |= {"mean": embedded.mean(0), "scale": VECTOR_SCALE / (embedded.std(0) + 1e-6)}
    return ready


def fit_heads(rows: Rows, table: Table, chosen: NDArray[np.bool_]) -> Heads:
    """Weights of the heads for clauses, from those of the chosen messages.

    :param table: Features of all clauses.
    """
    mine, asks, state = chosen[rows.owners], np.array([question is not None for question in rows.asked]), Heads()
    told = mine & (asks | ~rows.neutral)
    state["asks_weights"], state["asks_bias"] = _regressions([(table[told], asks[told])])
    asking = table[mine & asks]
    real = [question for question, inside in zip(rows.asked, mine, strict=True) if question and inside]
    state["kind_weights"], state["kind_bias"] = _regressions([(asking, np.array([q.kind == kind for q in real])) for kind in ASKED])
    state["topic_weights"], state["topic_bias"] = _regressions([(asking, np.array([q.topic == topic for q in real])) for topic in TOPICS])
    return {name: value.astype(np.float16).astype(np.float32) for name, value in state.items()}  # as they are stored


def _regressions(problems: Sequence[tuple[Table, NDArray[np.bool_]]]) -> tuple[Floats, Floats]:
    models = [LogisticRegression(C=C, solver="liblinear", max_iter=200, random_state=0).fit(table, gold) for table, gold in problems]
    return np.stack([model.coef_[0] for model in models], axis=1), np.array([model.intercept_[0] for model in models])


@dataclass(frozen=True, slots=True)
class HeldOut:
    """By number of the row what heads say that were fitted without the message's thread (``reads``), and the threads so ``decided``; for a reader
    fitted on everything its ``facts``, its ``rescorer`` and its ``trees``."""

    reads: dict[int, Read]
    decided: list[Thread]
    facts: dict[str, Any]
    rescorer: Rescorer
    trees: Trees


def held_out(
    rows: Rows, ready: Student, table: Table, threads: Sequence[Thread], sealed: Artifact, parts: Sequence[NDArray[np.int64]]
) -> HeldOut:
    """Cross-validated reads and decisions for the corpus; thresholds of a fold come from the others. Exercises are spread over the folds.

    :param sealed: The encoder, with what its like and their wide parts say that had not seen a thread; the wide parts stand here for both.
    """
    tags, stored = list(taxonomy()), predictions.load(sealed.path(predictions.HELD_OUT))
    facts = {"tags": tags, "encoder_tags": without_rules(sealed.manifest["tags"])}
    data = heads.rows(threads, {key: {**said, "tags": said["wide"], "asks": 0.0} for key, said in stored.items()}, taxonomy())
    scores, asks = heads.out_of_fold(data, tags, taxonomy(), parts)[:, : len(tags)], np.zeros(len(rows.pieces), np.float32)
    own, judges, indices = data.gold[:, : len(tags)], [], []
    tests = [np.isin(rows.groups, part) | (~rows.reported & (rows.groups % len(parts) == fold)) for fold, part in enumerate(parts)]
    readers = [Student(ready.wide, ready.tokenizer, ready.vectors, ready.heads | fit_heads(rows, table, ~test)) for test in tests]
    for test, reader in zip(tests, readers, strict=True):
        mine = test[rows.owners]
        asks[mine] = reader.scores("asks", table[mine])[:, 0]
    for test, reader in zip(tests, readers, strict=True):
        here = test[rows.reported]
        judges.append(Reader(reader, _facts(facts, rows, scores[~here], own[~here], asks, ~test), taxonomy()))
        indices.append(np.flatnonzero(test & rows.reported))
    reads = {
        int(n): read
        for judge, index in zip(judges, indices, strict=True)
        for n, read in zip(index, judge.judged([rows.seen[n] for n in index], scores[index]), strict=True)
    }
    spans = {(int(rows.groups[n]), rows.seen[n].message.id): read.questions for n, read in reads.items()}
    kept = rescoring.kept(threads, spans, parts)
    decided = [thread.model_copy(deep=True) for thread in threads]
    for judge, index in zip(judges, indices, strict=True):
        for n in index:
            message = decided[rows.groups[n]].messages[rows.seen[n].index]
            message.tags = message.questions = None
            judge.decide(message, replace(reads[int(n)], questions=kept[int(rows.groups[n]), message.id]))
    final = _facts(facts, rows, scores, own, asks, np.ones(len(rows.seen), bool))
    return HeldOut(reads, decided, final, rescoring.fitted(threads, spans, parts), heads.grown(heads.fit(data, tags, taxonomy()), tags))


def _facts(facts: Mapping[str, Any], rows: Rows, scores: Floats, gold: NDArray[np.bool_], asks: Floats, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    """Thresholds by the tags' ``scores`` and ``gold``, and by what clauses of the chosen messages ask."""
    best = heads.thresholds(scores, gold)
    mine = (chosen & rows.reported)[rows.owners] & ~rows.neutral
    asked = np.array([question is not None for question in rows.asked])[mine]
    grid = np.arange(0.25, 0.66, 0.05)
    curve = [scoring.f1(float((said & asked).sum()), float((said & ~asked).sum()), float((asked & ~said).sum())) for said in (asks[mine] >= cut for cut in grid)]
    smooth = np.convolve(np.pad(curve, 1, "edge"), np.ones(3) / 3, "valid")
    thresholds = {tag: round(float(best[n]), 3) for n, tag in enumerate(facts["tags"])}
    rarity = {tag: round(float(gold.mean() / gold[:, n].mean()), 3) for n, tag in enumerate(facts["tags"])}
    return {**facts, "thresholds": thresholds, "rarity": rarity, "asks_from": round(float(grid[smooth.argmax()]), 3)}


@dataclass(frozen=True, slots=True)
class Point:
    """The cascade where so large a share of messages goes to the encoder."""

    share: float
    weight: float
    escalate_from: float
    tags_macro: float
    tags_micro: float
    questions: float
    per_second: float


def curve(gold: Sequence[Thread], rows: Rows, said: HeldOut, full: Sequence[Thread], seconds: tuple[float, float]) -> list[Point]:
    """Quality and speed by share, for the weight that needs the encoder least.

    :param full: The gold threads as the full path labels them, held out.
    :param seconds: What a message costs on the fast path, and what the encoder costs beside it.
    """
    return min((_points(gold, rows, said, full, seconds, weight) for weight in WEIGHTS), key=lambda points: choose(points).share)


def _points(gold: Sequence[Thread], rows: Rows, said: HeldOut, full: Sequence[Thread], seconds: tuple[float, float], weight: float) -> list[Point]:
    doubts = np.array([read.doubt(weight) for read in said.reads.values()])
    ranked = np.sort(doubts)[::-1]
    points = []
    for share in SHARES:
        cut = float(ranked[min(len(ranked) - 1, round(share * len(ranked)))]) if share < 1 else 0.0
        up = doubts >= cut if share else np.zeros(len(doubts), bool)
        tallies = [Tally(np.zeros((len(taxonomy()), 3))) for _ in gold]
        for n, goes_up in zip(said.reads, up, strict=True):
            view = rows.seen[n]
            source = (full if goes_up else said.decided)[rows.groups[n]].messages[view.index]
            tally = tallies[rows.groups[n]]
            scoring.count_tags(tally, set(view.message.tags or ()), set(source.tags or ()), list(taxonomy()))
            if view.message.incoming:
                spans = [(q.start or 0, q.end or 0) for q in source.questions or () if q.expects_answer]
                scoring.count_questions(tally, view.message.text, view.message.questions or (), spans)
        tags, asked = sum(t.tags for t in tallies), sum(t.questions for t in tallies)
        rate = 1 / (seconds[0] + float(up.mean()) * seconds[1])
        points.append(Point(
            round(float(up.mean()), 4), weight, round(cut, 4) if share else NEVER, scoring.macro(np.asarray(tags)), scoring.f1(*np.asarray(tags).sum(0)),
            scoring.f1(*np.asarray(asked)), rate,
        ))  # fmt: skip
    return points


def choose(points: Sequence[Point]) -> Point:
    """The smallest share that loses at most ``LOSS`` of tag macro-F1 and of question F1 against asking the encoder always."""
    always = points[-1]
    good = [p for p in points if p.tags_macro >= always.tags_macro - LOSS and p.questions >= always.questions - LOSS]
    return min(good, key=lambda point: point.share)


def main() -> None:
    """Distil, fit, choose, save and put in force; or show the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--curve", action="store_true", help="nur die Kurve des Schülers in Kraft zeigen")
    if not parser.parse_args().curve:
        build()
    show([Point(**row) for row in json.loads(artifact.current("student").path("curve.json").read_bytes())])


def build(home: Path = HOME) -> None:
    """Everything anew from the encoder in force."""
    sealed = artifact.current("encoder", home)
    threads = [item.thread for item in corpus.load(home / "corpus")]
    rows = gather(threads, drills.threads(home / "drills"))
    ready = prepared(sealed, rows)
    table = ready.clauses(rows.pieces)
    said = held_out(rows, ready, table, threads, sealed, fit.parts(home))
    ready.heads |= fit_heads(rows, table, np.ones(len(rows.seen), bool))
    ready.heads |= said.trees.named("tags") | said.rescorer.trees.named("questions")
    points = curve(threads, rows, said, evaluate.held_out_corpus(home), _seconds(ready, said, sealed, threads))
    _save(home, sealed, ready, said, points)


def _seconds(ready: Student, said: HeldOut, sealed: Artifact, threads: Sequence[Thread]) -> tuple[float, float]:
    """What a message costs the student, and the encoder, in seconds of one core, measured here and now on some whole threads."""
    reader, encoder = Reader(ready, said.facts, taxonomy(), said.rescorer), Encoder.from_artifact(sealed)
    sample = [view for thread in threads[:: max(1, len(threads) // 150)] for view in views(thread)]
    start = time.process_time()
    reader.read(sample)
    middle = time.process_time()
    for view in sample[::8]:
        encoder.encode(view)
    return (middle - start) / len(sample), (time.process_time() - middle) / len(sample[::8])


def _save(home: Path, sealed: Artifact, ready: Student, said: HeldOut, points: Sequence[Point]) -> None:
    folder, chosen = home / "student" / "1", choose(points)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    keep({"embeddings": ready.vectors.astype(np.float16)}, folder / "model.safetensors")
    keep({name: value.astype(np.float16) if value.dtype == np.float32 else value for name, value in ready.heads.items()}, folder / "heads.safetensors")
    shutil.copyfile(sealed.path("tokenizer.json"), folder / "tokenizer.json")
    config = {"model_type": "model2vec", "hidden_dim": DIMENSIONS, "normalize": True, "embedding_dtype": "float16"}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (folder / "curve.json").write_text(json.dumps([{name: getattr(p, name) for name in Point.__slots__} for p in points], indent=1) + "\n", encoding="utf-8")
    artifact.seal(
        folder, kind="student", licence="MIT", built_by="python -m nlp.training.student", encoder=sealed.digest,
        escalate_from=chosen.escalate_from, question_weight=chosen.weight, escalated=chosen.share, keep_from=said.rescorer.keep_from, **said.facts,
    )  # fmt: skip
    put_in_force(home, student="1")


def show(points: Sequence[Point]) -> None:
    """The curve as a table; the share in force is marked."""
    chosen, table = choose(points), Shown("an den Encoder", "Tags macro-F1", "Tags micro-F1", "Fragen F1", "Nachrichten/s je Kern", "")
    for p in points:
        figures = (f"{p.share:.1%}", f"{p.tags_macro:.3f}", f"{p.tags_micro:.3f}", f"{p.questions:.3f}", f"{p.per_second:.0f}")
        table.add_row(*figures, "← in Kraft" if p == chosen else "")
    Console().print(table)


if __name__ == "__main__":
    main()
