"""Whether a challenger takes over: paired bootstrap over threads that neither side was fitted on.

It must be better at tags or at answers, with the stated confidence, and at no tag, rule or group clearly worse; since many are looked at,
the chances of being worse are corrected (Holm 1979).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

ROUNDS = 4_000
CHUNK = 500
WORSE = 0.05
"""From this corrected probability of error down something counts as clearly worse."""
LEAST = 5
"""Positive examples a tag or group needs to be compared."""
Counts = NDArray[np.float64]
Bools = NDArray[np.bool_]
Figure = Callable[[Counts], Counts]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a side did on each thread: ``tags`` ``[n_threads, n_labels, (hit, invented, missed)]``, ``answers`` ``[n_threads, (missed, addressed),
    (right, all)]``."""

    tags: Counts
    answers: Counts


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of both sides, the 95 % interval of the difference, and the chance of error in saying better or worse."""

    name: str
    champion: float
    challenger: float
    low: float
    high: float
    p_better: float
    p_worse: float
    clearly_worse: bool = False

    @property
    def difference(self) -> float:
        return self.challenger - self.champion


def compare(
    champion: Outcomes, challenger: Outcomes, names: Sequence[str], groups: Mapping[str, Bools], seed: int = 0
) -> tuple[list[Comparison], list[Comparison]]:
    """Comparisons overall (tags, answers), and of each tag, rule and group that occurs often enough.

    :param groups: Masks of threads by name.
    """
    overall = _compared({"Tags macro-F1": macro}, champion.tags, challenger.tags, seed)
    if (champion.answers.sum(0)[:, 1] >= LEAST).all():
        overall += _compared({"Antworten Balanced Accuracy": balanced}, champion.answers, challenger.answers, seed)
    support = champion.tags.sum(0)[:, [0, 2]].sum(1)
    parts = {name: _label(n) for n, name in enumerate(names) if support[n] >= LEAST}
    single = _compared(parts, champion.tags, challenger.tags, seed)
    for name, mask in groups.items():
        if champion.tags[mask][:, :, [0, 2]].sum() >= LEAST:
            single += _compared({name: micro}, champion.tags[mask], challenger.tags[mask], seed)
    return overall, _corrected(single)


def verdict(overall: Sequence[Comparison], single: Sequence[Comparison], confidence: float) -> tuple[bool, list[str]]:
    """Whether to promote, and in German why or why not."""
    least = (1 - confidence) / len(overall)
    better = [c for c in overall if c.p_better <= least]
    worse = [c for c in [*overall, *single] if c.clearly_worse or (c in overall and c.p_worse <= least)]
    reasons = [f"{c.name} ist besser: {c.champion:.3f} → {c.challenger:.3f} ({c.difference:+.3f}, 95 %: {c.low:+.3f} bis {c.high:+.3f})." for c in better]
    if not better:
        best = min(overall, key=lambda c: c.p_better)
        reasons.append(
            f"Nicht sicher besser: {best.name} {best.champion:.3f} → {best.challenger:.3f} ({best.difference:+.3f}, 95 %: {best.low:+.3f} bis {best.high:+.3f});"
            f" verlangt sind {confidence:.0%} Sicherheit."
        )
    reasons += [f"{c.name} ist klar schlechter: {c.champion:.3f} → {c.challenger:.3f}." for c in worse]
    return bool(better) and not worse, reasons


def macro(tags: Counts) -> Counts:
    """Mean F1 over labels, ``[rounds]`` from ``[rounds, n_labels, 3]``; labels without positives do not count."""
    there = tags[..., 0] + tags[..., 2] > 0
    return np.asarray((_f1(tags) * there).sum(-1) / np.maximum(1, there.sum(-1)))


def micro(tags: Counts) -> Counts:
    """F1 over all labels together."""
    return _f1(tags.sum(-2))


def balanced(answers: Counts) -> Counts:
    """Balanced accuracy, ``[rounds]`` from ``[rounds, 2, 2]``."""
    return np.asarray((answers[..., 0] / np.maximum(1, answers[..., 1])).mean(-1))


def _label(n: int) -> Figure:
    return lambda tags: _f1(tags[..., n, :])


def _f1(counts: Counts) -> Counts:
    hit = 2 * counts[..., 0]
    return np.asarray(hit / np.maximum(1e-9, hit + counts[..., 1] + counts[..., 2]))


def _compared(figures: Mapping[str, Figure], champion: Counts, challenger: Counts, seed: int) -> list[Comparison]:
    rng, n = np.random.default_rng(seed), len(champion)
    drawn: dict[str, list[Counts]] = {name: [] for name in figures}
    for _ in range(ROUNDS // CHUNK):
        weights = rng.multinomial(n, np.full(n, 1 / n), size=CHUNK).astype(float)
        sides = [np.tensordot(weights, side, 1) for side in (champion, challenger)]
        for name, figure in figures.items():
            drawn[name].append(figure(sides[1]) - figure(sides[0]))
    found = []
    for name, figure in figures.items():
        gains = np.concatenate(drawn[name])
        low, high = np.quantile(gains, [0.025, 0.975])
        now, then = (float(figure(side.sum(0)[None])[0]) for side in (champion, challenger))
        p_better, p_worse = ((1 + (gains <= 0).sum()) / (len(gains) + 1), (1 + (gains >= 0).sum()) / (len(gains) + 1))
        found.append(Comparison(name, now, then, float(low), float(high), float(p_better), float(p_worse)))
    return found


def _corrected(single: Sequence[Comparison]) -> list[Comparison]:
    """Holm's step-down correction of the chances of being worse."""
    worse, standing = set(), True
    for rank, comparison in enumerate(sorted(single, key=lambda c: c.p_worse)):
        standing = standing and comparison.p_worse * (len(single) - rank) <= WORSE
        if standing:
            worse.add(comparison.name)
    return [replace(c, clearly_worse=c.name in worse) for c in single]
