"""Feedback as training examples: for each message the labels that somebody judged, for and against; the rest stays unknown.

Where people contradict each other about a label, nobody is believed: the label stays unknown, and the conflict is reported.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from nlp.errors import DataError
from nlp.handbook import Taxonomy
from nlp.inputs import LEARNT_RULES
from nlp.learning.events import Event
from nlp.tags import may_carry
from nlp.thread import Answer, Message, Question, Thread, View

WEIGHTS = {
    "tag_accepted": 0.6, "tag_rejected": 1.0, "tag_added": 1.0, "tag_removed": 1.0, "labels_confirmed": 1.0, "finding_fixed": 0.6, "finding_false_alarm": 1.0,
}  # fmt: skip
"""How much a vote counts: agreeing with what is on the screen is easier, and says less, than objecting."""
_YES = {"tag_accepted", "tag_added", "finding_fixed"}


@dataclass(frozen=True, slots=True)
class Vote:
    """What a user said of a label, by which event."""

    holds: bool
    user: str
    at: str
    event: str
    weight: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """Users who contradict each other; ``label`` is a tag, a rule, or a question whose answer is judged."""

    text: str
    label: str
    votes: tuple[Vote, ...]


@dataclass(slots=True)
class Example:
    """A message after at most three others, the votes on its labels, corrected answers by question, and confirmed questions."""

    thread: Thread
    votes: dict[str, list[Vote]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[tuple[Vote, Answer]]] = field(default_factory=lambda: defaultdict(list))
    questions: list[Question] | None = None
    events: list[str] = field(default_factory=list)

    @property
    def view(self) -> View:
        return View(self.thread, len(self.thread.messages) - 1)

    @property
    def message(self) -> Message:
        return self.thread.messages[-1]

    def settled(self) -> Iterator[tuple[str, Vote]]:
        """Label and the vote that stands, where all users agree."""
        for label, votes in self.votes.items():
            last = latest(votes)
            if len({vote.holds for vote in last}) == 1:
                yield label, max(last, key=lambda vote: vote.weight)

    def settled_answers(self) -> Iterator[tuple[str, Answer]]:
        """Question and its corrected answer, where all users agree whether it is missed."""
        for question, given in self.answers.items():
            if len({vote.holds for vote in latest([vote for vote, _ in given])}) == 1:
                yield question, given[-1][1]

    def conflicts(self) -> Iterator[Conflict]:
        """Labels and answers that users see differently."""
        answers = {question: [vote for vote, _ in given] for question, given in self.answers.items()}
        for label, votes in [*self.votes.items(), *answers.items()]:
            last = latest(votes)
            if len({vote.holds for vote in last}) > 1:
                yield Conflict(self.message.text, label, tuple(last))


def latest(votes: Iterable[Vote]) -> list[Vote]:
    """The last vote of each user: who changes their mind contradicts nobody."""
    return list({vote.user: vote for vote in sorted(votes, key=lambda vote: vote.at)}.values())


def build(events: Iterable[Event], taxonomy: Taxonomy) -> tuple[list[Example], list[DataError]]:
    """The examples, one a message, in the order of their first event; and what could not be used."""
    made: dict[str, Example] = {}
    wrong: list[DataError] = []
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        try:
            thread = _thread(event)
            _add(made.setdefault(_key(thread), Example(thread)), event, taxonomy)
        except ValidationError as error:
            at = ".".join(map(str, error.errors()[0]["loc"])) or "corrected"
            wrong.append(DataError(f"„{at}“ stimmt nicht.", where=event.id, remedy="Siehe das Datenformat im README."))
    return list(made.values()), wrong


def _thread(event: Event) -> Thread:
    task = {"id": "-", **{key: value for key, value in (event.body.get("task") or {}).items() if key in ("type", "area") and value}}
    said = [*event.body.get("context", ()), event.body["message"]]
    unlabelled = [{key: value for key, value in message.items() if key not in ("tags", "answers")} for message in said]
    return Thread.model_validate({"task": task, "messages": unlabelled})


def _key(thread: Thread) -> str:
    said = [(message.author, message.channel, fingerprint(message.text)) for message in thread.messages]
    return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()


def _add(example: Example, event: Event, taxonomy: Taxonomy) -> None:
    body, message = event.body, example.message
    example.events.append(event.id)

    def vote(holds: bool) -> Vote:
        return Vote(holds, event.user, event.at, event.id, WEIGHTS.get(event.name, 1.0))

    if event.name == "labels_confirmed":
        for tag in taxonomy:
            if may_carry(message, tag, taxonomy):
                example.votes[tag].append(vote(tag in body.get("tags", ())))
        if body.get("questions") is not None:
            example.questions = [Question.model_validate(question) for question in body["questions"]]
    elif event.name.startswith("tag_") and (tag := str(body.get("tag"))) in taxonomy and may_carry(message, tag, taxonomy):
        example.votes[tag].append(vote(event.name in _YES))
    elif event.name in ("finding_fixed", "finding_false_alarm") and (rule := body.get("finding", {}).get("rule")) in LEARNT_RULES:
        if may_carry(message, rule, taxonomy):
            example.votes[rule].append(vote(event.name in _YES))
    elif event.name == "answer_corrected":
        answer = Answer.model_validate(body.get("corrected"))
        example.answers[answer.question].append((vote(answer.status == "missed"), answer))


def fingerprint(text: str) -> str:
    """A long text's shape, the same whether or not its names are hidden: they are replaced by as many characters."""
    return re.sub(r"\w", "x", text) if len(text) >= 40 else text
