"""Wochentag und Datum passen nicht zusammen. (Handbuch 1)

„Montag, 14. März“, und der 14. März ist ein Samstag: Was gilt, weiß dann keiner, und der Chat ist der Vertrag. Geprüft wird, wo
ein Wochentag unmittelbar vor seinem Datum steht oder dahinter in Klammern. Bei einem Datum ohne Jahr gilt das nächstliegende; liegt es mehr als drei Monate
fern, darf der Wochentag auch im Jahr davor oder danach stimmen. Auch Tage, die es nicht gibt („31. April“), fallen auf.
"""

import re
from collections.abc import Iterator
from datetime import date

from nlp.pipeline import claims
from nlp.pipeline.facts import WEEKDAYS, facts
from nlp.pipeline.zones import zones
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, View

LABEL = "Wochentag passt nicht"
SEVERITY: Severity = "warning"
SCOPE: Scope = "both"

EXAMPLES = """
team 2026-03-02: Die Liste haben Sie am <<Montag=>Samstag>>, 14. März.

team 2026-03-02: Wir sehen uns <<Di=>Do>> 5.3. um 9 Uhr.

assistant 2026-03-02: Fertig bis <<Mittwoch=>Freitag>>, den 20.03.2026.

team: Der Termin ist am <<Sonntag=>Samstag>>, 9. Mai 2026.

team 2026-03-02: <<Dienstags=>Montags>>, 2.3., beginnt Jana, und am <<Freitag=>Donnerstag>>, dem 12. März, endet es.

team 2026-03-02: Ich rufe am 5.3. (<<Freitag=>Donnerstag>>) an, die Liste kommt am 6. März, einem <<Donnerstag=>Freitag>>.

team note 2026-12-28: Start ist am <<Montag=>Freitag>>, 1. Januar.

team 2026-03-02: Die Liste haben Sie am <<31. April>>, spätestens am <<30.2.>>2027.

team 2026-03-02: Die Liste haben Sie am Samstag, 14. März.

team 2026-03-02: Die Liste haben Sie am 31. März, die Version 31.4.2 am 30. April. „Eingetreten 30.02.2011“ habe ich gestrichen.

team 2026-03-02: Ich rufe am 5.3. (Donnerstag) an, bis zum 12. März (Freitag habe ich frei) ist alles fertig.

team 2026-03-02: Immer montags, ab 12. März.

team 2026-03-02: Montag bis Freitag, erstmals am 12. März.

team: Die Liste haben Sie am Montag, 14. März.

team 2026-03-10: Am Donnerstag, 24. Dezember, und am Freitag, 1. Januar, ist niemand da.

team 2026-10-05: Das Sommerfest ist am Samstag, 12. Juni.

team 2026-03-02: Danke! Sie schrieben:⏎> Wir kommen am Montag, 14. März.

team 2026-03-02: Sie schrieben von Montag, dem 3. August 1998.

customer 2026-03-02: Treffen wir uns am Montag, 14. März.
team 2026-03-02: Gern.
"""

FAR = 100
"""So many days away, a date without a year may mean the year before or after."""
PAST = 30
"""So many days ago, it may mean the next one: „Freitag, 1. Januar“, written in March."""
_BEHIND = re.compile(rf"\s?\((?P<brackets>{'|'.join(WEEKDAYS)})(?=[),])|, eine[mn] (?P<day>{'|'.join(WEEKDAYS)})\b", re.IGNORECASE)
_NEVER = re.compile(
    r"(?<![\d.,])(?P<date>31\.\s?(?:Februar|April|Juni|September|November)\b|30\.\s?Februar\b|(?:31\.(?:0?[2469]|11)|30\.0?2)\.(?!\d{1,2}(?!\d)|\d{3}(?!\d)))"
    r"(?:\s?(?P<year>\d{4})\b)?"
)
_YEAR = re.compile(r"[^.!?]{0,40}?(?:,?\s*(?:den|dem|der)?\s*\d{1,2}\.\s?\S{1,10})\s(?:1\d{3}|2[1-9]\d\d)\b")


def check(view: View) -> Iterator[Mark]:
    text, today = view.message.text, claims.day(view.message.sent_at)
    quoted = [(start, end) for zone, start, end in zones(text) if zone == "quoted"]
    for start, end, weekday, day in _pairs(text, today):
        if any(a <= start < b for a, b in quoted) or _YEAR.match(text, end) or _matches(weekday, day, today):
            continue
        name, right = text[start:end], WEEKDAYS[day.weekday()].capitalize()
        yield Mark(
            start, end, f"Der {day.day}.{day.month}.{day.year} ist kein {WEEKDAYS[weekday].capitalize()}, sondern ein {right}. Prüfen Sie Wochentag und Datum.",
            Fix(label=f"„{right}“", start=start, end=end, replacement=_like(name, right)),
        )  # fmt: skip
    for never in _NEVER.finditer(text):
        past = today and never["year"] and int(never["year"]) < today.year
        if not past and not any(a <= never.start() < b for a, b in quoted):
            yield Mark(*never.span("date"), f"Den {never['date']} gibt es nicht. Prüfen Sie das Datum.")


def _pairs(text: str, today: date | None) -> Iterator[tuple[int, int, int, date]]:
    """Each weekday that belongs to a date: where it stands, which it is (0 is Monday), the date."""
    for fact in facts(text, today):
        if fact.pair:
            yield fact.start, fact.end, int(str(fact.value)), fact.pair
        elif isinstance(fact.value, date) and (behind := _BEHIND.match(text, fact.end)):
            group = "brackets" if behind["brackets"] else "day"
            yield *behind.span(group), WEEKDAYS.index(behind[group].lower()), fact.value


def _matches(weekday: int, day: date, today: date | None) -> bool:
    away = (day - today).days if today else 0
    around = (-1, 0, 1) if abs(away) > FAR else (0, 1) if away < -PAST else (0,)
    leap = day.month == 2 and day.day == 29
    return any(day.replace(year=day.year + years).weekday() == weekday for years in around if not (leap and years))


def _like(name: str, right: str) -> str:
    """The right weekday in the form of the wrong one: „Di“, „montags“, „Freitagabend“."""
    old = next((day for day in (*WEEKDAYS, "sonnabend") if name.lower().startswith(day)), None)
    form = right + name[len(old) :] if old else right[:2] + name[2:]
    return form if name[0].isupper() else form.lower()
