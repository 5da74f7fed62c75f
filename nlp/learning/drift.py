"""Whether what passes through still looks like what was trained on: vectors, tag rates, abstentions, rejected suggestions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp import artifact
from nlp.annotate import agreed
from nlp.assistant import Assistant
from nlp.encoder import Encoder
from nlp.handbook import taxonomy
from nlp.learning.events import Event
from nlp.rescoring import Rescorer
from nlp.tags import doubtful, labels
from nlp.thread import Thread, views
from nlp.traffic import BLOCK, Block, chance, discrepancy, rate, reference, reference_path
from nlp.training import corpus, fit, heads, held_out, rescoring, vectors
from nlp.training.fit import Say
from nlp.training.scoring import wilson

THREADS = 150
"""Corpus threads that stand for all: reading them takes seconds, and the vectors of more would not change the mean by much."""
SURE, STRONG = 0.01, 0.1
"""A drift is told from this p-value down, and called strong from this discrepancy up."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share then and now, with the 95 % interval of the share now."""

    name: str
    trained: float | None
    now: float
    low: float
    high: float

    @property
    def moved(self) -> bool:
        """Whether the share in training lies outside."""
        return self.trained is not None and not self.low <= self.trained <= self.high


@dataclass(frozen=True, slots=True)
class DriftReport:
    """``discrepancy`` of the vectors (maximum mean discrepancy, 0 is alike) with its permutation p-value; shares of messages and of suggestions."""

    messages: int
    discrepancy: float | None
    p_value: float | None
    rates: list[Rate]

    @property
    def verdict(self) -> str:
        """What it comes to, in German."""
        if self.discrepancy is None or self.p_value is None:
            return "Noch zu wenig Verkehr für ein Urteil."
        if self.p_value > SURE:
            return "Die Nachrichten sehen aus wie die, aus denen gelernt wurde."
        strength = "deutlich anders" if self.discrepancy >= STRONG else "etwas anders"
        return f"Die Nachrichten sind {strength} als die, aus denen gelernt wurde (p = {self.p_value:.3f}). Labeln Sie welche: aufgabenchat queue rank."

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


def compared(recent: Sequence[Block], known: Sequence[Block], events: Sequence[Event] = ()) -> DriftReport:
    """Recent blocks against those of the training data; ``events`` give the share of rejected suggestions."""
    messages = sum(block.messages for block in recent)
    enough = len(recent) >= 5 and bool(known)
    rates = [] if not messages else [
        *(_rate(tag, known, recent, lambda block, tag=tag: block.tags.get(tag, 0)) for tag in taxonomy()),
        _rate("ohne Tag", known, recent, lambda block: block.untagged),
        _rate("unsicher", known, recent, lambda block: block.unsure),
    ]  # fmt: skip
    refused = [event.name == "tag_rejected" for event in events if event.name in ("tag_accepted", "tag_rejected")]
    if refused:
        rates.append(Rate("Vorschläge abgelehnt", None, float(np.mean(refused)), *wilson(sum(refused), len(refused))))
    return DriftReport(messages, discrepancy(recent, known) if enough else None, chance(recent, known) if enough else None, rates)


def _rate(name: str, known: Sequence[Block], recent: Sequence[Block], count: Any) -> Rate:
    n = sum(block.messages for block in recent)
    now = rate(recent, count)
    return Rate(name, rate(known, count) if known else None, now, *wilson(round(now * n), n))


def trained(home: Path, say: Say = lambda _: None) -> list[Block]:
    """Blocks over a sample of the corpus, made once for an encoder and kept in ``home/drift``.

    Tags are those of heads over logits of encoders that had not seen the thread; vectors are those of the encoder in force.
    """
    sealed = artifact.current("encoder", home)
    digest = sealed.digest
    if found := reference(digest, home):
        return found
    everything = [item.thread for item in corpus.load(home / "corpus")]
    chosen = sorted(np.random.default_rng(0).permutation(len(everything))[:THREADS])
    sample = [everything[n] for n in chosen]
    encoder = Encoder.from_artifact(sealed, threads=2)
    said = fit.complete(sealed, sample, encoder, say)
    lookup = vectors.lookup(sample, encoder, home, digest, say)
    made = _blocks(home, sample, said, lookup)
    path = reference_path(digest, home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([block.to_json() for block in made]), encoding="utf-8")
    except OSError:
        say("Der Modellordner ist schreibgeschützt; die Summen werden nicht aufgehoben.")
    return made


def _blocks(home: Path, sample: Sequence[Thread], said: dict[str, held_out.Prediction], lookup: Any) -> list[Block]:
    in_force, tags = artifact.current("heads", home), taxonomy()
    state, rows = artifact.arrays(in_force.path(artifact.HEADS)), heads.rows(sample, said, tags)
    spans, rescorer = rescoring.found(sample, said), Rescorer.of(state, in_force.manifest)
    scores = heads.probabilities(state, rows, in_force.manifest["encoder_tags"], tags)
    found = [(n, view) for n, thread in enumerate(sample) for view in views(thread) if view.message.tags is not None]
    made = [Block()]
    for (n, view), row in zip(found, scores, strict=True):
        by_name = dict(zip(labels(tags), row.tolist(), strict=True))
        chosen = [tag for tag in tags if by_name[tag] >= in_force.manifest["thresholds"][tag]]
        asks = any(question.expects_answer for question in rescorer.rescored(view.message.text, spans.get((n, view.message.id), ())))
        made[-1].add(lookup(view), agreed(chosen, view.message.incoming, asks, list(tags)), doubtful({tag: by_name[tag] for tag in tags}))
        if made[-1].messages >= BLOCK:
            made.append(Block())
    return [block for block in made if block.messages]


def read(threads: Sequence[Thread], assistant: Assistant) -> list[Block]:
    """Blocks over threads from a file, as the server would have summed them up."""
    made = [Block()]

    def saw(message: Any, vector: Any) -> None:
        made[-1].add(vector, message.tags or (), message.tags_unsure or ())
        if made[-1].messages >= BLOCK:
            made.append(Block())

    assistant.watched(saw)
    for thread in threads:
        assistant.annotate(thread, overwrite=True)
    return [block for block in made if block.messages]


