"""The next step in words: why, which passages say so, which template to use."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlp.handbook import handbook
from nlp.review.customer_file import NAMES, in_words
from nlp.review.dates import on, sent
from nlp.review.record import Evidence, Step
from nlp.review.state import State
from nlp.thread import Message

DAY = "%d.%m."


@dataclass(frozen=True, slots=True)
class Advice:
    """``templates`` are ids, the one to use first."""

    reason: str
    evidence: list[Evidence] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)


def advice(step: Step, now: State) -> Advice:
    """Reason, evidence and templates for the step that is due."""
    match step:
        case "answer":
            return _answer(now)
        case "confirm_booking":
            return _confirm(now)
        case "enter_customer_file":
            return _enter(now)
        case "ask":
            return _ask(now)
        case "wait" | "remind" | "request_approval" | "decline":
            return _overdue(step, now)
        case _:
            return _nothing(now)


def _answer(now: State) -> Advice:
    reasons, evidence = [], []
    for each in (*now.open_questions, *now.due_questions):
        late = f", aufgeschoben in {each.deferred.id} und jetzt fällig" if each.deferred else ""
        reasons.append(f"Die Frage „{each.question.quote}“ ({each.asked.id}{late}) ist nicht beantwortet.")
        evidence.append(_passage(each.asked, each.question.quote))
    if now.complaint is not None:
        reasons.append(f"Die Beschwerde {on(now.complaint, DAY, 'vom')} ({now.complaint.id}) ist im Chat nicht beantwortet.")
        evidence.append(Evidence.of(now.complaint))
    templates = ["beschwerde-erste-antwort"] if now.complaint else ["addon-bestaetigung"] if now.situation.to_confirm else []
    return Advice(" ".join(reasons), evidence, templates)


def _confirm(now: State) -> Advice:
    booked = now.booking
    assert booked is not None
    reason = f"Der Kunde hat „{booked.add_on}“ gewählt ({booked.chosen_in.id}), "
    evidence = [Evidence.of(booked.chosen_in)]
    if booked.contradicted:
        element, wrong = booked.contradicted[0]
        right = f", vereinbart ist {in_words(element, booked.value(element))} ({booked.said[element].message.id})" if element in booked.said else ""
        reason += f"bestätigt wurde aber {in_words(element, wrong.value)} ({wrong.message.id}){right}."
        evidence.append(Evidence.of(wrong.message, wrong.start, wrong.end))
    elif booked.confirmed is None:
        changed = max((booked.said[element].message for element, _ in booked.before if element in booked.said), key=sent, default=None)
        reason += f"die letzte Änderung ({changed.id}) ist nicht bestätigt." if changed else "eine Bestätigung des Teams fehlt."
        evidence += [Evidence.of(changed)] if changed else []
    else:
        reason = f"Der Buchungsbestätigung ({booked.confirmed.id}) fehlt: {', '.join(NAMES[element] for element in booked.lacks)}."
        evidence.append(Evidence.of(booked.confirmed))
    return Advice(reason, evidence, ["addon-bestaetigung"])


def _enter(now: State) -> Advice:
    if now.booking_due and now.booking and now.booking.confirmed:
        confirmed = now.booking.confirmed
        return Advice(f"Die Buchung ist bestätigt ({confirmed.id}), in der Kundenakte steht sie so nicht.", [Evidence.of(confirmed)])
    assert now.declined is not None
    return Advice(f"Die Aufgabe ist abgelehnt ({now.declined.id}), in der Kundenakte steht es nicht.", [Evidence.of(now.declined)])


def _ask(now: State) -> Advice:
    needs = handbook().checklist
    missing = [getattr(needs, entry.item) for entry in now.unasked]
    evidence = [Evidence.of(event.message, event.start, event.end) for entry in now.unasked for event in entry.events[-1:]]
    return Advice(f"Es fehlt: {', '.join(need.label for need in missing)}. Gefragt hat danach noch niemand.", evidence, [need.template for need in missing])


def _overdue(step: Step, now: State) -> Advice:
    assert now.request is not None
    assert now.waited is not None
    process, last = now.process, now.request.last
    verb = "erinnert" if last in now.request.reminders else "gefragt"
    reason = f"Zuletzt {verb} {on(last, DAY)} ({last.id}), seither {_count(now.waited, 'Werktag', 'Werktage')} ohne Antwort; "
    sent_so_far = f"{now.reminders} von {_count(process.reminders, 'Erinnerung', 'Erinnerungen')} verschickt"
    evidence = [Evidence.of(message) for message in now.request.asked]
    if step == "wait":
        return Advice(f"{reason}weiter geht es nach {process.working_days}.", evidence)
    if step == "remind":
        return Advice(f"{reason}{sent_so_far}.", evidence, [f"erinnerung-{min(now.reminders + 1, 2)}"])
    size = f"{now.hours:g} Stunden".replace(".", ",") if now.hours is not None else "ohne Stundenangabe"
    if step == "request_approval":
        who = " oder ".join(process.approvers)
        reason += f"{sent_so_far}. Die Aufgabe hat {size}, eine Freigabe zur Ablehnung ist nicht notiert. Holen Sie sie im Austauschchannel ein ({who})."
        return Advice(reason, evidence)
    if now.needs_approval and now.approval is not None:
        evidence.append(Evidence.of(now.approval))
        return Advice(f"{reason}{sent_so_far}. Die Aufgabe hat {size}, die Freigabe ist notiert ({now.approval.id}).", evidence, ["ablehnung-keine-reaktion"])
    return Advice(f"{reason}{sent_so_far}. Eine Freigabe braucht die Aufgabe ({size}) nicht.", evidence, ["ablehnung-keine-reaktion"])


def _nothing(now: State) -> Advice:
    if now.declined is not None:
        return Advice(f"Die Aufgabe ist abgelehnt ({now.declined.id}) und eingetragen.", [Evidence.of(now.declined)])
    if now.withdrawn is not None:
        return Advice(f"Der Kunde hat die Aufgabe zurückgezogen ({now.withdrawn.id}).", [Evidence.of(now.withdrawn)])
    later = [f"„{each.question.quote}“ ({each.asked.id})" for each in now.questions]
    return Advice(f"Aufgeschoben und noch nicht fällig: {', '.join(later)}." if later else "Es ist nichts offen.")


def _passage(message: Message, quote: str) -> Evidence:
    start = max(message.text.find(quote), 0)
    return Evidence.of(message, start, start + len(quote))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

