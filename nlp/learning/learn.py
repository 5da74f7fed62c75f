"""From feedback to heads in force: build the examples, fit a challenger, compare it with the champion, promote it if it is better."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact
from nlp.artifact import Artifact
from nlp.encoder import Encoder
from nlp.errors import ModelError
from nlp.handbook import Taxonomy, taxonomy
from nlp.learning import dataset, gate, newcomers, trust, usage
from nlp.learning.champion import Champion, standing, store
from nlp.learning.events import Event
from nlp.learning.examples import Conflict, Example, build
from nlp.learning.gate import Comparison, Outcomes
from nlp.learning.newcomers import Newcomer
from nlp.learning.trust import User
from nlp.rescoring import Rescorer
from nlp.tags import labels
from nlp.thread import Thread
from nlp.training import corpus, fit, heads, held_out, rescoring, vectors, versions
from nlp.training.held_out import Prediction

Say = Callable[[str], None]
Floats = NDArray[np.float32]


@dataclass(slots=True)
class Report:
    """What went in, what came out of it, and why."""

    events: dict[str, int]
    examples: int = 0
    labels: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubted: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    usage: list[dict[str, Any]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    threads: int = 0
    overall: list[Comparison] = field(default_factory=list)
    single: list[Comparison] = field(default_factory=list)
    newcomers: list[Newcomer] = field(default_factory=list)
    promoted: bool = False
    version: str | None = None
    replaces: str | None = None
    reasons: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For programs; differences are challenger minus champion."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Base:
    """What both sides are fitted from and judged on: the corpus, read by encoders that had not seen it."""

    sealed: Artifact
    tags: Taxonomy
    threads: list[Thread]
    said: Mapping[str, Prediction]
    data: heads.Rows
    judged: heads.Judged
    rescorer: Rescorer
    parts: list[fit.Part]

    @property
    def known(self) -> list[str]:
        return [label for label in self.sealed.manifest["tags"] if label in labels(self.tags)]

    @property
    def new(self) -> list[str]:
        return [label for label in labels(self.tags) if label not in self.known]


def learn(
    home: Path, events: Sequence[Event], *, tags: Taxonomy | None = None, confidence: float = 0.95, promote: bool = True, say: Say = lambda _: None,
    base: Base | None = None, read: dataset.Read | None = None,
) -> Report:
    """Fit a challenger on the corpus and the feedback and put it in force if it is better than the champion.

    :param confidence: How sure it must be that the challenger is better.
    :param promote: False only compares.
    :param base: Prepared corpus; without it the one in ``home``.
    :param read: What the encoder says of an example's message; without it the encoder in force reads it.
    :raises AufgabenchatError: If models, corpus or taxonomy cannot be used.
    """
    base = base or prepared(home, tags or taxonomy(), say)
    encoder = Encoder.from_artifact(base.sealed, threads=2) if read is None or base.new else None
    examples, wrong = build(events, base.tags)
    report = Report(dict(Counter(event.name for event in events)), usage=usage.table(events), unused=[str(error) for error in wrong])
    report.conflicts = [conflict for example in examples for conflict in example.conflicts()]
    examples = [example for example in examples if any(True for _ in example.settled()) or example.answers]
    report.examples, report.threads, report.replaces = len(examples), len(base.threads), versions.in_force(home).get("heads")
    if not examples and not base.new:
        report.reasons.append("Es gibt noch keine Rückmeldungen, aus denen sich Tags, Regeln oder Antworten lernen lassen.")
        return report
    say("Der jetzige Stand wird gemessen …")
    reader = encoder if base.new else None
    plain = fit.fitted(base.data, base.judged, base.rescorer, base.known, base.tags, base.parts, reader=reader)
    champion = standing(home, base, plain)
    more, more_judged = None, None
    if examples:
        say(f"{len(examples)} Nachrichten mit Rückmeldungen werden gelesen …")
        more, more_judged = dataset.rows(
            examples, read or partial(_read, encoder), base.threads, base.tags, (lambda view: encoder.encode(view).vector) if base.new and encoder else None
        )
        more = _believed(base, plain, examples, more, report)
    say("Der Herausforderer wird gelernt …")
    challenger = fit.fitted(base.data, base.judged, base.rescorer, base.known, base.tags, base.parts, more=more, more_judged=more_judged, reader=reader)
    _judge(report, base, champion, Champion.of(base, challenger), confidence)
    if base.new and encoder:
        report.newcomers = [newcomers.measured(label, base, more, encoder) for label in base.new]
    _let_in(report, home, base)
    if report.promoted and promote:
        report.version = _put_in_force(home, base, challenger, examples, more, report)
    return report


def prepared(home: Path, tags: Taxonomy, say: Say = lambda _: None) -> Base:
    """The corpus in ``home`` as features; threads that are newer than the encoder are read by it."""
    sealed = artifact.current("encoder", home)
    encoder = Encoder.from_artifact(sealed, threads=2)
    threads = [item.thread for item in corpus.load(home / "corpus")]
    said = fit.complete(sealed, threads, encoder, say)
    new = [label for label in labels(tags) if label not in sealed.manifest["tags"]]
    lookup = vectors.lookup(threads, encoder, home, sealed.digest, say) if new else None
    data = heads.rows(threads, said, tags, lookup)
    parts = fit.parts(home)
    return Base(sealed, tags, threads, said, data, heads.judged(threads, said), rescoring.fitted(threads, rescoring.found(threads, said), parts), parts)


def _read(encoder: Encoder | None, example: Example) -> dict[str, Prediction]:
    if encoder is None:
        raise ValueError("an encoder is needed")
    return dict(held_out.predict(encoder, [example.thread]))


def _believed(base: Base, plain: fit.Fitted, examples: Sequence[Example], more: heads.Rows, report: Report) -> heads.Rows:
    """The feedback with weights by how far it is believed; models fitted on the corpus alone are the measure."""
    names = labels(base.tags)
    said = heads.probabilities(plain.state, more, base.known, base.tags)
    fresh = [n for n, name in enumerate(names) if name in base.new]
    contradicted = trust.doubted(plain.scores, base.data.gold, base.data.allowed, more, said)
    contradicted[:, fresh] = False
    weighed, report.users = trust.weighed(examples, more, contradicted, names)
    report.doubted = int(contradicted.sum())
    counted = weighed.weights > 0
    report.labels = {
        name: (int((weighed.gold & counted)[:, n].sum()), int((~weighed.gold & counted)[:, n].sum())) for n, name in enumerate(names) if counted[:, n].any()
    }
    return weighed


def _judge(report: Report, base: Base, champion: Champion, challenger: Champion, confidence: float) -> None:
    names = [label for label in champion.labels if label in challenger.labels and label != "kundenfrage"]
    both = champion.covers(base)
    report.threads = int(both.sum())
    now, then = (Outcomes(side.tags[both], side.answers[both]) for side in (champion.outcomes(base, names), challenger.outcomes(base, names)))
    report.overall, report.single = gate.compare(now, then, names, {name: mask[both] for name, mask in groups(base.threads).items()})
    report.promoted, report.reasons = gate.verdict(report.overall, report.single, confidence)


def _let_in(report: Report, home: Path, base: Base) -> None:
    """A tag that the heads in force do not know cannot wait: without a new version nothing loads. So it need not be better, only not worse."""
    missing = [label for label in base.new if label not in _heads(home).get("thresholds", {})]
    if missing and not any(c.clearly_worse for c in report.single) and all(c.p_worse > gate.WORSE for c in report.overall):
        report.promoted = True
        report.reasons.insert(0, f"Neu dabei: {', '.join(missing)}. Bei allem Übrigen ist nichts klar schlechter.")


def groups(threads: Sequence[Thread]) -> dict[str, NDArray[np.bool_]]:
    """Threads by register, by new or known customer, and by region where it is given."""
    keys = [_groups_of(thread) for thread in threads]
    names = sorted({name for found in keys for name in found})
    return {name: np.array([name in found for found in keys]) for name in names}


def _groups_of(thread: Thread) -> set[str]:
    customer, extra = thread.task.customer, thread.task.customer.model_extra or {}
    region = extra.get("region") or thread.task.key_data.get("region")
    found = {"Neukunden" if thread.task.area == "neukunde" else "Bestandskunden"}
    return found | ({f"Anrede {customer.register}"} if customer.register else set()) | ({f"Region {region}"} if region else set())


def _put_in_force(home: Path, base: Base, fitted: fit.Fitted, examples: Sequence[Example], more: heads.Rows | None, report: Report) -> str:
    """Add the challenger as a version, with what it was learnt from, and put it in force; its number."""

    def make(folder: Path) -> None:
        store(folder, base, fitted)
        (folder / "provenance.jsonl").write_text("".join(json.dumps(row) + "\n" for row in provenance(examples, more, labels(base.tags))), encoding="utf-8")
        gained = {c.name: [round(c.champion, 4), round(c.challenger, 4)] for c in report.overall}
        fitted.save(
            folder, encoder=base.sealed.digest, at=versions.now(), replaces=report.replaces, examples=report.examples,
            events=report.events, figures=gained,
        )  # fmt: skip

    number = versions.add(home, "heads", make)
    versions.put_in_force(home, heads=number)
    return number


def provenance(examples: Sequence[Example], more: heads.Rows | None, names: Sequence[str]) -> list[dict[str, Any]]:
    """Each vote that counted, with the event it stems from and its weight; no text."""
    if more is None:
        return []
    return [
        {"event": vote.event, "label": label, "holds": vote.holds, "weight": round(float(more.weights[n, names.index(label)]), 3)}
        for n, example in enumerate(examples)
        for label, vote in example.settled()
    ]


def _heads(home: Path) -> dict[str, Any]:
    try:
        return artifact.current("heads", home).manifest
    except ModelError:
        return {}
