"""A case: one place in a chat that somebody should look at, and what kinds of cases there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from nlp.rule import rule_id
from nlp.rules import RULES

AROUND = 90
"""Characters shown on either side of a passage."""
LONGEST = 220
"""Characters of a passage that are shown, or of the message's beginning where there is none."""


class Kind(NamedTuple):
    """What a kind of case is called, one or several of them, and what to do about them."""

    one: str
    several: str
    advice: str


KINDS: dict[str, Kind] = {
    "complaint": Kind("Beschwerde ohne Antwort", "Beschwerden ohne Antwort", "Im Aufgabenchat beantworten; Grund und nächste Schritte in die Notiz."),
    "question_due": Kind("zugesagte Antwort überfällig", "zugesagte Antworten überfällig", "Die Antwort geben, die zugesagt war."),
    "question_open": Kind("offene Kundenfrage", "offene Kundenfragen", "Jede Frage einzeln im Aufgabenchat beantworten."),
    "booking_unconfirmed": Kind("Auftrag ohne Buchungsbestätigung", "Aufträge ohne Buchungsbestätigung", "Im Chat bestätigen: Option, Tage, Uhrzeit, Mindestzeit, Frist."),
    "booking_incomplete": Kind("Buchung unvollständig bestätigt", "Buchungen unvollständig bestätigt", "Nachtragen, was in der Bestätigung fehlt, sonst ist es nicht vereinbart."),
    "booking_unentered": Kind("Buchung ohne Eintrag in der Kundenakte", "Buchungen ohne Eintrag in der Kundenakte", "Mit Link zur Aufgabe in die Kundenakte eintragen."),
    "decline_early": Kind("Ablehnung ohne genug Erinnerungen", "Ablehnungen ohne genug Erinnerungen", "Prüfen, ob die Aufgabe wieder aufzunehmen ist."),
    "decline_unapproved": Kind("Ablehnung ohne Freigabe", "Ablehnungen ohne Freigabe", "Freigabe im Austauschchannel nachholen und notieren."),
    "decline_unentered": Kind("Ablehnung ohne Eintrag in der Kundenakte", "Ablehnungen ohne Eintrag in der Kundenakte", "Mit Link zur Aufgabe in die Kundenakte eintragen."),
    "tag_missing": Kind("Tag fehlt vielleicht", "Tags fehlen vielleicht", "Von oben nach unten durchsehen; oben ist ein Irrtum am wahrscheinlichsten."),
    "tag_doubtful": Kind("zweifelhafter Tag", "zweifelhafte Tags", "Von oben nach unten durchsehen; oben ist ein Irrtum am wahrscheinlichsten."),
    "untagged": Kind("Nachricht an Neukunden ohne Tags", "Nachrichten an Neukunden ohne Tags", "Eigene Nachrichten an Neukunden taggt das Team selbst (Handbuch 3)."),
}  # fmt: skip
"""By urgency: what a customer waits for comes first."""
BREACH_KINDS = {"decline-too-early": "decline_early", "decline-needs-approval": "decline_unapproved"}
"""Rules whose findings are cases with a name of their own."""
RULE_LABELS = {rule_id(rule): rule.LABEL for rule in RULES}


def label(kind: str) -> str:
    """What the kind is called in a list of cases; breaches of a rule by the rule's name."""
    name = KINDS[kind].one if kind in KINDS else RULE_LABELS.get(kind, kind)
    return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class Case:
    """One place: the passage with what stands around it, already masked if it has to be.

    ``rank`` sorts within a kind, greatest first; ``score`` is the model's probability where the case rests on one.
    """

    kind: str
    task_id: str
    title: str
    task_type: str
    assistant: str
    link: str
    message_id: str
    date: str
    passage: tuple[str, str, str]
    reason: str = ""
    tag: str = ""
    score: float | None = None
    flagged: bool = False
    rank: tuple[float | str, ...] = field(default=())


def excerpt(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What stands before, in and after the passage, cut at words; the beginning of the text where the passage is empty.

    >>> excerpt("Guten Tag, was kostet das?", 11, 25)
    ('Guten Tag, ', 'was kostet das', '?')
    """
    if start >= end:
        start, end = 0, 0
    long, end = end - start > LONGEST, min(end, start + LONGEST)
    first, last = max(0, start - AROUND), min(len(text), end + AROUND if start < end else LONGEST)
    before, after = text[first:start], text[end:last]
    if first:
        before = "…" + before.partition(" ")[2]
    if last < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before, text[start:end] + ("…" if long else ""), "" if long else after
