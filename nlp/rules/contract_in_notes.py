"""Die interne Notiz enthält, was in den Aufgabenchat gehört. (Handbuch 1, 7)

Wünsche und Änderungen des Kunden (auch vom Telefon), Anweisungen, Fristen und Preise gehören zum Einzelvertrag, und der steht nur in
Eckdaten und Chat. Kein Fehler ist, was dort schon steht, ein Hinweis auf den Chat, der Eintrag in der Kundenakte, eine Umfrage.
"""

import re
from collections.abc import Iterator

from nlp.pipeline.wordings import Sentence, sentences
from nlp.pipeline.words import content
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Vertragsinhalt in der Notiz"
SEVERITY: Severity = "warning"
SCOPE: Scope = "note"

EXAMPLES = """
customer: Bitte 48 Texte über unsere Teesorten.
team note #aufgabenbeschreibung: <<Kunde hat gerade angerufen: nur noch 36 Texte, die Früchtetees fallen weg>>.

customer: Bitte die Liste der Monteure abtippen.
assistant note #aufgabenbeschreibung: <<Herr Petrov möchte ab jetzt jeden Monteur auf einem eigenen Blatt>>. Mach ich so.

customer: Die Präsentation bitte schlicht.
assistant note #aufgabenbeschreibung: <<Sprachnachricht von Ines: Zahlenfolien ganz raus, dafür eine Teamfolie mit Fotos>>.

customer: Wir nehmen die feste Schicht.
team note #addon #zeit_kosten: <<Rufnummer Alpenrose: Mindestabnahme 30 Min. pro Tag, Kündigung 2 Wochen>>. Hab ich ihr nicht extra geschrieben.

customer: Der Bericht kam zu spät.
team note #beschwerde #zeit_kosten #termin: Beschwerde Verzug. <<Als Ausgleich werden ihm 2 Stunden nicht berechnet, Abgabe künftig am 3. statt am 5>>.

customer: Die Karten bitte auf Deutsch.
assistant note %0.9: <<Leonie: alles zusätzlich auf Türkisch, Kuverts mit Gold>>.

customer: Statt 48 nur noch 36 Texte, die Früchtetees fallen weg.
team note #aufgabenbeschreibung: Kunde hat angerufen: statt 48 nur noch 36 Texte, die Früchtetees fallen weg.

customer: Danke.
team note #zusammenarbeit: Umfrage: Kundin wünscht regelmäßige Zusammenarbeit, ca. 5 Stunden in der Woche. Bitte nur melden, wer Tee trinkt.

customer: Wir suchen jemanden für Anrufe in Lyon, 5 Stunden die Woche.
team note #zusammenarbeit #zeit_kosten: Umfrage Telefonate Französisch, 5 Stunden die Woche: Kundin wünscht sich eine feste Person auf Dauer.

customer: Tool ist jetzt Pipedrive.
team note #aufgabenbeschreibung: An alle Bewerber: Beschreibung hat sich geändert, bitte den Chat von heute lesen.

customer: Option 2, montags um 9.
team: Gebucht ist Option 2, montags um 9 Uhr, mindestens 1 Stunde, 2 Wochen Frist.
team note #addon #termin: Kundenakte ergänzt: feste Schicht, Option 2, montags 9 Uhr, mind. 1 Stunde, 2 Wochen, Link.

customer: Hier die Scans.
assistant note: Zweimal angerufen, nur das Band.

customer: Bitte bald.
team note #ablehnung: Freigabe zur Ablehnung durch Frau Wieland erteilt, 13 Stunden.
"""

_SURE, _LIKELY = 0.6, 0.3
_NEW = 0.5
"""So much of what the sentence says must be new to the chat."""
_HEARD = re.compile(
    r"\b(?:am|per|laut|lt\.|vom|übers?|von \w+ am) (?:telefon|handy|anruf)\w*"
    r"|\btelefon(?:at|gespräch|notiz|protokoll)s?\b|\btelefon(?:isch\w*|iert)\b|\btelefon\b(?=\s*[:,(–-])|\btel\. mit|\b(?:rief|ruft)\b[^.:]{0,40}\ban\b"
    r"|\bangerufen\b|\banruf\w*\b|\bgespräch\w*|\bsprach(?:nachricht|notiz|memo)\w*|\bwhatsapp\b|\bsms\b|\bper (?:mail|handy|signal)\b"
    r"|\bmündlich\b|\bim call\b|\bvideocall\b|\bdurchgegeben\b|\b(?:auf)?gesprochen\b"
    r"|\b(?:hat|habe|sagte|meinte)\b[^.:]{0,30}\b(?:mir|gesagt|mitgeteilt|ergänzt|erzählt)\b|\bsagte? (?:er|sie|mir|kund\w+)\b",
    re.I,
)
_WISH = re.compile(
    r"\b(?:will|wollen|möchte|möchten|wünscht|hätte gern\w*|braucht|verlangt|bittet|besteht|wolle|wünsche|wunsch)\b"
    r"|\b(?:soll|sollen|darf|dürfen|muss|müssen)\b",
    re.I,
)
_CHANGE = re.compile(
    r"\b(?:statt|anstatt|anstelle)\b|\bfäll\w* (?:\w+ )?(?:weg|aus)\b|\bfallen (?:\w+ )?weg\b|\b(?:raus|dazu|zusätzlich|dafür|doch)\b"
    r"|\bab (?:jetzt|sofort|nun|dem|\d|\w+ nur|januar|februar|märz|april|mai|juni|juli|august|september"
    r"|oktober|november|dezember|folge)"
    r"|\b(?:künftig|in zukunft)\b|\bnur noch\b|\b(?:höchstens|maximal|max\.|mindestens|mind\.|frühestens|spätestens)"
    r"|\bnicht mehr\b|\b(?:nie|immer|ausschließlich|nirgends|jede[rsnm]?|alle[ns]?)\b|\bgeändert\b|\berhöht\b|\bvereinbart\b|\bjetzt\b",
    re.I,
)
_TERMS = re.compile(
    r"\b(?:mindest\w*|mind\.|kündigung\w*|frist|aufpreis|zuschlag|rabatt|nachlass|pauschale?)\b[^.!?]{0,40}\d|\bnicht berechnet\b|\binklusive\b|\bgratis\b|\bfix\b"
    r"|\b(?:vereinbart|abgesprochen|ausgemacht|abgemacht|geeinigt|zugesagt|versprochen)\b",
    re.I,
)
_NOT = re.compile(
    r"\b(?:siehe chat|laut (?:buchung|bestätigung|chat)|steht (?:so )?(?:auch )?in (?:seiner|ihrer) (?:antwort|nachricht)|steht (?:\w+ ){0,3}im chat"
    r"|im chat (?:\w+ ){0,2}(?:geschrieben|nachgereicht|bestätigt)|hat sie im chat|chat (?:von|vom)|zweite nachricht"
    r"|freigabe|freigegeben|ablehn\w*|absag\w*|nicht erreich\w*|mailbox|das band|erinnerung\w*)\b",
    re.I,
)
_POLL = re.compile(r"\b(?:umfrage|bewerb\w*|bitte (?:nur )?melden|an alle)\b", re.I)
_ABOUT = re.compile(r"\b(?:regelmäßig\w*|dauerhaft\w*|(?:auf|von) dauer|inaktiv\w*|stammkund\w*|langfristig\w*)\b", re.I)
"""What a note may say of the customer for those who apply."""
_FILE = re.compile(r"\b(?:kundenakte|akte)\b", re.I)
_TALK = content(
    """Kunde Kundin angerufen anrufen Telefon Telefonat telefonisch telefoniert gesagt sagte Sprachnachricht WhatsApp SMS Handy möchte wünscht Wunsch
    Achtung beachten Info Notiz Auswahl heute gestern vorhin gerade bitte Bescheid Beschreibung Team Akte Kundenakte Link ergänzt mitgeteilt eingebaut"""
)


def check(view: View) -> Iterator[Mark]:
    text, score = view.message.text, (view.message.rule_scores or {}).get("contract-in-notes", 0.0)
    known, said = _chat(view), list(sentences(text))
    heard, poll = bool(_HEARD.search(text)), bool(_POLL.search(text))
    fresh = [s for s in said if _fresh(s, known)]
    legitimate = not heard and bool(_NOT.search(text))
    found = [] if legitimate else [s for s in fresh if _contract(s.text, set(view.message.tags or ()), heard, poll, score)]
    for sentence in found or (fresh[:1] if score >= _SURE else []):
        words = sentence.text.rstrip(" .!")
        advice = "gehört zum Vertrag, und im Chat steht es nicht. Schreiben Sie es dem Kunden in den Aufgabenchat."
        yield Mark(sentence.start, sentence.start + len(words), f"„{words}“ {advice}")


def _contract(said: str, tags: set[str], heard: bool, poll: bool, score: float) -> bool:
    """Whether the sentence says something of what is agreed with the customer, in a note that tells of a call or calls a poll."""
    if not heard and (_FILE.search(said) or _ABOUT.search(said)):
        return False
    signs = bool(_WISH.search(said)) + bool(_CHANGE.search(said)) + bool(_TERMS.search(said)) + (score >= _LIKELY)
    if said.endswith("?"):
        return False
    if "beschwerde" in tags and not heard:
        # a complaint's reason and next steps belong into a note; what the customer is promised does not
        return bool(_TERMS.search(said))
    if "aufgabenbeschreibung" in tags and (heard or score >= _LIKELY or not tags & {"zusammenarbeit", "beschwerde", "ablehnung"}):
        return signs + bool(_HEARD.search(said)) > poll
    if heard:
        return bool(_HEARD.search(said)) and signs >= 1
    return bool(tags & {"addon", "zeit_kosten"}) and bool(_TERMS.search(said)) and not poll


def _fresh(sentence: Sentence, known: set[str]) -> bool:
    words = content(sentence.text) - _TALK
    return len(words) >= 2 and len(words - known) >= _NEW * len(words)


def _chat(view: View) -> set[str]:
    """What the chat and the key data say so far."""
    task = view.thread.task
    words = content(f"{task.title} {task.customer.to_json()} {task.key_data} {task.assistant}")
    for message in view.before:
        words |= content(message.text) if message.channel == "chat" else set()
    return words
