"""Values in German words."""

from datetime import date
from typing import Any

import pytest

from nlp.german import capitalize, genitive, listed, said


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("date", "2026-03-20", "Freitag, 20. März"),
        ("date", date(2027, 1, 1), "Freitag, 1. Januar 2027"),
        ("date", "2026-03-20T18:00", "Freitag, 20. März"),
        ("time", "10:00", "10 Uhr"),
        ("time", "9:30", "9:30 Uhr"),
        ("time", "10:00-14:00", "10 bis 14 Uhr"),
        ("time", "08:00, 12:30", "8 und 12:30 Uhr"),
        ("hours", 1, "1 Stunde"),
        ("hours", 1.5, "1,5 Stunden"),
        ("hours", "0.75", "45 Minuten"),
        ("hours", 12, "12 Stunden"),
        ("euro", 32, "32 Euro"),
        ("euro", 29.5, "29,50 Euro"),
        ("euro", 1250, "1.250 Euro"),
        ("number", 1200, "1.200"),
        ("days", ["mo", "di", "mi", "do", "fr"], "Montag bis Freitag"),
        ("days", ["fr", "mo"], "Montag und Freitag"),
        ("days", ["Mittwoch", "Montag", "Freitag"], "Montag, Mittwoch und Freitag"),
        ("list", ["a.xlsx"], "a.xlsx"),
        ("list", ["a", "b", "c"], "a, b und c"),
        ("text", "Nora", "Nora"),
    ],
)
def test_values_are_said_as_germans_say_them(kind: str, value: Any, text: str) -> None:
    assert said(kind, value, date(2026, 3, 2)) == text


@pytest.mark.parametrize(("kind", "value"), [
    ("date", "bald"), ("time", "mittags"), ("hours", "viele"), ("euro", None), ("euro", "inf"), ("euro", 10**400), ("days", ["heute"]), ("text", " "), ("list", []), ("farbe", "rot"),
])  # fmt: skip
def test_a_value_of_another_kind_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match="Wert"):
        said(kind, value)


def test_names_and_lists() -> None:
    assert [genitive(name) for name in ("Nora", "Jens", "Max", "Liz")] == ["Noras", "Jens’", "Max’", "Liz’"]
    assert [capitalize(text) for text in ("ja", "über", "„nein“", "")] == ["Ja", "Über", "„nein“", ""]
    assert listed(["x"]) == "x"
