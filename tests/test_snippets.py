"""Which approved answer is given: a wrong one is never preferred to none."""

from typing import get_args

import pytest

from nlp.snippets import Answers
from nlp.templates import library
from nlp.thread import Message, Question, Topic


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(library().answers)


def chosen(answers: Answers, quote: str, topic: Topic, text: str = "", *, tags: tuple[str, ...] = ()) -> str | None:
    message = Message(id="m1", author="customer", text=text or f"Guten Tag. {quote}?", tags=list(tags))
    return answers.choose(Question(id="q1", quote=quote, kind="direct", topic=topic), message)


@pytest.mark.parametrize(
    ("quote", "name"),
    [
        ("Was kostet denn die Stunde bei euch", "stundensatz"), ("wer springt ein wenn jemand krank wird", "vertretung-krank"), ("wo werden die Daten denn gespeichert", "daten-speicherort"),
        ("Rechnen Sie minutengenau ab", "abrechnung-minutengenau"), ("gibt es für Vereine einen Rabatt", "rabatt"), ("WIE SCHICKE ICH EUCH DAS PASSWORT", "zugang-uebermitteln"),
    ],
)  # fmt: skip
def test_a_plain_question_gets_its_answer(answers: Answers, quote: str, name: str) -> None:
    assert chosen(answers, quote, answers.snippets[name].topics[0]) == name


@pytest.mark.parametrize(
    ("quote", "topic"),
    [
        ("Was kostet die Anzeige in der Zeitung am Samstag", "kosten"),  # asks about something else that costs
        ("ob der Hund auch mitdarf", "sonstiges"),
        ("Wann", "termin"),  # leans on what was said before
        ("und was", "sonstiges"),
        ("Wer schreibt und wer sendet", "person"),
    ],
)
def test_anything_else_gets_none(answers: Answers, quote: str, topic: Topic) -> None:
    assert chosen(answers, quote, topic) is None


def test_another_topic_a_word_nearby_or_a_tag_rule_an_answer_out(answers: Answers) -> None:
    assert chosen(answers, "muss ich mich lange binden", "ablauf") == "vertragslaufzeit"
    assert chosen(answers, "muss ich mich lange binden", "ablauf", tags=("addon",)) == "addon-kuendigen"
    assert chosen(answers, "Was kostet die Stunde", "person") is None
    assert chosen(answers, "ob die Umsatzsteuer ausgewiesen wird", "kosten") == "mehrwertsteuer"
    assert chosen(answers, "ob die Umsatzsteuer ausgewiesen wird", "kosten", "Wir sitzen in der Schweiz und fragen, ob die Umsatzsteuer ausgewiesen wird.") is None


def test_who_complains_gets_no_ready_answer(answers: Answers) -> None:
    assert chosen(answers, "Was kostet die Stunde", "kosten") == "stundensatz"
    assert chosen(answers, "Was kostet die Stunde", "kosten", tags=("beschwerde",)) is None


def test_what_is_near_is_offered_even_where_it_is_not_given(answers: Answers) -> None:
    question = Question(id="q1", quote="Wie ist das bei Ihnen so mit der Rechnung, wann kommt die denn", kind="direct", topic="ablauf")
    offered = answers.matches(question, Message(id="m1", author="customer", text=question.quote))
    assert "rechnung-wann" in [match.id for match in offered]
    assert [match.score for match in offered] == sorted((match.score for match in offered), reverse=True)


@pytest.mark.parametrize("quote", ["", "?", "…", "x" * 5_000, "Was kostet " * 500, "😀😀😀😀 😀 😀 😀"])
def test_no_question_is_too_odd(answers: Answers, quote: str) -> None:
    for topic in get_args(Topic):
        chosen(answers, quote, topic, quote)
