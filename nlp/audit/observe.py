"""What a single thread adds to the report: counts, and cases as somebody would want to read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import quote as quoted

from nlp.audit.case import BREACH_KINDS, Case, excerpt
from nlp.audit.clock import minutes, working_minutes
from nlp.handbook import handbook, taxonomy
from nlp.pseudonyms import Pseudonyms
from nlp.review import customer_file
from nlp.review.booking import Booking, booking
from nlp.review.complaints import standing
from nlp.review.dates import sent, so_far
from nlp.review.decline import declined
from nlp.review.questions import Waiting, waiting
from nlp.thread import Message, Thread, views


@dataclass(slots=True)
class Observed:
    """Counts of one thread. ``answered`` holds (minutes, working minutes) a question; ``labelled`` (probabilities, given) a message, by tag."""

    task_type: str
    assistant: str
    messages: int = 0
    months: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    given: int = 0
    labelled: list[tuple[dict[str, float], frozenset[str]]] = field(default_factory=list)
    questions: Counter[str] = field(default_factory=Counter)
    answered: list[tuple[int, int]] = field(default_factory=list)
    breaches: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    matters: Counter[str] = field(default_factory=Counter)
    cases: list[Case] = field(default_factory=list)


def observe(thread: Thread, as_of: datetime, given: dict[str, dict[str, float]], untagged: set[str], *, link: str = "", masked: bool = True) -> Observed:
    """What is to be seen in an annotated thread.

    :param given: Probabilities by tag of the messages whose tags a human set, by message.
    :param untagged: Messages that nobody had tagged.
    :param link: Pattern of the link to a task, ``{task_id}`` is its id; without it the task's own or the handbook's.
    :param masked: Whether names, numbers, addresses and secrets are replaced.
    """
    return _Reading(so_far(thread, as_of), as_of, link, masked).observed(given, untagged)


@dataclass
class _Reading:
    """A thread as it stood at ``as_of``, and how its cases are to be shown."""

    thread: Thread
    as_of: datetime
    link: str
    masked: bool

    def observed(self, given: dict[str, dict[str, float]], untagged: set[str]) -> Observed:
        task, messages = self.thread.task, self.thread.messages
        seen = Observed(task.type, task.assistant or "", messages=len(messages))
        for message in messages:
            seen.tags.update(message.tags or ())
            seen.months[month(message)] += message.author != "customer"
            if message.id in given:
                seen.given += 1
                seen.labelled.append((given[message.id], frozenset(message.tags or ())))
            for finding in message.findings or ():
                seen.breaches[finding.rule, finding.severity, month(message)] += 1
        pending, booked, ended = waiting(self.thread), booking(self.thread)[0], declined(self.thread)
        self._count_questions(seen, pending)
        seen.cases = [
            *self._questions(pending), *self._complaint(), *self._booking(booked), *self._decline(ended), *self._breaches(),
            *self._tags(given), *self._untagged(untagged),
        ]  # fmt: skip
        seen.matters.update(case.kind for case in seen.cases)
        seen.matters["booking"], seen.matters["decline"] = int(booked is not None), int(ended is not None)
        return seen

    def _count_questions(self, seen: Observed, pending: list[Waiting]) -> None:
        left = {each.key: "due" if each.due(self.as_of) else "deferred" if each.deferred else "open" for each in pending}
        asked: dict[str, Message] = {}
        for message in self.thread.messages:
            for answer in message.answers or ():
                question = asked.get(answer.question)
                if question is not None and answer.status == "answered":
                    del asked[answer.question]
                    if question.sent_at and message.sent_at:
                        since, until = sent(question), sent(message)
                        seen.answered.append((minutes(since, until), working_minutes(since, until, handbook().process.holidays)))
            for each in message.questions or ():
                if each.expects_answer:
                    key = f"{message.id}.{each.id}"
                    asked[key] = message
                    seen.questions[left.get(key, "settled")] += 1

    def _questions(self, pending: list[Waiting]) -> Iterator[Case]:
        for each in pending:
            start = max(each.asked.text.find(each.question.quote), 0)
            place = each.asked, start, start + len(each.question.quote)
            if each.deferred is None:
                yield self._case("question_open", *place)
            elif each.due(self.as_of):
                promised = f", zugesagt bis {each.until:%d.%m.%Y}" if each.until else ""
                yield self._case("question_due", *place, reason=f"Aufgeschoben in {each.deferred.id}{promised}.")

    def _complaint(self) -> Iterator[Case]:
        if complaint := standing(self.thread):
            yield self._case("complaint", complaint)

    def _booking(self, booked: Booking | None) -> Iterator[Case]:
        if booked is None:
            return
        if booked.confirmed is None:
            yield self._case("booking_unconfirmed", booked.chosen_in, reason=f"Gewählt: {booked.add_on}.")
        elif booked.lacks:
            lacking = ", ".join(customer_file.NAMES[element] for element in booked.lacks)
            yield self._case("booking_incomplete", booked.confirmed, reason=f"Es fehlt: {lacking}.")
        elif not customer_file.booking_entered(booked, self.thread):
            yield self._case("booking_unentered", booked.confirmed, reason=f"Gebucht: {booked.add_on}.")

    def _decline(self, ended: Message | None) -> Iterator[Case]:
        if ended is not None and not customer_file.decline_entered(ended, self.thread):
            yield self._case("decline_unentered", ended)

    def _breaches(self) -> Iterator[Case]:
        for message in self.thread.messages:
            for finding in message.findings or ():
                kind = BREACH_KINDS.get(finding.rule, finding.rule)
                yield self._case(kind, message, finding.start, finding.end, reason=finding.message)

    def _tags(self, given: dict[str, dict[str, float]]) -> Iterator[Case]:
        """Where the model's probability speaks against what a human set."""
        tags = taxonomy()
        for view in views(self.thread):
            message = view.message
            for tag, score in given.get(message.id, {}).items():
                held = tag in (message.tags or ())
                if tag in tags and tags[tag].allows(message.author) and held != (score >= 0.5):
                    kind, rank = ("tag_doubtful", 1 - score) if held else ("tag_missing", score)
                    spots = (message.tag_evidence or {}).get(tag) or [{"start": 0, "end": 0}]
                    yield self._case(kind, message, spots[0]["start"], spots[0]["end"], tag=tag, score=score, rank=(rank,))

    def _untagged(self, untagged: set[str]) -> Iterator[Case]:
        """The team tags what it sends to a new customer itself (Handbuch 3)."""
        if self.thread.task.area == "neukunde":
            for message in self.thread.messages:
                if message.id in untagged and message.author == "team" and message.outgoing:
                    proposed = ", ".join(taxonomy()[tag].label for tag in message.tags or () if tag in taxonomy())
                    yield self._case("untagged", message, reason=f"Vorschlag: {proposed or 'keine'}.")

    def _case(
        self, kind: str, message: Message, start: int = 0, end: int = 0, *, reason: str = "", tag: str = "", score: float | None = None,
        rank: tuple[float | str, ...] | None = None,
    ) -> Case:  # fmt: skip
        task, day = self.thread.task, f"{sent(message):%Y-%m-%d}" if message.sent_at else ""
        return Case(
            kind=kind, task_id=task.id, title=self._shown(task.title), task_type=task.type, assistant=task.assistant or "", link=self._link,
            message_id=message.id, date=day, passage=excerpt(self._shown(message.text), start, end), reason=self._shown(reason), tag=tag, score=score,
            rank=(day,) if rank is None else rank,
        )  # fmt: skip

    def _shown(self, text: str) -> str:
        return self._pseudonyms.hidden(text) if self.masked and text else text

    @cached_property
    def _pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self.thread.task, [self.thread.task.title, *(message.text for message in self.thread.messages)])

    @cached_property
    def _link(self) -> str:
        """Where the task is; empty unless it is a web address, since whoever wrote the chat may have written the link."""
        own = None if self.link else (self.thread.task.model_extra or {}).get("link")
        pattern = self.link or handbook().customer_file.link.replace("{id}", "{task_id}")
        found = str(own or pattern.replace("{task_id}", quoted(self.thread.task.id, safe="")))
        return found if found.startswith(("https://", "http://")) else ""


def month(message: Message) -> str:
    """``2026-03``, empty where the record does not say when the message was sent."""
    return f"{sent(message):%Y-%m}" if message.sent_at else ""
