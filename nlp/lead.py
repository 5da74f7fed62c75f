"""How a draft takes up a question that a person has to answer: „Zu Ihrer Frage, ob die Anrufe mit Ihrer Nummer erfolgen können“.

An indirect question is turned to our side (mein → Ihr, Sie → wir) where that is safe; where a verb would have to change in ways we do not
know, the draft only names the matter, and the gap quotes the question.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from nlp.thread import Question, Register, Topic

LONGEST = 110
"""Characters of a question that may be repeated in the text."""
_CLAUSE = re.compile(r"(?:ob|wann|wie|wer|wo|wohin|woher|welche[nmrs]?|wem|wen|was|womit|wofür|warum|weshalb|bis wann|ab wann|an wen|mit wem|in welche[mnrs]?)\s[\w ()-]+\Z")
_VERB_SECOND = re.compile(
    r"(?:\w+ )?(?:wann|wie|wer|wo|wohin|woher|welche[nmrs]?|wem|wen|was|womit|wofür|warum|weshalb)(?: (?:viele?|lange|oft|schnell|[A-ZÄÖÜ]\w+)){0,2} (?:ist|sind|kann|soll|muss|darf|will"
    r"|wird|hat|geht|gehts|macht|kostet|heißt|heisst|kommt|läuft|passiert|springt|\w+t|können|sollen|müssen|werden|haben|würde?|liegen|landen|machen|kosten|bleiben)\b(?=.* )"
)
_SIE_FIRST = re.compile(r"(?:ob|wann|wie|wo|was|bis wann|ab wann|welche\w* \w+|warum) Sie\b")
_CAPITALS = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]")
_VERB_LAST = re.compile(r"(?:\w+(?:en|ern|eln|te|et|t)|ist|sind|kann|soll|muss|darf|will|wird|habe|hat|wäre|hätte|könnte|würde|sollte|müsste)\Z")
_PRONOUNS = {
    "sie": {"mir": "Ihnen", "mich": "Sie", "ich": "Sie", "wir": "Sie", "Ihnen": "uns", "für Sie": "für uns", "Sie": "wir"}, "du": {"mir": "dir", "mich": "dich", "ich": "du"},
}  # fmt: skip
_UNSAFE = {"sie": r"\b(?:du|dich|dir|uns|ihr|euch|dein\w*|eue?r\w*|SIE)\b", "du": r"\b(?:du|ihr|wir|euch|dich|dir|dein\w*|Sie|Ihnen|uns|Ihre?)\b"}
_MODALS = {
    "kann": ("können", "kannst"), "soll": ("sollen", "sollst"), "muss": ("müssen", "musst"), "darf": ("dürfen", "darfst"), "will": ("wollen", "willst"), "bin": ("sind", "bist"),
    "habe": ("haben", "hast"), "hätte": ("hätten", "hättest"), "könnte": ("könnten", "könntest"), "sollte": ("sollten", "solltest"), "müsste": ("müssten", "müsstest"),
    "werde": ("werden", "wirst"), "möchte": ("möchten", "möchtest"), "würde": ("würden", "würdest"), "brauche": ("brauchen", "brauchst"), "zahle": ("zahlen", "zahlst"),
    "bekomme": ("bekommen", "bekommst"),
}  # fmt: skip
_MATTER: dict[Topic, tuple[str, str]] = {
    "kosten": ("Zu den Kosten", r"kost|preis|teuer|günstig|euro|€|budget|rechnung|zahl|satz|geld|mwst|rabatt|angebot"),
    "zeitaufwand": ("Zum Aufwand", r"lang|stunde|aufwand|zeit|dauer|schnell|aufgelaufen"),
    "termin": ("Zum Termin", r"wann|termin|datum|uhr|tag\b|tage|woche|morgen|heute|frist|zeit|bis|monat|früh|spät|ab\b"),
    "ablauf": ("Zum Ablauf", r"wie|lauf|läuft|ablauf|schritt|vorg|passiert|wenn|falls|weiter"),
    "person": ("Zu der Frage, wer es übernimmt", r"\A\W*(?:und )?(?:wer|wen|wem)\b.*(?:übern[ie]hm|übernimm|mach|kümmer|zuständig|arbeit|erledig|schreib|zugeteilt)"),
    "zugang": ("Zum Zugang", r"zugang|zugäng|login|passw|kennw|einlad|konto|account|benutzer|nutzer|anmeld|zugriff"),
    "status": ("Zum Stand", r"stand|weit|fertig|schon|fortschritt|neu|angekommen|bekomm|da\b"),
    "unterlagen": ("Zu den Unterlagen", r"unterlag|datei|list|dokument|formular|scan|foto|bild|pdf|excel|vorlage|beleg|ordner|material"),
}  # fmt: skip
"""What the matter is called, and words that a question about it has: topics are guessed, and a wrong one sounds as if nobody had read the question."""


def lead(question: Question, register: Register, text: str, before: Collection[str], several: bool) -> tuple[str, str]:
    """What stands before the gap, perhaps nothing, and what the gap asks for.

    :param text: The message that asks.
    :param before: Leads of this draft so far; none stands twice.
    :param several: Whether a phrase leads to all the answers already.
    """
    your = "Ihrer" if register == "sie" else "deiner"
    if clause := turned(question, register, text):
        return f"Und zu der Frage, {clause}" if any("Frage, " in other for other in before) else f"Zu {your} Frage, {clause}", "Antwort"
    matter, words = _MATTER.get(question.topic, ("", ""))
    if not re.search(words, question.quote, re.IGNORECASE):
        matter = ""
    if matter in before:
        matter = f"Noch einmal {matter[0].lower()}{matter[1:]}" if matter else ""
    return matter or ("" if several else f"Zu {your} Frage"), f"Antwort auf „{quoted(question.quote)}“"


def quoted(quote: str) -> str:
    """The question as it can stand between quotation marks in a gap."""
    text = " ".join(quote.replace("⟦", "(").replace("⟧", ")").split())
    text = re.sub(r"[„“”\"»«]", "'", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + " …"


def turned(question: Question, register: Register, text: str) -> str | None:
    """The indirect question from our side; None where it is none, or cannot be turned safely.

    :param text: The message that asks; of one written without capitals nothing is repeated.
    """
    clause = question.quote.strip(" ?.!,")
    clause = clause[:1].lower() + clause[1:]
    if not len(clause.split()) >= 3 or len(clause) > LONGEST or not _CLAUSE.match(clause) or not _VERB_LAST.search(clause):
        return None
    if not clause.startswith("ob ") and (question.kind != "indirect" or _VERB_SECOND.match(clause)):
        return None
    if re.search(_UNSAFE[register], clause) or len(_CAPITALS.findall(text)) * 15 < len(text.split()):
        return None
    subject = re.search(r"\bich\b", clause) is not None
    if subject and clause.split()[-1] not in _MODALS:
        return None
    if re.search(r"\bSie\b", clause) and (not _SIE_FIRST.match(clause) or " sich " in clause):
        return None
    return _spoken(clause, register, subject)


def _spoken(text: str, register: Register, subject: bool) -> str:
    swap = _PRONOUNS[register]
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(word) for word in sorted(swap, key=len, reverse=True)) + r")\b|\b(?P<owner>mein|unser|Ihr)(?P<end>e[mnrs]?)?\b")

    def said(match: re.Match[str]) -> str:
        if match["owner"]:
            ours = match["owner"] == "Ihr"
            owner = "unser" if ours else "Ihr" if register == "sie" else "dein" if match["owner"] == "mein" else "eur" if match["end"] else "euer"
            return f"{owner}{match['end'] or ''}"
        return swap[match[0]]

    turned = pattern.sub(said, text)
    if subject:
        head, _, verb = turned.rpartition(" ")
        turned = f"{head} {_MODALS[verb][register == 'du']}"
    return turned
