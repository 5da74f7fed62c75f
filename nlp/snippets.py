"""Which approved answer fits a question, if any: a wrong answer is never preferred to none.

An answer is as near as the nearest of its example questions, by character n-grams, less where the question's topic is none of its own. It is
chosen when it is near enough and nearer by a margin than any other; questions that only sound alike, and words, rule it out. Fitting it anew
is adding a question to the answer's file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.pipeline.sentences import sentence_spans
from nlp.templates import Snippet
from nlp.thread import Question, locate

NEAR = 0.50
"""From here on an answer may be chosen."""
MARGIN = 0.08
"""By so much it must be nearer than the next."""
OFF_TOPIC = 0.8
"""What nearness counts for when the question's topic is none of the answer's."""
RULED_OUT = 0.5
"""What nearness counts for where a word or a near miss rules the answer out."""
SHOWN = 3
"""So many answers are offered to whoever has to write one."""
FILLERS = re.compile(r"\b(?:denn|eigentlich|bitte|mal|noch|überhaupt|kurz|gern|vielleicht|etwa|so|da|dann|nun|halt|eben|ja|und|auch)\b|[?!.,;:]+")
"""Words that say nothing about what is asked."""


@dataclass(frozen=True, slots=True)
class Match:
    """An answer and how near it is to the question, 0 to 1."""

    id: str
    score: float


class Answers:
    """The approved answers, made ready for comparing. Safe to share between threads."""

    def __init__(self, snippets: Mapping[str, Snippet]) -> None:
        self.snippets = snippets
        self._names = list(snippets)
        self._unless = {name: re.compile("|".join(snippet.unless) or r"(?!)", re.IGNORECASE) for name, snippet in snippets.items()}
        self._likes = [plain(question) for snippet in snippets.values() for question in snippet.questions]
        self._unlikes = [plain(question) for snippet in snippets.values() for question in snippet.unlike]
        self._like_of = np.array([n for n, snippet in enumerate(snippets.values()) for _ in snippet.questions], np.int64)
        self._unlike_of = np.array([n for n, snippet in enumerate(snippets.values()) for _ in snippet.unlike], np.int64)
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True).fit(self._likes + self._unlikes)
        self._rows = self._vectorizer.transform(self._likes + self._unlikes)

    def matches(self, question: Question, text: str) -> list[Match]:
        """The nearest answers, nearest first; ``text`` is the message that asks."""
        scores = self._scores(question.quote)
        around = _sentence(question, text)
        for n, name in enumerate(self._names):
            if question.topic not in self.snippets[name].topics:
                scores[n] *= OFF_TOPIC
            if self._unless[name].search(around):
                scores[n] *= RULED_OUT
        return [Match(self._names[n], round(float(scores[n]), 3)) for n in np.argsort(-scores)[:SHOWN]]

    def choose(self, question: Question, text: str) -> str | None:
        """The answer to give; None where none is near, or two are about as near."""
        first, second, *_ = [*self.matches(question, text), Match("", 0), Match("", 0)]
        return first.id if first.score >= NEAR and first.score - second.score >= MARGIN else None

    def _scores(self, quote: str) -> NDArray[np.float64]:
        """Nearness of each answer, ``[n_answers]``, less where a question that is none of its own is as near."""
        near = (self._rows @ self._vectorizer.transform([plain(quote)]).T).toarray()[:, 0]
        like, unlike = np.zeros(len(self._names)), np.zeros(len(self._names))
        np.maximum.at(like, self._like_of, near[: len(self._likes)])
        np.maximum.at(unlike, self._unlike_of, near[len(self._likes) :])
        return np.where(unlike >= like, like * RULED_OUT, like)


def plain(text: str) -> str:
    """The question without words that say nothing about what is asked."""
    return " ".join(FILLERS.sub(" ", text.lower()).split()) or text.lower()


def _sentence(question: Question, text: str) -> str:
    """The sentence that holds the question."""
    found = locate(text, question.quote) or (0, len(text))
    return next((text[start:end] for start, end in sentence_spans(text) if start <= found[0] < end), question.quote)
