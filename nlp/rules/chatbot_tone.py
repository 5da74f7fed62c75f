"""Die Nachricht klingt wie ein Textbaustein. (Handbuch 6)

Gezählt werden Floskeln („Ihr Anliegen ist uns wichtig“), und dagegen, was nur zu diesem Kunden passt: seine Wörter, Namen, Zahlen,
Antworten. Eine höfliche Formel in einer Nachricht zur Sache stört nicht. Auch fast dieselbe Nachricht noch einmal klingt so.
"""

from collections.abc import Iterator

from nlp.handbook import phrases
from nlp.pipeline.wordings import Sentence, sentences
from nlp.pipeline.words import content
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Klingt wie ein Chatbot"
SEVERITY: Severity = "warning"
SCOPE: Scope = "chat"

EXAMPLES = """
customer: Der Flug geht nach Palma statt nach Porto!
team: Sehr geehrter Kunde, <<vielen Dank für Ihre Nachricht>>. <<Ihr Anliegen ist uns wichtig>>.

customer: Wo werden die Lebensläufe gespeichert?
team: Guten Tag Frau Ebbers, <<Datenschutz hat bei uns höchste Priorität>>. <<Unser kompetentes Team steht Ihnen mit Rat und Tat zur Seite>>.

customer: Die Liste ist schon wieder falsch.
assistant: <<Vielen Dank für Ihr wertvolles Feedback>>! <<Wir nehmen Ihre Kritik sehr ernst>>.

customer: Können Sie mir 40 Karten schreiben?
team: <<Vielen Dank für Ihre Anfrage>>. <<Ihr Anliegen ist bei uns in besten Händen, wir melden uns zeitnah>>.

customer: Ich warte seit Montag auf den Plan.
team: <<Wir haben Ihr Anliegen erhalten und an die zuständige Stelle weitergeleitet>>.

customer: Wie viele Seiten schaffen Sie am Tag?
team %0.9!: Gerne sind wir für Sie tätig und freuen uns auf alles Weitere.

customer: Wann kommt die Liste mit den Praxen?
team: Guten Tag Frau Kern, die ersten Adressen prüfe ich gerade, danach schreibe ich Ihnen den Rest zusammen, Gruß Nora
customer: Und jetzt?
team!: Guten Tag Frau Kern, die ersten Adressen prüfe ich gerade, danach schreibe ich Ihnen den Rest zusammen, Gruß Nora

customer: Können Sie mir 40 Karten schreiben?
team: Guten Tag Frau Kern, vielen Dank für Ihre Anfrage. 40 Karten dauern etwa zwei Stunden. Soll die Schrift wie auf dem Muster aussehen?

customer: <?Was kostet das Lektorat>?
team: <!28 Euro die Stunde>, zusammen 112 Euro. Bei Fragen stehen wir Ihnen gern zur Verfügung.

customer: Die Namen auf den Urkunden sind falsch geschrieben.
assistant: Das tut mir leid, Frau Kern. Ich schreibe die Namen auf den Urkunden neu ab und lasse sie gegenlesen.

customer: Alles bestens, danke!
team: Vielen Dank für Ihre Rückmeldung.

customer: Ich habe Sorge wegen der Daten.
team: Der Schutz der Daten ist uns wichtig: Die Dateien liegen in Frankfurt, und nur Frau Brandl liest die Lebensläufe.

customer: Hier die Antwort von Ihnen.
team: Danke, die Zahlen stimmen.⏎> Ihr Anliegen ist uns wichtig. Unser Team steht Ihnen mit Rat und Tat zur Seite.
"""

_SURE, _LIKELY = 0.6, 0.25
_SAME, _LONG = 0.85, 10
_GENERIC = content(
    """Aufgabe Auftrag Anfrage Nachricht Frage Fragen Anliegen Team Service Kunde Kundin Assistenz Assistentin Rückmeldung Antwort Angebot Leistung Zeit
    Unterlagen Informationen bitte bearbeiten schicken senden mitteilen melden schreiben prüfen freuen unterstützen helfen brauchen wissen"""
)


def check(view: View) -> Iterator[Mark]:
    text, score = view.message.text, (view.message.rule_scores or {}).get("chatbot-tone", 0.0)
    said = list(sentences(text, phrases().canned))
    marked = [s for s in said if s.strong or s.weak]
    if _canned(view, said, score):
        for sentence in marked:
            yield from _marks(text, sentence)
    elif said and score >= _SURE:
        yield Mark(0, 0, "Das klingt wie ein Textbaustein. Gehen Sie auf das ein, was der Kunde geschrieben hat.")
    elif _said_before(view):
        yield Mark(0, 0, "Fast dieselbe Nachricht hat der Kunde schon bekommen. Schreiben Sie, was seither neu ist.")


def _canned(view: View, said: list[Sentence], score: float) -> bool:
    """Whether stock phrases outweigh what is meant for this customer alone."""
    known = _known(view)
    strong = sum(len(s.strong) for s in said)
    canned = sum(bool(s.strong or s.weak) for s in said)
    special = sum(_specific(view, s, known) for s in said)
    if strong >= 2 or (canned and score >= _LIKELY):
        return special <= canned
    return special < canned if strong else canned >= 2 and not special and len(said) <= canned + 1


def _known(view: View) -> set[str]:
    """The customer's own words, and those of the task's title."""
    words = content(view.thread.task.title)
    for message in view.before:
        words |= content(message.text) if message.incoming else set()
    return words - _GENERIC


def _specific(view: View, sentence: Sentence, known: set[str]) -> bool:
    if any(c.isdigit() for c in sentence.text) or "?" in sentence.text:
        return True
    if any(a.quote and a.status != "missed" and a.quote in sentence.text for a in view.message.answers or ()):
        return True
    if sentence.strong:
        return False
    own = sentence.text
    for start, end in reversed(sentence.weak):
        own = own[: start - sentence.start] + own[end - sentence.start :]
    return bool(content(own) & known)


def _marks(text: str, sentence: Sentence) -> Iterator[Mark]:
    words = sentence.text.rstrip(" .!")
    yield Mark(sentence.start, sentence.start + len(words), f"„{words}“ klingt wie ein Textbaustein. Gehen Sie auf das ein, was der Kunde geschrieben hat.")


def _said_before(view: View) -> bool:
    words = content(view.message.text)
    if len(words) < _LONG:
        return False
    earlier = (content(m.text) for m in view.before if m.outgoing)
    return any(len(words & other) >= _SAME * len(words | other) for other in earlier)
