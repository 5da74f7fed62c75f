"""``aufgabenchat``: one short function a command. Exit codes: 0 fine, 1 found something, 2 cannot run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import track
from rich.table import Table

from api import commands
from nlp import files, imports, learn_cli, reference
from nlp.assistant import Assistant
from nlp.audit import command as audits
from nlp.batch import command as batch
from nlp.errors import AufgabenchatError
from nlp.files import Rejected
from nlp.handbook import handbook, meant, taxonomy
from nlp.lint import mistakes, notices, severities, unreadable
from nlp.review.dates import moment as review_moment
from nlp.review.show import page as review_page
from nlp.rule import rule_id
from nlp.rules import RULES
from nlp.show import draft_panel, findings_table, told
from nlp.templates import library
from nlp.thread import Thread

app = typer.Typer(help="NLP-Assistent für den Aufgabenchat.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(commands.serve)
app.command()(batch.annotate)
app.command()(audits.audit)
app.add_typer(commands.keys, name="keys")
app.command()(learn_cli.learn)
app.command()(learn_cli.drift)
app.add_typer(learn_cli.models, name="models")
app.add_typer(learn_cli.queue, name="queue")
err = Console(stderr=True)

In = Annotated[str, typer.Argument(metavar="IN", help="JSONL-Datei mit Aufgabenchats, „-“ für die Standardeingabe.")]
Json = Annotated[bool, typer.Option("--json", help="JSON statt einer Ansicht.")]
Data = Annotated[Path | None, typer.Option(help="Ordner mit den öffentlichen Datensätzen.")]


@app.command()
def check(source: In, as_json: Json = False) -> None:
    """Hinweise zu den ausgehenden Nachrichten und Notizen; Exit-Code 1, wenn ein Fehler dabei ist."""
    assistant = Assistant.load()
    with files.opened(source) as file:
        items = list(files.read_threads(file, source, taxonomy()))
    rows, errors = [], 0
    for thread in _progress([item for item in items if isinstance(item, Thread)], "Prüfen"):
        for message in assistant.annotate(thread).messages:
            for finding in message.findings or ():
                errors += finding.severity == "error"
                rows.append({"task_id": thread.task.id, "message_id": message.id, **finding.to_json()})
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif rows:
        Console().print(findings_table(rows))
    else:
        err.print("Keine Hinweise.")
    _report(items)
    if errors:
        raise typer.Exit(1)


@app.command()
def review(
    source: In,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Stichtag wie 2026-03-20T09:00; sonst der des Chats oder jetzt.")] = None,
    as_json: Json = False,
) -> None:
    """Aufgaben als Vertrag prüfen: vollständig, richtig getaggt, gebucht, was steht als Nächstes an?"""
    assistant, console = Assistant.load(), Console()
    moment = review_moment(as_of) if as_of else None
    with files.opened(source) as file:
        items = list(files.read_threads(file, source, taxonomy()))
    for thread in _progress([item for item in items if isinstance(item, Thread)], "Prüfen"):
        found = assistant.review(thread, moment)
        if as_json:
            print(found.model_dump_json())
        else:
            console.print(review_page(found, thread.task.title, taxonomy()))
    _report(items)


@app.command()
def compose(
    source: In,
    template: Annotated[str | None, typer.Option(metavar="ID", help="Chatvorlage, mehrere mit „+“ verbunden; ohne: die passendste.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Wann sie geschrieben wird, wie 2026-03-20T09:00; sonst gleich nach der letzten Nachricht.")] = None,
    as_json: Json = False,
) -> None:
    """Ein Entwurf der nächsten Nachricht: jede offene Frage mit ihrer Antwort oder einer Lücke, die ein Mensch füllt."""
    moment = review_moment(as_of) if as_of else None
    assistant, console = Assistant.load(), Console()
    with files.opened(source) as file:
        items = list(files.read_threads(file, source, taxonomy()))
    for thread in _progress([item for item in items if isinstance(item, Thread)], "Entwerfen"):
        draft = assistant.compose(thread, template, now=moment)
        if as_json:
            print(json.dumps({"task_id": thread.task.id, **draft.to_json()}, ensure_ascii=False))
        else:
            console.print(draft_panel(draft, thread))
    _report(items)


@app.command()
def rules(as_json: Json = False) -> None:
    """Was geprüft wird: alle Regeln mit Schweregrad, Erklärung und Beispielen."""
    if as_json:
        print(json.dumps(reference.listed(), ensure_ascii=False, indent=1))
    else:
        Console().print(Markdown(reference.page()))


def _progress(threads: list[Thread], label: str) -> Iterator[Thread]:
    yield from track(threads, label, console=err, disable=not err.is_terminal, transient=True)


def _report(items: list[Thread | Rejected]) -> None:
    """Say what was wrong with bad lines, and end with exit code 1 if there were any."""
    rejected = [item.errors for item in items if isinstance(item, Rejected)]
    told(rejected, len(rejected))


@app.command()
def train() -> None:
    """Die Tag-Modelle aus dem Korpus neu lernen (eine Minute, ohne PyTorch)."""
    from nlp.training import fit

    folder = fit.train(say=err.print)
    err.print(f"In Kraft: {folder}")


@app.command()
def evaluate(
    gold: Annotated[Path | None, typer.Argument(metavar="GOLD", help="Gelabelte Aufgabenchats; ohne: das Korpus, kreuzvalidiert.")] = None,
    data: Data = None,
    peers: Annotated[bool, typer.Option(help="Vergleichsverfahren mitrechnen (Minuten).")] = True,
    write: Annotated[bool, typer.Option("--write", help="Die Werte ablegen und die Modellkarte models/README.md neu schreiben.")] = False,
    as_json: Json = False,
) -> None:
    """Gütewerte mit 95-%-Intervallen."""
    from nlp import artifact
    from nlp.training import card, corpus, evaluate, public

    if gold is not None:
        table = evaluate.unseen([item.thread for item in corpus.load(gold)], Assistant.load(threads=2), gold.name)
    else:
        table, assistant = evaluate.cross_validated(peers=peers, say=err.print), Assistant.load(threads=2)
        fresh = [item.thread for item in corpus.load(artifact.HOME / "unseen")]
        table += evaluate.unseen(fresh, assistant, "nie gesehene Autoren")
        if data is not None:
            table += public.figures(data, assistant.models)
        else:
            err.print("Zeilen zu cocoa, Tatoeba und XQuAD-R fehlen: Geben Sie mit --data den Ordner mit diesen öffentlichen Sätzen an.")
    if write:
        card.write(table)
    _show([vars_of(row) for row in table], as_json)


@app.command()
def errors(count: Annotated[int, typer.Option(help="Wie viele Nachrichten.")] = 20) -> None:
    """Fehleranalyse: Güte je Tag und die Nachrichten, deren Tags am weitesten daneben liegen (kreuzvalidiert)."""
    from nlp.training import evaluate

    names = ("Tag", "Positive", "F1", "Kalibrierfehler")
    _show([dict(zip(names, row, strict=True)) for row in evaluate.by_tag()], as_json=False)
    for where, text, missing, invented in evaluate.worst(count=count):
        Console().print(f"{where}: fehlt {missing or '–'}, zu viel {invented or '–'}\n    {text[:160]!r}", markup=False, highlight=False)


@app.command()
def findings(
    given: Annotated[bool, typer.Option("--given", help="Alle Labels des Korpus geben: misst nur die Regeln.")] = False,
    show: Annotated[str | None, typer.Option(help="Die Fehler dieser Regel zeigen.")] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Jeden Hinweis als Zeile, zum Vergleichen.")] = False,
) -> None:
    """Wie gut jede Regel trifft, auf dem Korpus: Fragen gegeben, alles Gelernte kreuzvalidiert."""
    from nlp.training import corpus, evaluate
    from nlp.training import findings as measured

    known = [rule_id(rule) for rule in RULES]
    if show is not None and show not in known:
        raise AufgabenchatError(f"Die Regel „{show}“ gibt es nicht. {meant(show, known) or 'Siehe „aufgabenchat rules“.'}")
    gold = [item.thread for item in corpus.load()]
    labelled = list(measured.given(gold)) if given else evaluate.held_out_corpus()
    if lines:
        sys.stdout.writelines(f"{line}\n" for line in measured.lines(labelled))
        return
    table = measured.count(gold, labelled)
    _show([
        {"Regel": rule, "richtig": len(c.hit), "zu viel": len(c.invented), "fehlt": len(c.missed), "F1": c.f1} for rule, c in table.items()
    ], as_json=False)  # fmt: skip
    if show is not None:
        for head, found in (("zu viel", table[show].invented), ("fehlt", table[show].missed)):
            Console().print(f"{head}:", *found, sep="\n  ", markup=False, highlight=False)


@app.command()
def lint() -> None:
    """Die Dateien prüfen, die Redakteure ändern: Taxonomie, Handbuch, Wortlaute, Vorlagen, Antworten, Add-ons."""
    if broken := list(unreadable()):
        for error in broken:
            err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2)
    err.print(f"taxonomy.toml: {len(taxonomy())} Tags, in Ordnung")
    err.print("handbook.toml, stock_phrases.toml, review_phrases.toml: in Ordnung")
    for notice in notices(handbook()):
        err.print(str(notice), style="yellow", markup=False, highlight=False, soft_wrap=True)
    err.print(f"imports: {len([*imports.HOME.glob('*.toml')])} Karten, in Ordnung")
    found = [*severities(handbook()), *mistakes()]
    for mistake in found:
        err.print(str(mistake), style="red", markup=False, highlight=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    err.print(f"templates: {len(library().templates)} Vorlagen, {len(library().answers)} Antworten, in Ordnung")


def vars_of(row: Any) -> dict[str, Any]:
    return {
        "Prüfung": row.test, "Verfahren": row.system, "Größe": row.figure, "Wert": row.value, "von": row.low, "bis": row.high,
    }  # fmt: skip


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console().print(table)


def main() -> None:
    """Run a command; errors of ours are shown in German without a traceback, exit code 2."""
    try:
        app()
    except AufgabenchatError as error:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(2)
    except OSError as error:
        err.print(f"Ein- oder Ausgabe ist fehlgeschlagen: {error.strerror} ({error.filename or 'Standardausgabe'}).", style="red", markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
