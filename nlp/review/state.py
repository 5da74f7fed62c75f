"""Everything read out of a thread at one moment; what the next step, its reason and the page are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nlp.handbook import Process, handbook
from nlp.pipeline.decline import approval, needs_approval
from nlp.review import complaints, customer_file
from nlp.review.asked import Request, outstanding
from nlp.review.booking import Booking, booking
from nlp.review.checklist import checklist
from nlp.review.dates import day, sent, so_far, working_days
from nlp.review.decline import declined, withdrawn
from nlp.review.next_step import Situation
from nlp.review.passages import Entry
from nlp.review.questions import Waiting, waiting
from nlp.thread import Message, Thread


@dataclass(frozen=True, slots=True)
class State:
    """How the task stands. ``thread`` holds only what was sent up to ``as_of``."""

    thread: Thread
    as_of: datetime
    process: Process
    questions: list[Waiting]
    complaint: Message | None
    request: Request | None
    reminders: int
    checklist: list[Entry]
    booking: Booking | None
    cancelled: Message | None
    declined: Message | None
    withdrawn: Message | None
    approval: Message | None

    @property
    def open_questions(self) -> list[Waiting]:
        return [each for each in self.questions if each.deferred is None]

    @property
    def due_questions(self) -> list[Waiting]:
        return [each for each in self.questions if each.due(self.as_of)]

    @property
    def unasked(self) -> list[Entry]:
        """Items that are missing though nobody has asked for them; what was known when we last asked is taken for covered by that."""
        since = sent(self.request.last) if self.request else None
        return [
            entry for entry in self.checklist
            if entry.open and not entry.asked and (since is None or any(event.kind == "needed" and sent(event.message) > since for event in entry.events))
        ]  # fmt: skip

    @property
    def waited(self) -> int | None:
        """Working days since we last asked or reminded, 0 where the record does not say when; None if nothing is outstanding."""
        if self.request is None:
            return None
        asked = day(self.request.last)
        return working_days(asked, self.as_of.date(), self.process.holidays) if asked else 0

    @property
    def hours(self) -> float | None:
        hours = self.thread.task.key_data.get("hours_budget")
        return float(hours) if isinstance(hours, int | float) else None

    @property
    def needs_approval(self) -> bool:
        """See ``nlp.pipeline.decline``."""
        return needs_approval(self.thread.task)

    @property
    def booking_due(self) -> bool:
        """Whether a confirmed booking is not in the customer file."""
        return self.booking is not None and self.booking.complete and not customer_file.booking_entered(self.booking, self.thread)

    @property
    def decline_due(self) -> bool:
        """Whether a decline is not in the customer file."""
        return self.declined is not None and not customer_file.decline_entered(self.declined, self.thread)

    @property
    def situation(self) -> Situation:
        """What the next step depends on."""
        return Situation(
            to_answer=bool(self.open_questions or self.due_questions or self.complaint),
            to_confirm=self.booking is not None and not self.booking.complete,
            to_enter=self.booking_due or self.decline_due,
            closed=self.declined is not None or self.withdrawn is not None,
            to_ask=bool(self.unasked),
            waited=self.waited,
            reminders=self.reminders,
            needs_approval=self.needs_approval,
            approved=self.approval is not None,
        )


def state(thread: Thread, as_of: datetime) -> State:
    """How the task stood at that moment."""
    thread = so_far(thread, as_of)
    request, reminders = outstanding(thread)
    booked, cancelled = booking(thread)
    return State(
        thread=thread, as_of=as_of, process=handbook().process, questions=waiting(thread), complaint=complaints.standing(thread),
        request=request, reminders=reminders, checklist=checklist(thread, request), booking=booked, cancelled=cancelled,
        declined=declined(thread), withdrawn=withdrawn(thread), approval=approval(thread.messages),
    )  # fmt: skip
