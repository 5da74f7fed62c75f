"""Sentences of German chat as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import german
from nlp.pipeline.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


CASES = [
    ("Hallo. Wie geht das?", ["Hallo.", "Wie geht das?"]),
    ("Bitte z.B. Firmen ab 50 Mitarbeitern, d.h. keine Vereine.", ["Bitte z.B. Firmen ab 50 Mitarbeitern, d.h. keine Vereine."]),
    ("Bis 3. März reicht es. Danke", ["Bis 3. März reicht es.", "Danke"]),
    ("Der 14.3.2026 passt. Um 9.30 Uhr?", ["Der 14.3.2026 passt.", "Um 9.30 Uhr?"]),
    ("Fr. Dr. Kern und Hr. Abt kommen.", ["Fr. Dr. Kern und Hr. Abt kommen."]),
    ("Das kostet ca. 1.250,50 Euro inkl. MwSt.", ["Das kostet ca. 1.250,50 Euro inkl. MwSt."]),
    ("Siehe https://www.beispiel.example/a.b?c=d. Danke!", ["Siehe https://www.beispiel.example/a.b?c=d.", "Danke!"]),
    ("erste zeile\nzweite zeile", ["erste zeile", "zweite zeile"]),
    ("- Adressen\n- Preise\n- Fristen", ["- Adressen", "- Preise", "- Fristen"]),
    ("1. Preise holen\n2. Liste füllen", ["1. Preise holen", "2. Liste füllen"]),
    ("Super 👍 Danke dir", ["Super 👍", "Danke dir"]),
    ("Wirklich?! Das wäre toll!!", ["Wirklich?!", "Das wäre toll!!"]),
    ("Passt.Dann bis morgen", ["Passt.", "Dann bis morgen"]),
    ("was kostet das und wie lange dauert es", ["was kostet das und wie lange dauert es"]),
    ("Am 5. und 6. Mai bin ich weg.", ["Am 5. und 6. Mai bin ich weg."]),
    ("", []),
    (" \n\t ", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_sentences_end_where_people_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from("aB1 .,!?…\n-()ß😀:z"), max_size=120))
def test_sentences_are_in_order_apart_and_leave_out_only_white_space(text: str) -> None:
    end = 0
    for start, stop in sentence_spans(text):
        assert not text[end:start].strip()
        assert start < stop
        end = stop
    assert not text[end:].strip()


def test_a_line_broken_by_a_mail_program_is_no_end() -> None:
    text = "Wir brauchen die Adressen aller Zahnarztpraxen im Umkreis von zwanzig\nkilometern um Köln herum."
    assert len(sentences(text)) == 1


def test_the_pipeline_declares_what_it_needs() -> None:
    assert german().analyze_pipes()["problems"] == {name: [] for name in german().pipe_names}


@given(st.text(max_size=200))
def test_the_pipeline_takes_any_text_and_keeps_it(text: str) -> None:
    doc = german()(text)
    assert doc.text == text
    assert all(zone.text for zone in doc.spans["zones"])


def test_a_megabyte_is_read_in_seconds() -> None:
    doc = german()("Das ist ein Satz. " * 20_000)
    assert sum(1 for _ in doc.sents) == 20_000
    assert german()("a" * 1_000_000)[0].text == "a" * 1_000_000
