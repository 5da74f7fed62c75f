"""Fine-tune, export and seal the encoder, with what encoders that had not seen a thread say of it.

``python -m nlp.training.encoder`` needs PyTorch (extra ``training``) and two hours on two cores that compute in bfloat16, a night on others. Finished folds are
kept in ``build/``, so that a run which was cut off goes on where it stopped. ``--fold 0`` and ``--fold 1`` train one fold each on one core and 12 GB; beside each
other they take less time than one after the other on both. The same command without them does the rest.
"""

from __future__ import annotations

import argparse
import copy
import shutil
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from nlp import artifact
from nlp.artifact import HOME, seal
from nlp.encoder import Encoder
from nlp.handbook import taxonomy
from nlp.inputs import LEARNT_RULES, Input
from nlp.training import aside, corpus, drills, examples, export, finetune, held_out, versions, wide
from nlp.training.corpus import Labelled
from nlp.training.held_out import HELD_OUT, OTHER_AUTHORS
from nlp.training.network import FROZEN, Network, load_base
from nlp.training.versions import put_in_force

BUILD = Path("build")
EPOCHS = 5
MORE_EPOCHS = 1


def train(home: Path, data: Path | None, epochs: int = EPOCHS, *, authors: bool = False, fold: int | None = None) -> None:
    """The encoders of the folds, then the one for use; with ``authors`` also those that leave whole authors out, with ``fold`` that fold's alone."""
    labelled, tags = corpus.load(home / "corpus"), [*taxonomy(), *LEARNT_RULES]
    base_folder = artifact.current("base", home)
    base = load_base(base_folder.path("base.safetensors"), len(tags))
    tokenizer = Tokenizer.from_file(str(base_folder.path("tokenizer.json")))
    splits = {HELD_OUT: corpus.folds(labelled), OTHER_AUTHORS: corpus.author_groups(labelled)}
    sample = examples.sample(tokenizer, [item.thread for item in labelled])
    print("Die unteren Schichten lesen …", flush=True)
    extra = finetune.prepare(base, tokenizer, aside.cases(data), tags, versions=0)
    drilled = [finetune.prepare(base, tokenizer, cases, tags, seed=n, versions=1) for n, cases in enumerate(drills.load(home / "drills"))]

    def read(threads: Iterable[Labelled], versions: int) -> list[finetune.Variants]:
        seeded = ((zlib.crc32(item.thread.task.id.encode()), examples.cases(item.thread)) for item in threads)
        return [finetune.prepare(base, tokenizer, cases, tags, seed=seed, versions=versions) for seed, cases in seeded]

    def report(text: str, _: Network) -> None:
        print(" ", text, flush=True)

    def trained(leave_out: Sequence[int]) -> Network:
        left = {*leave_out}
        own = read((item for n, item in enumerate(labelled) if n not in left), finetune.VARIANTS)
        return finetune.finetune(base, own, drilled, extra, epochs=epochs, report=report)

    def train_group(name: str, n: int) -> None:
        weights = BUILD / f"{name}-{n}.pt"
        _once(weights, lambda path: torch.save(trained(splits[name][n]).state_dict(), path))
        _export(weights, weights.with_suffix(".onnx"), base, sample)

    if fold is not None:
        train_group(HELD_OUT, fold)
        return
    final = BUILD / "encoder"
    for name in (OTHER_AUTHORS, HELD_OUT) if authors else (HELD_OUT,):
        for n in range(len(splits[name])):
            train_group(name, n)
        predict(labelled, name, splits[name], BUILD)
    # the last fold's encoder goes on with all threads: a third of the cost of starting anew
    last = copy.deepcopy(base)
    last.load_state_dict(torch.load(BUILD / f"{HELD_OUT}-{len(splits[HELD_OUT]) - 1}.pt"))

    def go_on() -> Network:
        own = read(labelled, versions=1)
        return finetune.finetune(last, own, drilled, extra, epochs=MORE_EPOCHS, rate=8e-5, head_rate=4e-4, seed=1, fresh=False, before=epochs, report=report)

    _once(BUILD / "final.pt", lambda path: torch.save(go_on().state_dict(), path))
    _export(BUILD / "final.pt", final / "encoder.onnx", base, sample)
    for name in (HELD_OUT, OTHER_AUTHORS) if authors else (HELD_OUT,):
        shutil.copy(BUILD / name, final / name)
    shutil.copy(base_folder.path("tokenizer.json"), final / "tokenizer.json")
    publish(final, home, tags, base_folder.manifest["files"]["base.safetensors"], len(labelled), exercises=len(drilled), epochs=epochs)


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


def _export(weights: Path, path: Path, base: Network, sample: Sequence[Input]) -> None:
    state = {name: tensor.numpy() for name, tensor in torch.load(weights).items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    export.save(export.to_onnx(state, base.shape), weights.with_suffix(".fp32.onnx"))
    export.save(export.quantised(export.to_onnx(state, base.shape), sample), path)


def publish(final: Path, home: Path, tags: Sequence[str], base: str, threads: int, *, exercises: int, epochs: int) -> None:
    """Seal ``final`` with a wide part beside it as the next version of the encoder and put it in force."""
    facts = {
        "tags": list(tags), "threads": threads, "exercises": exercises, "epochs": f"{epochs} on half of the threads, {MORE_EPOCHS} on all", "base": base, "frozen_layers": FROZEN,
        "weights": "int8, smoothed, one scale a channel",
    }  # fmt: skip

    def make(folder: Path) -> None:
        shutil.copytree(final, folder, dirs_exist_ok=True)
        wide.write(folder, home, tags)
        seal(folder, kind="encoder", licence="MIT", built_by="python -m nlp.training.encoder", **facts)

    put_in_force(home, encoder=versions.add(home, "encoder", make))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HOME)
    parser.add_argument("--data", type=Path, help="folder with the public sets; without it the corpus alone is used")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--authors", action="store_true", help="also train encoders that leave whole authors out")
    parser.add_argument("--fold", type=int, choices=range(corpus.FOLDS), help="train this fold's encoder alone, on one core")
    arguments = parser.parse_args()
    torch.set_num_threads(2 if arguments.fold is None else 1)
    train(arguments.home, arguments.data, arguments.epochs, authors=arguments.authors, fold=arguments.fold)


if __name__ == "__main__":
    main()
