"""Eine Buchungsbestätigung nennt nicht alles, was gebucht ist. (Handbuch 4)

Zur Bestätigung eines Add-ons gehören Option, Tage, Uhrzeit, Mindestarbeitszeit und Kündigungsfrist (``required`` in
``handbook.toml``), soweit es sie bei diesem Add-on gibt: ohne Auswahl keine Option, bei Express für einen Auftrag keine Tage, bei einer zweiten
Sprache weder Tage noch Uhrzeit, wenn im Chat keine Rede davon war. Was nur im Angebot stand, zählt nicht; was eine frühere Bestätigung nannte, muss ein Nachtrag nicht wiederholen.
"""

from collections.abc import Iterator

from nlp.handbook import Element, handbook
from nlp.pipeline.booking import OFFERED, OPTION, TIMED, confirmed, confirms, elements, free_time, once
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Buchung unvollständig"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
customer #addon: Option 2 bitte, Mo bis Fr um 8.
team #addon #aufgabenbeschreibung: <<Gebucht ist die feste Schicht, Option 2, Montag bis Freitag um 8 Uhr, mindestens 1 Stunde am Tag.>>

customer #addon: Gibt es feste Zeiten?
team #addon #aufgabenbeschreibung: Ja: Option 1 an drei Tagen, mindestens 1 Stunde am Tag, Option 2 täglich, mindestens 30 Minuten, beide kündbar mit 2 Wochen Frist.
customer #addon: Option 1, Mo Mi Fr um 9
team #addon #aufgabenbeschreibung: <<Die feste Schicht ist gebucht: Option 1, montags, mittwochs und freitags um 9 Uhr.>>

customer #addon: Wir nehmen Variante B, dienstags und freitags ab 14 Uhr.
team #addon #aufgabenbeschreibung: <<Hiermit bestätigen wir die Variante B, dienstags und freitags, mindestens 2 Stunden, 3 Wochen Frist.>> Start: 4. Mai.

customer #addon: das vertretungspaket bitte, S, täglich 7:30
team #addon: Schon erledigt! <<Das Vertretungspaket ist für Sie gebucht.>>

customer #addon: Frühdienst F1, 6.30 Uhr, fr sa so
team #addon #aufgabenbeschreibung: <<Eingetragen ist der Frühdienst F1 um 6:30 Uhr, mindestens 45 Minuten am Tag, 3 Wochen Kündigungsfrist.>>

customer #addon: Bitte feste Schicht Option 1, mo mi fr 7-9 Uhr.
team #addon: <<Deine Schicht ist bestätigt, montags, mittwochs, freitags von 7 bis 9 Uhr, 2 Stunden Minimum pro Tag, kündbar mit 2 Wochen Vorlauf.>>

team #addon: Für zwei feste Tage gilt: mindestens 2 Stunden je Tag, kündbar mit 3 Wochen.
customer #addon: Ja bitte, dienstags und donnerstags um 8.
team #addon #aufgabenbeschreibung: Danke! <<Damit ist Fabian ab 3. März dienstags und donnerstags um 8 Uhr fest für Sie da.>>

customer #addon: Express jeden Tag Di bis So, Antwort binnen 2 Stunden, bitte Stufe M.
team #addon #aufgabenbeschreibung: <<Express Stufe M ist eingerichtet: Dienstag bis Sonntag von 10 bis 18 Uhr, mindestens 30 Minuten am Tag.>>

customer #addon: Option 2 bitte, Mo bis Fr um 8.
team #addon: Gebucht ist die feste Schicht, Option 2, Montag bis Freitag um 8 Uhr, mindestens 1 Stunde am Tag, kündbar mit 2 Wochen Frist.

customer #addon: Samstags von 10 bis 12, bitte.
team #addon: Ihr Wochenenddienst ist gebucht: jeden Samstag von 10 bis 12 Uhr, mindestens 2 Stunden pro Einsatz, Frist eine Woche.

customer #addon: Stufe 2 bitte, Französisch brauchen wir ständig.
team #addon #aufgabenbeschreibung: Gebucht ist die zweite Sprache, Stufe 2, mindestens 4 Stunden im Monat, kündbar mit einem Monat Frist.

customer #addon: Den Abenddienst bitte am 24. September ab 18 Uhr.
team #addon #aufgabenbeschreibung: Gebucht: Abenddienst am Donnerstag, 24. September, ab 18 Uhr, mindestens drei Stunden, absagbar bis 17. September.

customer #addon: Bitte als Express.
team #addon: Gebucht: Express für dieses Deck, 25 % Aufschlag, Abgabe 6.5. um 10 Uhr.

customer #addon: Gibt es feste Zeiten?
team #addon: Ja, Option 1 an drei Tagen, Option 2 Montag bis Freitag. Welche darf ich für Sie notieren, und ist sie dann schon bestätigt?

customer #addon: Option 2, Mo bis Fr um 8.
team #addon: Gebucht ist die feste Schicht, Option 2, Montag bis Freitag um 8 Uhr, mindestens 1 Stunde am Tag, 2 Wochen Frist.
customer #addon: um 9 meinte ich
team #addon: Stimmt, 9 Uhr ist jetzt eingetragen, alles andere wie oben.

customer #addon: Ich kündige die feste Schicht.
team #addon #ablehnung: Die Kündigung der festen Schicht ist vermerkt, letzter Tag ist der 1. Juni.

customer #addon: Kann ich die Schicht auf 19 Uhr verschieben?
team #addon: Das Umbuchen kostet nichts. Ob Pia kann, klären wir bis morgen Mittag.

customer: Haben Sie das Hotel?
team: Ja, das Hotel ist gebucht, die Bestätigung hängt an.
"""

NAMES: dict[Element, str] = {
    "option": "die Option", "days": "die Tage", "time": "die Uhrzeit", "min_hours": "die Mindestarbeitszeit", "notice": "die Kündigungsfrist",
}  # fmt: skip


def check(view: View) -> Iterator[Mark]:
    sentence = confirms(view)
    if sentence is None:
        return
    text = "\n".join([*(message.text for message in confirmed(view)), view.message.text])
    named = elements(text)
    missing = [NAMES[element] for element in handbook().booking.required if element not in named and _applies(element, view)]
    if missing:
        what = " und ".join([", ".join(missing[:-1])] * (len(missing) > 1) + missing[-1:])
        yield Mark(sentence.start, sentence.end, f"Diese Buchungsbestätigung nennt nicht {what}. Ergänzen Sie das, sonst ist es nicht vereinbart.")


def _applies(element: Element, view: View) -> bool:
    """Whether the add-on has this element at all, as far as the chat tells."""
    chat = [message for message in view.before if message.channel == "chat"]
    said = [message.text for message in chat]
    if element == "option":
        return any(map(OPTION.search, said)) or any(m.outgoing and len(OFFERED.findall(m.text)) > 1 for m in chat)
    names = " ".join(map(str, view.thread.task.key_data.get("addons") or ()))
    if once(f"{view.message.text} {names}"):
        return False
    if element in ("days", "time") and not TIMED.search(f"{view.message.text} {names}") and not any(element in elements(text) for text in said):
        return False
    return not (element == "time" and free_time(view.message.text, said))
