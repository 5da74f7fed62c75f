"""How far two annotators agree: a second one, who had the guidelines alone, against the labels of the corpus.

Labels of the second are kept in ``models/agreement/second.jsonl``, a message a line, without its text.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from nlp.artifact import HOME
from nlp.errors import DataError
from nlp.handbook import taxonomy
from nlp.tags import may_carry
from nlp.thread import Answer, Question, Thread
from nlp.training import corpus, scoring
from nlp.training.scoring import Tally

FILE = "agreement/second.jsonl"
COMPARED = ("Tags macro-F1", "Tags micro-F1", "Fragen F1", "Antworten Balanced Accuracy")
Pair = tuple[Thread, Thread]


def pairs(home: Path = HOME) -> list[Pair]:
    """Corpus threads and the same as the second annotator labelled them, whose answers name questions as the corpus does.

    :raises DataError: If a labelled message is not in the corpus.
    """
    by_thread: dict[str, dict[str, Any]] = defaultdict(dict)
    for line in (home / FILE).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_thread[row["task_id"]][row["message_id"]] = row
    threads = {item.thread.task.id: item.thread for item in corpus.load(home / "corpus")}
    for name, rows in by_thread.items():
        if name not in threads or {message.id for message in threads[name].messages} != rows.keys():
            raise DataError(f"Der Aufgabenchat „{name}“ steht so nicht im Korpus.", where=FILE, remedy="Entfernen Sie seine Zeilen.")
    return [(threads[name], _labelled(threads[name], rows)) for name, rows in by_thread.items()]


def _labelled(first: Thread, rows: dict[str, Any]) -> Thread:
    second, names = first.model_copy(deep=True), dict[str, str]()
    for message, gold in zip(second.messages, first.messages, strict=True):
        row = rows[message.id]
        message.tags = row["tags"]
        message.answers = [Answer(question=names[a["question"]], status=a["status"]) for a in row["answers"] if a["question"] in names]
        message.questions = [_located(message.text, Question.model_validate(question)) for question in row["questions"]]
        asked = [question for question in gold.questions or () if scoring.span(gold.text, question)]
        matched = scoring.match([scoring.span(gold.text, q) or (0, 0) for q in asked], [(q.start or 0, q.end or 0) for q in message.questions])
        names |= {f"{message.id}.{message.questions[there].id}": f"{message.id}.{asked[here].id}" for here, there in matched.items()}
    return second


def _located(text: str, question: Question) -> Question:
    start, end = scoring.span(text, question) or (0, 0)
    return question.model_copy(update={"start": start, "end": end})


def tallies(home: Path = HOME) -> list[Tally]:
    """Counts a thread, the corpus being gold; an answer to a question that only the first annotator saw counts as different."""
    return [scoring.tally(first, second, list(taxonomy())) for first, second in pairs(home)]


def by_tag(home: Path = HOME) -> dict[str, tuple[int, float, float]]:
    """(positives in the corpus, F1, Cohen's kappa) by tag, over the messages that may carry it; kappa is nan where neither used the tag."""
    both, tags = pairs(home), taxonomy()
    found = {}
    for tag in tags:
        votes = np.array([
            (tag in (a.tags or ()), tag in (b.tags or ()))
            for first, second in both
            for a, b in zip(first.messages, second.messages, strict=True)
            if may_carry(a, tag, tags)
        ])  # fmt: skip
        hit, second_alone, first_alone = ((votes == wanted).all(1).sum() for wanted in ((True, True), (False, True), (True, False)))
        kappa = float(cohen_kappa_score(*votes.T)) if votes.any() else float("nan")
        found[tag] = (int(votes[:, 0].sum()), scoring.f1(hit, second_alone, first_alone), kappa)
    return found
