"""Which weights to ship: fp32, int8 and 4-bit beside each other, task quality and speed in one run.

``python -m nlp.training.formats fold.onnx 0`` takes the fp32 graph of a fold's encoder and the number of the fold, whose threads it has
not seen. Logits are read without the heads on top, at one cut for all tags, so that only the weights differ.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from nlp import artifact
from nlp.encoder import Encoder
from nlp.handbook import taxonomy
from nlp.thread import Answer, Question, Thread
from nlp.training import corpus, examples, export, held_out, scoring

CUT = -0.4
"""Logit from which a tag counts."""
FIGURES = ("Tags macro-F1", "Tags micro-F1", "Fragen F1", "Antworten Balanced Accuracy")


def four_bit(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with MatMul weights in blocks of 32 four-bit numbers; attention's own weights stay as they are."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    quantizer = MatMulNBitsQuantizer(copy, block_size=32, is_symmetric=True, bits=4)
    quantizer.process()
    return quantizer.model.model


def labelled(encoder: Encoder, thread: Thread) -> Thread:
    """The thread with what the logits alone say."""
    tags, said = list(taxonomy()), dict(held_out.predict(encoder, [thread]))
    done = thread.model_copy(deep=True)
    for message in done.messages:
        prediction = said[corpus.key(thread, message)]
        allowed = [tag for tag in tags if taxonomy()[tag].allows(message.author)]
        message.tags = [tag for tag, logit in zip(tags, prediction["tags"], strict=False) if logit > CUT and tag in allowed]
        message.questions = [Question(quote=message.text[q["start"] : q["end"]], **q) for q in prediction["questions"]]
        message.answers = [Answer(question=key, status="missed" if np.argmax(row[:3]) == 2 else "answered") for key, row in prediction["answers"].items()]
    return done


def measure(path: Path, tokenizer: Path, threads: Sequence[Thread]) -> tuple[list[float], float]:
    """The figures, and the median milliseconds a message on one thread."""
    encoder = Encoder(path, tokenizer, threads=1)
    tallies, times = [], []
    for thread in threads:
        start = time.perf_counter()
        done = labelled(encoder, thread)
        times.append((time.perf_counter() - start) * 1_000 / len(thread.messages))
        tallies.append(scoring.tally(thread, done, list(taxonomy())))
    return [scoring.figure(name, tallies, rounds=2)[0] for name in FIGURES], statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("fold", type=int)
    parser.add_argument("--threads", type=int, default=150, help="so many threads of the fold are read")
    arguments = parser.parse_args()
    items = corpus.load()
    threads = [items[n].thread for n in corpus.folds(items)[arguments.fold]][: arguments.threads]
    tokenizer = artifact.current("base").path("tokenizer.json")
    sample = examples.sample(Tokenizer.from_file(str(tokenizer)), [item.thread for item in items])
    table = Table("Gewichte", "MB", *FIGURES, "ms je Nachricht")
    with tempfile.TemporaryDirectory() as folder:
        fp32 = onnx.load(str(arguments.model))
        for name, make in {
            "fp32": lambda: fp32,
            "int8, wie es kommt": lambda: export.dynamic(fp32),
            "int8, geglättet": lambda: export.quantised(fp32, sample),
            "q4 (MatMulNBits)": lambda: four_bit(fp32),
        }.items():
            path = Path(folder) / "model.onnx"
            export.save(make(), path)
            figures, milliseconds = measure(path, tokenizer, threads)
            table.add_row(name, f"{path.stat().st_size / 1e6:.0f}", *(f"{value:.3f}" for value in figures), f"{milliseconds:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
