"""The next step: its order, and that no order of messages leads to a decline too early or without approval."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import DataError
from nlp.handbook import DATA, Process, handbook
from nlp.review import review
from nlp.review.dates import moment, promised, working_days
from nlp.review.next_step import Situation, next_step
from nlp.thread import Thread

PROCESS = handbook().process
START = datetime(2026, 3, 2, 9)
SAID: dict[str, dict[str, Any]] = {
    "ask": {"author": "team", "text": "Bitte schicken Sie uns das Manuskript.", "tags": ["rueckfrage", "arbeitsmaterial"]},
    "remind": {"author": "team", "text": "Ihr Manuskript ist noch nicht da.", "tags": ["erinnerung", "rueckfrage", "arbeitsmaterial"]},
    "progress": {"author": "assistant", "text": "Die Gliederung steht schon.", "tags": ["zwischenstand"]},
    "put off": {"author": "customer", "text": "Das Manuskript kommt nächste Woche.", "tags": ["arbeitsmaterial"]},
    "hand over": {"author": "customer", "text": "Anbei das Manuskript, buch.docx.", "tags": ["arbeitsmaterial"]},
    "thanks": {"author": "customer", "text": "Danke!", "tags": []},
    "call": {"author": "team", "channel": "note", "text": "Zweimal angerufen, niemand da.", "tags": []},
    "approval asked": {"author": "team", "channel": "note", "text": "Freigabe zum Ablehnen ist angefragt, Antwort steht aus.", "tags": []},
    "not yet": {"author": "team", "channel": "note", "text": "Frau Wieland dazu: noch warten.", "tags": []},
    "approved": {"author": "team", "channel": "note", "text": "Ablehnung freigegeben von Frau Wieland.", "tags": []},
}  # fmt: skip


def thread(said: list[str], days: list[int], hours: float | None) -> Thread:
    """A task that begins with a description; each message follows the one before by so many days."""
    first = {"id": "m0", "author": "customer", "text": "Bitte mein Buch lektorieren.", "tags": ["aufgabenbeschreibung"], "sent_at": START}
    messages, now = [first], START
    for n, (name, gap) in enumerate(zip(said, days, strict=True), 1):
        now += timedelta(days=gap)
        messages.append({"id": f"m{n}", "sent_at": now, "questions": [], "answers": [], **SAID[name]})
    task = {"id": "A-1", "type": "text_lektorat", "area": "laufend", "key_data": {"hours_budget": hours}, "customer_file": []}
    return Thread.model_validate({"task": task, "messages": messages})


def test_the_first_step_that_applies_is_taken_in_the_order_of_the_guidelines() -> None:
    everything = {"to_answer": True, "to_confirm": True, "to_enter": True, "to_ask": True, "waited": 9, "reminders": 2, "needs_approval": True}
    order = []
    for dropped in ([], ["to_answer"], ["to_confirm"], ["to_enter"], ["to_ask"], ["needs_approval"]):
        everything = {name: value for name, value in everything.items() if name not in dropped}
        order.append(next_step(Situation(**everything), PROCESS))
    assert order == ["answer", "confirm_booking", "enter_customer_file", "ask", "request_approval", "decline"]
    assert next_step(Situation(waited=2, reminders=2), PROCESS) == "wait"
    assert next_step(Situation(waited=3, reminders=1), PROCESS) == "remind"
    assert next_step(Situation(), PROCESS) == "none"


def test_the_figures_of_the_handbook_decide() -> None:
    patient = PROCESS.model_copy(update={"reminders": 3, "working_days": 5})
    assert next_step(Situation(waited=4, reminders=2), PROCESS) == "decline"
    assert next_step(Situation(waited=4, reminders=2), patient) == "wait"
    assert next_step(Situation(waited=5, reminders=2), patient) == "remind"


situations = st.builds(
    Situation, to_answer=st.booleans(), to_confirm=st.booleans(), to_enter=st.booleans(), closed=st.booleans(), to_ask=st.booleans(),
    waited=st.none() | st.integers(0, 30), reminders=st.integers(0, 5), needs_approval=st.booleans(), approved=st.booleans(),
)  # fmt: skip
processes = st.builds(
    Process, reminders=st.integers(0, 4), working_days=st.integers(0, 6), approval_above_hours=st.just(10.0), approvers=st.just(("A",)), holidays=st.just("NW")
)


@given(situations, processes)
def test_a_decline_needs_all_reminders_the_wait_and_the_approval(now: Situation, process: Process) -> None:
    step = next_step(now, process)
    if step in ("decline", "request_approval"):
        assert now.reminders >= process.reminders
        assert now.waited is not None
        assert now.waited >= process.working_days
    if step == "decline":
        assert now.approved or not now.needs_approval
    if now.closed:
        assert step not in ("ask", "wait", "remind", "request_approval", "decline")
    if now.to_answer:
        assert step == "answer"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(SAID)), max_size=9), st.data(), st.sampled_from([None, 4.0, 10.0, 10.5, 40.0]))
def test_no_order_of_messages_declines_before_two_reminders_or_without_approval(said: list[str], data: st.DataObject, hours: float | None) -> None:
    days = data.draw(st.lists(st.integers(0, 9), min_size=len(said), max_size=len(said)))
    later = data.draw(st.integers(0, 20))
    found = review(thread(said, days, hours), START + timedelta(days=sum(days) + later))
    if found.next_step in ("decline", "request_approval"):
        requests = [name for name in said if name in ("ask", "remind")]
        again = requests[1:] if requests[0] == "ask" else requests  # asking for the same thing again, days later, reminds too
        assert len(again) >= PROCESS.reminders
        assert found.reminders_sent >= PROCESS.reminders
    if found.next_step == "decline" and hours is not None and hours > PROCESS.approval_above_hours:
        assert "approved" in said
    if found.next_step == "request_approval":
        assert hours is not None
        assert hours > PROCESS.approval_above_hours
    assert found.reminders_sent <= said.count("remind") + said.count("ask")


@pytest.mark.parametrize(
    ("said", "days", "later", "hours", "step"),
    [
        (["ask"], [0], 2, 8, "wait"),
        (["ask"], [0], 3, 8, "remind"),
        (["ask", "call"], [0, 3], 0, 8, "remind"),
        (["ask", "remind", "put off", "remind"], [0, 7, 0, 7], 7, 8, "decline"),
        (["ask", "remind", "remind"], [0, 7, 7], 1, 8, "wait"),
        (["ask", "remind", "remind"], [0, 7, 7], 7, 10, "decline"),
        (["ask", "remind", "remind", "approval asked"], [0, 7, 7, 0], 7, 12, "request_approval"),
        (["ask", "remind", "remind", "not yet"], [0, 7, 7, 0], 7, 12, "request_approval"),
        (["ask", "remind", "remind", "approved"], [0, 7, 7, 0], 7, 12, "decline"),
        (["ask", "remind", "hand over"], [0, 7, 1], 7, 12, "none"),
    ],
)
def test_a_customer_who_does_not_answer(said: list[str], days: list[int], later: int, hours: float, step: str) -> None:
    assert review(thread(said, days, hours), START + timedelta(days=sum(days) + later)).next_step == step


def after(said: list[str], *more: dict[str, Any], hours: float = 24) -> str:
    """The next step three weeks after these messages and more of them, one a day from the 20th day."""
    so_far = thread(said, [0, 7, 7][: len(said)], hours).to_json()
    late = [{"id": f"n{n}", "sent_at": START + timedelta(days=20 + n), "tags": [], "questions": [], "answers": [], **each} for n, each in enumerate(more)]
    return review(Thread.model_validate({**so_far, "messages": [*so_far["messages"], *late]}), START + timedelta(days=40)).next_step


NO_ANSWERS = (
    "Habe ich nicht vergessen!", "Komme ich Donnerstag zu.", "👍", "Ja klar!", "Bin gerade in Italien, das dauert.",
    "Muss ich erst scannen.", "Schickt Ihnen der Steuerberater.", "Meine Frau sucht sie raus.",
    "Herr Blume lädt es hoch.", "Bekommen Sie am Freitag.", "Ist angefordert.", "Liegt noch beim Setzer.", "Da müssen Sie die Agentur fragen.",
)


@pytest.mark.parametrize("text", NO_ANSWERS)
def test_who_was_asked_for_a_thing_has_not_answered_by_words(text: str) -> None:
    assert after(["ask"], {"author": "customer", "text": text}) == "remind"
    assert after(["ask"], {"author": "customer", "text": "Lassen Sie das Manuskript weg."}) == "none"


def test_a_question_after_a_result_asks_for_nothing() -> None:
    assert after([], {"author": "assistant", "text": "Kapitel 1 ist fertig. Gefällt Ihnen der Ton?", "tags": ["ergebnis"]}) == "none"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Leider blieb es still. Damit ist die Aufgabe für uns erledigt.", "enter_customer_file"),
        ("Wir haben Ihr Buch von unserer Liste genommen.", "enter_customer_file"),
        ("Wenn bis Freitag nichts kommt, nehmen wir Ihr Buch von der Liste.", "request_approval"),
    ],
)
def test_a_decline_needs_no_set_words_and_a_threat_is_none(text: str, step: str) -> None:
    assert after(["ask", "remind", "remind"], {"author": "team", "text": text, "tags": ["ablehnung"]}) == step


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Frau Wieland: kann weg.", "decline"),
        ("Ablehnung ok (Wieland, 9:12).", "decline"),
        ("Go von Herrn Östreich zum Ablehnen.", "decline"),
        ("Von Frau Wieland kam ein Ja.", "decline"),
        ("Freigabe bei Frau Wieland angefragt.", "request_approval"),
        ("Herr Östreich sagt: erst nochmal anrufen.", "request_approval"),
        ("Herr Östreich möchte noch abwarten.", "request_approval"),
    ],
)
def test_an_approval_is_read_in_many_words(text: str, step: str) -> None:
    assert after(["ask", "remind", "remind"], {"author": "team", "channel": "note", "text": text}) == step


def test_an_approval_on_a_condition_counts_once_the_condition_is_met() -> None:
    yes = {"author": "team", "channel": "note", "text": "Fr. Ahlborn: einverstanden mit der Ablehnung, aber nur, wenn vorher jemand angerufen hat.", "tags": []}
    met = {"author": "team", "channel": "note", "text": "Im Geschäft angerufen, niemand weiß etwas. Bedingung damit erfüllt.", "tags": []}
    waiting = thread(["ask", "remind", "remind"], [0, 7, 7], 24)
    steps = []
    for notes in ([yes], [yes, met]):
        more = [{"id": f"n{n}", "sent_at": START + timedelta(days=20), **note} for n, note in enumerate(notes)]
        longer = Thread.model_validate({**waiting.to_json(), "messages": [*waiting.to_json()["messages"], *more]})
        steps.append(review(longer, START + timedelta(days=21)).next_step)
    assert steps == ["request_approval", "decline"]


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 60), st.sampled_from(["NW", "BY", "BE", "SN"]))
def test_working_days_agree_with_a_calendar(since: date, length: int, state: str) -> None:
    closed = holidays.country_holidays("DE", subdiv=state, years=range(2024, 2029))
    until = since + timedelta(days=length)
    expected = np.busday_count(since + timedelta(days=1), until + timedelta(days=1), holidays=np.array(sorted(closed), dtype="datetime64[D]"))
    assert working_days(since, until, state) == max(int(expected), 0)


def test_public_holidays_depend_on_the_state() -> None:
    before, after = date(2026, 6, 3), date(2026, 6, 5)
    assert working_days(before, after, "NW") == 1, "Fronleichnam"
    assert working_days(before, after, "BE") == 2


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Antwort haben Sie bis Mittwochabend.", datetime(2026, 7, 15, 22)),
        ("Das klärt Frau Kern bis morgen 12 Uhr.", datetime(2026, 7, 14, 12)),
        ("Für den Sonnabend frage ich nach, bis Mittwoch wissen Sie Bescheid.", datetime(2026, 7, 15, 23, 59, 59, 999999)),
        ("Sie hören im Laufe der Woche von mir.", datetime(2026, 7, 17, 23, 59, 59, 999999)),
        ("Das klärt meine Kollegin in drei Tagen.", datetime(2026, 7, 16, 23, 59, 59, 999999)),
        ("Das klärt meine Kollegin.", None),
    ],
)
def test_the_time_promised(text: str, until: datetime | None) -> None:
    assert promised(text, datetime(2026, 7, 13, 8, 15)) == until


def test_a_deferred_question_is_due_when_its_time_has_passed() -> None:
    asked = {"id": "m1", "author": "customer", "text": "Was kostet das?", "tags": ["kundenfrage"], "sent_at": "2026-07-13T08:00",
             "questions": [{"id": "q1", "quote": "Was kostet das?", "kind": "direct"}], "answers": []}  # fmt: skip
    later = {"id": "m2", "author": "team", "text": "Das sagt Ihnen Frau Kern bis Mittwoch.", "tags": [], "sent_at": "2026-07-13T09:00", "questions": [],
             "answers": [{"question": "m1.q1", "status": "deferred", "quote": "Das sagt Ihnen Frau Kern bis Mittwoch"}]}  # fmt: skip
    put_off = Thread.model_validate({"task": {"id": "A-1", "area": "laufend"}, "messages": [asked, later]})
    assert review(put_off, "2026-07-15T17:00").next_step == "none"
    due = review(put_off, "2026-07-16T08:00")
    assert (due.next_step, due.open_questions) == ("answer", [])
    assert "m1" in due.reason


def test_the_moment_comes_from_the_call_the_thread_or_its_review() -> None:
    data = thread(["ask"], [0], 8).to_json()
    assert review(Thread.model_validate({**data, "as_of": "2026-03-03T09:00"})).next_step == "wait"
    assert review(Thread.model_validate({**data, "review": {"as_of": "2026-03-10T09:00"}})).next_step == "remind"
    assert review(Thread.model_validate({**data, "as_of": "2026-03-10T09:00"}), "2026-03-03").next_step == "wait"
    assert moment("2026-03-03").hour == 23
    with pytest.raises(DataError, match="Zeitpunkt"):
        moment("gestern")


def test_messages_after_the_moment_do_not_count() -> None:
    answered = thread(["ask", "hand over"], [0, 14], 8)
    assert review(answered, "2026-03-09T09:00").next_step == "remind"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('holidays = "NW"', 'holidays = "XX"', "process.holidays"),
        ("reminders = 2", "reminders = -1", "process.reminders"),
        ("{id}", "nichts", "customer_file.link"),
        ('template = "rueckfrage-zugang"', "", "checklist.logins.template"),
        ("'\\blog-?ins?\\b'", "'(login'", "regulärer Ausdruck"),
    ],
)
def test_mistakes_in_the_handbook_are_told_with_file_and_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (DATA / "handbook.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "handbook.toml"
    path.write_text(text.replace(old, new, 1) if old != "{id}" else text.replace("aufgaben/{id}", new), encoding="utf-8")
    with pytest.raises(DataError, match=told) as error:
        handbook(path)
    assert f"{path}:" in str(error.value)
    assert not str(error.value).startswith(f"{path}:1:")
