"""Predicted against gold, as counts a thread, so that any figure comes with a bootstrap interval over threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp.thread import Message, Question, Thread, locate

Counts = NDArray[np.float64]
UNLABELLED = {"attachment-missing", "weekday-mismatch", "personal-data"}
KINDS = ("direct", "indirect", "request")
Span = tuple[int, int]


@dataclass(slots=True)
class Tally:
    """Counts of one thread: ``tags`` [n_tags, (hit, invented, missed)]; ``questions`` the same three; ``kinds`` [kind, (hit,
    all)]; ``answers`` [(missed, addressed), (right, all)]; ``findings`` [hit, invented, missed] over (message, rule);
    ``clean`` [errors found in clean messages to the customer, such messages]."""

    tags: Counts
    questions: Counts = field(default_factory=lambda: np.zeros(3))
    kinds: Counts = field(default_factory=lambda: np.zeros((3, 2)))
    answers: Counts = field(default_factory=lambda: np.zeros((2, 2)))
    findings: Counts = field(default_factory=lambda: np.zeros(3))
    clean: Counts = field(default_factory=lambda: np.zeros(2))


def tally(gold: Thread, predicted: Thread, tags: Sequence[str]) -> Tally:
    """Count one thread; ``predicted`` has the same messages. Its answers must name questions as the gold does."""
    counts = Tally(np.zeros((len(tags), 3)))
    for g, p in zip(gold.messages, predicted.messages, strict=True):
        count_tags(counts, set(g.tags or ()), set(p.tags or ()), tags)
        if g.incoming:
            count_questions(counts, g.text, g.questions or (), [(q.start or 0, q.end or 0) for q in p.questions or () if q.expects_answer])
        said = {a.question: a.status for a in p.answers or ()}
        for answer in g.answers or ():
            count_answer(counts, answer.status, said.get(answer.question))
        count_findings(counts, g, p)
    return counts


def count_findings(counts: Tally, gold: Message, said: Message) -> None:
    """Rules that no corpus labels (attachments, weekdays, personal data) do not count."""
    wanted = {defect.rule for defect in gold.defects or ()}
    found = {finding.rule: finding.severity for finding in said.findings or () if finding.rule not in UNLABELLED}
    counts.findings += (len(wanted & found.keys()), len(found.keys() - wanted), len(wanted - found.keys()))
    if gold.outgoing and not wanted:
        counts.clean += ("error" in found.values(), 1)


def count_tags(counts: Tally, gold: set[str], said: set[str], tags: Sequence[str]) -> None:
    for n, tag in enumerate(tags):
        counts.tags[n] += (tag in gold and tag in said, tag in said and tag not in gold, tag in gold and tag not in said)


def count_questions(counts: Tally, text: str, gold: Sequence[Question], said: Sequence[Span]) -> None:
    """A span hits a gold span when the overlap covers half of the shorter one, one to one; spans on work requests do not count."""
    real = [(question, at) for question in gold if question.expects_answer and (at := span(text, question))]
    neutral = [at for question in gold if not question.expects_answer and (at := span(text, question))]
    pairs = match([at for _, at in real], said)
    for n, (question, _) in enumerate(real):
        counts.kinds[KINDS.index(question.kind)] += (n in pairs, 1)
    taken = set(pairs.values())
    invented = sum(n not in taken and not match(neutral, [at]) for n, at in enumerate(said))
    counts.questions += (len(pairs), invented, len(real) - len(pairs))


def count_answer(counts: Tally, gold: str, said: str | None) -> None:
    """An open question that is not judged is judged wrongly."""
    addressed = int(gold != "missed")
    counts.answers[addressed] += (said is not None and (said != "missed") == bool(addressed), 1)


def span(text: str, question: Question) -> Span | None:
    """Where a question stands: its offsets, else its quote."""
    if question.start is not None and question.end is not None:
        return question.start, question.end
    return locate(text, question.quote)


def match(gold: Sequence[Span], said: Sequence[Span]) -> dict[int, int]:
    """Gold index to predicted index, best overlaps first."""
    pairs = []
    for i, (a, b) in enumerate(gold):
        for j, (c, d) in enumerate(said):
            overlap = min(b, d) - max(a, c)
            if overlap > 0 and overlap >= 0.5 * max(1, min(b - a, d - c)):
                pairs.append((overlap / max(1, min(b - a, d - c)), overlap / max(b - a, d - c), i, j))
    found: dict[int, int] = {}
    for _, _, i, j in sorted(pairs, reverse=True):
        if i not in found and j not in found.values():
            found[i] = j
    return found


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share of ``n`` (Wilson 1927), which also holds where all or none of a few hit; (0, 1) where there is none."""
    if not n:
        return 0.0, 1.0
    z, share = 1.96, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((share * (1 - share) + z * z / (4 * n)) / n) ** 0.5 / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def f1(hit: float, invented: float, missed: float) -> float:
    """Harmonic mean of precision and recall; 0 if nothing is there."""
    return 2 * hit / (2 * hit + invented + missed) if hit else 0.0


def macro(tags: Counts) -> float:
    """Mean F1 over the tags that occur in gold, ``tags`` being ``[n_tags, 3]``."""
    used = [row for row in tags if row[0] + row[2]]
    return float(np.mean([f1(*row) for row in used])) if used else 0.0


FIGURES: dict[str, Callable[[dict[str, Counts]], float]] = {
    "Tags macro-F1": lambda c: macro(c["tags"]),
    "Tags micro-F1": lambda c: f1(*c["tags"].sum(0)),
    "Fragen F1": lambda c: f1(*c["questions"]),
    "Fragen Recall indirekt": lambda c: _share(c["kinds"][1]),
    "Fragen Recall Bitte um Auskunft": lambda c: _share(c["kinds"][2]),
    "Antworten Balanced Accuracy": lambda c: (_share(c["answers"][0]) + _share(c["answers"][1])) / 2,
    "Hinweise micro-F1": lambda c: f1(*c["findings"]),
    "Hinweise Precision": lambda c: float(c["findings"][0] / max(1, c["findings"][:2].sum())),
    "Fehler je 25 saubere Nachrichten": lambda c: 25 * _share(c["clean"]),
}


def _share(row: Counts) -> float:
    return float(row[0] / row[1]) if row[1] else 0.0


def figure(name: str, tallies: Sequence[Tally], rounds: int = 1_000, seed: int = 0) -> tuple[float, float, float]:
    """The figure over all threads with its 95 % interval: bootstrap over whole threads (Efron 1979)."""
    stacked = {part: np.stack([getattr(tally, part) for tally in tallies]) for part in ("tags", "questions", "kinds", "answers", "findings", "clean")}
    compute = FIGURES[name]
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(rounds):
        weights = np.bincount(rng.integers(len(tallies), size=len(tallies)), minlength=len(tallies))
        drawn.append(compute({part: np.tensordot(weights, rows, 1) for part, rows in stacked.items()}))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return compute({part: rows.sum(0) for part, rows in stacked.items()}), float(low), float(high)
