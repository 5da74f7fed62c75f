"""Learning the encoder itself from feedback, on request: hours, and PyTorch."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlp import artifact
from nlp.errors import DataError
from nlp.handbook import Taxonomy, taxonomy
from nlp.learning import gate
from nlp.learning.champion import Champion, standing, store
from nlp.learning.events import Event
from nlp.learning.examples import Example, build
from nlp.learning.gate import Outcomes
from nlp.learning.learn import Report, groups, prepared
from nlp.tags import labels
from nlp.thread import Task, Thread
from nlp.training import fit, versions
from nlp.training.fit import Say

BUILD = Path("build", "learn")
FILE = "z-feedback.jsonl"
"""Sorts behind the corpus, whose threads thus keep their numbers."""


def learn(home: Path, events: Sequence[Event], *, confidence: float = 0.95, promote: bool = True, say: Say = lambda _: None) -> Report:
    """Fine-tune an encoder on the corpus and the messages that were reviewed as a whole; in force only if it is better, as for the heads.

    :raises DataError: If PyTorch is not there, or no message was reviewed as a whole.
    """
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("safetensors") is None:
        raise DataError(
            "Den Encoder neu zu lernen braucht PyTorch und auf zwei Kernen Stunden.", where="--encoder",
            remedy="Installieren Sie es mit „pip install 'aufgabenchat[training]'“, oder lassen Sie --encoder weg: Ohne lernen die Tag-Modelle in Minuten.",
        )  # fmt: skip
    tags = taxonomy()
    reviewed = list(threads(build(events, tags)[0], tags))
    if not reviewed:
        raise DataError("Keine Nachricht wurde als Ganzes durchgesehen (labels_confirmed); nur daraus lernt der Encoder.", where="--encoder")
    return _compared(home, _trained(home, reviewed, say), events, confidence, promote, say)


def threads(examples: Sequence[Example], tags: Taxonomy) -> Iterator[Thread]:
    """Messages whose tags are all settled, each as a thread of its own: what was said before was not reviewed, and must not teach."""
    for n, example in enumerate(examples):
        settled = {label: vote.holds for label, vote in example.settled()}
        if all(tag in settled for tag in tags if tags[tag].allows(example.message.author)):
            chosen = [tag for tag in tags if settled.get(tag)]
            questions = example.questions if example.questions is not None else [] if not example.message.incoming else None
            if questions is not None:  # an unmarked question would be learnt as none
                message = example.message.model_copy(update={"id": "m1", "tags": chosen, "questions": questions, "answers": [], "defects": []})
                yield Thread(task=Task(id=f"feedback-{n}", area=example.thread.task.area), messages=[message])


def _trained(home: Path, reviewed: Sequence[Thread], say: Say) -> Path:
    """A models folder of its own with the new encoder in force."""
    folder = BUILD.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    for texts in ("corpus", "drills"):
        shutil.copytree(source if (source := home / texts).is_dir() else artifact.SHIPPED / texts, folder / texts)
    shutil.copytree(artifact.current("base", home).folder, folder / "base" / "1")
    versions.put_in_force(folder, base="1")
    (folder / "corpus" / FILE).write_text("".join(json.dumps(thread.to_json(), ensure_ascii=False) + "\n" for thread in reviewed), encoding="utf-8")
    say(f"Der Encoder wird auf {len(reviewed)} Nachrichten mehr gelernt: Stunden …")
    if subprocess.run([sys.executable, "-m", "nlp.training.encoder", "--home", str(folder)], cwd=folder, check=False).returncode:
        raise DataError("Das Training des Encoders ist abgebrochen; oben steht, warum.", where=str(folder), remedy="In Kraft bleibt, was in Kraft war.")
    return folder


def _compared(home: Path, folder: Path, events: Sequence[Event], confidence: float, promote: bool, say: Say) -> Report:
    """Both encoders with heads from the same labels, each judged on corpus threads by encoders and heads that had not seen them."""
    tags = taxonomy()
    now, then = prepared(home, tags, say), prepared(folder, tags, say)
    plain, fitted = (fit.fitted(base.data, base.judged, base.rescorer, base.known, tags, base.parts) for base in (now, then))
    names = [label for label in labels(tags) if label in now.known and label != "kundenfrage"]
    fresh = Champion.of(then, fitted).outcomes(then, names)
    same = slice(len(now.threads))
    sides = standing(home, now, plain).outcomes(now, names), Outcomes(fresh.tags[same], fresh.answers[same])
    report = Report({}, examples=len(events), threads=len(now.threads), replaces=versions.in_force(home).get("heads"))
    report.overall, report.single = gate.compare(*sides, names, groups(now.threads))
    report.promoted, report.reasons = gate.verdict(report.overall, report.single, confidence)
    if report.promoted and promote:
        def copy(target: Path) -> None:
            shutil.copytree(then.sealed.folder, target, dirs_exist_ok=True)

        def make(target: Path) -> None:
            store(target, then, fitted)
            fitted.save(target, encoder=then.sealed.digest, at=versions.now(), replaces=report.replaces)

        made, report.version = versions.add(home, "encoder", copy), versions.add(home, "heads", make)
        versions.put_in_force(home, encoder=made, heads=report.version)
    return report
