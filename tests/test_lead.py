"""How a gap is worded for its question."""

import pytest

from nlp.lead import lead, turned
from nlp.thread import Question, Register, Topic

LETTER = "Guten Tag, wir suchen jemanden für unser Büro in Celle. Bitte schreiben Sie uns, "


def asked(quote: str, topic: Topic = "ablauf", kind: str = "indirect") -> Question:
    return Question(id="q1", quote=quote, kind=kind, topic=topic)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quote", "register", "clause"),
    [
        ("ob die Anrufe mit meiner Nummer erfolgen können", "sie", "ob die Anrufe mit Ihrer Nummer erfolgen können"),
        ("ob die Anrufe mit meiner Nummer erfolgen können", "du", "ob die Anrufe mit deiner Nummer erfolgen können"),
        ("ob Sie auch samstags erreichbar sind", "sie", "ob wir auch samstags erreichbar sind"),
        ("ob ich die Datei selbst hochladen kann", "sie", "ob Sie die Datei selbst hochladen können"),
        ("ob ich die Datei selbst hochladen kann", "du", "ob du die Datei selbst hochladen kannst"),
        ("wer unsere Unterlagen bekommt", "sie", "wer Ihre Unterlagen bekommt"),
    ],
)
def test_an_indirect_question_is_turned_to_our_side(quote: str, register: Register, clause: str) -> None:
    assert turned(asked(quote), register, LETTER + quote) == clause
    before, label = lead(asked(quote), register, LETTER + quote, set(), several=False)
    assert (before, label) == (f"Zu {'Ihrer' if register == 'sie' else 'deiner'} Frage, {clause}", "Antwort")


@pytest.mark.parametrize(
    "quote",
    [
        "Was kostet das?",  # direct: the verb stands second
        "wie ich das mache",  # a verb we have no other form of
        "ob ihr das könnt und du mitkommst",  # speaks to us as du
        "ob das geht " + "und " * 40 + "ist",  # too long to repeat
        "wann geht das los",
    ],
)
def test_what_cannot_be_turned_safely_is_quoted(quote: str) -> None:
    question = asked(quote)
    assert turned(question, "sie", LETTER + quote) is None
    assert lead(question, "sie", LETTER + quote, set(), several=False)[1].startswith("Antwort auf „")


def test_of_a_text_without_capitals_nothing_is_repeated() -> None:
    quote = "ob die anrufe mit meiner nummer erfolgen können"
    assert turned(asked(quote), "sie", "moin, wir suchen jemand fürs büro in celle. schreibt mir mal, " + quote) is None


def test_no_lead_stands_twice() -> None:
    first, second = asked("Was kostet das?", "kosten", "direct"), asked("Und was kostet der Druck?", "kosten", "direct")
    before, _ = lead(first, "sie", "Was kostet das? Und was kostet der Druck?", set(), several=True)
    again, _ = lead(second, "sie", "Was kostet das? Und was kostet der Druck?", {before}, several=True)
    assert (before, again) == ("Zu den Kosten", "Noch einmal zu den Kosten")


def test_a_question_cannot_close_its_gap() -> None:
    label = lead(asked("Was heißt ⟦x⟧ „genau“?", kind="direct"), "sie", "", set(), several=False)[1]
    assert label == "Antwort auf „Was heißt (x) 'genau'?“"
