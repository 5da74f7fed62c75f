"""Eine Angabe widerspricht den Eckdaten oder dem, was im Chat vereinbart ist. (Handbuch 1)

Verglichen werden Stunden, Satz und Frist mit den Eckdaten, die Bestätigung eines Add-ons (Option, Tage, Uhrzeit, Kündigungsfrist) mit
der Wahl des Kunden, und was „wie besprochen“ gelten soll, mit dem Chat. Notizen zählen nicht. Nicht gemeint: ein Vorschlag, ein neues
Angebot, eine Frage, ein Preis innerhalb der Arbeit, ein Zuschlag, und was im Chat schon genannt wurde.
"""

from collections.abc import Iterator

from nlp.pipeline.chosen import departures
from nlp.pipeline.figures import claims
from nlp.pipeline.slips import slips
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, View

LABEL = "Angabe weicht ab"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
= key_data.hours_budget = 10
team: Von Ihren <<12 Stunden=>10 Stunden>> sind vier verbraucht.

= key_data.hours_budget = 8
assistant: Fertig! Gebraucht habe ich <<neun Stunden=>8 Stunden>>, wie besprochen.

= key_data.rate_eur = 32
team: Vereinbart sind <<34 € pro Stunde=>32 € pro Stunde>>.

= key_data.rate_eur = 28.5
assistant: Sechs Stunden zu <<30 Euro=>28,50 Euro>> stelle ich in Rechnung.

= key_data.deadline = "2026-04-28"
team 2026-04-22: Fertig ist der Newsletter am <<Donnerstag, 30. April=>Dienstag, 28. April>>.

= key_data.deadline = "2026-06-12"
assistant 2026-05-27: Den Vorschlag haben Sie am <<21.6.=>12.6.>>

team #addon: A) nur samstags, B) samstags und sonntags, mindestens 1 Stunde, 2 Wochen Frist.
customer #addon: A, 10-12 uhr
team #addon #aufgabenbeschreibung: Gebucht ist Option <<B=>A>>, samstags von 10 bis 12 Uhr, mindestens 1 Stunde, 2 Wochen Frist.

customer #addon: dann die 3, di + do 18 uhr
team #addon #aufgabenbeschreibung: Option 3 ist für dich gebucht, Dienstag und Donnerstag um <<17 Uhr>>, los geht es am 10.2.

customer #addon: Wir nehmen Variante B, mo mi fr ab 8 Uhr.
team #addon #aufgabenbeschreibung: Gebucht ist Variante B, montags, <<dienstags>> und freitags ab 8 Uhr, mindestens 1 Stunde am Tag, Frist 2 Wochen.

team #addon: Feste Schicht, mindestens 1 Stunde am Tag, Kündigungsfrist 2 Wochen.
customer #addon #ablehnung: Ich kündige die Schicht.
team #addon #ablehnung: Die Kündigungsfrist beträgt <<vier Wochen>>, die Schicht endet also am 27. April.

customer: Es beginnt jetzt um 13 Uhr statt 14, wegen der Feuerwehr.
assistant: Auf dem Plakat steht nun: Samstag, 27. Juni, <<14 Uhr>>.

customer: Hotel vom 10. bis 17. Oktober, bitte.
assistant: Gebucht: 10. bis 17. <<November=>Oktober>>, Halbpension.

= key_data.hours_budget = 10
team: Von Ihren 10 Stunden sind vier verbraucht.

= key_data.hours_budget = 10
customer: Können wir auf 12 Stunden gehen?
team: Gern, ab Februar gilt: Ihre 12 Stunden sind eingetragen.

= key_data.hours_budget = 10
team: In den Eckdaten stehen nicht 12 Stunden, sondern zehn Stunden, da hatten wir uns vertippt.

= key_data.hours_budget = 10
team: Bisher sind 4 Stunden verbraucht.

= key_data.rate_eur = 32
team #addon: Abends kommen 4 € pro Stunde Zuschlag dazu.

= key_data.rate_eur = 32
team #arbeitsmaterial: Der Dolmetscher im Hotel verlangt 80 € pro Stunde.

= key_data.deadline = "2026-04-28"
team 2026-04-22: Wäre es schlimm, wenn der Newsletter erst am 30. April fertig ist?

= key_data.deadline = "2026-04-28"
team 2026-04-22 #beschwerde #termin: Sie bekommen die korrigierte Liste am 4. Mai.

= key_data.deadline = "2026-04-28"
team 2026-04-22: Die Rechnung kommt wie besprochen am 1. Mai.

= key_data.deadline = "2026-04-28"
customer: Um 9 Uhr kann ich nicht.
assistant 2026-04-22: Beim Zahnarzt ist für den 4. Mai um 15 Uhr ein Termin vereinbart.

= key_data.deadline = "2026-04-28"
team 2026-04-22: Ab dem 13. Juli bin ich im Urlaub.

customer #addon: halb sieben, dienstags, Option 1
team #addon #aufgabenbeschreibung: Gebucht ist Option 1, dienstags um 18:30 Uhr, mindestens 1 Stunde, Frist 2 Wochen.

customer #addon: Halbtags, an allen Werktagen außer Mittwoch, ab 8 Uhr.
team #addon #aufgabenbeschreibung: Gebucht ist „Halbtag“: Montag, Dienstag, Donnerstag und Freitag ab 8 Uhr, mindestens 1 Stunde am Tag, Frist eine Woche.

= key_data.hours_budget = 8
team: Von Ihrem Budget von <<10 Stunden=>8 Stunden>> sind vier verbraucht.

= key_data.rate_eur = 32
team #addon: Express kostet 9 € je Stunde zusätzlich.

customer #addon: Option 2, Mo bis Fr um 8.
team #addon #aufgabenbeschreibung: Gebucht ist Option 2, Montag bis Freitag um 8 Uhr, mindestens 1 Stunde am Tag, Frist 2 Wochen, ab Montag, 9. März.

= key_data.hours_budget = 10
team note: Kunde denkt an 12 Stunden, in den Eckdaten stehen 10.
"""


def check(view: View) -> Iterator[Mark]:
    for claim in (*claims(view), *departures(view), *slips(view)):
        said = view.message.text[claim.start : claim.end]
        fix = Fix(label=f"„{claim.replacement}“", start=claim.start, end=claim.end, replacement=claim.replacement) if claim.replacement else None
        yield Mark(claim.start, claim.end, f"Hier steht „{said}“. {claim.source} {claim.right}. Prüfen Sie, was gilt.", fix)
