"""A review as a page in a terminal: the next step first, then what backs it, every statement with its message and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from nlp.handbook import Taxonomy
from nlp.review.contract import TOPICS
from nlp.review.customer_file import NAMES, in_words
from nlp.review.record import BookingElement, ContractEntry, Evidence, Review, State, Step

STEPS: dict[Step, str] = {
    "answer": "Antworten", "confirm_booking": "Buchung bestätigen", "enter_customer_file": "In die Kundenakte eintragen", "ask": "Nachfragen",
    "wait": "Warten", "remind": "Erinnern", "request_approval": "Freigabe einholen", "decline": "Ablehnen", "none": "Nichts zu tun",
}  # fmt: skip
_STATES: dict[State, tuple[str, str]] = {
    "present": ("✓ vorhanden", "green"), "partial": ("~ teilweise", "yellow"), "missing": ("✗ fehlt", "red"), "not_needed": ("– nicht nötig", "dim"),
}  # fmt: skip
_REMARKS = {"missing": "fehlt", "doubtful": "zweifelhaft", "untagged": "ohne Tag"}
_VERDICTS = {
    "right": ("✓ richtig hier", "green"), "belongs_in_chat": ("✗ gehört in den Chat", "red"),
    "belongs_in_individual_chat": ("! gehört in den Einzelchat", "yellow"),
}  # fmt: skip
_DRAFTS = {
    "booking_confirmation": "Entwurf der Buchungsbestätigung", "customer_file_booking": "Eintrag in die Kundenakte",
    "customer_file_decline": "Eintrag in die Kundenakte",
    "poll_note": "Entwurf einer Notiz (geänderte Beschreibung)", "complaint_note": "Entwurf einer Notiz (Beschwerde)",
}  # fmt: skip
_LONG = 90
"""Characters of a quotation that are shown."""


def page(review: Review, title: str, tags: Taxonomy) -> Panel:
    """The review of one task."""
    parts = [part for make in (_step, _checklist, _questions, _booking, _contract, _complaint, _notes) for part in make(review)]
    parts += [*_tags(review, tags), *_drafts(review)]
    return Panel(Group(*parts), title=Text(f"{review.task_id} · {title} · Stand {review.as_of:%d.%m.%Y %H:%M}"), title_align="left")


def _step(review: Review) -> Iterator[RenderableType]:
    yield Text(f"→ {STEPS[review.next_step]}", style="bold reverse")
    yield Text(review.reason)
    if review.template:
        yield Text(f"Vorlage: {', '.join([review.template, *review.more_templates])}", style="magenta")
    yield _said(review.reason_evidence)
    yield Text()


def _checklist(review: Review) -> Iterator[RenderableType]:
    table = Table("Starter-Kit", "Stand", "Beleg", "Zu fragen", show_lines=False)
    for item in review.checklist_details:
        label, style = _STATES[item.state]
        table.add_row(item.label, Text(label, style=style), _said(item.evidence[-2:]), Text(item.question or ""))
    yield table


def _questions(review: Review) -> Iterator[RenderableType]:
    for each in review.questions:
        until = f" bis {each.until:%d.%m. %H:%M}" if each.until else ""
        status = "offen" if each.status == "open" else f"aufgeschoben in {each.deferred_in}{until}{', fällig' if each.due else ''}"
        yield Text(f"? {each.key} {status}: „{each.evidence.quote}“", style="red" if each.status == "open" or each.due else "yellow")


def _booking(review: Review) -> Iterator[RenderableType]:
    if review.booking is None:
        return
    where = f"bestätigt in {review.booking.confirmed_in}" if review.booking.confirmed_in else "nicht bestätigt"
    table = Table("Buchung", "Wert", "Beleg", "In der Bestätigung", title=f"{review.booking.add_on}, {where}", title_justify="left")
    for each in review.booking_details:
        table.add_row(NAMES[each.element], _valued(each), _said([each.evidence] if each.evidence else []), "ja" if each.named else "fehlt")
    yield table


def _valued(each: BookingElement) -> Text:
    """The value, what it replaced struck through, what contradicts it in red."""
    text = Text(in_words(each.element, each.value) if each.value is not None else "nicht genannt")
    for old in each.before:
        text.append(f"\n{old.message}: {old.quote}", style="strike dim")
    for wrong in each.contradicted_in:
        text.append(f"\n{wrong.message}: {wrong.quote}", style="red")
    return text


def _contract(review: Review) -> Iterator[RenderableType]:
    if not review.contract:
        return
    table = Table("Einzelvertrag", "Nachricht", "Vereinbart", "Anmerkung")
    for entry in sorted(review.contract, key=lambda each: list(TOPICS).index(each.topic)):
        said = Text(_short(entry.evidence.quote), style="strike dim" if entry.superseded_by else "")
        table.add_row(f"{TOPICS[entry.topic]}: {entry.detail}" if entry.detail else TOPICS[entry.topic], entry.evidence.message, said, Text(_remark(entry)))
    yield table


def _remark(entry: ContractEntry) -> str:
    notes = ["geändert seit der ersten Beschreibung"] * entry.change
    notes += [f"ersetzt durch {entry.superseded_by}"] if entry.superseded_by else []
    notes += [f"Widerspruch: {entry.contradicts}"] if entry.contradicts else []
    return "; ".join(notes)


def _complaint(review: Review) -> Iterator[RenderableType]:
    if not review.complaint:
        return
    table = Table("Beschwerde: strittig", "Im Chat dokumentiert", "Nur in Notizen (zählt nicht)", show_lines=True)
    for point in review.complaint:
        table.add_row(_said([point.claim]), _said(point.documented) if point.documented else Text("nichts", style="dim"), _said(point.only_in_notes))
    yield table


def _notes(review: Review) -> Iterator[RenderableType]:
    for note in review.notes:
        label, style = _VERDICTS[note.verdict]
        yield Text(f"Notiz {note.message} ({note.kind}): {label}. {note.reason if note.verdict != 'right' else ''}", style=style)


def _tags(review: Review, tags: Taxonomy) -> Iterator[RenderableType]:
    if not review.tags:
        return
    table = Table("Nachricht", "Tag", "Befund", "Wert", "Beleg")
    for each in review.tags:
        score = "" if each.score is None else f"{each.score:.2f}".replace(".", ",")
        label = tags[each.tag].label if each.tag in tags else each.tag
        table.add_row(each.message, label, f"{_REMARKS[each.kind]}: {each.reason}", score, _said([each.evidence] if each.evidence else []))
    yield table


def _drafts(review: Review) -> Iterator[RenderableType]:
    for draft in review.drafts:
        yield Panel(Text(draft.text), title=_DRAFTS[draft.kind], title_align="left")


def _said(evidence: Iterable[Evidence]) -> Text:
    return Text("\n".join(f"{each.message}: „{_short(each.quote)}“" for each in evidence), style="cyan")


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"
