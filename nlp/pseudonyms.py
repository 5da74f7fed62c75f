"""Texts without what tells who they are from: names, numbers, addresses and credentials, each replaced by as many characters.

Offsets into the text stay right, and it still reads like German. Dates, times, hours and amounts of money stay: labels hang on them.
Names are found by the task's record, by titles, greetings and closings, and by a list of given names; a surname that stands alone and
is in no record is not found. So the result is pseudonymous, not anonymous.

>>> task = Task.model_validate({"id": "A-1", "customer": {"last_name": "Oltmanns"}})
>>> Pseudonyms(task, ["Hallo Frau Oltmanns, mein Passwort ist Tee!2026, Tel. 0441 998877.\\nLG Jana"]).hidden("Frau Oltmanns: 0441 998877, 3. März")
'Frau Hartmann: 0000 000000, 3. März'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import cycle, islice

from nlp.handbook import DATA
from nlp.pipeline.facts import facts
from nlp.pipeline.words import content
from nlp.pipeline.zones import zones
from nlp.rules import credentials_exposed
from nlp.thread import Message, Task, Thread, View

_STAND_INS = {
    3: ("Ott", "Lux"), 4: ("Kern", "Falk"), 5: ("Weber", "Braun"), 6: ("Becker", "Winter"), 7: ("Fischer", "Schulze"), 8: ("Hartmann", "Neubauer"),
    9: ("Steinbach", "Hoffmeier"), 10: ("Baumgarten", "Winkelmann"),
}  # fmt: skip
_NAME = r"[A-ZÄÖÜÇŞÉ][\w'’]+(?:-[A-ZÄÖÜ][\w'’]+)*"
_TITLED = re.compile(
    rf"\b(?:Frau|Herrn?|Fr\.|Hr\.|Familie|Dr\.|Prof\.|(?:[Kk]oll?eg(?:in|en?)|[Cc]hef(?:in)?|[Mm]ann|[Tt]ochter|[Ss]ohn|[Ss]chwester|[Bb]ruder|heiße|"
    rf"[Nn]ame ist|[Aa]ssistentin)(?=\s+[A-ZÄÖÜ]))(?:\s+(?:Dr\.|Prof\.|{_NAME})){{1,3}}"
)
_WORD = re.compile(_NAME)
_NO_NAME = frozenset(
    """Frau Herr Herrn Familie Hallo Hi Hey Liebe Lieber Guten Gute Tag Morgen Abend Mittag Moin Servus Sehr Sie Du Ihr Ihre Ihnen Dr Prof Grüße Grüßen Grüsse
    Gruß Gruss Viele Vielen Freundliche Freundlichen Beste Besten Herzliche Herzlichen Schöne Schönen Sonnige Dank Danke Mit LG VG MfG BG GLG Team Bis
    Bald Bitte Und Ein Eine Einen Das Die Der Den Dem Wir Ich Es Ja Nein Wie Was Wann Wer Wo Ob Kann Können Haben Hat Ist Sind Wird Zusammen Ahoi Grüß Gott
    Büro Woche Wochenende Feierabend Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag""".split()
)
_SHORT = frozenset("ab am an da du er es im in ja ob so um wo zu".split())
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}\w|(?:https?://|www\.)\S{1,2000}")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_NUMBER = re.compile(r"\+?\d(?:[ /().-]{0,2}\d){3,40}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TOKEN = re.compile(r"(?<!\S)(?=\S*\d)(?=\S*[^\W\d_])(?=\S*[!#$%&*=§~^_])\S{6,64}")


class Pseudonyms:
    """Hides in each of some texts what was recognised in any of them or in the task."""

    def __init__(self, task: Task, texts: Iterable[str]) -> None:
        """:param texts: All that belongs together: a name that is plain in a greeting is hidden everywhere."""
        self._task, found = task, {name for text in texts for name in _names(text)} | {*_recorded(task)}
        ordered = sorted((re.escape(name) for name in found), key=len, reverse=True)
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?=(?:s|’s|'s)?(?!\w))", re.IGNORECASE) if ordered else None

    def hidden(self, text: str) -> str:
        """The text, as long as it was."""
        result = list(text)
        for start, end in self._secret(text):
            result[start:end] = "".join("0" if c.isdigit() else "x" if c.isalnum() else c for c in text[start:end])
        for match in self._names.finditer(text) if self._names else ():
            result[match.start() : match.end()] = _stand_in(match[0])
        return "".join(result)

    def _secret(self, text: str) -> Iterator[tuple[int, int]]:
        """Credentials whole; addresses, accounts, long numbers that are no date, time or amount."""
        for pattern in (_ADDRESS, _ACCOUNT, _TOKEN):
            yield from (match.span() for match in pattern.finditer(text))
        kept = [(fact.start, fact.end) for fact in facts(text)]
        for match in _NUMBER.finditer(text):
            fact = any(a < match.end() and b > match.start() for a, b in kept) and sum(c.isdigit() for c in match[0]) < 9
            if not fact and not _YEAR.fullmatch(match[0]):
                yield match.span()
        # read as ours after the same text as the customer's, every secret it names counts as repeated
        said = [Message(id="m1", author="customer", text=text), Message(id="m2", author="team", text=text)]
        for mark in credentials_exposed.check(View(Thread(task=self._task, messages=said), 1)):
            yield mark.start, mark.end


def _recorded(task: Task) -> Iterator[str]:
    """The words of all names in the task's record."""
    customer = task.customer
    for name in (customer.first_name, customer.last_name, customer.company, task.assistant):
        yield from (word for word in re.findall(r"[\w'’-]{2,}", name or "") if _telling(word) and not word.isdigit())


def _names(text: str) -> Iterator[str]:
    spots = [match.span() for match in _TITLED.finditer(text)]
    spots += [(start, end) for zone, start, end in zones(text) if zone in ("greeting", "closing", "signature")]
    for start, end in spots:
        yield from (word for word in _WORD.findall(text[start:end]) if _telling(word))
    yield from (word for word in _WORD.findall(text) if word in _given_names() and word != "August")  # more often the month


def _telling(word: str) -> bool:
    """Whether it tells somebody's name, and is no word that „Café am Markt“ or „von der Heide“ share with every sentence."""
    return word not in _NO_NAME and word.lower() not in _SHORT and bool(len(word) == 2 or content(word))


@cache
def _given_names() -> frozenset[str]:
    return frozenset((DATA / "given_names.txt").read_text(encoding="utf-8").split())


def _stand_in(name: str) -> str:
    """A surname as long as the name, in its case."""
    long = "".join(islice(cycle("Muster"), len(name)))
    made = next(stand_in for stand_in in _STAND_INS.get(len(name), (long,)) if stand_in.lower() != name.lower() or stand_in == long)
    return made.upper() if name.isupper() else made.lower() if name.islower() else made
