"""``aufgabenchat audit``: reads, adds up, and writes the report as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from nlp import files, imports
from nlp.audit.page import page
from nlp.audit.report import report
from nlp.audit.run import Options, run
from nlp.review.dates import moment
from nlp.show import TOLD, told
from nlp.streams import Rejected, replacing
from nlp.thread import now

err = Console(stderr=True)


def audit(
    source: Annotated[str, typer.Argument(metavar="IN", help="Aufgabenchats als JSONL, CSV oder Parquet, auch .gz und .zst; „-“ ist die Standardeingabe.")],
    out: Annotated[str | None, typer.Option("-o", "--out", metavar="OUT", help="Der Bericht als HTML-Seite; ohne -o und --json: bericht.html.")] = None,
    as_json: Annotated[str | None, typer.Option("--json", metavar="OUT", help="Der Bericht als JSON, „-“ für die Standardausgabe.")] = None,
    card: Annotated[str | None, typer.Option("--map", metavar="MAP", help="Karte für den Export eines anderen Systems: zammad, chatwoot oder meine.toml.")] = None,
    link: Annotated[str, typer.Option(help="Adresse eines Aufgabenchats: https://chat.example.com/{task_id}; ohne: aus dem Chat oder handbook.toml.")] = "",
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Stichtag wie 2026-03-20T09:00, sonst jetzt.")] = None,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Namen, Nummern und Zugangsdaten nicht ersetzen.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Prozesse.")] = 1,
) -> None:
    """Bericht über alte Aufgabenchats: was offen ist, gegen das Handbuch verstößt, welche Tags nicht stimmen."""
    options = Options(moment(as_of) if as_of else now(), link, not unmasked)
    position, target = files.Position(), out or (None if as_json else "bericht.html")
    bad: list[Rejected] = []
    with _rejects(target or as_json, bad) as reject, _reading("Prüfen", position) as advance:
        totals = run(_lines(source, card, position), options, workers=workers, on_thread=advance, on_rejected=reject)
    found = report(totals, options, Path(source).name if source != "-" else "")
    if target is not None:
        _write(target, page(found))
    if as_json is not None:
        _write(as_json, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    err.print("\n".join([f"{totals.threads} Aufgabenchats, {totals.messages} Nachrichten", *(each["text"] for each in found["to_do"])]), markup=False, highlight=False)
    if target not in (None, "-"):
        err.print(f"Bericht: {target}", markup=False, highlight=False)
    told((item.errors for item in bad), totals.rejected, _beside(target or as_json))


def _write(target: str, text: str) -> None:
    with files.opened(target, "w") if target == "-" else replacing(target) as file:
        file.write(text.encode("utf-8", "replace"))


def _lines(source: str, card: str | None, position: files.Position) -> Iterator[files.Line | Rejected]:
    """The threads of a file, or of an export with the map of this name."""
    return files.lines(source, position) if card is None else imports.lines(source, imports.load(card), position)


@contextmanager
def _reading(label: str, position: files.Position) -> Iterator[Callable[[], None]]:
    """A bar of how far the input is read; what is given is to be called after each thread."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[done]} Aufgabenchats"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task, done = bar.add_task(label, total=None, done=0), count(1)
        yield lambda: bar.update(task, total=1.0 if position.share else None, completed=position.share or 0.0, done=next(done))


@contextmanager
def _rejects(target: str | None, bad: list[Rejected]) -> Iterator[Callable[[Rejected], None]]:
    """Keeps bad lines beside the output, and of them in ``bad`` those that are told."""
    with ExitStack() as stack:
        kept: list[IO[bytes]] = []

        def reject(item: Rejected) -> None:
            if len(bad) < TOLD:
                bad.append(item)
            if beside := _beside(target):
                if not kept:
                    kept.append(stack.enter_context(files.opened(beside, "w")))
                kept[0].write(files.dump(item.to_json()))

        yield reject


def _beside(target: str | None) -> str | None:
    return None if target in (None, "-") else f"{target}.rejected.jsonl"
