"""Internal notes: whether each is right where it stands, and drafts of notes for polls and complaints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.check import findings
from nlp.review.complaints import latest, standing
from nlp.review.dates import on, sent
from nlp.review.reading import own, tagged
from nlp.review.record import ContractEntry, Evidence, Letter, NoteRemark, Pending
from nlp.thread import Message, Thread, View, locate, views

_WRONG = {
    "contract-in-notes": ("belongs_in_chat", "Vertragsinhalt", "Das gehört zum Vertrag und fehlt im Chat. Schreiben Sie es dem Kunden in den Aufgabenchat."),
    "admin-question-in-notes": ("belongs_in_individual_chat", "Frage ans Team", "Fragen an das Team gehören in den Einzelchat, die Notizen liest niemand laufend."),
}  # fmt: skip
_KINDS = (
    ("Umfrage", re.compile(
        r"\b(?:umfrage|bewerb\w*|bewirbt|ausschreib\w*|beschreibung (?:hat sich|wurde|ist)|inaktiv\w*|regelmäßige)\b", re.IGNORECASE)),
    ("Beschwerde", re.compile(r"\b(?:beschwerde\w*|reklamation|vorwurf)\b", re.IGNORECASE)),
    ("Freigabe", re.compile(r"\b(?:freigabe|freigegeben|genehmigt|austauschkanal|austauschchannel)\b", re.IGNORECASE)),
    ("Kundenakte", re.compile(r"\b(?:kunden)?akte\b", re.IGNORECASE)),
    ("Kontaktversuch", re.compile(r"\b(?:angerufen|anruf\w*|telefon\w*|mailbox|nicht erreich\w*)\b", re.IGNORECASE)),
)


def remarks(thread: Thread) -> list[NoteRemark]:
    """One remark a note."""
    return [_remark(view) for view in views(thread) if view.message.channel == "note"]


def _remark(view: View) -> NoteRemark:
    note = view.message
    for rule, quote in _found(view):
        if rule in _WRONG:
            verdict, kind, reason = _WRONG[rule]
            start, end = locate(note.text, quote) or (0, len(note.text))
            return NoteRemark.model_validate({"message": note.id, "verdict": verdict, "kind": kind, "reason": reason, "evidence": Evidence.of(note, start, end)})
    kind = next((name for name, pattern in _KINDS if pattern.search(note.text)), "Internes")
    return NoteRemark(message=note.id, verdict="right", kind=kind, reason="Interne Information, die den Kunden nicht betrifft.", evidence=Evidence.of(note))


def _found(view: View) -> list[tuple[str, str]]:
    """(rule, quote) of what is found in the note, as it stands on the thread, else by the rules themselves."""
    note = view.message
    known = note.findings if note.findings is not None else note.defects if note.defects is not None else findings(view)
    return [(each.rule, each.quote) for each in known]


def drafts(thread: Thread, changed: list[ContractEntry], questions: list[Pending]) -> Iterator[Letter]:
    """A note for assistants where the description has changed, and one for a complaint that has none yet."""
    complaint = latest(thread)
    reproach = complaint.id if complaint is not None else None
    if changed := [entry for entry in changed if entry.evidence.message != reproach]:
        said = "; ".join(f"„{entry.evidence.quote}“ ({entry.evidence.message})" for entry in changed)
        head = "Info zur Umfrage" if thread.task.area == "umfrage" else "Info"
        yield Letter(kind="poll_note", text=f"{head}: Die Beschreibung hat sich geändert. Bitte im Chat lesen: {said}.")
    if complaint is not None and (standing(thread) or questions) and not _noted(thread, complaint):
        yield Letter(kind="complaint_note", text=_complaint_note(thread, complaint, questions))


def _noted(thread: Thread, complaint: Message) -> bool:
    return any(note.channel == "note" and tagged(note, "beschwerde") and sent(note) >= sent(complaint) for note in thread.messages)


def _complaint_note(thread: Thread, complaint: Message, questions: list[Pending]) -> str:
    reason = next((sentence.text for sentence in own(complaint.text)), complaint.text)
    who = thread.task.assistant or "Die Assistenz"
    steps = [f"{who} schildert den Ablauf im Einzelchat.", "Das Team antwortet dem Kunden im Aufgabenchat (Vorlage beschwerde-erste-antwort)."]
    steps += [f"Dabei beantworten: {', '.join(f'„{each.evidence.quote}“' for each in questions)}."] if questions else []
    listed = " ".join(f"{n}. {step}" for n, step in enumerate(steps, 1))
    return f"Beschwerde {on(complaint, word='vom')} ({complaint.id}). Grund: „{reason}“ Nächste Schritte: {listed}"
