"""Figures on public German sets, read from a folder that is not part of the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp import questions
from nlp.annotate import Models
from nlp.encoder import Encoder
from nlp.register import register_of
from nlp.training import aside
from nlp.training.baselines import QUESTION_WORD
from nlp.training.evaluate import OWN, Row
from nlp.training.examples import alone
from nlp.training.scoring import f1

TATOEBA_ITEMS = 2_000
XQUAD_QUESTIONS = 100
Bools = NDArray[np.bool_]


def figures(folder: Path, models: Models) -> list[Row]:
    """All rows for which the folder has the data."""
    return [*_cocoa(folder), *_tatoeba(folder, models), *_xquad(folder, models.encoder)]


def _cocoa(folder: Path) -> list[Row]:
    """Sie or du of both sides of human pairs; pairs whose sides are the same text say nothing and are left out."""
    right = []
    for row in aside.rows(folder / "cocoa_mt_formality_de" / "pairs.jsonl"):
        if row["split"] == "test" and row["formal"] != row["informal"]:
            right += [register_of(row["formal"]) == "sie", register_of(row["informal"]) == "du"]
    return [_row("cocoa_mt_formality_de", OWN, "Sie/du richtig", np.array(right))] if right else []


def _tatoeba(folder: Path, models: Models) -> list[Row]:
    """Question or not, lower-cased, without punctuation; half of the sentences are questions, none was trained on."""
    rest = aside.tatoeba(folder)[aside.TATOEBA_TRAINED :]
    texts = [[text for text, question in rest if question is asked][: TATOEBA_ITEMS // 2] for asked in (True, False)]
    bare = [text.lower().translate(str.maketrans("", "", ".,;:!?…\"„“")) for text in (*texts[0], *texts[1])]
    if not bare:
        return []
    gold = np.arange(len(bare)) < len(texts[0])
    name = "tatoeba_de, klein, ohne Satzzeichen"
    said = np.array([bool(models.questions(text, models.encoder.encode(alone(text)))) for text in bare])
    words = np.array([bool(QUESTION_WORD.search(text)) for text in bare])
    return [_f1_row(name, system, gold, guess) for system, guess in ((OWN, said), ("Fragewort", words))]


def _xquad(folder: Path, encoder: Encoder) -> list[Row]:
    """Is the sentence that answers ranked first in its paragraph: by what the encoder says of question beside sentence, and by
    the cosine of their vectors."""
    asked = list(aside.rows(folder / "xquad_r_de" / "questions.jsonl"))[::7][:XQUAD_QUESTIONS]
    paragraphs: dict[str, list[tuple[str, str]]] = {}
    for row in aside.rows(folder / "xquad_r_de" / "sentences.jsonl"):
        paragraphs.setdefault(row["sid"].rpartition("-")[0], []).append((row["sid"], row["sentence"]))
    first: dict[str, list[bool]] = {OWN: [], "Kosinus der Vektoren": []}
    for row in asked:
        sentences = paragraphs[row["gold_sentence"].rpartition("-")[0]]
        own = encoder.encode(alone(row["question"])).vector
        read = [(encoder.encode(alone(text), [row["question"]]), encoder.encode(alone(text)).vector) for _, text in sentences]
        for system, scores in (
            (OWN, [-questions.softmax(encoded.statuses[0])[2] for encoded, _ in read]),
            ("Kosinus der Vektoren", [_cosine(own, vector) for _, vector in read]),
        ):
            first[system].append(sentences[int(np.argmax(scores))][0] == row["gold_sentence"])
    return [_row("xquad_r_de", system, "richtiger Satz zuerst", np.array(hits)) for system, hits in first.items() if hits]


def _cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _row(test: str, system: str, figure: str, right: Bools) -> Row:
    drawn = np.random.default_rng(0).choice(right, (1_000, len(right))).mean(1)
    return Row(test, system, figure, float(right.mean()), *(float(q) for q in np.quantile(drawn, [0.025, 0.975])))


def _f1_row(test: str, system: str, gold: Bools, said: Bools) -> Row:
    def value(index: Sequence[int] | NDArray[np.int64]) -> float:
        g, s = gold[index], said[index]
        return f1((g & s).sum(), (s & ~g).sum(), (g & ~s).sum())

    rng = np.random.default_rng(0)
    drawn = [value(rng.integers(len(gold), size=len(gold))) for _ in range(500)]
    return Row(test, system, "Frage F1", value(range(len(gold))), *(float(q) for q in np.quantile(drawn, [0.025, 0.975])))
