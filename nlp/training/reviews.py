"""How good the reviews are: every field of the labelled threads that carry ``review``, with 95 % intervals, and the errors by kind.

Labels (tags, questions, answers) are given as they stand, so that only the review is measured. Two more tables show how much it leans
on the tags: with some left out at random, and with those that models predict which had not seen the thread (whole corpus only).
Nothing is learnt. The wordings were written with ``DEVELOPED_ON`` in sight; the texts of the other threads were never looked at, their
figures were.

    python -m nlp.training.reviews [FILES]
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from nlp import artifact
from nlp.annotate import agreed
from nlp.handbook import taxonomy
from nlp.review import Review, review
from nlp.tags import labels
from nlp.thread import Thread
from nlp.training import corpus, fit, heads, held_out
from nlp.training.scoring import wilson

ITEMS = ("instruction", "examples", "lists", "logins", "manuals")
STATES = ("present", "partial", "missing", "not_needed")
BOOKING = ("add_on", "option", "days", "time", "min_hours", "min_hours_per", "notice", "confirmed_in")
DEVELOPED_ON: dict[str, Callable[[int], bool]] = {"threads-e": lambda n: True, "threads-t": lambda n: n % 2 == 0}
"""Which threads of a file, by place, were looked at while the wordings were written."""
ROUNDS = 5
"""So many times tags are left out at random."""


@dataclass(slots=True)
class Counted:
    """Right and wrong by field; ``pairs`` are (gold, said) of the wrong ones with where; ``open`` counts (hit, invented, missed) a thread."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    states: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    open: list[tuple[int, int, int]] = field(default_factory=list)
    wrong: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def see(self, name: str, gold: Any, said: Any, where: str) -> None:
        self.of[name] += 1
        self.right[name] += gold == said
        if gold != said:
            self.wrong.setdefault((name, str(gold), str(said)), []).append(where)


def score(threads: Iterable[Thread]) -> Counted:
    """Count the threads that carry ``review``."""
    counted = Counted()
    for thread in threads:
        gold = (thread.model_extra or {}).get("review")
        if gold:
            _count(counted, thread.task.id, gold, review(thread))
    return counted


def _count(counted: Counted, where: str, gold: dict[str, Any], said: Review) -> None:
    for name in ("next_step", "reminders_sent"):
        counted.see(name, gold[name], getattr(said, name), where)
    for item in ITEMS:
        counted.see(f"checklist.{item}", gold["checklist"][item], said.checklist[item], where)  # type: ignore[index]
        counted.states[item, gold["checklist"][item], said.checklist[item]] += 1  # type: ignore[index]
    asked, found = set(gold["open_questions"]), set(said.open_questions)
    counted.open.append((len(asked & found), len(found - asked), len(asked - found)))
    booked = gold["booking"]
    counted.see("booking: gebucht", bool(booked), bool(said.booking), where)
    if booked and said.booking:
        for name in BOOKING:
            counted.see(f"booking.{name}", booked[name], getattr(said.booking, name), where)
    elif booked:
        for name in BOOKING:
            counted.see(f"booking.{name}", booked[name], None, where)


def f1(counts: Sequence[tuple[int, int, int]], rounds: int = 1_000, seed: int = 0) -> tuple[float, float, float]:
    """F1 over (hit, invented, missed) a thread, with a bootstrap interval over threads; 1 where there is nothing to find and nothing was."""
    table, rng = np.array(counts), np.random.default_rng(seed)
    drawn = [_f1(table[rng.integers(len(table), size=len(table))].sum(0)) for _ in range(rounds)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return _f1(table.sum(0)), float(low), float(high)


def _f1(counts: Any) -> float:
    hit, invented, missed = (int(count) for count in counts)
    return 2 * hit / (2 * hit + invented + missed) if hit + invented + missed else 1.0


def macro(counted: Counted, item: str) -> float:
    """Mean F1 over the states of the item that occur."""
    values = []
    for state in STATES:
        hit = counted.states[item, state, state]
        gold = sum(counted.states[item, state, other] for other in STATES)
        said = sum(counted.states[item, other, state] for other in STATES)
        values += [2 * hit / (gold + said)] if gold else []
    return float(np.mean(values)) if values else 0.0


def damaged(thread: Thread, share: float, seed: int) -> Thread:
    """A copy in which each tag was left out with this probability."""
    rng, copy = random.Random(f"{seed} {thread.task.id}"), thread.model_copy(deep=True)
    for message in copy.messages:
        message.tags = [tag for tag in message.tags or () if rng.random() >= share]
    return copy


def predicted(labelled: Sequence[corpus.Labelled]) -> list[corpus.Labelled]:
    """Copies of the corpus whose tags are those of models that had not seen the thread; questions and answers stay."""
    known, sealed = taxonomy(), artifact.current("encoder")
    data = heads.rows([item.thread for item in labelled], held_out.load(sealed.path(held_out.HELD_OUT)), known)
    scores = heads.out_of_fold(data, labels(known), known, fit.parts(artifact.HOME))
    chosen = iter(scores >= heads.thresholds(scores, data.gold))
    copies = []
    for item in labelled:
        thread = item.thread.model_copy(deep=True)
        for message in thread.messages:
            if message.tags is not None:
                said = [tag for tag, holds in zip(labels(known), next(chosen), strict=True) if holds and tag in known]
                message.tags = agreed(said, message.incoming, any(q.expects_answer for q in message.questions or ()), list(known))
        copies.append(corpus.Labelled(thread, item.file))
    return copies


def rows(counted: Counted) -> list[tuple[str, str, str, str]]:
    """(field, figure, 95 % interval, of how many), for a table."""
    found = []
    for name, of in counted.of.items():
        low, high = wilson(counted.right[name], of)
        more = f", macro-F1 {macro(counted, name.split('.')[1]):.2f}" if name.startswith("checklist.") else ""
        found.append((name, f"{counted.right[name] / of:.3f}{more}", f"{low:.2f}–{high:.2f}", str(of)))
        if name == "reminders_sent":
            value, low, high = f1(counted.open)
            found.append(("open_questions", f"F1 {value:.3f}", f"{low:.2f}–{high:.2f}", str(sum(hit + missed for hit, _, missed in counted.open))))
    return found


def split(labelled: Sequence[corpus.Labelled]) -> tuple[list[Thread], list[Thread]]:
    """The threads that were looked at during development, and those that were not."""
    place: Counter[str] = Counter()
    seen: list[Thread] = []
    fresh: list[Thread] = []
    for item in labelled:
        (seen if DEVELOPED_ON.get(item.file, lambda n: False)(place[item.file]) else fresh).append(item.thread)
        place[item.file] += 1
    return [t for t in seen if _labelled(t)], [t for t in fresh if _labelled(t)]


def _labelled(thread: Thread) -> bool:
    return bool((thread.model_extra or {}).get("review"))


def main(paths: Sequence[str] = ()) -> None:
    """Print the tables."""
    console = Console()
    labelled = [item for path in paths or [str(corpus.FOLDER)] for item in corpus.load(Path(path))]
    guessed = split(predicted(labelled)) if not paths else ([], [])
    for title, threads, tagged in zip(("entwickelt an", "nicht angesehen"), split(labelled), guessed, strict=True):
        if threads:
            _show(console, f"{len(threads)} Aufgaben, {title}", score(threads), errors=True)
            spared = [damaged(thread, 0.15, seed) for seed in range(ROUNDS) for thread in threads]
            _show(console, f"dieselben, 15 % der Tags weggelassen ({ROUNDS}-mal)", score(spared), errors=False)
        if tagged:
            _show(console, "dieselben, Tags vorhergesagt (kreuzvalidiert)", score(tagged), errors=False)


def _show(console: Console, title: str, counted: Counted, errors: bool) -> None:
    table = Table("Feld", "Wert", "95 %", "von", title=title, title_justify="left")
    for row in rows(counted):
        table.add_row(*row)
    console.print(table)
    for (name, gold, said), where in sorted(counted.wrong.items(), key=lambda each: (each[0][0], -len(each[1]))) if errors else ():
        console.print(f"  {name}: {said} statt {gold} ({len(where)}): {', '.join(where)}", markup=False, highlight=False)


if __name__ == "__main__":
    main(sys.argv[1:])
