"""A learning report, versions and a drift report for people to read in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nlp.learning.drift import DriftReport
from nlp.learning.gate import Comparison
from nlp.learning.learn import Report
from nlp.learning.newcomers import Newcomer
from nlp.training.versions import Version

SHOWN = 12


def page(report: Report) -> Group:
    """What went in, how both sides compare, and what was decided."""
    judged = sum(yes + no for yes, no in report.labels.values())
    parts: list[RenderableType] = [
        Text(f"{sum(report.events.values())} Rückmeldungen: {', '.join(f'{n} {name}' for name, n in sorted(report.events.items())) or 'keine'}"),
        Text(f"{report.examples} Nachrichten, {judged} beurteilte Labels, {report.doubted} davon zweifelhaft (zählen weniger)"),
    ]
    parts += [Text(f"Nicht brauchbar: {text}", style="red") for text in report.unused[:SHOWN]]
    for conflict in report.conflicts[:SHOWN]:
        against = ", ".join(f"{vote.user[:8]}: {'ja' if vote.holds else 'nein'}" for vote in conflict.votes)
        parts.append(Text(f"Uneinig über „{conflict.label}“ ({against}): {conflict.text[:80]!r} – zählt nicht", style="yellow"))
    parts += [Text(f"Nutzer {u.user[:8]}: {u.contradicted} von {u.votes} Urteilen zweifelhaft, zählt {u.weight:.0%}", style="yellow") for u in report.users if u.weight < 1]
    if report.usage:
        parts.append(_usage(report))
    if report.overall:
        parts.append(_comparisons(report))
    parts += [_newcomer(newcomer) for newcomer in report.newcomers]
    parts += [Text(f"· {reason}") for reason in report.reasons]
    parts.append(_decision(report))
    return Group(*parts)


def _comparisons(report: Report) -> Table:
    table = Table("Größe", "jetzt", "neu", "Unterschied", "95 %", title=f"Auf {report.threads} Aufgabenchats, von denen beide nichts gelernt haben")
    for comparison in [*report.overall, *report.single]:
        style = "red" if comparison.clearly_worse else "green" if comparison in report.overall and comparison.low > 0 else ""
        table.add_row(*_cells(comparison), style=style)
    return table


def _cells(c: Comparison) -> list[str]:
    return [c.name, f"{c.champion:.3f}", f"{c.challenger:.3f}", f"{c.difference:+.3f}", f"{c.low:+.3f} bis {c.high:+.3f}"]


def _usage(report: Report) -> Table:
    table = Table("Was", "Name", "gezeigt", "genutzt", "abgelehnt", "95 %", title="Was aus Hinweisen, Bausteinen und Vorlagen wurde")
    for row in sorted(report.usage, key=lambda row: -row["refused_low"])[:SHOWN]:
        table.add_row(
            row["kind"], row["name"], str(row["offered"]), str(row["used"]), str(row["refused"]), f"{row['refused_low']:.0%} bis {row['refused_high']:.0%}"
        )
    return table


def _newcomer(found: Newcomer) -> Text:
    figures = ", ".join(
        f"{name} {value:.2f} ({low:.2f}–{high:.2f})"
        for name, (value, low, high) in (("Recall", found.recall), ("Precision mindestens", found.precision), ("F1", found.f1))
    )
    return Text(f"Neuer Tag „{found.tag}“ aus {found.examples} Beispielen: {figures}" + ("" if found.certain else " – noch unsicher, es fehlen Beispiele"))


def _decision(report: Report) -> Text:
    if report.version:
        return Text(f"In Kraft: Version {report.version} (davor {report.replaces}). Zurück: aufgabenchat models rollback", style="bold green")
    if report.promoted:
        return Text("Besser, aber nicht in Kraft gesetzt (--dry-run).", style="bold green")
    return Text(f"Es bleibt bei Version {report.replaces}.", style="bold")


def versions_table(versions: Sequence[Version]) -> Table:
    """The versions of the heads."""
    table = Table("Version", "in Kraft", "gelernt am", "aus", "ersetzt", "Güte davor → danach", "")
    for v in versions:
        figures = "; ".join(f"{name} {a:.3f} → {b:.3f}" for name, (a, b) in v.about.get("figures", {}).items())
        source = f"Korpus und {v.about['examples']} Nachrichten" if v.about.get("examples") else "Korpus"
        table.add_row(v.number, "●" if v.in_force else "", v.at or "–", source, v.replaces or "–", figures, "" if v.usable else "anderer Encoder")
    return table


def drift_page(report: DriftReport) -> Group:
    """The verdict, and the shares that lie elsewhere than in training."""
    table = Table("Anteil der Nachrichten", "Training", "jetzt", "95 %", "")
    for one in report.rates:
        trained = "–" if one.trained is None else f"{one.trained:.1%}"
        table.add_row(one.name, trained, f"{one.now:.1%}", f"{one.low:.1%} bis {one.high:.1%}", "anders" if one.moved else "", style="yellow" if one.moved else "")
    head = f"{report.messages} Nachrichten" + ("" if report.discrepancy is None else f", Abstand der Vektoren {report.discrepancy:.3f} (p = {report.p_value:.3f})")
    return Group(Text(head), table, Text(report.verdict, style="bold"))
