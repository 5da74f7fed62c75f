"""Dates, times, hours and money in the forms people write."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.pipeline.facts import Value, facts, number

MONDAY = date(2026, 3, 2)
CASES: list[tuple[str, list[tuple[str, Value]]]] = [
    ("halb drei", [("time", "14:30")]),
    ("halb neun", [("time", "08:30")]),
    ("viertel nach neun", [("time", "09:15")]),
    ("um 14:30 Uhr", [("time", "14:30")]),
    ("ab zehn.", [("time", "10:00")]),
    ("8 Uhr 30", [("time", "08:30")]),
    ("1,5 h", [("hours", 1.5)]),
    ("anderthalb Stunden", [("hours", 1.5)]),
    ("45 Minuten", [("hours", 0.75)]),
    ("3 bis 4 Stunden", [("hours", 4.0)]),
    ("1.186 €", [("money", 1186.0)]),
    ("zweieinhalb Stunden zu 28,50 Euro/Std.", [("hours", 2.5), ("rate", 28.5)]),
    ("KW 12", [("week", 12)]),
    ("übermorgen", [("date", date(2026, 3, 4))]),
    ("Guten Morgen, heute", [("date", date(2026, 3, 2))]),
    ("am 26.3. um 12 Uhr", [("date", date(2026, 3, 26)), ("time", "12:00")]),
    ("am 2. Januar", [("date", date(2026, 1, 2))]),
    ("am 30. Dezember", [("date", date(2025, 12, 30))]),
    ("31.2.2026", []),
    ("Version 2.1.3 mit 12-seitigem Anhang", []),
    ("fünf Seiten, 30 Fotos", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_facts_are_normalised(text: str, expected: list[tuple[str, Value]]) -> None:
    assert [(fact.kind, fact.value) for fact in facts(text, MONDAY)] == expected


def test_a_weekday_knows_the_date_it_names() -> None:
    weekday, day = facts("Freitag, 20. März", MONDAY)
    assert (weekday.value, weekday.pair, day.value) == (4, date(2026, 3, 20), date(2026, 3, 20))


@pytest.mark.parametrize(("text", "day"), [("morgen", date.max), ("gestern", date.min)])
def test_a_day_beyond_the_calendar_is_none(text: str, day: date) -> None:
    assert list(facts(text, day)) == []


def test_without_a_day_of_writing_only_full_dates_are_told() -> None:
    assert [fact.value for fact in facts("morgen, 3.4. oder 3.4.2026")] == [date(2026, 4, 3)]


@given(st.text(alphabet=st.sampled_from("0123456789.,:- Uhrhalbeinzwe€Mo"), max_size=80))
def test_facts_stand_in_the_text_in_order(text: str) -> None:
    end = 0
    for fact in facts(text, MONDAY):
        assert end <= fact.start < fact.end <= len(text)
        end = fact.end


@given(st.integers(0, 999_999))
def test_a_number_is_read_as_it_is_written(n: int) -> None:
    assert number(f"{n:,}".replace(",", ".")) == n
