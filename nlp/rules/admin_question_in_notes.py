"""Eine interne Notiz stellt dem Team eine Frage, als wäre sie ein Chat. (Handbuch 7)

Die Notizen liest das Team nur, solange eine Aufgabe in „Forwarded“ liegt; Fragen gehören in den Einzelchat. Gezählt wird jede Frage
einer Assistenz, auch indirekt („Kann mir jemand sagen, ob …“). Keine ist, was der Kunde fragt, was zitiert ist, oder ein Aufruf zur Umfrage.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest

from nlp.pipeline.wordings import sentences
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Frage ans Team in der Notiz"
SEVERITY: Severity = "warning"
SCOPE: Scope = "note"

EXAMPLES = """
assistant note: Die Liste ist lückenhaft. <<Darf ich selbst absagen oder macht ihr das?>>

assistant note: <<Kann mir jemand vom Team sagen, ob ich über die sechs Stunden darf>>

assistant note: <<@Team soll ich die Objekte ohne Ausweis überspringen>>

assistant note: Kundin will ein Blatt je Monteur. <<Zählt das noch als Dateneingabe?>>

team note: Akte Kern ist nachgetragen. <<Wer von euch hat noch die Nummer von Nora?>>

assistant note: Der Kunde zahlt nicht. <<Bitte um kurze Rückmeldung vom Team>>.

assistant note %0.9: <<Weiß nicht, ob Sonntage extra zählen>>.

assistant note: Mit meinem Lispeln ans Telefon? Lieber nicht, ich bin raus.

team note: Umfrage: Wer kann Sütterlin lesen? Bitte bis Freitag melden.

team note: Nachfolge für Tabea, 12 Stunden im Monat. Wer mag?

assistant note: Kundin fragt, ob wir samstags arbeiten.

assistant note: Der Kunde sagt gern „Brauch ich das?“, also kurz fassen.

team note: Tarif Basis oder Plus? Frau Onken klärt.

assistant note: Übergabe gemacht, Jannik kann ab Montag beginnen.

assistant note: Kunde will wissen: Geht das auch auf Englisch?
"""

_SURE = 0.6
_TEAM = re.compile(
    r"\b(?:könn(?:t|tet)|habt|wisst|stellt|macht|gebt|sagt|wollt|braucht|meint|dürft|schickt|zahlt|handhabt) ihr\b|\b(?:von|bei|an) euch\b|\beuch (?:lieber|recht)\b"
    r"|\b(?:kann|könnte|weiß) (?:mir |uns )?(?:hier |da |bitte )*(?:wer|jemand|einer)\b|\bwer trägt\b",
    re.I,
)
_INDIRECT = re.compile(
    r"\b(?:könn(?:t|tet) ihr|kann|könnte|weiß) (?:(?:mir|uns|hier|da|bitte|mal|wer|jemand|einer|kurz|vom|aus|dem|team) ?)+(?:sagen|helfen|schauen|bescheid|klären)"
    r"|\b(?:weiß|kennt) (?:hier )?(?:jemand|wer|einer|ihr)\b|\b(?:gebt|sagt) (?:ihr )?(?:mir|uns) (?:\w+ ){0,4}(?:bescheid|ob|wie|was|wer|wann)\b"
    r"|\bwas (?:meint|sagt) ihr\b|@(?:team|admins?)\b[:,]? *(?:\w+,? ){0,8}?(?:darf|soll|kann|muss|ist|zählt|gilt|geht|wer|wie|was|ob|brauche) "
    r"|\bbitte um (?:kurze? |schnelle |eine )*(?:antwort|info|nachricht|rückmeldung|auskunft)(?: \w+)?(?: vom team| hier| von euch)|\bbitte kurze info vom team\b"
    r"|\bfrage (?:an (?:euch|das team|die admins?)|ans team|in die runde)\b",
    re.I,
)
_POLL = re.compile(r"\b(?:umfrage|ausschreib\w*|bewerb\w*|wer mag|wer (?:hat|hätte) (?:lust|zeit|luft)|wer (?:kann|könnte|möchte|übernimmt|will)|nachfolge)\b", re.I)
_CUSTOMERS = re.compile(
    r"\b(?:kund(?:e|in)|frau \w+|herr \w+|fr\. \w+|hr\. \w+|sie|er)\b (?:\w+ ){0,4}?(?:fragt\w*|wissen|erkundigt\w*)\b[^.?!]{0,20}[:„\"]"
    r"|[„\"‚][^“”\"‘?]{0,200}\?[“”\"‘]",
    re.I,
)

_REPLY = re.compile(r"(?:nee?|nein|ja|jo|doch|klar|lieber|eher|vielleicht|na ?ja|natürlich)\b", re.I)
"""Who answers the question in the next breath asked nobody."""


def check(view: View) -> Iterator[Mark]:
    text, score = view.message.text, (view.message.rule_scores or {}).get("admin-question-in-notes", 0.0)
    said = list(sentences(text))
    asked = (s for s, reply in zip_longest(said, said[1:]) if not (reply and _REPLY.match(reply.text)))
    found = [(s.start, s.end) for s in asked if _asks(s.text, view.message.author == "assistant", text)]
    if not found and score >= _SURE:
        found = [(s.start, s.start + len(s.text.rstrip(" .!"))) for s in said[-1:]]
    for start, end in found:
        words = text[start:end].rstrip(" .!")
        yield Mark(start, start + len(words), f"„{words}“ ist eine Frage an das Team. Stellen Sie sie in Ihrem Einzelchat, Notizen liest dort niemand laufend.")


def _asks(sentence: str, assistant: bool, note: str) -> bool:
    """Whether the sentence asks the team something; the team's own notes ask only where they say „ihr“, and call to polls."""
    if _CUSTOMERS.search(sentence):
        return False
    question = sentence.rstrip(' )"“”*').endswith("?")
    if assistant:
        return question or bool(_INDIRECT.search(sentence))
    return question and bool(_TEAM.search(sentence)) and not _POLL.search(note)
