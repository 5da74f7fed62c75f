"""What the editor shows of an annotated draft."""

from typing import Any

from conftest import MakeThread

from nlp.handbook import taxonomy
from nlp.suggest import Suggestion, suggest
from nlp.thread import Answer, Finding, Question, View


def shown(make_thread: MakeThread, draft: str = "Gern.", **labels: Any) -> Suggestion:
    """Two questions wait, the first of them deferred before; the draft has these labels."""
    thread = make_thread(("customer", "Was kostet es? Wann?"), ("team", "Den Preis nennt Jana morgen."), ("team", draft))
    asked = {"q1": ("Was kostet es?", "kosten", 0, 14), "q2": ("Wann?", "termin", 15, 20)}
    thread.messages[0].questions = [
        Question(id=name, quote=quote, kind="direct", topic=topic, start=start, end=end)  # type: ignore[arg-type]
        for name, (quote, topic, start, end) in asked.items()
    ]
    thread.messages[1].answers = [Answer(question="m1.q1", status="deferred", quote="Jana morgen"), Answer(question="m1.q2", status="missed")]
    thread.messages[2] = thread.messages[2].model_copy(update=labels)
    return suggest(View(thread, 2), taxonomy())


def test_sure_tags_come_first_then_by_probability(make_thread: MakeThread) -> None:
    scores = {"termin": 0.6, "lob": 0.95, "zeit_kosten": 0.8, "addon": 0.1}
    evidence = {"lob": [{"start": 0, "end": 4, "quote": "Gern"}]}
    tags = shown(make_thread, tags=["lob", "zeit_kosten"], tags_unsure=["termin"], tag_scores=scores, tag_evidence=evidence).tags
    assert [(tag.tag, tag.label, tag.sure) for tag in tags] == [("lob", "Lob", True), ("zeit_kosten", "Zeit & Kosten", True), ("termin", "Termin & Frist", False)]
    assert tags[0].evidence[0]["quote"] == "Gern"


def test_each_open_question_says_how_the_draft_treats_it(make_thread: MakeThread) -> None:
    answer = Answer(question="m1.q2", status="answered", quote="Gern", start=0, end=4)
    questions = shown(make_thread, answers=[answer]).open_questions
    assert [(question.question, question.standing, question.topic) for question in questions] == [("m1.q1", "waiting", "kosten"), ("m1.q2", "answered", "termin")]
    assert questions[1].answer == answer
    assert [question.standing for question in shown(make_thread, answers=[Answer(question="m1.q2", status="missed")]).open_questions] == ["waiting", "missed"]


def test_an_error_stands_in_the_way_a_warning_does_not(make_thread: MakeThread) -> None:
    assert shown(make_thread).sendable
    assert shown(make_thread, findings=[Finding(rule="vague-promise", severity="warning")]).sendable
    assert not shown(make_thread, findings=[Finding(rule="wrong-name", severity="error")]).sendable


def test_before_anything_is_written_only_questions_are_shown(make_thread: MakeThread) -> None:
    empty = shown(make_thread, draft=" \n", tags=["lob"], findings=[Finding(rule="wrong-name", severity="error")])
    assert (empty.tags, empty.findings, empty.sendable) == ([], [], False)
    assert [question.standing for question in empty.open_questions] == ["waiting", "open"]
