"""What simple methods reach on the same folds: they stand beside our figures and are used for nothing else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import scipy.sparse
import spacy
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch  # type: ignore[attr-defined]

from nlp.encoder import Encoder
from nlp.pipeline.sentences import sentence_spans
from nlp.thread import Answer, Message, Thread
from nlp.training import scoring
from nlp.training.examples import alone
from nlp.training.scoring import Tally

Say = Callable[[str], None]
Parts = Sequence[NDArray[np.int64]]
EPOCHS = 8
QUESTION_WORD = re.compile(
    r"\b(?:wer|wen|wem|wessen|was|wann|wo|wohin|woher|wie|wieso|weshalb|warum|welche[rsnm]?|wieviel|ob|womit|wofür|wodurch)\b", re.IGNORECASE
)


def tallies(threads: Sequence[Thread], parts: Parts, tags: Sequence[str], encoder: Encoder, say: Say) -> Iterator[tuple[str, str, list[Tally]]]:
    """(name, first word of the figures it is for, counts a thread).

    :param encoder: The one in force: it has seen the threads, which favours the cosine of its vectors.
    """
    for name, predict in (("TF-IDF + logistische Regression", tfidf), ("spaCy textcat_multilabel", textcat)):
        counted: dict[int, Tally] = {}
        for number, part in enumerate(parts, 1):
            say(f"{name}: Teil {number} von {len(parts)}")
            chosen = {int(n) for n in part}
            train = [message for n, thread in enumerate(threads) if n not in chosen for message in thread.messages]
            classify = predict(train, tags)
            for n in chosen:
                counted[n] = Tally(np.zeros((len(tags), 3)))
                for message, said in zip(threads[n].messages, classify(threads[n].messages), strict=True):
                    scoring.count_tags(counted[n], set(message.tags or ()), said, tags)
        yield name, "Tags", [counted[n] for n in range(len(threads))]
    for name, pattern in (("endet auf „?“", re.compile(r"\?\W*$")), ("Fragewort", QUESTION_WORD)):
        yield name, "Fragen", [_asking(thread, pattern, len(tags)) for thread in threads]
    say("Antworten: gemeinsame Wörter, Kosinus")
    yield "gemeinsame Wörter", "Antworten", _above(threads, parts, len(tags), _shared_words)
    yield "Kosinus der Vektoren", "Antworten", _above(threads, parts, len(tags), _cosine(encoder))


Classify = Callable[[Sequence[Message]], list[set[str]]]


def tfidf(train: Sequence[Message], tags: Sequence[str]) -> Classify:
    """Words and character n-grams, one logistic regression a tag, balanced, threshold 0.5."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, max_features=20_000, sublinear_tf=True)

    def table(messages: Sequence[Message], fit: bool = False) -> Any:
        texts = [f"{m.author} {m.channel} {m.text}" for m in messages]
        return scipy.sparse.hstack([v.fit_transform(texts) if fit else v.transform(texts) for v in (words, letters)], format="csr")

    rows = table(train, fit=True)
    models = {
        tag: LogisticRegression(solver="liblinear", C=5, class_weight="balanced").fit(rows, [tag in (m.tags or ()) for m in train]) for tag in tags
    }

    def classify(messages: Sequence[Message]) -> list[set[str]]:
        features = table(messages)
        said = {tag: model.predict(features) for tag, model in models.items()}
        return [{tag for tag in tags if said[tag][n]} for n in range(len(messages))]

    return classify


def textcat(train: Sequence[Message], tags: Sequence[str], epochs: int = EPOCHS) -> Classify:
    """spaCy's default multilabel text classifier, as its quickstart trains it."""
    fix_random_seed(0)
    nlp = spacy.blank("de")
    component = nlp.add_pipe("textcat_multilabel")
    for tag in tags:
        component.add_label(tag)  # type: ignore[attr-defined]
    examples = [
        Example.from_dict(nlp.make_doc(f"{m.author} {m.channel}: {m.text}"), {"cats": {tag: float(tag in (m.tags or ())) for tag in tags}})
        for m in train
    ]
    optimizer = nlp.initialize(lambda: examples)
    rng = random.Random(0)
    for _ in range(epochs):
        rng.shuffle(examples)
        for batch in minibatch(examples, size=32):
            nlp.update(batch, sgd=optimizer, drop=0.2)

    def classify(messages: Sequence[Message]) -> list[set[str]]:
        docs = nlp.pipe(f"{m.author} {m.channel}: {m.text}" for m in messages)
        return [{tag for tag, score in doc.cats.items() if score >= 0.5} for doc in docs]

    return classify


def _asking(thread: Thread, pattern: re.Pattern[str], n_tags: int) -> Tally:
    """Every sentence of the customer's that the pattern matches is a question."""
    counts = Tally(np.zeros((n_tags, 3)))
    for message in thread.messages:
        if message.incoming:
            found = [(a, b) for a, b in sentence_spans(message.text) if pattern.search(message.text[a:b])]
            scoring.count_questions(counts, message.text, message.questions or (), found)
    return counts


Shares = Iterator[tuple[float, Answer]]


def _above(threads: Sequence[Thread], parts: Parts, n_tags: int, score: Callable[[Thread], Shares]) -> list[Tally]:
    """Answered if the score of question and reply is high enough; the point is chosen on the other folds."""
    shares = [[(share, a.status) for share, a in score(thread)] for thread in threads]
    grid = np.quantile([share for pairs in shares for share, _ in pairs], np.arange(0, 1, 0.05))
    counted = [Tally(np.zeros((n_tags, 3))) for _ in threads]
    for part in parts:
        chosen = {int(n) for n in part}
        train = [pair for n, pairs in enumerate(shares) if n not in chosen for pair in pairs]
        best = max(grid, key=lambda point: _balanced(train, point))
        for n in chosen:
            for share, gold in shares[n]:
                scoring.count_answer(counted[n], gold, "missed" if share <= best else "answered")
    return counted


def _judged(thread: Thread) -> Iterator[tuple[str, str, Answer]]:
    """(question, reply, gold answer)."""
    asked: dict[str, str] = {}
    for message in thread.messages:
        yield from ((asked[answer.question], message.text, answer) for answer in message.answers or () if answer.question in asked)
        asked |= {f"{message.id}.{q.id}": q.quote for q in message.questions or ()}


def _shared_words(thread: Thread) -> Shares:
    for question, reply, answer in _judged(thread):
        wanted, said = (set(re.findall(r"\w{4,}", text.lower())) for text in (question, reply))
        yield len(wanted & said) / max(1, len(wanted)), answer


def _cosine(encoder: Encoder) -> Callable[[Thread], Shares]:
    """The sentence of the reply that is nearest to the question."""

    @cache
    def unit(text: str) -> NDArray[np.float32]:
        vector = encoder.encode(alone(text)).vector
        return vector / np.linalg.norm(vector)

    def score(thread: Thread) -> Shares:
        for question, reply, answer in _judged(thread):
            sentences = [reply[a:b] for a, b in sentence_spans(reply)] or [reply]
            yield max(float(unit(question) @ unit(text)) for text in sentences), answer

    return score


def _balanced(pairs: Sequence[tuple[float, str]], point: float) -> float:
    shares, missed = np.array([s for s, _ in pairs]), np.array([gold == "missed" for _, gold in pairs])
    return float((shares <= point)[missed].mean() + (shares > point)[~missed].mean())
