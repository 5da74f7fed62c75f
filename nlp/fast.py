"""The fast path: a static student decides the clear messages, the encoder reads the doubtful ones.

Fills in tags, questions and register. Answers, findings and what hangs on them (``status``, ``defects``) need the encoder beside each
open question and stay absent, i.e. unknown: ``annotate`` without ``--fast`` adds them later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact, student
from nlp.annotate import Models, agreed, without_labels
from nlp.cues import labelled
from nlp.errors import ModelError
from nlp.handbook import Taxonomy
from nlp.inputs import TOPICS
from nlp.questions import snapped
from nlp.register import house_register, register_of
from nlp.rescoring import Rescorer
from nlp.student import Clause, Student
from nlp.tags import doubtful, may_carry
from nlp.thread import LONGEST, Kind, Message, Question, Thread, View, views

Floats = NDArray[np.float32]
ASKED: tuple[Kind, ...] = ("direct", "indirect", "request")


@dataclass(frozen=True, slots=True)
class Read:
    """What the student says of a message: probability by tag ``[n_tags]`` (0 where it may not stand) and its questions; ``tag_doubt`` is the
    sum of the tags' variances, those of rare tags counting more as in macro-F1, ``asking_doubt`` that of the most doubtful clause."""

    scores: Floats
    questions: list[Question]
    tag_doubt: float
    asking_doubt: float

    def doubt(self, weight: float) -> float:
        """Both doubts; ``weight`` is that of a question's."""
        return self.tag_doubt + weight * self.asking_doubt


class Reader:
    """The student with its thresholds."""

    def __init__(self, reader: Student, facts: Mapping[str, Any], taxonomy: Taxonomy, rescorer: Rescorer | None = None) -> None:
        """:param facts: ``tags`` (columns of the trees), ``encoder_tags``, ``thresholds`` and ``rarity`` by tag, ``asks_from``.
        :param rescorer: Without it all questions that the clauses give stay.
        :raises ModelError: If the taxonomy has tags the student was not fitted for.
        """
        self.student, self.taxonomy, self.tags, self._rescorer = reader, taxonomy, list(taxonomy), rescorer
        if missing := [tag for tag in self.tags if tag not in facts["tags"]]:
            raise ModelError(f"Der Schüler kennt {', '.join(missing)} nicht. Führen Sie „python -m nlp.training.student“ aus.")
        self._columns = [facts["tags"].index(tag) for tag in self.tags]
        self._heard: list[str] = facts["encoder_tags"]
        self._thresholds = np.array([facts["thresholds"][tag] for tag in self.tags])
        self._rarity = np.array([facts["rarity"][tag] for tag in self.tags])
        self._asks_from = float(facts["asks_from"])

    def read(self, seen: Sequence[View]) -> list[Read]:
        """What the student says of messages; their texts are of bounded length, and views of one thread share it. Tags that messages carry count for those
        after them."""
        if not seen:
            return []
        untagged = {id(view.message) for view in seen if view.message.tags is None}
        scores = self.student.tags(seen, lambda message: None if id(message) in untagged else labelled(message, self._heard))[:, self._columns]
        allowed = np.array([[may_carry(view.message, tag, self.taxonomy) for tag in self.tags] for view in seen])
        return self.judged(seen, np.where(allowed, scores, 0))

    def judged(self, seen: Sequence[View], scores: Floats) -> list[Read]:
        """The same for messages whose tags have these ``scores`` ``[n, n_tags]``."""
        doubts = scores * (1 - scores) @ self._rarity
        return [
            Read(row, found, float(doubt), unsure)
            for row, doubt, (found, unsure) in zip(scores, doubts, self._asked(seen), strict=True)
        ]

    def _asked(self, seen: Sequence[View]) -> list[tuple[list[Question], float]]:
        """The questions of each message, and how doubtful its most doubtful clause is, 0 to 0.25."""
        found: list[tuple[list[Question], float]] = [([], 0.0) for _ in seen]
        pieces = [(n, view.message.text, clause) for n, view in enumerate(seen) if view.message.incoming for clause in student.clauses(view.message.text)]
        if not pieces:
            return found
        features = self.student.clauses([(text, clause) for _, text, clause in pieces])
        shares = self.student.scores("asks", features)[:, 0]
        asking = np.flatnonzero(shares >= self._asks_from)
        kinds, topics = (np.zeros(len(pieces), int) for _ in range(2))
        if len(asking):
            kinds[asking], topics[asking] = (self.student.scores(head, features[asking]).argmax(1) for head in ("kind", "topic"))
        for n, group in groupby(range(len(pieces)), lambda row: pieces[row][0]):
            rows = list(group)
            text = pieces[rows[0]][1]
            spans = merged(text, [(pieces[row][2], row) for row in rows if shares[row] >= self._asks_from])
            spotted = [_question(text, start, end, float(shares[row]), ASKED[kinds[row]], TOPICS[topics[row]]) for start, end, row in spans]
            numbered = [question.model_copy(update={"id": f"q{number}"}) for number, question in enumerate(filter(_says_something, spotted), 1)]
            found[n] = (numbered, float((shares[rows] * (1 - shares[rows])).max()))
        if self._rescorer is None:
            return found
        stay = self._rescorer.rescored_all([(view.message.text, spotted) for view, (spotted, _) in zip(seen, found, strict=True)])
        return [(kept, doubt) for kept, (_, doubt) in zip(stay, found, strict=True)]

    def decide(self, message: Message, read: Read) -> None:
        """Write what was read where the message lacks it."""
        if message.questions is None:
            message.questions = read.questions
        if message.tags is None:
            message.tag_scores = {tag: round(float(score), 3) for tag, score in zip(self.tags, read.scores, strict=True)}
            self.agree(message, [tag for tag, holds in zip(self.tags, read.scores >= self._thresholds, strict=True) if holds])

    def agree(self, message: Message, tags: list[str]) -> None:
        """Set the tags, and those too close to call; whether it asks goes by its questions."""
        message.tags_unsure = [tag for tag in doubtful(message.tag_scores or {}) if tag != "kundenfrage"]
        message.tags = agreed(tags, message.incoming, any(question.expects_answer for question in message.questions or ()), self.tags)


@dataclass(frozen=True, slots=True)
class Batch:
    """Annotated threads, and how many of their messages the encoder read."""

    threads: list[Thread]
    escalated: int


class Cascade:
    """Student first, the encoder where it doubts. Not thread-safe; one a process."""

    def __init__(self, reader: Reader, models: Models, escalate_from: float, weight: float = 1.0) -> None:
        """:param escalate_from: Doubt from which the encoder is asked; ``weight`` is that of doubt about questions."""
        self._reader, self._models, self._escalate_from, self._weight = reader, models, escalate_from, weight

    @classmethod
    def load(cls, models: Models, encoder_digest: str, share: float | None = None) -> Cascade:
        """The student in force beside the models.

        :param encoder_digest: SHA-256 of the models' encoder.
        :param share: The most of messages like those of the corpus that the encoder may read; without it what costs at most a point of F1.
        :raises ModelError: If it is missing, changed, does not know a tag, or was made from another encoder.
        """
        sealed = artifact.current("student")
        if sealed.manifest["encoder"] != encoder_digest or models.encoder.wide is None:
            raise ModelError(f"{sealed.folder}: Der Schüler gehört zu einem anderen Encoder. Führen Sie „python -m nlp.training.student“ aus.")
        own = Student.from_artifact(sealed, models.encoder.wide)
        reader = Reader(own, sealed.manifest, models.tags.taxonomy, Rescorer.of(own.heads, sealed.manifest))
        escalate_from = float(sealed.manifest["escalate_from"])
        if share is not None:
            points = json.loads(sealed.path("curve.json").read_bytes())
            escalate_from = max((point for point in points if point["share"] <= share), key=itemgetter("share"))["escalate_from"]
        return cls(reader, models, escalate_from, sealed.manifest["question_weight"])

    def annotate(self, threads: Sequence[Thread], *, overwrite: bool = False) -> Batch:
        """Copies of the threads with tags, questions and register; labels that are there are kept unless ``overwrite``."""
        copies = [without_labels(thread) if overwrite else _copy(thread) for thread in threads]
        missing = [view for thread in copies for view in views(thread) if view.message.tags is None or view.message.questions is None]
        escalated = 0
        for view, read in zip(missing, self._reader.read(_bounded(missing)), strict=True):
            if read.doubt(self._weight) >= self._escalate_from:
                escalated += 1
                self._ask_encoder(view)
            else:
                self._reader.decide(view.message, read)
        for thread in copies:
            for message in thread.messages:
                if message.register is None:
                    message.register = register_of(message.text[:LONGEST])
            if thread.task.customer.register is None and (register := house_register(thread)) is not None:
                thread.task.customer.register = register
        return Batch(copies, escalated)

    def _ask_encoder(self, view: View) -> None:
        """Tags and questions as the full path finds them."""
        message, view = view.message, view.bounded()
        asked = view.open_questions() if message.outgoing else {}
        encoded = self._models.encoder.encode(view, [question.quote for question in asked.values()])
        if message.questions is None:
            message.questions = self._models.questions(view.message.text, encoded) if message.incoming else []
        if message.tags is None:
            scores, thresholds = self._models.tags.scores(view, encoded), self._models.tags.thresholds
            message.tag_scores = {tag: round(scores[tag], 3) for tag in self._reader.tags}
            self._reader.agree(message, [tag for tag in self._reader.tags if scores[tag] >= thresholds[tag]])


def _bounded(seen: Sequence[View]) -> list[View]:
    """The views with overlong messages cut; those of one thread share it still."""
    whole = {id(view.thread): view.thread for view in seen}
    cut = {key: View(thread, 0).bounded().thread for key, thread in whole.items()}
    return [View(cut[id(view.thread)], view.index) for view in seen]


def _copy(thread: Thread) -> Thread:
    """As deep as we write into it."""
    messages = [message.model_copy() for message in thread.messages]
    return thread.model_copy(update={"task": thread.task.model_copy(deep=True), "messages": messages})


def merged(text: str, asking: Sequence[tuple[Clause, int]]) -> Iterator[tuple[int, int, int]]:
    """(start, end, row) of the questions; a clause that goes on where one has just asked, without a question word, belongs to it."""
    start, end, row, before = -1, -1, -1, -2
    sentence = -1
    for clause, number in asking:
        if number == before + 1 and clause.first == sentence and not student.asks_first(text[clause.start : clause.end]):
            end = clause.end
        else:
            if row >= 0:
                yield start, end, row
            start, end, row, sentence = clause.start, clause.end, number, clause.first
        before = number
    if row >= 0:
        yield start, end, row


def _question(text: str, start: int, end: int, share: float, kind: Kind, topic: Any) -> Question:
    start, end = snapped(text, start, end)
    return Question(id="", quote=text[start:end], kind=kind, topic=topic, start=start, end=end, score=round(share, 3))


def _says_something(question: Question) -> bool:
    return sum(character.isalpha() for character in question.quote) >= 2
