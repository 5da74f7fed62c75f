"""``aufgabenchat annotate``: from a few chats on the terminal to archives of millions."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from nlp import files, imports
from nlp.batch import engines, run, undo
from nlp.batch.parts import Done, Options, Tallied
from nlp.errors import AufgabenchatError
from nlp.handbook import taxonomy
from nlp.show import thread_panel, told
from nlp.streams import Position
from nlp.thread import Thread

err = Console(stderr=True)


def annotate(
    source: Annotated[str, typer.Argument(metavar="IN", help="Aufgabenchats als JSONL, CSV oder Parquet, auch .gz und .zst; „-“ ist die Standardeingabe.")],
    out: Annotated[str | None, typer.Option("-o", "--out", help="Ausgabedatei, „-“ für die Standardausgabe; ohne: lesbare Ansicht.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Auch vorhandene Labels neu vorhersagen; OUT.undo.jsonl nimmt das zurück.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Schneller: nur Tags, Fragen und Anrede; der Encoder liest nur die Zweifelsfälle.")] = False,
    share: Annotated[float | None, typer.Option("--encoder-share", min=0.0, max=1.0, help="Bei --fast: Anteil, den der Encoder ungefähr lesen darf, 0 (schnell) bis 1.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Prozesse, am besten einer je Kern.")] = 1,
    engine: Annotated[str, typer.Option(help="local oder ray (Cluster).")] = "local",
    resume: Annotated[bool, typer.Option("--resume", help="Einen abgebrochenen Lauf fortsetzen.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Nichts schreiben, nur zeigen, welche Tags sich ändern würden.")] = False,
    take_back: Annotated[str | None, typer.Option("--undo", metavar="FILE", help="IN mit den Labels schreiben, die vor einem --overwrite da waren.")] = None,
    card: Annotated[str | None, typer.Option("--map", metavar="MAP", help="Karte für den Export eines anderen Systems: zammad, chatwoot oder meine.toml.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON statt einer Ansicht.")] = False,
) -> None:
    """Tags, Fragen, Antworten und Anrede in Aufgabenchats ergänzen; vorhandene Labels bleiben."""
    target = out or ("-" if as_json and not dry_run else None)
    if take_back is not None:
        _undone(source, take_back, target)
        return
    if share is not None and not fast:
        raise AufgabenchatError("--encoder-share gilt nur zusammen mit --fast.")
    with _bar() as say:
        plan = run.Run(source, Options(overwrite, fast, share), engines.chosen(engine, workers), _items(card), say)
        if dry_run:
            _dry(run.stream(plan), as_json)
            return
        if target is not None and _is_file(target):
            _summed(run.to_file(plan, target, resume=resume), target)
            return
        if resume:
            raise AufgabenchatError("--resume braucht eine Ausgabedatei. Geben Sie sie mit -o an.")
        rejected = _view(run.stream(plan)) if target is None else _through(run.stream(plan), target)
    told((row["errors"] for row in rejected), len(rejected))


def _items(card: str | None) -> Callable[[str, Position], Iterator[files.Line | files.Rejected]]:
    if card is None:
        return files.lines
    mapping = imports.load(card)
    return lambda source, position: imports.lines(source, mapping, position)


def _is_file(target: str) -> bool:
    """Whether it may be replaced as a whole: no stream, no device."""
    return target != "-" and (not Path(target).exists() or Path(target).is_file())


@contextmanager
def _bar() -> Iterator[run.Say]:
    """Share that is done, messages, rate, time left."""
    columns = (
        TextColumn("Annotieren"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[messages]} Nachrichten · {task.fields[rate]}/s"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    total, began = Counter[str](), time.monotonic()
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=None, messages=0, rate=0)

        def say(tallied: Tallied, position: Position) -> None:
            total.update(tallied.counts)
            rate = round(total["messages"] / max(1e-3, time.monotonic() - began))
            bar.update(task, total=1.0 if position.share else None, completed=position.share or 0.0, messages=total["messages"], rate=rate)

        yield say


def _view(parts: Iterable[Done]) -> list[dict[str, Any]]:
    console, rejected = Console(), []
    for done in parts:
        for line in done.threads.splitlines():
            console.print(thread_panel(Thread.model_validate_json(line), taxonomy()))
        rejected += [json.loads(line) for line in done.rejected.splitlines()]
    return rejected


def _through(parts: Iterable[Done], target: str) -> list[dict[str, Any]]:
    rejected = []
    with files.opened(target, "w") as file:
        for done in parts:
            file.write(done.threads)
            file.flush()
            rejected += [json.loads(line) for line in done.rejected.splitlines()]
    return rejected


def _summed(tallied: Tallied, target: str) -> None:
    """Say what was done; exit code 1 if lines were rejected."""
    counts = tallied.counts
    asked = f", {counts['escalated']} davon las der Encoder" if counts["escalated"] else ""
    err.print(f"{counts['threads']} Aufgabenchats, {counts['messages']} Nachrichten{asked}: {target}", markup=False, highlight=False)
    if Path(f"{target}.undo.jsonl").is_file():
        err.print(f"Geänderte Labels nimmt zurück: --undo {target}.undo.jsonl", markup=False, highlight=False)
    if counts["rejected"]:
        with files.opened(f"{target}.rejected.jsonl") as file:
            told((json.loads(line)["errors"] for line in file), counts["rejected"], f"{target}.rejected.jsonl")


def _dry(parts: Iterable[Done], as_json: bool) -> None:
    """What would change, tag by tag; examples by id only."""
    total = Tallied()
    for done in parts:
        total.add(done.tallied)
    if as_json:
        json.dump({"counts": total.counts, "changes": total.changes}, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    table = Table("Tag", "kommt hinzu", "fällt weg", "zum Beispiel")
    for tag in sorted(total.changes, key=list(taxonomy()).index):
        entry = total.changes[tag]
        table.add_row(tag, str(entry["added"]), str(entry["removed"]), ", ".join(entry["examples"]))
    Console().print(table)
    counts = total.counts
    err.print(f"{counts['threads']} Aufgabenchats, {counts['messages']} Nachrichten, {counts['rejected']} Zeilen abgelehnt; nichts geschrieben.", highlight=False)


def _undone(source: str, undo_file: str, target: str | None) -> None:
    if target is None or not _is_file(target):
        raise AufgabenchatError("--undo braucht eine Ausgabedatei. Geben Sie sie mit -o an.")
    back, kept = undo.take_back(source, undo_file, target)
    err.print(f"{back} Nachrichten haben ihre früheren Labels wieder: {target}", markup=False, highlight=False)
    if kept:
        err.print(f"{kept} nicht: Ihre Tags wurden seither geändert, oder sie fehlen in {source}.", markup=False, highlight=False)
        raise typer.Exit(1)
