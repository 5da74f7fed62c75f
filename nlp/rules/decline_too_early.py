"""Eine Aufgabe wird wegen fehlender Antwort abgelehnt, bevor genug erinnert wurde. (Handbuch 5)

Abgelehnt wird erst nach zwei Erinnerungen (``reminders`` in ``handbook.toml``). Gezählt werden die Nachrichten an den Kunden mit dem
Tag „Erinnerung“ und solche, die dem Wortlaut nach erinnern; Anrufe und Notizen zählen nicht. Eine Ablehnung aus anderem Grund
(Absage des Kunden, rechtlich nicht möglich, niemand frei) ist nicht gemeint.
"""

from collections.abc import Iterator

from nlp.handbook import handbook
from nlp.pipeline.decline import reminders, unanswered
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Zu früh abgelehnt"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
customer: Bitte die Kundenliste bereinigen.
team #rueckfrage: Gern. Schicken Sie uns die Liste?
team #erinnerung: Die Liste fehlt uns noch, schaffen Sie das diese Woche?
team #ablehnung: <<Da wir nichts von Ihnen gehört haben, lehnen wir die Aufgabe ab.>> Alles Gute!

customer: Wir brauchen 40 Produkttexte.
team #rueckfrage: In welchem Ton?
team #ablehnung: Guten Tag Frau Kern, <<mangels Rückmeldung wird Ihre Anfrage hiermit abgelehnt.>>

customer: brauche ein logo
assistant #rueckfrage: Welche Farben hättest du gern?
assistant #erinnerung: Magst du mir die Farben noch nennen?
team #ablehnung: Hallo Tim, <<weil von dir nichts kam, schließen wir den Auftrag heute.>> Melde dich gern wieder.

customer: Bitte den Vertrag übersetzen, er kommt heute noch.
team #ablehnung: <<Der Vertrag hat uns nicht erreicht, deshalb nehmen wir die Übersetzung von der Liste.>>

customer: Terminsuche für drei Partner
team #rueckfrage: Welche Wochen kommen in Frage?
team note: Zweimal angerufen, niemand da.
team #ablehnung: <<Ohne Ihre Wochen können wir nicht suchen und geben die Aufgabe zurück.>>

customer: Bitte Belege sortieren.
team #rueckfrage: Nach Monat oder nach Konto?
team: Frau Kern, ich erinnere an unsere Frage: nach Monat oder nach Konto?
team: <<Leider kam keine Antwort, wir lehnen die Aufgabe ab.>>

customer: Bitte eine Präsentation bauen.
team #rueckfrage: Wie viele Folien sollen es werden?
team #erinnerung #ablehnung: <<Da Sie sich nicht gemeldet haben, lehnen wir die Aufgabe ab.>>

customer: Bitte die Kundenliste bereinigen.
team #rueckfrage: Gern. Schicken Sie uns die Liste?
team #erinnerung: Die Liste fehlt uns noch, schaffen Sie das diese Woche?
team #erinnerung: Noch ein Versuch: Ohne Liste können wir nicht anfangen.
team #ablehnung: Da wir nichts von Ihnen gehört haben, lehnen wir die Aufgabe ab. Alles Gute!

customer: Bitte Belege sortieren.
team #rueckfrage: Nach Monat oder nach Konto?
team: Frau Kern, ich erinnere an unsere Frage: nach Monat oder nach Konto?
team: Ich frage zum zweiten Mal nach, nach Monat oder nach Konto?
team: Leider kam keine Antwort, wir lehnen die Aufgabe ab.

customer #ablehnung: Wir haben es uns anders überlegt, bitte nicht anfangen.
team #ablehnung: Schade, wir schließen die Aufgabe heute. Kosten sind keine entstanden.

customer: Schreiben Sie mir meine Masterarbeit?
team #ablehnung: Das wäre Ghostwriting, deshalb lehnen wir den Auftrag ab.

customer #addon: Ich kündige die feste Schicht.
team #addon #ablehnung: Ihre Kündigung ist vermerkt, die Schicht endet am 27. April.

customer: Bitte die Kundenliste bereinigen.
team #rueckfrage: Gern. Schicken Sie uns die Liste?
team #erinnerung #ablehnung: Wenn die Liste nicht kommt, müssen wir die Aufgabe ablehnen. Schaffen Sie es bis Freitag?

customer: Bitte die Kundenliste bereinigen.
team #rueckfrage: Gern. Schicken Sie uns die Liste?
team #erinnerung #ablehnung: Wir haben noch nichts von Ihnen gehört. Kommt die Liste nicht bis Freitag, lehnen wir die Aufgabe ab.

customer: Bitte die Kundenliste bereinigen.
team #rueckfrage: Gern. Schicken Sie uns die Liste?
team: Guten Tag Frau Kern, hören wir bis Freitag nichts von Ihnen, müssten wir die Aufgabe ablehnen.

customer: Bitte die Kundenliste bereinigen.
team #rueckfrage: Gern. Schicken Sie uns die Liste?
team #ablehnung: Sollten wir bis zum 9. März nichts hören, lehnen wir die Aufgabe ab.

customer: Bitte die Liste ausfüllen.
assistant #ergebnis: Die Liste ist fertig, ich schließe die Aufgabe heute ab.
"""


def check(view: View) -> Iterator[Mark]:
    needed, sent = handbook().process.reminders, reminders(view)
    sentence = unanswered(view) if sent < needed else None
    if sentence:
        before = "ohne Erinnerung" if not sent else f"nach {sent} Erinnerung{'en' * (sent > 1)}"
        yield Mark(
            sentence.start, sentence.end,
            f"Hier wird {before} abgelehnt, weil keine Antwort kam; vorgesehen sind {needed}. Erinnern Sie noch einmal und lehnen Sie dann ab.",
        )  # fmt: skip
