"""Which spans are questions: boosted trees weigh each span that encoder or student found, beside its sentence and its neighbours.

Both look at pieces, token by token or clause by clause, so one question may come out as two („Und“, „sind Fotos in Ordnung“), and a word of asking makes a question of
what a third person is to be asked. A span is looked at as a whole here: how sure its finder was, how it begins and ends, what stands before and after it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.pipeline.sentences import sentence_spans
from nlp.questions import QUESTION_WORDS
from nlp.thread import Question
from nlp.trees import Trees

Floats = NDArray[np.float32]
FEATURES = 48
SEEN = 200
"""Characters of a sentence that are looked at before and after a span: some people write without a full stop."""
_ASKING = re.compile(rf"\b(?:{QUESTION_WORDS})\b", re.IGNORECASE)
_LEADING = re.compile(r"(?:und|oder|aber|ok|okay|bitte|also|sonst|dann|ja|na|ach)\b", re.IGNORECASE)
_PRONOUN_SECOND = re.compile(r"\w+\s(?:sie|du|ihr|ich|man|das|es|die|der|wir|s')\b", re.IGNORECASE)
_TELLING = re.compile(
    r"wüsst|wissen|bescheid|mitteil|teilen|sag|info|bestätig|nenn|erklär|schreib|frag|angabe|auskunft|meinung|einschätz|rückmeld|verrat|interess|unklar|unsicher|egal",
    re.IGNORECASE,
)
_JOINING = re.compile(r"\b(?:und|oder|sowie)\b", re.IGNORECASE)
_ENDED = re.compile(r'["“»«\s]*\?')


@dataclass(frozen=True, slots=True)
class Rescorer:
    """The trees, and the probability from which a span stays."""

    trees: Trees
    keep_from: float

    @classmethod
    def of(cls, state: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]) -> Rescorer:
        """What lies among the arrays of heads or of a student, and in their manifest."""
        return cls(Trees.of(state, "questions"), float(manifest["keep_from"]))

    def rescored(self, text: str, found: Sequence[Question]) -> list[Question]:
        """The spans that stay, numbered anew, each with its probability as ``score``; work requests stay as they are.

        :param found: All questions of the message, in order.
        """
        return self.rescored_all([(text, found)])[0]

    def rescored_all(self, messages: Sequence[tuple[str, Sequence[Question]]]) -> list[list[Question]]:
        """The same for many messages at once."""
        shares = iter(self.trees.probabilities(np.concatenate([features(text, found) for text, found in messages])) if messages else ())
        return [chosen(found, list(islice(shares, len(found))), self.keep_from) for _, found in messages]


def chosen(found: Sequence[Question], shares: Iterable[float], keep_from: float) -> list[Question]:
    """The questions of a message with their probabilities as scores, without those below ``keep_from``."""
    kept = [
        question if not question.expects_answer else question.model_copy(update={"score": round(float(share), 3)})
        for question, share in zip(found, shares, strict=True)
        if share >= keep_from or not question.expects_answer
    ]
    return [question.model_copy(update={"id": f"q{number}"}) for number, question in enumerate(kept, 1)]


def features(text: str, found: Sequence[Question]) -> Floats:
    """What the trees weigh, ``[n_spans, n_features]``; empty without spans."""
    sentences = list(sentence_spans(text)) or [(0, len(text))]
    starts = [start for start, _ in sentences]
    owners = [max(0, bisect_right(starts, question.start or 0) - 1) for question in found]
    together: dict[int, list[int]] = {}
    for n, owner in enumerate(owners):
        together.setdefault(owner, []).append(n)
    rows = []
    for n, (question, owner) in enumerate(zip(found, owners, strict=True)):
        (first, last), start, end, others = sentences[owner], question.start or 0, question.end or 0, together[owner]
        at = n - others[0]
        before, own, after = text[max(first, start - SEEN) : start], text[start:end], text[end : min(last, end + SEEN)]
        whole = before + own + after
        rows.append([
            question.score or 0.0, len(own.split()), len(own), len(whole.split()), len(own) / max(1, len(whole)),
            own.endswith("?") or bool(_ENDED.match(after)), bool(_ASKING.match(own)), bool(_ASKING.search(own)), bool(_LEADING.match(own)),
            bool(_PRONOUN_SECOND.match(own)), bool(_TELLING.search(own)), own.count(","), question.kind == "direct", question.kind == "indirect",
            len(before.split()), len(after.split()), "?" in whole, whole.rstrip().endswith("!"), ":" in before, bool(_TELLING.search(before)),
            bool(_TELLING.search(after)), before.rstrip().endswith(","), after.lstrip().startswith((",", "–", "-")),
            "frag" in text[max(0, start - SEEN) : start].lower(), any(mark in text[:start] for mark in "\"„»"),
            len(found), len(others), at, n, start / max(1, len(text)), len(text), len(sentences),
            *_beside(text, found[n - 1] if at else None, start, end), *_beside(text, found[n + 1] if at + 1 < len(others) else None, start, end),
        ])  # fmt: skip
    return np.array(rows, np.float32).reshape(len(found), FEATURES)


def _beside(text: str, other: Question | None, start: int, end: int) -> list[float]:
    """What is seen of the span before or after in the same sentence, and of what lies between."""
    if other is None:
        return [0.0] * 8
    first, last = other.start or 0, other.end or 0
    between, own = text[min(last, end) : max(first, start)][:SEEN], text[first:last]
    return [
        1.0, len(between.split()), "," in between or ":" in between, bool(_JOINING.search(between)), other.score or 0.0, len(own.split()),
        bool(_ASKING.match(own)), own.endswith("?"),
    ]  # fmt: skip
