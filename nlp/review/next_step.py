"""What is due next: the first step that applies, in the order of the guidelines."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.handbook import Process
from nlp.review.record import Step


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the next step depends on.

    ``waited`` are the working days since the outstanding request was last made or reminded of, None if nothing is outstanding.
    """

    to_answer: bool = False
    to_confirm: bool = False
    to_enter: bool = False
    closed: bool = False
    to_ask: bool = False
    waited: int | None = None
    reminders: int = 0
    needs_approval: bool = False
    approved: bool = False


def next_step(now: Situation, process: Process) -> Step:
    """The first step that applies; a task that is closed is never asked about, reminded of or declined again."""
    if now.to_answer:
        return "answer"
    if now.to_confirm:
        return "confirm_booking"
    if now.to_enter:
        return "enter_customer_file"
    if now.closed:
        return "none"
    if now.to_ask:
        return "ask"
    if now.waited is None:
        return "none"
    if now.waited < process.working_days:
        return "wait"
    if now.reminders < process.reminders:
        return "remind"
    return "request_approval" if now.needs_approval and not now.approved else "decline"
