"""Which approved answer fits a question, if any: a wrong answer is never preferred to none.

An answer comes into question where one of its ``about`` words stands in the question, no word rules it out, and the question says little that its
examples do not. It is as near as the nearest of its example questions, by character n-grams, less where the question's topic (which the encoder
tells) is none of its own; it is chosen when it is near enough, nearer by a margin than any other, and nearer than every question that only sounds
alike. Fitting it anew is adding a question to the answer's file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.pipeline.sentences import sentence_spans
from nlp.pipeline.words import content
from nlp.templates import Snippet
from nlp.thread import Message, Question, locate

NEAR, MARGIN, SURE = 0.5, 0.08, 0.9
"""How near an answer must be to be chosen, by how much nearer than the next, and from where on the question is one of its examples."""
KNOWN = 0.5
"""Share of the question's content words that must stand in the answer's examples."""
OFF_TOPIC = 0.8
"""What nearness counts for when the question's topic is none of the answer's."""
RULED_OUT = 0.4
"""What it counts for where the answer cannot be meant; it is still offered to whoever has to write one."""
UPSET = "beschwerde"
"""To a message with this tag no ready answer is given: who complains wants to be read."""
SHOWN = 3
FILLERS = re.compile(r"\b(?:denn|eigentlich|bitte|mal|noch|überhaupt|kurz|gern|vielleicht|etwa|so|da|dann|nun|halt|eben|ja|und|auch)\b|[?!.,;:]+")
"""What says nothing of what is asked."""


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
        self._guards = [_Guard(snippet) for snippet in snippets.values()]
        likes = [plain(question) for snippet in snippets.values() for question in snippet.questions]
        unlikes = [plain(question) for snippet in snippets.values() for question in snippet.unlike]
        self._like_of = np.array([n for n, snippet in enumerate(snippets.values()) for _ in snippet.questions], np.int64)
        self._unlike_of = np.array([n for n, snippet in enumerate(snippets.values()) for _ in snippet.unlike], np.int64)
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True).fit(likes + unlikes)
        self._rows = self._vectorizer.transform(likes + unlikes)

    def matches(self, question: Question, message: Message) -> list[Match]:
        """The nearest answers, nearest first, to a question of the message."""
        scores, sentence = self._scores(question.quote), _sentence(question, message.text)
        for n, guard in enumerate(self._guards):
            if question.topic not in guard.snippet.topics:
                scores[n] *= OFF_TOPIC
            if scores[n] > 0 and not guard.admits(question.quote, sentence, message.tags or (), sure=scores[n] >= SURE):
                scores[n] *= RULED_OUT
        return [Match(self._names[n], round(float(scores[n]), 3)) for n in np.argsort(-scores)[:SHOWN]]

    def choose(self, question: Question, message: Message) -> str | None:
        """The answer to give; None where none is near, or two are about as near."""
        if UPSET in (message.tags or ()):
            return None
        first, second, *_ = [*self.matches(question, message), Match("", 0), Match("", 0)]
        return first.id if first.score >= NEAR and first.score - second.score >= MARGIN else None

    def _scores(self, quote: str) -> NDArray[np.float64]:
        """Nearness of each answer, ``[n_answers]``, little where a question that is none of its own is as near."""
        near = (self._rows @ self._vectorizer.transform([plain(quote)]).T).toarray()[:, 0]
        like, unlike = np.zeros(len(self._names)), np.zeros(len(self._names))
        np.maximum.at(like, self._like_of, near[: len(self._like_of)])
        np.maximum.at(unlike, self._unlike_of, near[len(self._like_of) :])
        return np.where(unlike >= like, like * RULED_OUT, like)


class _Guard:
    """Whether an answer can be meant at all."""

    def __init__(self, snippet: Snippet) -> None:
        self.snippet = snippet
        self._about = re.compile("|".join(snippet.about), re.IGNORECASE)
        self._unless = re.compile("|".join(snippet.unless) or r"(?!)", re.IGNORECASE)
        self._known = set().union(*(content(question) for question in snippet.questions))

    def admits(self, quote: str, sentence: str, tags: Sequence[str], sure: bool) -> bool:
        """:param sure: The question is one of the examples, nearly word for word."""
        if not self._about.search(quote) or self._unless.search(sentence) or {*tags} & {*self.snippet.without}:
            return False
        words = content(quote)
        return sure or (bool(words) and len(words & self._known) >= KNOWN * len(words))


def plain(text: str) -> str:
    """The question without what says nothing of what is asked."""
    return " ".join(FILLERS.sub(" ", text.lower()).split()) or text.lower()


def _sentence(question: Question, text: str) -> str:
    """The sentence that holds the question."""
    start = (locate(text, question.quote) or (0, 0))[0]
    return next((text[a:b] for a, b in sentence_spans(text) if a <= start < b), question.quote)
