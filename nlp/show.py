"""An annotated thread, and bad lines, for people to read in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import typer
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from nlp.compose import Draft
from nlp.handbook import Taxonomy
from nlp.secrets import hider
from nlp.thread import Message, Thread

_AUTHORS = {"customer": "Kunde", "assistant": "VPA", "team": "Team"}
_SEVERITY = {"error": ("✗ Fehler", "bold red"), "warning": ("! Warnung", "yellow"), "hint": ("· Hinweis", "blue")}
_STATUS = {"answered": ("✓ beantwortet", "green"), "deferred": ("… aufgeschoben", "yellow"), "missed": ("✗ übergangen", "red")}


TOLD = 20
"""So many bad lines are told one by one."""
err = Console(stderr=True)


def told(rejected: Iterable[Iterable[str]], count: int, beside: str | None = None) -> None:
    """Say what was wrong with bad lines, and where they are kept; end with exit code 1 if there were any.

    :param rejected: The errors of each line, of the first ``TOLD`` at least.
    """
    if not count:
        return
    for errors in islice(rejected, TOLD):
        for text in errors:
            err.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
    err.print(f"{count} {'Zeile' if count == 1 else 'Zeilen'} abgelehnt" + (f", aufgehoben in {beside}" if beside else ""), markup=False, highlight=False)
    raise typer.Exit(1)


def thread_panel(thread: Thread, tags: Taxonomy) -> Panel:
    """The thread with tags, questions underlined, and what each reply did with them."""
    quotes = {f"{m.id}.{q.id}": q.quote for m in thread.messages for q in m.questions or ()}
    open_ones = [f"„{q.quote}“ ({m.id})" for m in thread.messages for q in m.questions or () if q.status == "open"]
    hide = hider(thread)
    parts = [line for message in thread.messages for line in _message(message, tags, quotes, hide)]
    end = Text("Offene Fragen: " + (hide("; ".join(open_ones)) if open_ones else "keine"), style="bold red" if open_ones else "green")
    return Panel(Group(*parts, end), title=Text(f"{thread.task.id} · {thread.task.title}"), title_align="left")


def draft_panel(draft: Draft, thread: Thread) -> Panel:
    """The draft with what is still open and the templates it could also have been made from."""
    lines = [Text(draft.text), Text()]
    lines += [Text(f"Offen: {gap.label}", style="yellow") for gap in draft.open]
    lines += [Text(f"{other.id}: {other.title} ({other.reason})", style="dim") for other in draft.alternatives]
    return Panel(Group(*lines), title=Text(f"{thread.task.id} · Entwurf nach „{draft.template}“"), title_align="left")


def findings_table(rows: list[dict[str, Any]]) -> Table:
    """Findings, one a row, gravest in red."""
    table = Table("Aufgabe", "Nachricht", "Regel", "Hinweis", show_lines=True)
    for row in rows:
        label, style = _SEVERITY[row["severity"]]
        table.add_row(row["task_id"], row["message_id"], Text(f"{row['rule']}\n{label}", style=style), Text(row["message"]))
    return table


def _message(message: Message, tags: Taxonomy, quotes: dict[str, str], hide: Callable[[str], str]) -> list[Text]:
    when = f"{message.sent_at:%d.%m. %H:%M} " if message.sent_at else ""
    who = _AUTHORS[message.author] + (" (Notiz)" if message.channel == "note" else "")
    head = Text(f"{message.id} {when}{who}  ", style="bold cyan" if message.incoming else "bold")
    head.append(" · ".join(tags[tag].label for tag in message.tags or () if tag in tags), style="magenta")
    body = Text("   " + hide(message.text).replace("\n", "\n   "))
    body.highlight_words([hide(q.quote) for q in message.questions or ()], "underline yellow")
    lines = [head, body]
    for answer in message.answers or ():
        label, style = _STATUS[answer.status]
        lines.append(Text(hide(f"   {label}: „{quotes.get(answer.question, answer.question)}“ {'→ ' + answer.quote if answer.quote else ''}"), style=style))
    for finding in message.findings or ():
        label, style = _SEVERITY[finding.severity]
        lines.append(Text(hide(f"   {label}: {finding.message}"), style=style))
    return [*lines, Text()]
