"""Public German data that helps the encoder along: single sentences and question-answer pairs.

Read from a folder that is not part of the project; what is missing there is left out. Sets used to train are never
reported on with the same rows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.training import examples
from nlp.training.examples import Case

SENTENCES = 6_000
HURRIED = {"lower": 0.5, "marks": 0.8, "stops": 0.6, "umlauts": 0.1}
"""Sentences are mostly seen without what gives a question away: ``examples.roughen``."""
PAIRS = 1_800
TATOEBA_TRAINED = 20_000
"""Of the sentences of Tatoeba, shuffled, so many may be trained on; the rest is for measuring."""


def cases(folder: Path | None, seed: int = 0) -> list[Case]:
    """Sentences that are or are not questions, and replies that do or do not answer, in random order; without folder none."""
    if folder is None:
        return []
    rng = random.Random(seed)
    plain: list[Case] = []
    asking: list[Case] = []
    for text, question in tatoeba(folder)[:TATOEBA_TRAINED]:
        (asking if question else plain).append(examples.roughen(examples.sentence_case(text, question=question), rng, HURRIED))
    pairs = [*_intents(folder, rng), *_passages(folder, rng)]
    rng.shuffle(pairs)
    chosen = [
        *rng.sample(plain, min(len(plain), SENTENCES // 2)),
        *rng.sample(asking, min(len(asking), SENTENCES // 2)),
        *(examples.pair_case(question, reply, answered=answered) for question, reply, answered in pairs[:PAIRS]),
    ]
    rng.shuffle(chosen)
    return chosen


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; none if it is not there."""
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file)


def tatoeba(folder: Path) -> list[tuple[str, bool]]:
    """All sentences, shuffled, with whether they are questions."""
    texts = sorted({row["de"].strip() for row in rows(folder / "tatoeba_de" / "manythings_2018.jsonl")})
    random.Random(0).shuffle(texts)
    return [(text, text.endswith("?")) for text in texts]


def _intents(folder: Path, rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    """A question with its stored answer, or with that of another intent of the same bot."""
    for name in ("rasa_cosibot_covid_de", "rasa_roboai_faq_de"):
        intents = [row for row in rows(folder / name / "qa_by_intent.jsonl") if row["answers"] and row["questions"]]
        for intent in intents:
            for question in rng.sample(intent["questions"], min(3, len(intent["questions"]))):
                answered = rng.random() < 0.5
                other = intent if answered else rng.choice(intents)
                yield question, rng.choice(other["answers"])[:400], answered or other is intent


def _passages(folder: Path, rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    """A question with three sentences of a text, which hold the answer or not."""
    for row in rows(folder / "omos_qa_de" / "train.jsonl"):
        sentences, answers = row["sentences"], set(row["answers"])
        for _ in range(3):
            at = rng.choice(sorted(answers)) if answers and rng.random() < 0.5 else rng.randrange(len(sentences))
            start = max(0, at - rng.randrange(3))
            passage = range(start, min(len(sentences), start + 3))
            yield row["question"], " ".join(sentences[n] for n in passage)[:500], any(n in answers for n in passage)
