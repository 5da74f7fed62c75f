"""Which spans are questions: boosted trees weigh each span that the encoder's labels give, beside its sentence and its neighbours.

Labels are given token by token, so one question may come out as two („Und“, „sind Fotos in Ordnung“), and a word of asking makes a question of
what a third person is to be asked. A span is looked at as a whole here: how sure the encoder was, how it begins and ends, what stands before and after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from nlp.artifact import Artifact
from nlp.errors import ModelError
from nlp.pipeline.sentences import sentence_spans
from nlp.questions import QUESTION_WORDS
from nlp.thread import Question
from nlp.trees import Trees

Floats = NDArray[np.float32]
_ASKING = re.compile(rf"\b(?:{QUESTION_WORDS})\b", re.IGNORECASE)
_LEADING = re.compile(r"(?:und|oder|aber|ok|okay|bitte|also|sonst|dann|ja|na|ach)\b", re.IGNORECASE)
_VERB_FIRST = re.compile(r"\w+(?:en|st|t|e)?\s(?:sie|du|ihr|ich|man|das|es|die|der|wir|s')\b", re.IGNORECASE)
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
    def from_artifact(cls, artifact: Artifact) -> Rescorer:
        """What lies beside a student.

        :raises ModelError: If it cannot be read.
        """
        path = artifact.path("rescoring.safetensors")
        try:
            return cls(Trees(**load_file(path)), float(artifact.manifest["keep_from"]))
        except (OSError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(f"{path}: Das Modell lässt sich nicht laden ({error}). Führen Sie „python -m nlp.training.student“ aus.") from error

    def rescored(self, text: str, found: Sequence[Question]) -> list[Question]:
        """The spans that stay, numbered anew, each with its probability as ``score``; work requests stay as they are.

        :param found: All questions of the message as ``nlp.questions.find`` gives them.
        """
        return chosen(found, self.trees.probabilities(features(text, found)) if found else (), self.keep_from)


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
    sentences = list(sentence_spans(text))
    places = [(question.start or 0, question.end or 0) for question in found]
    inside = [next((at for at in sentences if at[0] <= start < at[1]), (start, end)) for start, end in places]
    rows = []
    for n, (question, (start, end), sentence) in enumerate(zip(found, places, inside, strict=True)):
        together = [k for k, other in enumerate(inside) if other == sentence]
        own, whole, at = text[start:end], text[slice(*sentence)], together.index(n)
        before, after = text[sentence[0] : start], text[end : sentence[1]]
        beside = (together[at - 1] if at else None, together[at + 1] if at + 1 < len(together) else None)
        rows.append([
            question.score or 0.0, len(own.split()), len(own), len(whole.split()), len(own) / max(1, len(whole)),
            own.endswith("?") or bool(_ENDED.match(after)), bool(_ASKING.match(own)), bool(_ASKING.search(own)), bool(_LEADING.match(own)),
            bool(_VERB_FIRST.match(own)), bool(_TELLING.search(own)), own.count(","), question.kind == "direct", question.kind == "indirect",
            len(before.split()), len(after.split()), "?" in whole, whole.rstrip().endswith("!"), ":" in before, bool(_TELLING.search(before)),
            bool(_TELLING.search(after)), before.rstrip().endswith(","), after.lstrip().startswith((",", "–", "-")),
            "frag" in text[max(0, sentence[0] - 120) : start].lower(), any(mark in text[:start] for mark in "\"„»"),
            len(found), len(together), at, n, start / max(1, len(text)), len(text), len(sentences),
            *(value for k in beside for value in _beside(text, found[k] if k is not None else None, start, end)),
        ])  # fmt: skip
    return np.array(rows, np.float32)


def _beside(text: str, other: Question | None, start: int, end: int) -> list[float]:
    """What is seen of the span before or after in the same sentence, and of what lies between."""
    if other is None:
        return [0.0] * 8
    first, last = other.start or 0, other.end or 0
    between, own = text[min(last, end) : max(first, start)], text[first:last]
    return [
        1.0, len(between.split()), "," in between or ":" in between, bool(_JOINING.search(between)), other.score or 0.0, len(own.split()),
        bool(_ASKING.match(own)), own.endswith("?"),
    ]  # fmt: skip
