"""Figures on public German sets, read from a folder that is not part of the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nlp import questions
from nlp.answers import read
from nlp.encoder import Encoder
from nlp.questions import softmax
from nlp.register import register_of
from nlp.thread import Message, Thread, View
from nlp.training import aside
from nlp.training.evaluate import OWN, Row, sentence_view

TATOEBA_ITEMS = 2_000
XQUAD_QUESTIONS = 150


def figures(folder: Path, encoder: Encoder) -> list[Row]:
    """All rows for which the folder has the data."""
    return [*_cocoa(folder), *_tatoeba(folder, encoder), *_xquad(folder, encoder)]


def _cocoa(folder: Path) -> list[Row]:
    """Sie or du of both sides of human pairs; pairs whose sides are the same text say nothing and are left out."""
    right = []
    for row in aside.rows(folder / "cocoa_mt_formality_de" / "pairs.jsonl"):
        if row["formal"] != row["informal"] and row.get("split", "test") == "test":
            right += [register_of(row["formal"]) == "sie", register_of(row["informal"]) == "du"]
    return [_share("cocoa_mt_formality_de", "Sie/du richtig", np.array(right))] if right else []


def _tatoeba(folder: Path, encoder: Encoder) -> list[Row]:
    """Question or not, lower-cased, without punctuation; half of the sentences are questions, none was trained on."""
    rest = aside.tatoeba(folder)[aside.TATOEBA_TRAINED :]
    asking = [text for text, question in rest if question][: TATOEBA_ITEMS // 2]
    plain = [text for text, question in rest if not question][: TATOEBA_ITEMS // 2]
    if not asking:
        return []
    texts = [text.lower().translate(str.maketrans("", "", ".,;:!?…\"„“")) for text in (*asking, *plain)]
    gold = np.arange(len(texts)) < len(asking)
    said = np.array([bool(questions.find(text, encoder.encode(sentence_view(text)))) for text in texts])
    return [_f1("tatoeba_de, klein und ohne Satzzeichen", OWN, gold, said), _f1("tatoeba_de, klein und ohne Satzzeichen", "Fragewort", gold, _words(texts))]


def _words(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    from nlp.training.baselines import QUESTION_WORD

    return np.array([bool(QUESTION_WORD.search(text)) for text in texts])
