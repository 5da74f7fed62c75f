"""``aufgabenchat learn``, ``models``, ``queue`` and ``drift``."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, track
from rich.table import Table

from nlp import artifact, files
from nlp.errors import DataError
from nlp.handbook import taxonomy
from nlp.learning.events import Event, from_row, read
from nlp.show import told
from nlp.thread import Thread

if TYPE_CHECKING:
    from nlp.training.fit import Say

models = typer.Typer(help="Versionen der Modelle: auflisten, vergleichen, zurückgehen.", no_args_is_help=True)
queue = typer.Typer(help="Was zu labeln sich lohnt; Austausch mit Label Studio, Prodigy und Argilla.", no_args_is_help=True)
err = Console(stderr=True)

class Form(StrEnum):
    """Tools that labels come from."""

    label_studio = "label-studio"
    prodigy = "prodigy"
    argilla = "argilla"


Home = Annotated[Path, typer.Option(help="Ordner mit den Modellen; sonst AUFGABENCHAT_MODELS oder der mitgelieferte.")]
Json = Annotated[bool, typer.Option("--json", help="JSON statt einer Ansicht.")]
Database = Annotated[str | None, typer.Option(help="Speicher mit den Rückmeldungen; sonst AUFGABENCHAT_DATABASE.")]
Source = Annotated[str | None, typer.Option("--from", metavar="FILE", help="Rückmeldungen aus einer JSONL-Datei statt aus dem Speicher, „-“ für die Standardeingabe.")]


def learn(
    database: Database = None,
    source: Source = None,
    encoder: Annotated[bool, typer.Option("--encoder", help="Auch den Encoder neu lernen: braucht PyTorch und Stunden.")] = False,
    confidence: Annotated[float, typer.Option(help="So sicher muss es sein, dass die neue Fassung besser ist.", min=0.5, max=0.999)] = 0.95,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Nur vergleichen, nichts in Kraft setzen.")] = False,
    home: Home = artifact.HOME,
    as_json: Json = False,
) -> None:
    """Aus Rückmeldungen lernen; in Kraft kommt nur, was nachweislich besser und nirgends klar schlechter ist."""
    from nlp.learning import encoder as whole
    from nlp.learning import learn as learning
    from nlp.learning.show import page

    events = _events(database, source)
    act = whole.learn if encoder else learning.learn
    with _progress() as say:
        report = act(home, events, confidence=confidence, promote=not dry_run, say=say)
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        Console().print(page(report))


@models.command("list")
def list_models(home: Home = artifact.HOME, as_json: Json = False) -> None:
    """Alle Versionen, und welche in Kraft ist."""
    from nlp.learning.show import versions_table
    from nlp.training import versions

    found = versions.listed(home)
    if as_json:
        print(json.dumps([{"version": v.number, "in_force": v.in_force, "usable": v.usable, "at": v.at, "replaces": v.replaces} for v in found]))
    else:
        Console().print(versions_table(found))


@models.command()
def diff(
    one: Annotated[str, typer.Argument(metavar="VERSION")], other: Annotated[str, typer.Argument(metavar="VERSION")], home: Home = artifact.HOME, as_json: Json = False
) -> None:
    """Worin sich zwei Versionen unterscheiden: Schwellen, und wie oft nur eine von beiden ein Label setzt."""
    from nlp.learning.diff import differences

    rows = differences(home, one, other)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("Label", f"Schwelle {one}", f"Schwelle {other}", f"nur {one}", f"nur {other}")
    for row in rows:
        table.add_row(row["label"], *("–" if value is None else f"{value:g}" for value in (*row["threshold"], *row["only"])))
    Console().print(table)


@models.command()
def rollback(version: Annotated[str | None, typer.Argument(help="Ohne: die Version davor.")] = None, home: Home = artifact.HOME) -> None:
    """Eine frühere Version in Kraft setzen; laufende Server übernehmen sie von selbst."""
    from nlp.training import versions

    err.print(f"In Kraft: Version {versions.rollback(home, version)}")


@models.command()
def init(home: Home = artifact.HOME) -> None:
    """Einen eigenen Modellordner mit den mitgelieferten Modellen füllen, oder diese nach einer neuen Auslieferung übernehmen."""
    from nlp.training import versions

    versions.fill(home)
    err.print(f"In Kraft in {home}: {', '.join(f'{name} {number}' for name, number in versions.in_force(home).items())}", markup=False)


def _events(database: str | None, source: str | None) -> list[Event]:
    """Feedback from a file or the store; lines that are none are told and passed over."""
    if source is None:
        return [from_row(row) for row in _store(database).all_feedback()]
    with files.opened(source) as file:
        found = list(read(file, source))
    for item in found:
        if isinstance(item, DataError):
            err.print(str(item), style="red", markup=False, highlight=False, soft_wrap=True)
    return [item for item in found if isinstance(item, Event)]


def _store(database: str | None) -> Any:
    from api.settings import load
    from api.store import Store

    return Store(database or load().database.get_secret_value())


@contextmanager
def _progress() -> Iterator[Say]:
    """Steps on the terminal, with the time they take."""
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, disable=not err.is_terminal, transient=True) as progress:
        shown = progress.add_task("…", total=None)

        def say(text: str) -> None:
            progress.update(shown, description=text)
            if not err.is_terminal:
                err.print(text, markup=False, highlight=False)

        yield say


@queue.command()
def rank(
    source: Annotated[str, typer.Argument(metavar="IN", help="JSONL-Datei mit Aufgabenchats, „-“ für die Standardeingabe.")],
    count: Annotated[int, typer.Option("-n", "--count", help="Wie viele Nachrichten.", min=1)] = 50,
    threads: Annotated[Path | None, typer.Option(help="Die Aufgabenchats dazu, für die Durchsicht im Editor.")] = None,
    label_studio: Annotated[Path | None, typer.Option("--label-studio", help="Für Label Studio (JSON).")] = None,
    prodigy: Annotated[Path | None, typer.Option(help="Für Prodigy (JSONL).")] = None,
    argilla: Annotated[Path | None, typer.Option(help="Für Argilla (JSONL).")] = None,
    home: Home = artifact.HOME,
    as_json: Json = False,
) -> None:
    """Nachrichten, deren Durchsicht am meisten bringt: wo die Modelle zweifeln, und nicht zweimal derselbe Zweifel."""
    from nlp.assistant import Assistant
    from nlp.learning.exchange import label_studio_view, written
    from nlp.learning.queue import made

    with files.opened(source) as file:
        found = list(files.read_threads(file, source, taxonomy()))
    rejected = [item.errors for item in found if isinstance(item, files.Rejected)]
    given = track([item for item in found if isinstance(item, Thread)], "Lesen", console=err, disable=not err.is_terminal, transient=True)
    items, chosen = made(given, Assistant.load(home, threads=2), taxonomy(), count)
    if threads is not None:
        _write(threads, b"".join(files.dump(thread.to_json()) for thread in chosen))
    for form, path in (("label-studio", label_studio), ("prodigy", prodigy), ("argilla", argilla)):
        if path is not None:
            _write(path, written(items, form, taxonomy()).encode())
    if label_studio is not None:
        err.print(f"Labeling Interface für Label Studio:\n{label_studio_view(taxonomy())}", markup=False, highlight=False)
    if as_json:
        print(json.dumps([asdict(item) for item in items], ensure_ascii=False))
    else:
        table = Table("Aufgabe", "Nachricht", "fraglich", "Text")
        for one in items:
            table.add_row(one.task_id, one.message_id, ", ".join(f"{tag} {one.scores[tag]:.2f}" for tag in one.ask), one.text[:100])
        Console().print(table)
    told(rejected, len(rejected))


@queue.command("import")
def import_labels(
    source: Annotated[str, typer.Argument(metavar="FILE", help="Export aus Label Studio, Prodigy oder Argilla.")],
    form: Annotated[Form, typer.Option("--format", help="Woher er stammt.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Rückmeldungen für „aufgabenchat learn --from“.")],
) -> None:
    """Labels aus einem anderen Werkzeug als Rückmeldungen; Exit-Code 1, wenn welche nicht brauchbar waren."""
    from nlp.learning.exchange import read as labels_in

    with files.opened(source) as file:
        found = list(labels_in(file.read(), form.value, taxonomy(), source))
    wrong = [item for item in found if isinstance(item, DataError)]
    for error in wrong:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
    rows = [item for item in found if not isinstance(item, DataError)]
    _write(out, b"".join(files.dump(row) for row in rows))
    err.print(f"{len(rows)} durchgesehene Nachrichten in {out}", markup=False)
    if wrong:
        raise typer.Exit(1)


def drift(
    source: Annotated[str | None, typer.Option("--from", metavar="FILE", help="Aufgabenchats aus einer JSONL-Datei statt der Summen im Speicher.")] = None,
    database: Database = None,
    days: Annotated[int, typer.Option(help="So viele Tage zurück.", min=1)] = 30,
    home: Home = artifact.HOME,
    as_json: Json = False,
) -> None:
    """Sehen die Nachrichten noch aus wie die, aus denen gelernt wurde? Exit-Code 1, wenn nicht."""
    from nlp.assistant import Assistant
    from nlp.learning import drift as measured
    from nlp.learning.show import drift_page
    from nlp.traffic import Block

    events: list[Event] = []
    rejected: list[list[str]] = []
    with _progress() as say:
        known = measured.trained(home, say)
        if source is not None:
            with files.opened(source) as file:
                found = list(files.read_threads(file, source, taxonomy()))
            given = [item for item in found if isinstance(item, Thread)]
            rejected = [item.errors for item in found if isinstance(item, files.Rejected)]
            say(f"{len(given)} Aufgabenchats werden gelesen …")
            recent = measured.read(given, Assistant.load(home, threads=2))
        else:
            store, since = _store(database), int(time.time()) - days * 86_400
            digest = artifact.current("encoder", home).digest
            recent = [Block(**sums) for sums in store.traffic(digest, since)]
            events = [from_row(row) for row in store.all_feedback(since)]
        report = measured.compared(recent, known, events)
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        Console().print(drift_page(report))
    told(rejected, len(rejected))
    if report.p_value is not None and report.p_value <= measured.SURE:
        raise typer.Exit(1)


def _write(path: Path, data: bytes) -> None:
    with files.opened(str(path), "w") as file:
        file.write(data)
