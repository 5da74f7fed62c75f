"""One click puts in what a draft leaves out, and the finding is gone."""

import json
from pathlib import Path

import pytest

from nlp.assistant import Assistant
from nlp.compose import Block, Ref
from nlp.missed import RULE, insertion
from nlp.rule import mended
from nlp.rules import unanswered_question
from nlp.thread import Finding, Message, Thread, View

LEFT_OUT = "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Die Liste habe ich gesehen.\n\nFreundliche Grüße\nNora"
GAP = [Block(kind="answer", text="Zu den Kosten: ⟦Antwort⟧", sources=[Ref(kind="open", id="m1.q1")])]
SAMPLES = Path(__file__).parent.parent / "nlp" / "data" / "samples.jsonl"


def found(message: Message, rule: str = RULE) -> list[Finding]:
    return [finding for finding in message.findings or () if finding.rule == rule]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guten Tag,\n\nfertig.\n\nViele Grüße\nNora", "Guten Tag,\n\nfertig.\n\nZu den Kosten: ⟦Antwort⟧\n\nViele Grüße\nNora"),
        ("Fertig.\nViele Grüße\nNora", "Fertig.\n\nZu den Kosten: ⟦Antwort⟧\n\nViele Grüße\nNora"),
        ("Fertig.", "Fertig.\n\nZu den Kosten: ⟦Antwort⟧"),
        ("Fertig.\n\n", "Fertig.\n\nZu den Kosten: ⟦Antwort⟧\n\n"),
        ("LG Nora", "Zu den Kosten: ⟦Antwort⟧\n\nLG Nora"),
        ("Fertig.\n> Was kostet das?", "Fertig.\n\nZu den Kosten: ⟦Antwort⟧\n\n> Was kostet das?"),
        ("", "Zu den Kosten: ⟦Antwort⟧"),
    ],
)
def test_it_goes_in_before_the_closing_as_a_paragraph_and_takes_nothing_away(text: str, expected: str) -> None:
    fix = insertion(text, GAP)
    assert fix.start == fix.end
    assert mended(text, [fix]) == expected


def test_a_question_without_an_approved_answer_gets_a_gap_instead_of_the_finding(assistant: Assistant) -> None:
    thread = Thread.model_validate(json.loads(SAMPLES.read_text(encoding="utf-8").splitlines()[0]))
    thread.messages = thread.messages[:1]
    (finding,) = found(assistant.check(thread, LEFT_OUT))
    assert finding.fix
    assert "⟦" in finding.fix.replacement
    after = assistant.check(thread, mended(LEFT_OUT, [finding.fix]))
    assert found(after) == []
    assert found(after, "placeholder-left")


def test_an_approved_answer_word_for_word_settles_the_question(assistant: Assistant) -> None:
    question = {"id": "q1", "quote": "Wer hat Zugriff auf die Daten?", "kind": "direct", "topic": "leistung", "start": 12, "end": 42}
    asked = {"id": "m1", "author": "customer", "text": "Guten Tag.\n\nWer hat Zugriff auf die Daten?", "tags": ["kundenfrage"], "questions": [question], "answers": []}
    thread = Thread.model_validate({"task": {"id": "A-1", "customer": {"register": "sie"}}, "messages": [asked]})
    (finding,) = found(assistant.check(thread, LEFT_OUT))
    assert finding.fix
    assert finding.fix.label == "Freigegebene Antwort einfügen"
    text = mended(LEFT_OUT, [finding.fix])
    after = assistant.suggest(thread, text)
    assert [(open_one.question, open_one.standing) for open_one in after.open_questions] == [("m1.q1", "answered")]
    assert RULE not in [each.rule for each in after.findings]
    assert not [each for each in after.findings if each.rule == "placeholder-left"]


def test_every_fix_for_the_samples_settles_its_finding(assistant: Assistant) -> None:
    offered = 0
    for line in SAMPLES.read_text(encoding="utf-8").splitlines():
        thread = Thread.model_validate(json.loads(line))
        for n, message in enumerate(thread.messages[:3], 1):
            part = thread.model_copy(update={"messages": thread.messages[:n]})
            for finding in found(assistant.check(part, LEFT_OUT)) if message.incoming else ():
                assert finding.fix, f"{thread.task.id} {message.id}"
                assert found(assistant.check(part, mended(LEFT_OUT, [finding.fix]))) == []
                offered += 1
    assert offered >= 5


@pytest.mark.parametrize(
    ("question", "before", "now", "told"),
    [(None, None, 0.9, "error"), (0.95, 0.8, 0.9, "warning"), (1.0, 0.4, 0.8, None), (0.4, None, 0.8, None), (1.0, 0.4, None, "error")],
)
def test_a_question_is_open_as_surely_as_it_is_one_and_was_missed_before(question: float | None, before: float | None, now: float | None, told: str | None) -> None:
    asked = {"id": "q1", "quote": "Was kostet das", "kind": "direct", "score": question}

    def reply(name: str, score: float | None) -> dict[str, object]:
        return {"id": name, "author": "team", "text": "Die Liste beginne ich heute.", "answers": [{"question": "m1.q1", "status": "missed", "score": score}]}

    messages = [{"id": "m1", "author": "customer", "text": "Was kostet das?", "questions": [asked]}, *([reply("m2", before)] if before else []), reply("m3", now)]
    thread = Thread.model_validate({"task": {"id": "A-1"}, "messages": messages})
    marks = [*unanswered_question.check(View(thread, len(messages) - 1))]
    assert [mark.severity or "error" for mark in marks] == ([told] if told else [])
