"""What is hidden in texts that are kept, and what stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.pseudonyms import Pseudonyms
from nlp.thread import Task

TASK = Task.model_validate({"id": "A-1", "assistant": "Jana", "customer": {"first_name": "Petra", "last_name": "Lindner", "company": "Lindner Dental GmbH"}})


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Frau Lindners Praxis", ["Lindner"]),
        ("die lindner dental hat geschrieben", ["lindner", "dental"]),
        ("Hallo Herr Oezdemir, gern.", ["Oezdemir"]),
        ("Das macht Kollegin Kowalczyk. Kowalczyk kommt morgen.", ["Kowalczyk"]),
        ("Bitte fragt Sabine im Lager", ["Sabine"]),
        ("anbei die Liste\nLG\nW. Brömmelhaupt", ["Brömmelhaupt"]),
        ("Mail an anna.b@praxis-lindner.de, Seite https://praxis.example/k?id=77", ["anna", "praxis-lindner", "praxis.example", "77"]),
        ("Tel. 0171 / 234 56 78 oder +49 441 998877", ["234 56 78", "998877", "441"]),
        ("IBAN DE02 1203 0000 0000 2020 51", ["1203", "2020"]),
        ("Kundennummer 4711-0815", ["4711", "0815"]),
        ("Das Passwort lautet Sonnenblume7", ["Sonnenblume7"]),
        ("PIN 5581 geht", ["5581"]),
        ("user: praxis / Tee!2026xy", ["Tee!2026xy"]),
    ],
)
def test_who_and_how_to_reach_them_is_hidden(text: str, gone: list[str]) -> None:
    hidden = Pseudonyms(TASK, [text]).hidden(text)
    assert len(hidden) == len(text)
    assert [word for word in gone if word in hidden] == []


@pytest.mark.parametrize(
    "text",
    [
        "Bitte bis Freitag, 20. März 2026, 14:30 Uhr, für 12 Stunden zu 34,50 € die Stunde.",
        "Die Summe ist 1.250,00 €, das waren 3 Listen mit 80 Adressen.",
        "Wann ist es fertig, und wer macht es?\nViele Grüße",
        "Guten Morgen, Danke für die Liste.",
    ],
)
def test_what_labels_hang_on_stays(text: str) -> None:
    assert Pseudonyms(TASK, [text]).hidden(text) == text


@pytest.mark.parametrize(
    ("customer", "text"),
    [
        ({"company": "Café am Markt"}, "Guten Tag, am Donnerstag ist alles da."),
        ({"company": "Hotel Zum Hirsch An der Alster"}, "An der Liste fehlt bis zum Freitag nichts."),
        ({"last_name": "von der Heide"}, "Die Liste von der Druckerei kommt im August."),
        ({}, "Die Liste kommt am Montag im Lauf des Tages.\nViele Grüße\nAm Wall 3\nIm Hof"),
    ],
)
def test_small_words_of_a_name_or_an_address_hide_nothing(customer: dict[str, str], text: str) -> None:
    body = text.partition("\n")[0]
    assert Pseudonyms(Task.model_validate({"id": "A-1", "customer": customer}), [text]).hidden(body) == body


def test_a_name_that_is_plain_in_one_text_is_hidden_in_all() -> None:
    pseudonyms = Pseudonyms(Task(id="A-1"), ["Hallo Frau Oltmanns,", "oltmanns will es anders"])
    assert pseudonyms.hidden("OLTMANNS, Oltmanns’ Liste") == "HARTMANN, Hartmann’ Liste"


def test_a_name_is_never_its_own_stand_in() -> None:
    assert Pseudonyms(Task(id="A-1"), []).hidden("Kern") == "Kern"
    assert Pseudonyms(Task(id="A-1"), ["Frau Kern"]).hidden("Frau Kern") == "Frau Falk"


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_offsets_hold_in_any_text(text: str) -> None:
    assert len(Pseudonyms(TASK, [text]).hidden(text)) == len(text)
