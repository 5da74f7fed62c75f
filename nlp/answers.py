"""How an outgoing message treats each open question: answered, deferred or missed, with the span that answers.

The encoder reads the question beside the message; here its logits become a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nlp.encoder import Encoded
from nlp.inputs import MAX_QUESTIONS, STATUSES
from nlp.questions import softmax, snapped
from nlp.thread import Answer, Question, View

MAX_SPAN = 60
"""Tokens the answering span may have."""


@dataclass(frozen=True, slots=True)
class AnswerMatcher:
    """``missed_from``: probability from which a question counts as missed, chosen for balanced accuracy."""

    missed_from: float = 0.5

    def judge(self, view: View, asked: Mapping[str, Question], encoded: Encoded) -> list[Answer]:
        """One answer for each question the message was read beside.

        A question that was deferred before and is not taken up now is left out: it needs no new mention. The guidelines
        ask for one once the promised time has passed, which the wording alone does not tell.
        """
        deferred = {a.question for m in view.before for a in m.answers or () if a.status == "deferred"}
        found = []
        for n, key in enumerate(list(asked)[:MAX_QUESTIONS]):
            status, score = self.status(encoded.statuses[n])
            if status == "missed":
                if key not in deferred:
                    found.append(Answer(question=key, status="missed", score=score))
                continue
            start, end = pointed(view.message.text, encoded, n)
            found.append(Answer(question=key, status=status, quote=view.message.text[start:end], start=start, end=end, score=score))
        return found

    def status(self, logits: np.ndarray[tuple[int], np.dtype[np.float32]]) -> tuple[str, float]:
        """The status by logits ``[3]`` and its probability."""
        shares = softmax(logits)
        missed = STATUSES.index("missed")
        if shares[missed] >= self.missed_from:
            return "missed", round(float(shares[missed]), 3)
        best = int(shares[:missed].argmax())
        return STATUSES[best], round(float(shares[best]), 3)


def pointed(text: str, encoded: Encoded, question: int) -> tuple[int, int]:
    """The likeliest span that answers question ``question``, in characters: the best sum of start and end logits."""
    if not encoded.offsets:
        return 0, 0
    starts, ends = encoded.starts[question], encoded.ends[question]
    sums = starts[:, None] + ends[None, :]
    length = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
    first, last = divmod(int(np.where((length >= 0) & (length < MAX_SPAN), sums, -np.inf).argmax()), len(ends))
    start, end = snapped(text, encoded.offsets[first][0], encoded.offsets[last][1])
    return (start, end) if start < end else (0, len(text))
