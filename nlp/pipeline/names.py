"""Names of people: titles apart, spellings that mean the same, what a customer may be called.

>>> plain("Prof. Dr. Yıldırım-Weiß"), plain("Mueller") == plain("Müller")
('yildirim-weiss', True)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nlp.pipeline.kept import kept
from nlp.thread import Customer, View

TITLES = (
    r"(?:(?:Univ\.-|Hon\.-)?Prof(?:essorin|essor|\.|\b)|Dr(?:\.|\b)(?:\s?(?:med|jur|phil|rer|nat|pol|ing|vet|dent|h|c)\.)*|Doktor(?:in)?\b|PD\b|Priv\.-Doz\."
    r"|Mag(?:istra|ister|\.a|\.)|Dipl\.-\w+\.?|Ing\.|DI\b|Sr\.|Schwester\b|Bruder\b|Pater\b|Pfarrer(?:in)?\b|Pastor(?:in)?\b|Rechtsanw(?:alt|ältin)\b|RA(?:in)?\b"
    r"|Bürgermeister(?:in)?\b|Ortsvorsteher(?:in)?\b|Amts(?:rat|rätin)\b|Diakon(?:in)?\b|St[BD]\b|OStR(?:in)?\b)"
)
_TITLES = re.compile(rf"\b(?:{TITLES}\s*)+(?=\s|\w|$)", re.IGNORECASE)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "’": "'"})


def bare(name: str | None) -> str:
    """The name without titles."""
    return " ".join(_TITLES.sub("", name or "").split())


def plain(name: str) -> str:
    """What a name is compared by: „ä“ is „ae“, „ß“ is „ss“, other accents do not count."""
    low = unicodedata.normalize("NFC", bare(name)).casefold().translate(_GERMAN)
    return "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))


def spoken(customer: Customer, du: bool) -> str:
    """How a greeting calls the customer („Frau Dr. Kern“, „Petra“); empty where the record does not say."""
    first, last = bare(customer.first_name), bare(customer.last_name)
    if du or not customer.salutation or not last:
        return first
    degrees = _DEGREES.findall(f"{customer.first_name or ''} {customer.last_name or ''}")
    return " ".join([customer.salutation, *degrees, last])


def addressed(customer: Customer, du: bool) -> dict[str, str | None]:
    """Ways to call the customer: ``name`` („Frau Dr. Kern“, „Petra“), ``geehrte`` („geehrte Frau Dr. Kern“), ``liebe`` („Liebe Petra“);
    None where the record does not say enough."""
    female = {"Frau": True, "Herr": False}.get(customer.salutation or "")
    name = spoken(customer, du) if du or (customer.salutation and bare(customer.last_name)) else ""
    if not name or female is None:
        return {"name": name or None, "geehrte": None, "liebe": None}
    return {"name": name, "geehrte": None if du else f"geehrte{'' if female else 'r'} {name}", "liebe": f"Liebe{'' if female else 'r'} {name}"}


_DEGREES = re.compile(r"\b(?:Prof|Dr)\.(?=\s|$)")


def known(view: View) -> set[str]:
    """Names by which people on the customer's side showed themselves: words of the customer's messages but for whom they greet."""
    return {name for m in view.before if m.incoming for name in _shown(m.text)}


@kept
def _shown(text: str) -> Iterator[str]:
    yield from {plain(word) for word in set(re.findall(r"[\w'’-]+", _GREETED.sub("", text)))}


_GREETED = re.compile(r"\A\W*(?:(?:\w+\s+){0,4}?)(?:hallo|hi|hey|liebe[rs]?|moin|servus|herr|frau|geehrte[rs]?|morgen|tag|abend)\b[^\n,.!?:;–-]*", re.IGNORECASE)


def near(one: str, other: str) -> bool:
    """Whether one is likely a slip for the other: one or two letters apart, or a part of a double name."""
    if one == other or not one or not other:
        return False
    if one in re.split(r"[-\s]", other) or set(re.split(r"[-\s]", one)) == set(re.split(r"[-\s]", other)):
        return True
    if len(one) == len(other) >= 4 and sum(a != b for a, b in zip(one, other, strict=True)) == 2 and sorted(one) == sorted(other):
        return True  # „Flak“ for „Falk“
    return min(len(one), len(other)) >= 4 and _distance(one[:40], other[:40]) <= (1 if min(len(one), len(other)) < 5 else 2)


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
