"""What a review says, as JSON: the keys of the annotation guidelines first, and beside them what backs each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from nlp.handbook import Element
from nlp.thread import Message

Item = Literal["instruction", "examples", "lists", "logins", "manuals"]
State = Literal["present", "partial", "missing", "not_needed"]
Step = Literal["answer", "confirm_booking", "enter_customer_file", "ask", "wait", "remind", "request_approval", "decline", "none"]
Topic = Literal["work", "result", "deadline", "hours", "price", "access", "add_on", "style"]


class Part(BaseModel):
    """Base of all parts of a review."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(Part):
    """Characters ``start`` up to ``end`` of a message, with the words that stand there."""

    message: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, message: Message, start: int = 0, end: int | None = None) -> Evidence:
        """The passage, the whole text unless its bounds are given."""
        end = len(message.text) if end is None else end
        return cls(message=message.id, start=start, end=end, quote=message.text[start:end])


class ChecklistItem(Part):
    """An item of the starter kit; ``question`` is what to ask the customer where it is missing or partial."""

    item: Item
    label: str
    state: State
    evidence: list[Evidence]
    asked_in: str | None = None
    question: str | None = None
    template: str | None = None


class Pending(Part):
    """A customer question without an answer; ``until`` is the time promised for it, if it was put off."""

    key: str
    evidence: Evidence
    status: Literal["open", "deferred"]
    deferred_in: str | None = None
    until: datetime | None = None
    due: bool


class BookingRecord(Part):
    """What the customer has booked, in the keys of the guidelines."""

    add_on: str
    option: str | None
    days: list[str] | None
    time: str | None
    min_hours: float | int | None
    min_hours_per: str | None
    notice: str | None
    confirmed_in: str | None


class BookingElement(Part):
    """One element of the booking: what holds, who says so, what it replaces, what contradicts it; ``named`` if the confirmation has it."""

    element: Element
    value: Any
    evidence: Evidence | None
    named: bool
    before: list[Evidence] = []
    contradicted_in: list[Evidence] = []


class ContractEntry(Part):
    """What was agreed on one topic, ``detail`` of a booking; ``change`` marks what came after the first description."""

    topic: Topic
    detail: str | None = None
    evidence: Evidence
    author: str
    change: bool = False
    superseded_by: str | None = None
    contradicts: str | None = None


class Point(Part):
    """A point of a complaint, what the chat documents on it, and where only a note speaks of it."""

    claim: Evidence
    documented: list[Evidence]
    only_in_notes: list[Evidence]


class TagRemark(Part):
    """A tag that is missing or doubtful, with the model's probability where there is one."""

    message: str
    tag: str
    kind: Literal["missing", "doubtful", "untagged"]
    score: float | None
    reason: str
    evidence: Evidence | None = None


class NoteRemark(Part):
    """Whether an internal note is right where it stands."""

    message: str
    verdict: Literal["right", "belongs_in_chat", "belongs_in_individual_chat"]
    kind: str
    reason: str
    evidence: Evidence


class Letter(Part):
    """A text to send or paste."""

    kind: Literal["booking_confirmation", "customer_file_booking", "customer_file_decline", "poll_note", "complaint_note"]
    text: str


class Review(Part):
    """The whole review of a task."""

    task_id: str
    as_of: datetime
    checklist: dict[Item, State]
    open_questions: list[str]
    reminders_sent: int
    booking: BookingRecord | None
    next_step: Step
    reason: str
    reason_evidence: list[Evidence]
    template: str | None
    more_templates: list[str]
    working_days: int | None
    approval: Evidence | None
    checklist_details: list[ChecklistItem]
    questions: list[Pending]
    booking_details: list[BookingElement]
    contract: list[ContractEntry]
    complaint: list[Point]
    tags: list[TagRemark]
    notes: list[NoteRemark]
    drafts: list[Letter]
