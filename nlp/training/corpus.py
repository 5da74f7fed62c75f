"""The labelled threads under ``models/corpus``, one file an author, and how they are split: threads stay whole."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.artifact import HOME
from nlp.errors import DataError
from nlp.files import Rejected, read_threads
from nlp.handbook import taxonomy
from nlp.inputs import LEARNT_RULES
from nlp.thread import Message, Thread

FOLDER = HOME / "corpus"
FOLDS = 2
FIRST = tuple(f"threads-{letter}" for letter in "abcdefg")
"""Files of the first seven authors; later ones wrote about what models trained on these had missed, so their threads are harder."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled thread and the file, i.e. the author, it comes from."""

    thread: Thread
    file: str


def load(path: Path = FOLDER) -> list[Labelled]:
    """All threads of a file or of the ``.jsonl`` files of a folder.

    :raises DataError: If there are none, or a line is no thread.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    found, wrong = [], []
    for name in files:
        try:
            with name.open("rb") as file:
                for item in read_threads(file, str(name), taxonomy()):
                    if isinstance(item, Rejected):
                        wrong += item.errors
                    else:
                        found.append(Labelled(item, name.stem))
        except OSError as error:
            raise DataError(f"Die Datei lässt sich nicht lesen ({error.strerror}).", where=str(name), remedy="Prüfen Sie den Pfad.") from error
    if wrong:
        raise DataError("\n".join(wrong[:20]))
    if not found:
        raise DataError("Hier liegen keine Aufgabenchats.", where=str(path), remedy="Geben Sie eine JSONL-Datei oder einen Ordner damit an.")
    return found


def folds(labelled: Sequence[Labelled], count: int = FOLDS, seed: int = 1) -> list[list[int]]:
    """Indices of ``count`` test sets; each author's threads are spread evenly over them."""
    rng = random.Random(seed)
    order = sorted(range(len(labelled)), key=lambda n: (labelled[n].file, rng.random()))
    return [sorted(order[fold::count]) for fold in range(count)]


def author_groups(labelled: Sequence[Labelled], count: int = FOLDS) -> list[list[int]]:
    """Indices of ``count`` test sets that share no author: every thread is judged by a model that saw nothing of its author."""
    files = sorted({item.file for item in labelled})
    return [[n for n, item in enumerate(labelled) if files.index(item.file) % count == group] for group in range(count)]


def labels(message: Message) -> frozenset[str]:
    """Its tags, and those of the rules with a trained score that it breaks."""
    defects = {defect.rule for defect in message.defects or ()}
    return frozenset(message.tags or ()) | (defects & LEARNT_RULES.keys())


def key(thread: Thread, message: Message) -> str:
    """What a stored prediction is found by: it holds only for this text in this place."""
    return f"{thread.task.id}.{message.id}.{hashlib.sha256(message.text.encode('utf-8', 'replace')).hexdigest()[:12]}"
