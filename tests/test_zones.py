"""Greeting, body, closing, signature and what somebody wrote earlier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import german
from nlp.pipeline.zones import zones

CASES = [
    ("Hallo Frau Kern, anbei die Liste.\nViele Grüße\nPetra Lind", {"greeting": "Hallo Frau Kern, ", "closing": "Viele Grüße\n", "signature": "Petra Lind"}),
    ("Sehr geehrte Damen und Herren,\n\nes eilt.\n\nMfG\nAbt", {"greeting": "Sehr geehrte Damen und Herren,", "closing": "MfG\n", "signature": "Abt"}),
    ("moin, passt so. lg tim", {"greeting": "moin, ", "closing": "lg tim"}),
    ("Hallo Kim,\nvielen Dank für die Liste. Sie ist fertig.\nLG Jo", {"body": "vielen Dank für die Liste. Sie ist fertig.", "closing": "LG Jo"}),
    ("Vielen Dank für die Nachricht. Wir melden uns zeitnah.", {"body": "Vielen Dank für die Nachricht. Wir melden uns zeitnah.", "closing": None}),
    ("Die Liste ist fertig. Vielen Dank für die Hilfe!\nPetra Lind", {"body": "Die Liste ist fertig.", "signature": "Petra Lind"}),
    ("> Wann kommt das?\nMorgen.", {"quoted": "> Wann kommt das?\n", "body": "Morgen."}),
    ("Ja.\n\nAm 3. März schrieb Jana Vogt <j@vpa.example>:\nGeht das?", {"body": "Ja.\n\n", "quoted": "Am 3. März schrieb Jana Vogt <j@vpa.example>:\nGeht das?"}),
    ("Siehe unten.\n-----Ursprüngliche Nachricht-----\nVon: A", {"body": "Siehe unten.\n", "quoted": "-----Ursprüngliche Nachricht-----\nVon: A"}),
    ("Bitte erledigen.\nVon: a@b.example\nGesendet: Montag\nBetreff: x\n\nText", {"body": "Bitte erledigen.\n"}),
    ("Können Sie das bis Freitag?", {"body": "Können Sie das bis Freitag?"}),
    ("Viele Grüße sollen auf die Karte, dazu das Logo und bitte die lange Fassung des Textes vom letzten Jahr.", {"greeting": None, "closing": None}),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_zones_of_a_message(text: str, expected: dict[str, str | None]) -> None:
    found = {label: text[start:end] for label, start, end in zones(text)}
    for label, part in expected.items():
        assert (found.get(label) or "").strip() == (part or "").strip(), found


@given(st.lists(st.sampled_from([*"ab >\n:.", "Hallo ", "Viele Grüße", "Am 3. schrieb x:"]), max_size=40))
def test_zones_cover_the_text_without_gaps(pieces: list[str]) -> None:
    text = "".join(pieces)
    parts = list(zones(text))
    assert "".join(text[start:end] for _, start, end in parts) == text
    assert all(start < end for _, start, end in parts)


def test_a_span_knows_its_zone_and_register() -> None:
    doc = german()("Hallo Kim, schickst du mir die Liste?\nLG Jo")
    assert doc[0]._.zone == "greeting"
    assert doc[4]._.zone == "body"
    assert doc[:]._.register == "du"
    assert german()("Könnten Sie mir die Liste schicken?")[:]._.register == "sie"
