# ruff: noqa: E501
"""``templates/README.md``: how templates are written, what there is, and drafts of threads of the corpus to read aloud.

    python -m nlp.training.gallery
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from nlp.compose import Draft, compose
from nlp.german import TYPES
from nlp.rank import STEPS
from nlp.snippets import Answers
from nlp.templates import HOME, SOURCES, Library, Template, library
from nlp.thread import Thread
from nlp.training import corpus

PAGE = HOME / "README.md"
_AUTHORS = {"customer": "Kunde", "assistant": "VPA", "team": "Team"}
_FROM = {
    "key_data": "Eckdaten", "chat": "Chat", "catalogue": "Add-on-Katalog", "answer": "Antwort", "template": "Vorlage", "phrase": "Wendung", "human": "von Hand", "open": "offen",
}  # fmt: skip
SHOWN: list[tuple[str, str, str | None, dict[str, Any]]] = [
    ("DB-18", "m1", None, {}), ("DD-30", "m1", None, {}), ("DE-028", "m1", None, {}), ("HH-004", "m3", None, {}), ("DD-18", "m1", None, {}), ("DE-001", "m1", None, {}),
    ("DE-001", "m7", None, {}), ("AA-033", "m1", None, {}), ("VA-040", "m3", None, {}), ("OO-009", "m1", None, {}), ("DC-003", "m1", None, {}), ("RR-035", "m6", None, {}),
    ("WW-020", "m3", None, {}), ("DB-07", "m1", None, {}), ("RR-039", "m5", None, {}), ("DC-017", "m1", "willkommen", {}), ("AA-043", "m1", "willkommen+datenschutz", {}),
    ("DB-33", "m1", None, {}), ("UU-004", "m1", "addon-schicht-optionen", {}), ("MM-008", "m3", None, {}), ("DD-16", "m2", None, {}), ("DD-16", "m4", "erinnerung-2", {}),
    ("DD-16", "m5", None, {}), ("MM-016", "m3", "beschwerde-erste-antwort", {"vorfall": "Sie hatten Mitte Mai geschrieben, und wir haben den 22. daraus gemacht.", "wer": "Sonja Thiele",
     "wann": "2026-04-28", "m3.q1": "Fertig sind die 28 Verträge am 15. Mai, keinen Tag später."}),
    ("MM-039", "m7", None, {}), ("DD-13", "m5", None, {"bisher": 2.5}), ("DA-1043", "m5", "ergebnis", {"inhalt": "Alle acht Module und 46 Videos liegen bei Kursheld.", "bisher": 16.5}),
    ("MM-033", "m1", "rechnung", {"wer": "Sonja Thiele", "wann": "2026-05-13"}), ("MM-007", "m1", "rueckfrage-beispiele+rueckfrage-angaben",
     {"punkt": "Ab wann beginnt die Schicht, und was zahlen Sie?"}), ("VA-023", "m1", None, {}),
]  # fmt: skip
"""Task, last message that is known, template (None: the one that suits best), what a person filled in."""
WAITING, LATER = "DD-16", timedelta(days=5)
"""The task whose customer is reminded, so long after the last message."""


def page() -> str:
    """The page as Markdown."""
    texts = library()
    return "\n".join([_HEAD, *_slots(), *_templates(texts), *_answers(texts), *_drafts(texts)]) + "\n"


def _slots() -> Iterator[str]:
    yield from ("", "| Quelle | Art |", "|---|---|")
    yield from (f"| `{source}` | `{kind}` ({TYPES[kind]}) |" for source, kind in SOURCES.items())
    yield "| `addons.<id>` | `addon` (Add-on) |"
    yield from ("", "Schritte (`when.steps`): " + " · ".join(f"`{step}` {text}" for step, text in STEPS.items()) + ".")


def _templates(texts: Library) -> Iterator[str]:
    yield from ("", f"## Vorlagen ({len(texts.templates)})", "", "| Vorlage | wofür | von Hand |", "|---|---|---|")
    for template in texts.templates.values():
        slots = ", ".join(slot.label for slot in template.slots.values() if not slot.source)
        yield f"| [`{template.id}`]({template.id}.md) | {template.title}{_note(template)} | {slots or '–'} |"


def _note(template: Template) -> str:
    return " (interne Notiz)" if template.channel == "note" else ""


def _answers(texts: Library) -> Iterator[str]:
    yield from ("", f"## Antworten ({len(texts.answers)})", "")
    yield from (f"- [{snippet.title}](answers/{snippet.id}.md): „{snippet.questions[0]}“ und {len(snippet.questions) - 1} weitere" for snippet in texts.answers.values())


def _drafts(texts: Library) -> Iterator[str]:
    yield from ("", "## Entwürfe", "", "So kommen sie heraus, ohne dass jemand etwas geändert hat. ⟦…⟧ füllt ein Mensch; wo etwas von Hand kam, steht es dabei.", "")
    choice = Answers(texts.answers)
    known = {item.thread.task.id: item.thread for item in corpus.load()}
    for task, last, template, given in SHOWN:
        thread = known[task]
        end = next(n for n, message in enumerate(thread.messages, 1) if message.id == last)
        thread = thread.model_copy(update={"messages": thread.messages[:end]})
        now = (thread.messages[-1].sent_at or datetime.min) + LATER if task == WAITING and last != "m5" else None
        yield from _shown(thread, compose(thread, texts, choice, template, given, now=now))


def _shown(thread: Thread, draft: Draft) -> Iterator[str]:
    message = thread.messages[-1]
    who = f"{_AUTHORS[message.author]}{' (Notiz)' if message.channel == 'note' else ''}"
    yield from (f"### {thread.task.title} · `{draft.template}`", "", f"{who}: {' '.join(message.text.split())}", "")
    yield from (f"> {line}".rstrip() for line in draft.text.splitlines())
    sources = dict.fromkeys(f"{_FROM[ref.kind]} {ref.id}" for block in draft.blocks if block.kind in ("answer", "body") for ref in block.sources)
    yield from ("", f"Woher: {'; '.join(sources)}.", "")


_HEAD = """# Chatvorlagen

Diese Seite entsteht aus den Dateien selbst (`make docs`). Eine Vorlage ist eine Datei `<id>.md`: ein Kopf in TOML zwischen zwei Zeilen `+++`, darunter der Text. Für Sie und du
gibt es nur einen Text; wo sich die beiden unterscheiden, steht `{{ "Ihnen" / "dir" }}`. Werte stehen als `{{ name }}` und sind im Kopf unter `[slots]` genannt, `{% if name %}` fragt,
ob es einen gibt, `{% for option in addon.options %}` geht eine Liste durch. Die Filter sind `capitalize` und `genitive`. Mehr kann eine Vorlage nicht, damit keine etwas anrichtet.

| Schlüssel | sagt |
|---|---|
| `title`, `version` | Name für die Auswahl; die Fassung, bei jeder Änderung eins höher |
| `[when]` | wofür sie vorgeschlagen wird: `steps` (der erste zählt am meisten), `tags`, `topics` der offenen Fragen, `areas`, `types`, `words` (Wortanfänge); dagegen sprechen `unless` (Wortanfänge) und `without` (Tags, nach denen sie sich erübrigt) |
| `[slots]` | `type`, `label`, `source` (siehe unten; ohne sie füllt ein Mensch den Wert), `required = false`, wenn er fehlen darf |
| `tags` | Tags der Nachricht, die daraus wird |
| `covers` | Antworten aus `answers/`, die der Text selbst schon gibt |
| `opens` | `true`: beginnt von sich aus, klein geschrieben, ohne Dank davor |
| `author`, `channel` | `team` oder `assistant`; `chat` oder `note` |

`{{ answers }}` ist die Stelle für die Antworten auf die Fragen des Kunden; ohne sie stehen sie davor. Fehlt ein verlangter Wert, steht im Entwurf eine Lücke ⟦…⟧ mit seinem Namen.

Eine Antwort in `answers/` hat statt `[when]` die Themen (`topics`), Beispiele (`questions`), Fragen, die nur so klingen (`unlike`), Wörter, von denen eines in der Frage stehen muss
(`about`), solche, die sie ausschließen (`unless`), Tags, die die Nachricht haben muss oder nicht
haben darf (`only`, `without`), und Antworten, die sich daneben erübrigen (`covers`). Wird eine falsche Antwort gegeben, kommt die Frage zu `unlike`; wird eine nicht gefunden, zu `questions`.
`phrases.toml` hat Gruß, Dank, Überleitung und Schluss, `addons.toml` die Add-ons. Preise, Fristen und Zusagen in allen Dateien sind Muster: Wer das Programm betreibt, setzt seine ein.
`aufgabenchat lint` prüft alles und nennt Datei, Zeile und Abhilfe.

Werte und woher sie kommen:"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
