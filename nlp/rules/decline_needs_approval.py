"""Eine große Aufgabe wird abgelehnt, ohne dass eine Freigabe notiert ist. (Handbuch 5)

Ab mehr als 10 Stunden (``approval_above_hours`` in ``handbook.toml``, verglichen mit dem Stundenbudget der Eckdaten) muss einer der
Freigebenden vorher zustimmen; das steht in einer internen Notiz. Eine bloße Anfrage oder „noch warten“ ist keine Freigabe.
Nicht gemeint: Der Kunde sagt selbst ab, oder ein Add-on endet.
"""

import re
from collections.abc import Iterator

from nlp.handbook import handbook
from nlp.pipeline.decline import approval, declined, needs_approval
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Ablehnung ohne Freigabe"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
= key_data.hours_budget = 24
customer: Bitte die Händler recherchieren.
team #rueckfrage: Welche Umsatzklassen?
team #erinnerung: Die Umsatzklassen fehlen uns noch.
team #erinnerung: Dürfen wir noch einmal um die Umsatzklassen bitten?
team #ablehnung: Guten Tag, <<mangels Rückmeldung lehnen wir die Recherche ab.>>

= key_data.hours_budget = 18
customer: Bitte Belege zuordnen.
team #rueckfrage: Wo liegen die Belege?
team note: 18 Std., Freigabe bei Frau Wieland angefragt, Antwort steht noch aus.
team #ablehnung: <<Da nichts kam, nehmen wir den Auftrag von der Liste.>>

= key_data.hours_budget = 30
customer: Audioguide vertonen
team #rueckfrage: Wer spricht?
team note: Herr Östreich dazu: Nein, noch bis Ostern abwarten.
team #ablehnung: <<Nach drei Wochen ohne Lebenszeichen beenden wir die Aufgabe heute.>>

= key_data.hours_budget = 16
customer: Können Sie Kündigungen aufsetzen?
team #ablehnung: <<Das wäre Rechtsberatung, wir lehnen den Auftrag deshalb ab.>>

= key_data.hours_budget = 11
customer: 90 Bewerbungen sichten
team #rueckfrage: Nach welchen Kriterien?
assistant note: Bitte Freigabe fürs Ablehnen einholen, 11 Stunden.
team #ablehnung: Hallo Thea, <<da nichts kam, schließen wir den Auftrag.>>

= key_data.hours_budget = 10.5
customer: Karteikarten abtippen
team #rueckfrage: Schickst du uns die Scans?
team #ablehnung: <<Ohne Scans kommen wir nicht weiter, daher ist die Aufgabe ab jetzt abgelehnt.>>

= key_data.hours_budget = 24
customer: Bitte die Händler recherchieren.
team #rueckfrage: Welche Umsatzklassen?
team note: 24 Std., Freigabe zur Ablehnung von Frau Wieland liegt vor (Austauschkanal, 9:12).
team #ablehnung: Mangels Rückmeldung lehnen wir die Recherche ab.

= key_data.hours_budget = 35
customer: Shop umziehen
team #rueckfrage: Auf welche Plattform?
team note: Freigabe nötig, bei Herrn Östreich angefragt.
team note: Östreich: "Ist in Ordnung, absagen."
team #ablehnung: Da wir nichts gehört haben, lehnen wir die Aufgabe ab.

= key_data.hours_budget = 10
customer: Bitte die Händler recherchieren.
team #rueckfrage: Welche Umsatzklassen?
team #ablehnung: Mangels Rückmeldung lehnen wir die Recherche ab.

= key_data.hours_budget = 20
customer #ablehnung: Wir haben jetzt selbst jemanden, bitte die Aufgabe löschen.
team #ablehnung: Schade! Die Aufgabe ist geschlossen, berechnet wird nichts.

= key_data.hours_budget = 15
customer: Warum dauert das so lange?
team #ablehnung: Morgen entscheidet sich, ob wir die Aufgabe ablehnen oder annehmen.

= key_data.hours_budget = 40
customer #addon: Wir kündigen die Schicht.
team #addon #ablehnung: Ist vermerkt, die Schicht endet am 1. Juni.

customer: Bitte die Händler recherchieren.
team #rueckfrage: Welche Umsatzklassen?
team #ablehnung: Mangels Rückmeldung lehnen wir die Recherche ab.

= key_data.hours_budget = 24
customer: Bitte die Händler recherchieren.
team #rueckfrage: Welche Umsatzklassen?
team #erinnerung: Die Umsatzklassen fehlen uns noch.
"""


def check(view: View) -> Iterator[Mark]:
    if not needs_approval(view.thread.task) or approval(view.before):
        return
    if sentence := declined(view):
        who = re.sub(r"\bHerr\b", "Herrn", " oder ".join(handbook().process.approvers))
        size = f"{view.thread.task.key_data['hours_budget']:g}".replace(".", ",")
        yield Mark(
            sentence.start, sentence.end,
            f"Hier wird eine Aufgabe von {size} Stunden abgelehnt, und keine Notiz hält eine Freigabe fest. Holen Sie sie vorher bei {who} ein.",
        )  # fmt: skip
