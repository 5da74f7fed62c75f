"""Fine-tune, export and seal the encoder, with what encoders that had not seen a thread say of it.

``python -m nlp.training.encoder`` needs PyTorch (extra ``training``) and two hours on two cores that compute in bfloat16, a night on others. Finished folds are
kept in ``build/``, so that a run which was cut off goes on where it stopped. ``--fold 0`` and ``--fold 1`` train one fold each on one core and 12 GB; beside each
other they take less time than one after the other on both. The same command without them does the rest. ``--more 3`` goes on with the encoder that is in force
for three epochs over all threads and exercises; what encoders of the folds said of a thread stays as it is.
"""

from __future__ import annotations

import argparse
import copy
import re
import shutil
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from tokenizers import Tokenizer
from torch import Tensor

from nlp import artifact
from nlp.artifact import HOME, seal
from nlp.encoder import Encoder
from nlp.handbook import taxonomy
from nlp.inputs import LEARNT_RULES
from nlp.training import aside, corpus, drills, examples, export, finetune, held_out, versions, wide
from nlp.training.corpus import Labelled
from nlp.training.held_out import HELD_OUT, OTHER_AUTHORS
from nlp.training.network import FROZEN, FROZEN_LATER, Network, load_base
from nlp.training.versions import put_in_force

BUILD = Path("build")
EPOCHS = 5
MORE_EPOCHS = 1


@dataclass(frozen=True, slots=True)
class Lessons:
    """The published encoder with fresh heads, and what it is fine-tuned on; ``exercises`` and ``aside`` as its lower layers read them."""

    base: Network
    tokenizer: Tokenizer
    tags: list[str]
    exercises: list[finetune.Variants]
    aside: finetune.Variants

    @classmethod
    def load(cls, home: Path, data: Path | None, tags: list[str], frozen: int = FROZEN) -> Lessons:
        """Those in ``home`` and, of the public sets, in ``data``, as so many ``frozen`` layers read them."""
        sealed = artifact.current("base", home)
        base, tokenizer = load_base(sealed.path("base.safetensors"), len(tags), frozen=frozen), Tokenizer.from_file(str(sealed.path("tokenizer.json")))
        print("Die unteren Schichten lesen …", flush=True)
        exercises = [finetune.prepare(base, tokenizer, cases, tags, seed=n, versions=1) for n, cases in enumerate(drills.load(home / "drills"))]
        return cls(base, tokenizer, tags, exercises, finetune.prepare(base, tokenizer, aside.cases(data), tags, versions=0))

    def learn(self, network: Network, threads: Iterable[Labelled], versions: int, **how: Any) -> dict[str, Tensor]:
        """The weights of ``network`` after so many ``versions`` of the threads; ``how`` as for ``finetune.finetune``."""
        seeded = ((zlib.crc32(item.thread.task.id.encode()), examples.cases(item.thread)) for item in threads)
        own = [finetune.prepare(self.base, self.tokenizer, cases, self.tags, seed=seed, versions=versions) for seed, cases in seeded]
        return finetune.finetune(network, own, self.exercises, self.aside, report=lambda text, _: print(" ", text, flush=True), **how).state_dict()

    def export(self, weights: Path, path: Path, threads: Sequence[Labelled]) -> None:
        """The graphs of the weights, fp32 beside them and int8 in ``path``, by activations on some of the threads."""
        sample = examples.sample(self.tokenizer, [item.thread for item in threads])
        graph = export.to_onnx({name: tensor.numpy() for name, tensor in torch.load(weights).items()}, self.base.shape)
        path.parent.mkdir(parents=True, exist_ok=True)
        export.save(graph, weights.with_suffix(".fp32.onnx"))
        export.save(export.quantised(graph, sample), path)


def train(home: Path, data: Path | None, epochs: int = EPOCHS, *, authors: bool = False, fold: int | None = None) -> None:
    """The encoders of the folds, then the one for use; with ``authors`` also those that leave whole authors out, with ``fold`` that fold's alone."""
    labelled = corpus.load(home / "corpus")
    lessons = Lessons.load(home, data, [*taxonomy(), *LEARNT_RULES])
    splits = {HELD_OUT: corpus.folds(labelled), OTHER_AUTHORS: corpus.author_groups(labelled)}

    def trained(leave_out: Sequence[int]) -> dict[str, Tensor]:
        left = {*leave_out}
        return lessons.learn(lessons.base, (item for n, item in enumerate(labelled) if n not in left), finetune.VARIANTS, epochs=epochs)

    def train_group(name: str, n: int) -> None:
        weights = BUILD / f"{name}-{n}.pt"
        _once(weights, lambda path: torch.save(trained(splits[name][n]), path))
        lessons.export(weights, weights.with_suffix(".onnx"), labelled)

    if fold is not None:
        train_group(HELD_OUT, fold)
        return
    final = BUILD / "encoder"
    final.mkdir(parents=True, exist_ok=True)
    for name in (OTHER_AUTHORS, HELD_OUT) if authors else (HELD_OUT,):
        for n in range(len(splits[name])):
            train_group(name, n)
        predict(labelled, name, splits[name], final)
    # the last fold's encoder goes on with all threads: a third of the cost of starting anew
    last = copy.deepcopy(lessons.base)
    last.load_state_dict(torch.load(BUILD / f"{HELD_OUT}-{len(splits[HELD_OUT]) - 1}.pt"))
    _go_on(lessons, last, labelled, before=epochs, epochs=MORE_EPOCHS)
    publish(final, home, lessons, len(labelled), epochs=f"{epochs} on half of the threads, {MORE_EPOCHS} on all")


def go_on(home: Path, data: Path | None, epochs: int) -> None:
    """The encoder in force, trained for so many ``epochs`` more on all threads; of those that are new it says first what it thinks."""
    sealed, labelled = artifact.current("encoder", home), corpus.load(home / "corpus")
    final, said, told = BUILD / "encoder", held_out.load(sealed.path(HELD_OUT)), str(sealed.manifest["epochs"])
    final.mkdir(parents=True, exist_ok=True)
    new = [item.thread for item in labelled if any(corpus.key(item.thread, message) not in said for message in item.thread.messages)]
    held_out.save(said | dict(held_out.predict(Encoder.from_artifact(sealed), new)), final / HELD_OUT)
    lessons = Lessons.load(home, data, sealed.manifest["tags"], FROZEN_LATER)
    network = copy.deepcopy(lessons.base)
    known = export.weights(onnx.load(str(sealed.path("encoder.onnx"))))
    untrained = ("words.", "positions.", "norm.", *(f"layers.{n}." for n in range(sealed.manifest["frozen_layers"])))
    network.load_state_dict(network.state_dict() | {name: torch.tensor(table) for name, table in known.items() if not name.startswith(untrained)})
    _go_on(lessons, network, labelled, before=sum(map(int, re.findall(r"\d+", told))), epochs=epochs)
    publish(final, home, lessons, len(labelled), epochs=f"{told}, {epochs} more on all")


def _go_on(lessons: Lessons, network: Network, labelled: Sequence[Labelled], *, before: int, epochs: int) -> None:
    weights = BUILD / f"all-{before + epochs}.pt"
    how = {"rate": 6e-5, "head_rate": 2.4e-4, "seed": before, "fresh": False, "before": before, "epochs": epochs}
    _once(weights, lambda path: torch.save(lessons.learn(network, labelled, epochs, **how), path))
    lessons.export(weights, BUILD / "encoder" / "encoder.onnx", labelled)


def predict(labelled: Sequence[Labelled], name: str, groups: Sequence[Sequence[int]], folder: Path) -> None:
    """Write what each fold's encoder, as it would run in use, says of the threads that were left out of its training."""
    said: dict[str, held_out.Prediction] = {}
    for n, group in enumerate(groups):
        encoder = Encoder(BUILD / f"{name}-{n}.onnx", artifact.current("base").path("tokenizer.json"), threads=2)
        said |= dict(held_out.predict(encoder, [labelled[k].thread for k in group]))
    held_out.save(said, folder / name)


def _once(path: Path, make: Callable[[Path], None]) -> None:
    """Make a file unless an earlier run has."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name("draft-" + path.name)
        make(draft)
        draft.replace(path)


def publish(final: Path, home: Path, lessons: Lessons, threads: int, *, epochs: str) -> None:
    """Seal ``final`` with a wide part beside it as the next version of the encoder and put it in force."""
    base = artifact.current("base", home)
    facts = {
        "tags": lessons.tags, "threads": threads, "exercises": len(lessons.exercises), "epochs": epochs, "base": base.manifest["files"]["base.safetensors"],
        "frozen_layers": lessons.base.frozen, "weights": "int8, smoothed, one scale a channel",
    }  # fmt: skip
    shutil.copy(base.path("tokenizer.json"), final / "tokenizer.json")

    def make(folder: Path) -> None:
        shutil.copytree(final, folder, dirs_exist_ok=True)
        wide.write(folder, home, lessons.tags)
        seal(folder, kind="encoder", licence="MIT", built_by="python -m nlp.training.encoder", **facts)

    put_in_force(home, encoder=versions.add(home, "encoder", make))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HOME)
    parser.add_argument("--data", type=Path, help="folder with the public sets; without it the corpus alone is used")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--authors", action="store_true", help="also train encoders that leave whole authors out")
    parser.add_argument("--fold", type=int, choices=range(corpus.FOLDS), help="train this fold's encoder alone, on one core")
    parser.add_argument("--more", type=int, metavar="EPOCHS", help="go on with the encoder in force instead")
    arguments = parser.parse_args()
    torch.set_num_threads(2 if arguments.fold is None else 1)
    if arguments.more:
        go_on(arguments.home, arguments.data, arguments.more)
        return
    train(arguments.home, arguments.data, arguments.epochs, authors=arguments.authors, fold=arguments.fold)


if __name__ == "__main__":
    main()
