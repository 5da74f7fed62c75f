"""Values in German words: dates, times, hours, money, days, lists, names. For text that is written, as ``facts`` is for text that is read.

>>> said("date", date(2026, 3, 20), date(2026, 3, 2)), said("hours", 1.5), said("euro", 29.5), genitive("Jens")
('Freitag, 20. März', '1,5 Stunden', '29,50 Euro', 'Jens’')
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

DAYS = {"mo": "Montag", "di": "Dienstag", "mi": "Mittwoch", "do": "Donnerstag", "fr": "Freitag", "sa": "Samstag", "so": "Sonntag"}
TYPES = {
    "text": "Text", "list": "Aufzählung", "date": "Datum", "time": "Uhrzeit", "hours": "Stunden", "euro": "Betrag in Euro", "number": "Zahl", "days": "Wochentage",
    "addon": "Add-on", "addons": "Add-ons",
}  # fmt: skip
"""What a slot may hold, and what a person who has to fill it is told."""
_FAR = 300
_LISTED = 100


def said(kind: str, value: object, today: date | None = None) -> str:
    """The value as it stands in a sentence.

    :param kind: One of ``TYPES``, without the add-ons.
    :param value: A Python value, or what JSON has for it: ISO date, "HH:MM", a number, a list.
    :param today: Dates that are far from it are said with their year.
    :raises ValueError: If the value is none of this kind.
    """
    try:
        text = _WRITERS[kind](value, today)
    except (TypeError, ValueError, KeyError, ArithmeticError) as error:
        raise ValueError(f"{value!r} ist kein Wert der Art „{TYPES.get(kind, kind)}“.") from error
    if not text.strip():
        raise ValueError(f"Der Wert ist leer, erwartet wird: {TYPES[kind]}.")
    return text


def number(value: float) -> str:
    return str(format_decimal(round(float(value), 2), locale="de"))


def listed(parts: Sequence[object]) -> str:
    """``A, B und C``."""
    return str(format_list([str(part) for part in parts[:_LISTED]], locale="de"))


def genitive(name: str) -> str:
    """``Noras``, ``Jens’``."""
    return f"{name}’" if name.lower().endswith(("s", "ß", "x", "z")) else f"{name}s"


def capitalize(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def _date(value: object, today: date | None) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    far = today is not None and abs((day - today).days) > _FAR
    return str(format_date(day, "EEEE, d. MMMM y" if far else "EEEE, d. MMMM", locale="de"))


def _time(value: object, _: date | None) -> str:
    """``10 Uhr``, ``9:30 Uhr``, ``10 bis 14 Uhr``, ``8 und 12 Uhr``."""
    spans = [[time.fromisoformat(part.strip().zfill(5)) for part in span.split("-")] for span in str(value).split(",")]
    return f"{listed([' bis '.join(f'{t.hour}:{t.minute:02d}' if t.minute else str(t.hour) for t in span) for span in spans])} Uhr"


def _hours(value: object, _: date | None) -> str:
    hours = float(str(value))
    if 0 < hours < 1:
        return f"{number(hours * 60)} Minuten"
    return f"{number(hours)} Stunde{'' if hours == 1 else 'n'}"


def _euro(value: object, _: date | None) -> str:
    euros = float(str(value))
    return f"{number(euros) if euros == int(euros) else format_decimal(euros, '#,##0.00', locale='de')} Euro"


def _days(value: object, _: date | None) -> str:
    """``Montag bis Freitag``, ``Montag, Mittwoch und Freitag``."""
    if not isinstance(value, list | tuple):
        return str(value)
    keys = list(DAYS)
    places = sorted({keys.index(str(day)[:2].lower()) for day in value})
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{DAYS[keys[places[0]]]} bis {DAYS[keys[places[-1]]]}"
    return listed([DAYS[keys[place]] for place in places])


_WRITERS: dict[str, Callable[[object, date | None], str]] = {
    "text": lambda value, _: str(value), "list": lambda value, _: listed(list(value)) if isinstance(value, list | tuple) else str(value),
    "date": _date, "time": _time, "hours": _hours, "euro": _euro, "number": lambda value, _: number(float(str(value))), "days": _days,
}  # fmt: skip
