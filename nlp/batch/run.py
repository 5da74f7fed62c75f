"""A run from beginning to end: read, cut, annotate, keep, join."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nlp import files
from nlp.batch import work
from nlp.batch.engines import Engine, here
from nlp.batch.parts import Done, Item, Options, Part, Tallied, cut
from nlp.batch.store import Store
from nlp.errors import DataError
from nlp.streams import Position

Say = Callable[[Tallied, Position], None]
"""Is told after each part what it did and how far the input is read."""


@dataclass(frozen=True, slots=True)
class Run:
    """What to annotate, and how. ``items`` gives the input afresh each time it is called."""

    source: str
    options: Options = field(default_factory=Options)
    engine: Engine = here
    items: Callable[[str, Position], Iterator[Item]] = files.lines
    say: Say = lambda tallied, position: None


def stream(run: Run) -> Iterator[Done]:
    """The parts one after the other, nothing kept on the disk."""
    position = Position()
    for done in run.engine(cut(run.items(run.source, position)), run.options):
        run.say(done.tallied, position)
        yield done


def to_file(run: Run, target: str, *, resume: bool = False) -> Tallied:
    """Annotate into a file, with ``TARGET.rejected.jsonl`` and ``TARGET.undo.jsonl`` beside it where there is something to keep.

    :param resume: Go on where a run stopped; with nothing to go on with, begin.
    :raises DataError: If input, output or an unfinished run do not allow it, or the disk is full; what is done stays.
    """
    facts = {"input": run.source, "options": asdict(run.options), "models": work.models(run.options)}
    try:
        with Store(target).locked(facts, resume=resume) as store:
            _fill(store, run)
            _join(store, target)
            tallied = store.tallied()
            store.remove()
        return tallied
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        remedy = "Schaffen Sie Platz und rufen Sie denselben Befehl mit --resume auf."
        raise DataError("Der Datenträger ist voll. Was fertig ist, bleibt erhalten.", where=target, remedy=remedy) from error


def _fill(store: Store, run: Run) -> None:
    position, digests = Position(), {}

    def missing() -> Iterator[Part]:
        seen = 0
        for part in cut(run.items(run.source, position)):
            seen += 1
            if not store.known(part):
                digests[part.number] = part.digest()
                yield part
        if seen < len(store.done):
            raise DataError("Die Eingabe ist kürzer als beim Abbruch.", where=run.source, remedy="Stellen Sie sie wieder her.")

    for done in run.engine(missing(), run.options):
        store.keep(digests.pop(done.number), done)
        run.say(done.tallied, position)


def _join(store: Store, target: str) -> None:
    """The parts as one file; the one people wait for comes last."""
    for kind in ("rejected", "undo"):
        beside = f"{target}.{kind}.jsonl"
        if any(kind in entry["files"] for entry in store.done):
            files.save(beside, store.content(kind))
        else:
            Path(beside).unlink(missing_ok=True)  # of an earlier run
    files.save(target, store.content("threads"))
