"""Every rule is held to its own examples, and all rules to the house style."""

from datetime import date

import pytest

from nlp.pipeline import claims
from nlp.rule import Example, Rule, applies, examples, mended, rule_id
from nlp.rules import RULES, weekday_mismatch
from nlp.thread import Fix, Thread, View

CASES = [pytest.param(rule, example, id=f"{rule_id(rule)}-{n}") for rule in RULES for n, example in enumerate(examples(rule), 1)]


def marks(rule: Rule, view: View) -> list[tuple[int, int]]:
    return [(mark.start, mark.end) for mark in rule.check(view)] if applies(rule, view.message) else []


def fixes(rule: Rule, view: View) -> list[Fix]:
    return [mark.fix for mark in rule.check(view) if mark.fix] if applies(rule, view.message) else []


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_rule_marks_exactly_what_its_example_marks(rule: Rule, example: Example) -> None:
    assert marks(rule, example.view) == sorted(example.marks)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_rule_fix_gives_the_text_of_the_example(rule: Rule, example: Example) -> None:
    made = fixes(rule, example.view)
    assert (mended(example.view.message.text, made) if made else None) == example.fixed


@pytest.mark.parametrize(("rule", "example"), [case for case in CASES if case.values[1].fixed is not None])  # type: ignore[attr-defined]
def test_rule_is_silent_on_the_mended_text(rule: Rule, example: Example) -> None:
    thread = example.view.thread.model_copy(deep=True)
    thread.messages[-1].text = str(example.fixed)
    unfixed = [mark for mark in rule.check(example.view) if not mark.fix]
    assert len(marks(rule, View(thread, example.view.index))) == len(unfixed)


@pytest.mark.parametrize("rule", RULES, ids=rule_id)
def test_rule_keeps_house_style(rule: Rule) -> None:
    shown = list(examples(rule))
    assert sum(bool(e.marks) for e in shown) >= 6, "needs six examples that it marks"
    assert sum(not e.marks for e in shown) >= 6, "needs six examples that it leaves alone"
    assert "(Handbuch " in (rule.__doc__ or ""), "must name its chapter of the handbook"
    assert len((rule.__doc__ or "").splitlines()) <= 12
    assert rule.LABEL


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_every_mark_says_what_to_do_in_one_paragraph(rule: Rule, example: Example) -> None:
    if applies(rule, example.view.message):
        for mark in rule.check(example.view):
            assert mark.text.endswith((".", "?"))
            assert "\n" not in mark.text


def test_today_is_the_day_in_germany() -> None:
    message = {"id": "m1", "author": "team", "sent_at": "2026-03-01T23:30:00Z", "text": "Die Liste haben Sie heute (Montag) noch."}
    view = View(Thread.model_validate({"task": {"id": "A-1"}, "messages": [message]}), 0)
    assert list(weekday_mismatch.check(view)) == []
    assert claims.day(view.message.sent_at) == date(2026, 3, 2)
