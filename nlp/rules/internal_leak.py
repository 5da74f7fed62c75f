"""Der Kunde liest etwas, das nur intern bestimmt ist. (Handbuch 5, 7)

Intern sind Notizen und Kundenakte, Freigaben und wer sie gibt, Austauschkanal, Urteile über den Kunden, andere Kunden, Margen. Gesucht
wird nach solchen Wörtern, und nach dem, was die Notizen dieser Aufgabe sagen und der Chat bisher nicht.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.handbook import handbook, phrases
from nlp.pipeline.wordings import Sentence, clause, sentences
from nlp.pipeline.words import content
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Internes an den Kunden"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
customer: Wann geht es weiter?
team: Am Montag. <<In Ihrer Kundenakte steht>>, dass Sie gern telefonieren.

customer: Und jetzt?
team: <<Unter uns gesagt ist das bei ihr nicht das erste Mal>>. Der Bogen kommt morgen.

team note: Freigabe zum Ablehnen bei Frau Wieland angefragt, 14 Stunden.
team: Wir lehnen die Aufgabe ab. <<Frau Wieland hat dem zugestimmt>>.

team note: Kunde hat 2024 nicht gezahlt.
team: Bitte beachten Sie, <<dass nach den Erfahrungen von 2024 eine Anzahlung fällig wird>>.

customer: Haben Sie Erfahrung mit Praxen?
team: Ja. <<Die Zahnarztpraxis Dr. Uhl in Fürth hat uns zum Beispiel seit Mai 450 Anrufe machen lassen>>.

customer: Kennen Sie sich mit Praxen aus?
team: Ja, <<für die Praxis Dr. Sommer in Celle machen wir zum Beispiel seit zwei Jahren die Erinnerungsanrufe>>.

customer: Was nehmen andere?
assistant: <<Die Praxis Weidinger am Markt>>, die ich auch mache, nimmt 40 € für eine Absage.

customer: Warum kommt sie nicht mehr?
team: Sie ist zum Monatsende ausgeschieden. <<Das haben Sie aber nicht von mir>>.

customer: Warum dauert das?
assistant: <<Sie gelten bei uns als jemand>>, der gern reklamiert.

customer: Warum so spät?
assistant %0.9: <<Ihre Tochter war da schneller mit dem Bezahlen>>.

customer: Ich brauche Ihre Freigabe für den Ordner.
team: Die Freigabe für den Ordner ist erteilt, Sie können hochladen.

customer: Wer macht das?
team: Nora Beck arbeitet seit drei Jahren mit Ihrem Programm.

team note: Nora hat Zeit und kennt CapCut.
team: Guten Tag Frau Kern, Nora übernimmt das und kennt CapCut.

customer: Wie viele Mandanten liegen in den Akten?
assistant: In den Akten liegen 420 Mandanten, zwei Minuten je Akte.

customer: Wie finden Sie jemanden?
team: Wir fragen intern, wer Zeit hat, und stellen Ihnen am Freitag zwei Namen vor.

= customer.company = "Praxis Uhl"
customer: Rufen Sie für uns an?
assistant: Für die Praxis Uhl habe ich heute zwölf Anrufe gemacht.

customer: Unsere Kundenkartei soll ins Kassensystem.
assistant: Die Kundenkartei ist bis „M“ im Kassensystem.

customer: Was hieß das?
team: Nichts Schlimmes.⏎> In Ihrer Kundenakte steht, dass Sie gern telefonieren.
"""

_SURE, _LIKELY = 0.6, 0.3
_FIRM = re.compile(
    r"\b(?i:\w*praxis|\w*kanzlei|hausverwaltung|weingut|musikschule|büro|agentur|firma|optik|hotel|bäckerei|\w*verein|kindergarten|\w*kindergarten|rechtsanwälte|\w*hof|verlag|studio|schule)"
    r" (?:(?:am|an der|zum|zur|von|im) )?(?:(?:Dr|Prof)\. )?(?P<name>(?!Sie\b|Ihnen\b|Ihr)[A-ZÄÖÜ][\w&-]+)"
    r"|\b(?P<before>[A-ZÄÖÜ]\w+) (?:Rechtsanwälte|GmbH|KG|AG|OHG)\b"
)
_OURS = re.compile(
    r"\b(?:bei uns|unser(?:e[nmr]?)? \w*kund\w*|für (?:uns|mehrere)|hat uns|haben uns|ich betreue|betreue ich|arbeite(?:te)? ich|ich arbeite|gearbeitet|für die ich"
    r"|für den ich|(?:die|den|das) (?:wir|ich) (?:auch|ebenfalls|sonst|früher|voriges jahr|letztes jahr) (?:betreuen?|machen?|hatten?)"
    r"|auf dem tisch|(?:sehr|ganz|auch) zufrieden|organisiert bereits|schon für|bereits für|machen lassen|zahlen wir|bucht"
    r"|(?:machen|betreuen|erledigen|schreiben|führen|buchen) wir [^.!?,]{0,30}(?:seit|zum beispiel|ebenfalls|schon|bereits|regelmäßig))\b",
    re.I,
)
_CUSTOMER = re.compile(
    r"\b(?:[Uu]nsere?|[Mm]eine?)[rnm]? (?:(?:andere|frühere|letzte)[nrm]? )?(?:[\w-]*[Kk]und(?:in|en?)|Auftraggeber(?:in)?|Mandant(?:in|en)?)"
    r" (?P<name>[A-ZÄÖÜ][\w&-]+)"
)
_DELICATE = re.compile(
    r"\b(?:\w*zahl(?:t|te|en|er|ung|ungen)|bezahlt|gezahlt|rechnung|mahn\w*"
    r"|nörg\w*|anspruchsvoll|schwierig\w*|empfindlich\w*"
    r"|anstrengend\w*|grantig|sauer|quengel\w*|eilig|pingelig|nimmt es genau|misstrauisch|launisch"
    r"|kompliziert\w*|abgebroch\w*|abbruch|sprunghaft|\w*verzug|vorkasse|reklamier\w*|beschwer\w*|einsam|unzufrieden|karteileiche|kulanz|nicht nach außen|nicht erfahren|vertraulich)\b",
    re.I,
)
_APPROVED = re.compile(r"\b(?:freigabe|freigegeben|genehmig\w+|zugestimmt|zustimmung|einverstanden|abgesegnet|abgenickt|okay|erlaub\w+|angefragt)\b", re.I)
_PERSON = re.compile(r"\b(?:Frau|Fr\.|Herrn?|Hr\.|Hrn\.) (?P<name>[A-ZÄÖÜ][\w-]+)|\b[A-Z]\. (?P<plain>[A-ZÄÖÜ][\w-]{2,})")
_YOU = re.compile(r"\b(?:Sie|Ihnen|Ihre?\w*|du|dir|dich|deine?\w*)\b")


def check(view: View) -> Iterator[Mark]:
    text, score = view.message.text, (view.message.rule_scores or {}).get("internal-leak", 0.0)
    said = list(sentences(text, phrases().internal))
    behind = _behind(view)
    sure = [span for s in said if (span := _leak(text, s, behind))]
    found = sure or [clause(text, s, *s.weak[0]) for s in said if s.weak and score >= _LIKELY and not s.text.endswith("?")]
    if not found and score >= _SURE:
        likely = [s for s in said if s.weak] or said[-1:]
        found = [(s.start, s.start + len(s.text.rstrip(" .!"))) for s in likely[:1]]
    for start, end in found:
        yield Mark(start, end, f"„{text[start:end]}“ ist nur intern bestimmt. Streichen Sie es oder sagen Sie es ohne Internes.")


@dataclass(frozen=True, slots=True)
class Behind:
    """The curtain: words of the chat so far, people whom a note names as those who approve, words of each delicate sentence of the notes."""

    chat: set[str]
    approvers: set[str]
    delicate: list[set[str]]


def _behind(view: View) -> Behind:
    customer, task = view.thread.task.customer, view.thread.task
    chat = content(" ".join(filter(None, (task.title, customer.company, customer.first_name, customer.last_name, task.assistant))))
    approvers = {name.split()[-1] for name in handbook().process.approvers}
    delicate = []
    for message in view.before:
        if message.channel == "chat":
            chat |= content(message.text)
            continue
        if _APPROVED.search(message.text):
            approvers |= {match["name"] or match["plain"] for match in _PERSON.finditer(message.text)}
        delicate += [content(note.text) for note in sentences(message.text) if _DELICATE.search(note.text)]
    return Behind(chat, approvers, [words - chat for words in delicate])


def _leak(text: str, sentence: Sentence, behind: Behind) -> tuple[int, int] | None:
    """The part of the sentence that tells something internal."""
    if strong := [at for at in sentence.strong if len(words := content(text[slice(*at)])) != 1 or not words <= behind.chat]:
        return clause(text, sentence, *strong[0])
    for sign in (_other_customer(sentence.text, behind), _approver(sentence.text, behind), _from_notes(sentence.text, behind)):
        if sign:
            return clause(text, sentence, sentence.start + sign[0], sentence.start + sign[1])
    return None


def _other_customer(said: str, behind: Behind) -> tuple[int, int] | None:
    """A firm by name that the chat does not know, and that it is ours."""
    found = [match for match in _CUSTOMER.finditer(said) if not content(match["name"]) & behind.chat]
    if _OURS.search(said):
        found += [match for match in _FIRM.finditer(said) if not content(match["name"] or match["before"]) & behind.chat]
    return found[0].span() if found else None


def _approver(said: str, behind: Behind) -> tuple[int, int] | None:
    """Somebody who may approve, whom the chat does not know, with the approval."""
    if not _APPROVED.search(said):
        return None
    named = ((match, match["name"] or match["plain"]) for match in _PERSON.finditer(said))
    return next((match.span() for match, name in named if name in behind.approvers and not content(name) & behind.chat), None)


def _from_notes(said: str, behind: Behind) -> tuple[int, int] | None:
    """Words or a year that a delicate note has and the chat had not: what the note holds against the customer comes out."""
    if not behind.delicate or not _YOU.search(said):
        return None
    words, judged = content(said), _DELICATE.search(said)
    for note in behind.delicate:
        shared = words & note
        if len(shared) >= 2 or (shared and (judged or any(word.isdigit() and len(word) == 4 for word in shared))):
            return (judged or next(match for match in re.finditer(r"\w+", said) if content(match[0]) & shared)).span()
    return None
