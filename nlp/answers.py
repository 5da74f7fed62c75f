"""How an outgoing message treats each open question: answered, deferred or missed, with the span that answers.

The encoder reads the question beside the message; boosted trees weigh its logits with how the other open questions are read, what both messages are about
(their tags) and what is cheap to see: whether the kind of thing that is asked for (a time, an amount, yes or no, a person) is in the text, how long the
question has waited, whether the text puts off. Answers often share no words with the question, and shared words often do not answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.cues import joint, labelled
from nlp.encoder import Encoded
from nlp.inputs import MAX_QUESTIONS, STATUSES, TOPICS
from nlp.pipeline.kept import kept
from nlp.pipeline.sentences import sentence_spans
from nlp.questions import snapped, softmax
from nlp.thread import Answer, Question, View, asked_in
from nlp.trees import Trees

MAX_SPAN = 60
"""Tokens the answering span may have."""
Floats = NDArray[np.float32]

_TIME = re.compile(
    r"\b\d{1,2}[.:]\d{2}\b|\b\d{1,2}\s*uhr|\b(?:mo|di|mi|do|fr|sa|so)\b\.?|tag(?:s|en|e)?\b|heute|morgen|woche|januar|februar|märz|april|mai\b|juni|juli"
    r"|august|sept|okt|nov|dez|\d{1,2}\.\s?\d{1,2}\.|abend|mittag|früh|\bkw\b|mittwoch",
    re.IGNORECASE,
)
_MONEY = re.compile(r"€|euro|\beur\b|stundensatz|preis|kost|pauschal|gratis|rechnung|\d+,\d\d|franken|\bchf\b", re.IGNORECASE)
_DURATION = re.compile(r"stunde|\bstd|\bh\b|minute|\btage?n?\b|wochen?\b|halbe", re.IGNORECASE)
_VERDICT = re.compile(
    r"\b(?:ja|jo|jawohl|nein|nee|klar|gerne?|leider|natürlich|selbstverständlich|sicher|geht|kein problem|passt|genau|richtig|stimmt|nicht|kein\w*"
    r"|möglich|doch|können|kann|reicht)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:ich|wir|kollegin|kollege|frau|herr|team|übernimmt|betreut|vertritt)\b", re.IGNORECASE)
_LATER = re.compile(
    r"klär|frag\w*\s.{0,30}nach|meld|bescheid|rückmeldung|sobald|schau\w* (?:ich|wir|nach)|prüf|kümmer|reich\w* ich nach|sag\w* ich|antwort|erkundig",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"schnellstmöglich|zeitnah|umgehend|kümmern uns|vielen dank für|gerne unterstützen|wir melden uns|in kürze|anliegen", re.IGNORECASE
)
_YES_NO = re.compile(
    r"\bob\b|^\W*(?:und |aber |oder )?(?:\w+(?:en|st|t)\s(?:sie|du|ihr|ich|man|das|es|die|der|wir)\b|ist|hat|geht|kann)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder says of one question: status logits ``[3]``, the likeliest answering span, how sure it is of it."""

    logits: Floats
    start: int
    end: int
    peak: float


def read(text: str, encoded: Encoded, question: int) -> Reading:
    """The encoder's reading of question number ``question``."""
    if not encoded.offsets:
        return Reading(encoded.statuses[question], 0, 0, 0.0)
    starts, ends = softmax(encoded.starts[question]), softmax(encoded.ends[question])
    length = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
    joint = np.where((length >= 0) & (length < MAX_SPAN), starts[:, None] * ends[None, :], 0)
    first, last = divmod(int(joint.argmax()), len(ends))
    start, end = snapped(text, encoded.offsets[first][0], encoded.offsets[last][1])
    return Reading(encoded.statuses[question], *((start, end) if start < end else (0, len(text))), float(joint.max()))


def features(view: View, question: Question, key: str, asked: int, readings: Sequence[Reading], at: int, reply: Floats, asking: Floats) -> Floats:
    """What the trees weigh, ``[n_features]``.

    :param key: ``m1.q1``.
    :param asked: How many questions wait.
    :param readings: Of all questions that were read beside the message; this one's is ``at``.
    :param reply: Probabilities of the message's tags, ``[n_tags]``; ``asking`` those of the message with the question.
    """
    reading = readings[at]
    text, topic = view.message.text, question.topic
    shares = softmax(reading.logits)
    found = dict(zip(_SIGNS, _signs(text), strict=True))
    expected = {
        "time": topic == "termin", "money": topic == "kosten", "duration": topic == "zeitaufwand", "person": topic == "person",
        "verdict": bool(_YES_NO.search(question.quote)),
    }  # fmt: skip
    missed = sum(a.question == key and a.status == "missed" for m in view.before for a in m.answers or ())
    wanted, said = _words(question.quote), _words(text)
    sentences = sum(1 for _ in sentence_spans(text))
    return np.array(
        [
            *np.log(shares + 1e-4), shares[2], math.sqrt(reading.peak), math.log1p(reading.end - reading.start) / 4,
            math.log1p(_distance(view, key)), math.log1p(missed), math.log1p(asked), math.log1p(len(text)) / 2, math.log1p(sentences),
            math.log1p(sentences) - math.log1p(asked), math.log1p(len(question.quote)) / 2, len(wanted & said) / max(1, len(wanted)),
            *found.values(), *(expected[name] and found[name] for name in expected), *(expected[name] and not found[name] for name in expected),
            *(topic == name for name in TOPICS), question.kind == "direct", question.kind == "request", "?" in text, view.message.author == "team",
            *_beside(readings, at), *reply, *asking,
        ],
        np.float32,
    )  # fmt: skip


def _beside(readings: Sequence[Reading], at: int) -> list[float]:
    """Of the other questions: the least and the most likely to be missed, how many are surer of their span, how far a span covers this one's, and how sure that is."""
    own, others = readings[at], [*readings[:at], *readings[at + 1 :]]
    if not others:
        return [0.0] * 5
    shares = [float(softmax(other.logits)[2]) for other in others]
    covers = [max(0, min(own.end, other.end) - max(own.start, other.start)) / max(1, min(own.end - own.start, other.end - other.start)) for other in others]
    rival = max((other.peak for other, cover in zip(others, covers, strict=True) if cover > 0.5), default=0.0)
    return [min(shares), max(shares), sum(other.peak > own.peak for other in others), max(covers), rival]


_SIGNS = {
    "time": _TIME, "money": _MONEY, "duration": _DURATION, "verdict": _VERDICT, "person": _PERSON, "later": _LATER, "vague": _VAGUE,
}  # fmt: skip


@kept
def _signs(text: str) -> Iterator[bool]:
    """Whether each kind of thing is in the text."""
    yield from (bool(pattern.search(text)) for pattern in _SIGNS.values())


def _distance(view: View, key: str) -> int:
    """Messages since the question was asked."""
    return next((n for n, message in enumerate(reversed(view.before)) if message.id == asked_in(key)), len(view.before))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


@dataclass(frozen=True, slots=True)
class AnswerMatcher:
    """The trees that tell missed from addressed, the ``tags`` they know, and the probability from which a question is missed."""

    trees: Trees
    tags: Sequence[str]
    missed_from: float = 0.5

    def judge(self, view: View, asked: Mapping[str, Question], doubtful: Mapping[str, Question], encoded: Encoded) -> list[Answer]:
        """One answer for each question the message was read beside: first the open ones, then those taken for answered before,
        which are told only where this message answers them too.

        A question that was deferred before and is not taken up now is left out: it needs no new mention. The guidelines
        ask for one once the promised time has passed, which the wording alone does not tell.
        """
        silent = {a.question for m in view.before for a in m.answers or () if a.status == "deferred"} | doubtful.keys()
        questions = [*asked.items(), *doubtful.items()][:MAX_QUESTIONS]
        if not questions or not encoded.offsets:  # where nothing is written, nothing is answered
            return []
        readings = [read(view.message.text, encoded, n) for n in range(len(questions))]
        reply = joint(encoded.tags, encoded.wide)
        earlier = {message.id: message for message in view.before}
        asking = [labelled(earlier[asked_in(key)], self.tags) for key, _ in questions]
        rows = [features(view, question, key, len(asked), readings, n, reply, asking[n]) for n, (key, question) in enumerate(questions)]
        found = []
        for (key, _), reading, missed in zip(questions, readings, self.trees.probabilities(np.stack(rows)).tolist(), strict=True):
            if missed < self.missed_from:
                status = STATUSES[int(reading.logits[:2].argmax())]
                quote = view.message.text[reading.start : reading.end]
                found.append(Answer(question=key, status=status, score=round(1 - missed, 3), start=reading.start, end=reading.end, quote=quote))
            elif key not in silent:
                found.append(Answer(question=key, status="missed", score=round(missed, 3)))
        return found
