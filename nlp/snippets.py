"""Which approved answer fits a question, if any: a wrong answer is never preferred to none.

An answer can be meant where the question's topic, which the encoder tells, is one of its own, one of its ``about`` words stands in the question, and nothing
rules it out. It is as near as the nearest of its example questions, by character n-grams; its lead over the next answer counts as much as its nearness.
Fitting it anew is adding a question to the answer's file, to ``questions`` or to ``unlike``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp import grams
from nlp.pipeline.sentences import sentence_spans
from nlp.pipeline.words import content
from nlp.templates import Snippet
from nlp.thread import Message, Question, locate

SURE = 0.6
"""Mean of nearness and lead from which on an answer is given."""
SAME = 0.9
"""From this nearness on the question is one of the examples, nearly word for word; only then may it be a short one."""
WORDS = 4
"""A question of fewer words leans on what was said before."""
RULED_OUT = 0.4
"""What nearness counts for where an answer cannot be meant: too little to be given, enough to be offered to whoever writes one."""
SHOWN = 3
UPSET = "beschwerde"
"""To a message with this tag no ready answer is given: who complains wants to be read."""
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
        self._about = [re.compile("|".join(snippet.about), re.IGNORECASE) for snippet in snippets.values()]
        self._unless = [re.compile("|".join(snippet.unless) or r"(?!)", re.IGNORECASE) for snippet in snippets.values()]
        likes = [plain(question) for snippet in snippets.values() for question in snippet.questions]
        unlikes = [plain(question) for snippet in snippets.values() for question in snippet.unlike]
        self._examples = np.array(likes + unlikes)
        self._like_of = np.array([n for n, snippet in enumerate(snippets.values()) for _ in snippet.questions], np.int64)
        self._unlike_of = np.array([n for n, snippet in enumerate(snippets.values()) for _ in snippet.unlike], np.int64)
        self._idf = grams.idf(likes + unlikes, 1)
        self._rows = grams.table(likes + unlikes, self._idf)

    def matches(self, question: Question, message: Message, *, unseen: bool = False) -> list[Match]:
        """The nearest answers, nearest first, to a question of the message; those that cannot be meant count less.

        :param unseen: As if the question were none of the examples; for measuring.
        """
        scores = self._scores(question, message, unseen)
        return [Match(self._names[n], round(float(scores[n]), 3)) for n in np.argsort(-scores)[:SHOWN]]

    def choose(self, question: Question, message: Message, *, unseen: bool = False) -> str | None:
        """The answer to give; None where none is near, or two are about as near. ``unseen`` as for ``matches``."""
        first, second, *_ = [*self.matches(question, message, unseen=unseen), Match("", 0), Match("", 0)]
        whole = len(question.quote.split()) >= WORDS and bool(content(question.quote))
        if UPSET in (message.tags or ()) or not (whole or first.score >= SAME):
            return None
        return first.id if first.score - second.score / 2 >= SURE else None

    def _scores(self, question: Question, message: Message, unseen: bool) -> NDArray[np.float64]:
        """Nearness of each answer, ``[n_answers]``."""
        near = (self._rows @ grams.table([plain(question.quote)], self._idf).T).toarray()[:, 0]
        if unseen:
            near[self._examples == plain(question.quote)] = 0
        like, unlike = np.zeros(len(self._names)), np.zeros(len(self._names))
        np.maximum.at(like, self._like_of, near[: len(self._like_of)])
        np.maximum.at(unlike, self._unlike_of, near[len(self._like_of) :])
        sentence = _sentence(question, message.text)
        meant = [self._meant(n, question, sentence, message.tags or ()) for n in range(len(self._names))]
        return np.where((unlike >= like) | ~np.array(meant), like * RULED_OUT, like)

    def _meant(self, n: int, question: Question, sentence: str, tags: Sequence[str]) -> bool:
        snippet = self.snippets[self._names[n]]
        if question.topic not in snippet.topics or {*tags} & {*snippet.without} or not {*tags} >= {*snippet.only}:
            return False
        return bool(self._about[n].search(question.quote)) and not self._unless[n].search(sentence)


def plain(text: str) -> str:
    """The question without what says nothing of what is asked."""
    return " ".join(FILLERS.sub(" ", text.lower()).split()) or text.lower()


def _sentence(question: Question, text: str) -> str:
    """The sentence that holds the question."""
    start = (locate(text, question.quote) or (0, 0))[0]
    return next((text[a:b] for a, b in sentence_spans(text) if a <= start < b), question.quote)
