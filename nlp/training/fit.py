"""Fit the heads on top of the encoder: seconds, and no PyTorch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from nlp import artifact
from nlp.artifact import Artifact
from nlp.encoder import Encoder
from nlp.handbook import Taxonomy, taxonomy
from nlp.tags import labels
from nlp.thread import Thread
from nlp.training import corpus, heads, held_out
from nlp.training.held_out import Prediction

Say = Callable[[str], None]
HELD_OUT = "held_out.jsonl"
OTHER_AUTHORS = "other_authors.jsonl"


def train(home: Path = artifact.HOME, tags: Taxonomy | None = None, say: Say = lambda _: None) -> Path:
    """Fit the tag heads on the corpus and put them in force; the folder they are in.

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
    data = heads.rows(threads, said, tags, reader)
    state = heads.fit(data, known, tags, reader)
    say("Schwellen werden kreuzvalidiert bestimmt …")
    scores = heads.out_of_fold(data, known, tags, parts(home))
    best = heads.thresholds(scores, data.gold)
    chosen = {label: round(float(best[n]), 3) if label in known else 0.5 for n, label in enumerate(labels(tags))}
    judged = heads.judged(threads, said)
    state["answer_weights"], bias = heads.fit_answers(judged.table, judged.missed)
    heads.save(
        home / "heads" / "1", state, encoder=sealed.manifest["files"]["encoder.onnx"], encoder_tags=known, thresholds=chosen,
        answer_bias=bias, missed_from=round(heads.missed_from(heads.answers_out_of_fold(judged, parts(home)), judged), 3),
    )  # fmt: skip
    put_in_force(home, heads="1")
    return home / "heads" / "1"


def complete(sealed: Artifact, threads: Sequence[Thread], encoder: Encoder, say: Say) -> dict[str, Prediction]:
    """Predictions for all messages: the stored ones and, for threads that are newer, the encoder's own."""
    stored = held_out.load(sealed.path(HELD_OUT))
    newer = [thread for thread in threads if any(corpus.key(thread, m) not in stored for m in thread.messages)]
    if newer:
        say(f"{len(newer)} Aufgabenchats sind neu oder geändert und werden gelesen …")
    return {**dict(held_out.predict(encoder, newer)), **stored}


def parts(home: Path) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The threads of each fold."""
    return [np.array(fold) for fold in corpus.folds(corpus.load(home / "corpus"))]


def put_in_force(home: Path, **versions: str) -> None:
    """Change ``current.toml``: from now on these versions are loaded."""
    path = home / "current.toml"
    lines = dict(line.split(" = ") for line in path.read_text(encoding="utf-8").splitlines() if " = " in line) if path.is_file() else {}
    lines |= {name: json.dumps(version) for name, version in versions.items()}
    draft = path.with_suffix(".new")
    draft.write_text("".join(f"{name} = {value}\n" for name, value in sorted(lines.items())), encoding="utf-8")
    draft.replace(path)
