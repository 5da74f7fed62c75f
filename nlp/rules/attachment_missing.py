"""Ein Anhang ist angekündigt, aber nicht dabei. (Handbuch 2)

Steht „anbei“, „im Anhang“, „beigefügt“, „hängt an“ im Text und hat die Nachricht keine Datei, sucht der Empfänger vergeblich.
Nicht gemeint: die Datei des Kunden („Ihre Liste im Anhang“), eine spätere („schicke ich im Anhang, sobald …“), zitierter Text.
Ist nicht bekannt, ob Dateien dabei sind (``attachments`` fehlt), wird nicht geprüft.
"""

from collections.abc import Iterator

from nlp.handbook import phrases
from nlp.pipeline.wordings import sentences
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Anhang fehlt"
SEVERITY: Severity = "warning"
SCOPE: Scope = "both"

EXAMPLES = """
team: <<Anbei>> die Übersicht der drei Angebote.

team: Die Tabelle finden Sie <<im Anhang>>.

assistant: Liste ist fertig, <<hängt an>>. Schönes Wochenende!

team: Den Vertrag haben wir <<beigefügt>>, bitte einmal unterschreiben.

team: Guten Tag, alle Belege sind sortiert (<<siehe Anlage>>).

assistant: Das Protokoll ist <<angehängt>>, die Fotos auch.

team: Den Entwurf <<hänge ich dir gleich hier an>>.

team: Ihre Rechnung finden Sie <<im Anhang>>, bitte prüfen Sie sie.

team note: Telefonprotokoll <<liegt bei>>.

team +liste.xlsx: Anbei die Übersicht der drei Angebote.

team: Ihre Liste im Anhang lässt sich nicht öffnen.

team: Die Auswertung schicke ich im Anhang mit, sobald die Zahlen da sind.

team: Danke!⏎⏎Am Mo., 2. März 2026 schrieb Kern:⏎> Anbei die Liste.

team: Bitte schicken Sie die Liste als Anlage zu dieser Aufgabe.

team: Der Vertrag, den Sie beigefügt haben, ist unterschrieben.

team: Die Gespräche hängen an einer einzigen Frage.

team: Wie anhänglich Ihre Kunden sind, sieht man an den Anlagen im Garten.

team: Der Anhänger am Schlüsselbund ist bestellt.
"""


def check(view: View) -> Iterator[Mark]:
    text = view.message.text
    if view.message.attachments is None or view.message.attachments:
        return
    for sentence in sentences(text, phrases().attached):
        for start, end in sentence.strong[:1]:
            if not any(s.strong for s in sentences(sentence.text, phrases().attached_elsewhere)):
                yield Mark(start, end, f"„{text[start:end]}“ steht im Text, aber es ist keine Datei dabei. Hängen Sie sie an, oder nehmen Sie es heraus.")
