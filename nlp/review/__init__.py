"""A task reviewed as the contract it is: complete? booked? what next? Reads an annotated thread; loads no model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from nlp.handbook import Element, Need, handbook, taxonomy
from nlp.review import advice as advices
from nlp.review import audit, complaints, contract, customer_file, letters, notes
from nlp.review.booking import Booking
from nlp.review.dates import moment
from nlp.review.next_step import next_step
from nlp.review.passages import Entry
from nlp.review.questions import Waiting
from nlp.review.reading import says
from nlp.review.record import BookingElement, BookingRecord, ChecklistItem, Evidence, Letter, Pending, Review
from nlp.review.state import State, state
from nlp.secrets import hidden, hider
from nlp.thread import Register, Thread, local, now

__all__ = ["Review", "review"]


def review(thread: Thread, as_of: datetime | str | None = None, *, untagged: Collection[str] = ()) -> Review:
    """The review of an annotated thread as of a moment: that given, else the thread's own ``as_of`` or ``review.as_of``, else now.

    :param untagged: Ids of messages that had no tags before the thread was annotated.
    :raises DataError: If the moment is a text that is none.
    """
    known = state(thread, _moment(thread, as_of))
    step = next_step(known.situation, known.process)
    why = advices.advice(step, known)
    pending = [_pending(each, known) for each in known.questions]
    entries = contract.contract(known.thread, known.booking)
    made = Review(
        task_id=thread.task.id,
        as_of=known.as_of,
        checklist={entry.item: entry.state for entry in known.checklist},
        open_questions=[each.key for each in known.open_questions],
        reminders_sent=known.reminders,
        booking=_booking(known.booking),
        next_step=step,
        reason=why.reason,
        reason_evidence=why.evidence,
        template=why.templates[0] if why.templates else None,
        more_templates=why.templates[1:],
        working_days=known.waited,
        approval=Evidence.of(known.approval) if known.approval else None,
        checklist_details=[_item(entry, thread.task.customer.register) for entry in known.checklist],
        questions=pending,
        booking_details=list(_elements(known.booking)),
        contract=entries,
        complaint=complaints.dossier(known.thread),
        tags=audit.audit(known.thread, taxonomy(), untagged),
        notes=notes.remarks(known.thread),
        drafts=[*_drafts(known), *notes.drafts(known.thread, [entry for entry in entries if entry.change and entry.topic != "add_on"], pending)],
    )
    return Review.model_validate(hidden(made.model_dump(), hider(thread)))


def _moment(thread: Thread, given: datetime | str | None) -> datetime:
    extra = thread.model_extra or {}
    labelled = extra.get("review")
    found = given or extra.get("as_of") or (labelled.get("as_of") if isinstance(labelled, dict) else None) or now()
    return local(found) if isinstance(found, datetime) else moment(str(found))


def _pending(each: Waiting, now: State) -> Pending:
    start = max(each.asked.text.find(each.question.quote), 0)
    return Pending(
        key=each.key, evidence=Evidence.of(each.asked, start, start + len(each.question.quote)), status="deferred" if each.deferred else "open",
        deferred_in=each.deferred.id if each.deferred else None, until=each.until, due=each.due(now.as_of),
    )  # fmt: skip


def _item(entry: Entry, register: Register | None) -> ChecklistItem:
    need: Need = getattr(handbook().checklist, entry.item)
    ask = need.ask_du if register == "du" else need.ask_sie
    asked = next((event.message.id for event in reversed(entry.events) if event.kind == "asked"), None)
    return ChecklistItem(
        item=entry.item, label=need.label, state=entry.state, evidence=[Evidence.of(event.message, event.start, event.end) for event in entry.events],
        asked_in=asked, question=ask.replace("{what}", _what(entry, need)) if entry.open else None, template=need.template if entry.open else None,
    )  # fmt: skip


def _what(entry: Entry, need: Need) -> str:
    """What is missing, as the chat names it, in brackets."""
    last = [event.quote for event in entry.events if event.kind not in ("given", "received")][-1:]
    known = {"zugang", "zugänge", "login", "passwort", "kennwort", "benutzer", "nutzer", "account", "handbuch", "anleitung"}
    words = {match[0].split()[-1].strip(".,;:!?()") for quote in last for wordings in (need.words, need.needed) if wordings and (match := says(quote, wordings))}
    named = sorted(word for word in words if word[:1].isupper() and word.lower() not in known)
    return f" ({', '.join(named)})" if named else ""


def _booking(booked: Booking | None) -> BookingRecord | None:
    if booked is None:
        return None
    hours, per = booked.value("min_hours") or (None, None)
    days = booked.value("days")
    return BookingRecord(
        add_on=booked.add_on, option=booked.value("option"), days=list(days) if days else None, time=booked.value("time"),
        min_hours=int(hours) if hours is not None and hours == int(hours) else hours, min_hours_per=per, notice=booked.value("notice"),
        confirmed_in=booked.confirmed.id if booked.confirmed else None,
    )  # fmt: skip


def _elements(booked: Booking | None) -> Iterator[BookingElement]:
    elements: tuple[Element, ...] = handbook().booking.required if booked else ()
    for element in elements:
        assert booked is not None
        said = booked.said.get(element)
        yield BookingElement(
            element=element, value=_plain(said.value) if said else None, evidence=Evidence.of(said.message, said.start, said.end) if said else None,
            named=booked.confirmed is not None and element not in booked.lacks,
            before=[Evidence.of(old.message, old.start, old.end) for name, old in booked.before if name == element],
            contradicted_in=[Evidence.of(wrong.message, wrong.start, wrong.end) for name, wrong in booked.contradicted if name == element],
        )  # fmt: skip


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _drafts(now: State) -> Iterator[Letter]:
    """The confirmation of a booking, and entries for the customer file, as far as they are due."""
    if now.booking is not None and not now.booking.complete:
        yield Letter(kind="booking_confirmation", text=letters.confirmation(now.booking, now.thread))
    if now.booking is not None and (now.booking_due or not now.booking.complete):
        yield Letter(kind="customer_file_booking", text=customer_file.booking_entry(now.booking, now.thread))
    if now.decline_due or next_step(now.situation, now.process) in ("decline", "request_approval"):
        yield Letter(kind="customer_file_decline", text=customer_file.decline_entry(now.declined, now.reminders, now.thread))
