"""The plots of the report, as Vega-Lite: German labels, colours that colour-blind people can tell apart, readable in print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8A94A0", "#1F2933"
"""Blue and vermillion of Okabe and Ito's palette."""
_BAR = 24
"""Height of a bar with the space around it, in pixels."""
_MOST = 20
"""Bars of a plot at most; the table below it has the rest."""
_CELL = 22
"""Width a cell of the heat map needs to bear its figure, in pixels."""
Rows = Sequence[Mapping[str, Any]]
Plot = alt.LayerChart | alt.FacetChart


def charts(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A Vega-Lite specification a plot, by name; a plot without anything to show is left out."""
    questions, breaches = report["questions"], report["breaches"]
    found = {
        "answer_time": _columns(questions["time_to_answer"], "within", "Antworten nach", "Beantwortete Fragen"),
        "by_assistant": _unanswered(questions["by_assistant"]),
        "by_type": _unanswered(questions["by_type"]),
        "tags": _bars(report["tags"], "label", "count", "Nachrichten mit dem Tag"),
        "doubts": _doubts(report["tags"]),
        "trend": _trend(breaches["by_month"]),
        "heat": _heat(breaches, [row["month"] for row in breaches["by_month"]]),
    }
    return {name: _dressed(chart) for name, chart in found.items() if chart is not None}


def _dressed(chart: Plot) -> dict[str, Any]:
    """The specification in the page's type and colours, without address of its schema: nothing in the page points outside."""
    font = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
    chart = chart.properties(width="container", background="white", autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    chart = chart.configure(font=font).configure_view(stroke=None)
    chart = chart.configure_axis(labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelColor=INK, titleColor=INK, gridColor="#E4E7EB", labelLimit=220)
    chart = chart.configure_legend(labelFontSize=13, titleFontSize=13, labelColor=INK, orient="top", title=None)
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("$schema")
    return spec


def _data(rows: Rows) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _counted(title: str, rows: Rows, room: float = 1.12) -> alt.X:
    """Counts from 0, with room beside the longest bar for its figure."""
    most = room * max(row["count"] for row in rows)
    return alt.X("count:Q", title=title, axis=alt.Axis(tickMinStep=1, tickCount=5, format=",d"), scale=alt.Scale(domain=[0, most], nice=False))


def _bars(rows: Rows, name: str, value: str, title: str) -> Plot | None:
    shown = [{"name": row[name], "count": row[value]} for row in rows if row[value]]
    if not shown:
        return None
    base = alt.Chart(_data(shown)).encode(y=alt.Y("name:N", sort=None, title=None), x=_counted(title, shown))
    tips = [alt.Tooltip("name:N", title="Tag"), alt.Tooltip("count:Q", title=title, format=",d")]
    return alt.layer(
        base.mark_bar(color=BLUE).encode(tooltip=tips), base.mark_text(align="left", dx=4, fontSize=13, color=INK).encode(text=alt.Text("count:Q", format=",d"))
    ).properties(height=_BAR * len(shown))


def _columns(rows: Rows, name: str, below: str, beside: str) -> Plot | None:
    if not any(row["count"] for row in rows):
        return None
    base = alt.Chart(_data(rows)).encode(
        x=alt.X(f"{name}:O", sort=None, title=below, axis=alt.Axis(labelAngle=0, labelOverlap=False, labelExpr="split(datum.label, ' ')")),
        y=alt.Y("count:Q", title=beside, axis=alt.Axis(tickMinStep=1, tickCount=5, format=",d")),
    )
    tips = [alt.Tooltip(f"{name}:O", title=below), alt.Tooltip("count:Q", title=beside, format=",d")]
    numbers = base.mark_text(dy=-8, fontSize=13, color=INK).encode(text=alt.Text("count:Q", format=",d"))
    return alt.layer(base.mark_bar(color=BLUE).encode(tooltip=tips), numbers).properties(height=260)


def _unanswered(rows: Rows) -> Plot | None:
    """How many of the questions are unanswered; „3 von 40“ beside the bar."""
    shown = [{"name": row["name"], "count": row["unanswered"], "said": f"{row['unanswered']} von {row['asked']}"} for row in rows if row["unanswered"]][:_MOST]
    if not shown:
        return None
    base = alt.Chart(_data(shown)).encode(y=alt.Y("name:N", sort=None, title=None), x=_counted("Unbeantwortete Kundenfragen", shown, 1.35))
    tips = [alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title="Unbeantwortet")]
    return alt.layer(
        base.mark_bar(color=ORANGE).encode(tooltip=tips), base.mark_text(align="left", dx=4, fontSize=13, color=INK).encode(text="said:N")
    ).properties(height=_BAR * len(shown))


def _doubts(rows: Rows) -> Plot | None:
    """Tags that may be missing and that may be wrong, side by side."""
    kinds = {"missing": "fehlt vielleicht", "doubtful": "zweifelhaft"}
    asked = sorted((row for row in rows if row["missing"] + row["doubtful"]), key=lambda row: -(row["missing"] + row["doubtful"]))
    shown = [{"name": row["label"], "kind": said, "count": row[key]} for row in asked for key, said in kinds.items()]
    if not shown:
        return None
    base = alt.Chart(_data(shown)).encode(
        y=alt.Y("name:N", sort=None, title=None), yOffset=alt.YOffset("kind:N", sort=list(kinds.values())), x=_counted("Nachrichten", shown),
    )  # fmt: skip
    tips = [alt.Tooltip("name:N", title="Tag"), alt.Tooltip("kind:N", title="Befund"), alt.Tooltip("count:Q", title="Nachrichten", format=",d")]
    color = alt.Color("kind:N", scale=alt.Scale(domain=list(kinds.values()), range=[BLUE, ORANGE]))
    numbers = base.transform_filter("datum.count > 0").mark_text(align="left", dx=4, fontSize=12, color=INK).encode(text=alt.Text("count:Q", format=",d"))
    return alt.layer(base.mark_bar().encode(tooltip=tips, color=color), numbers).properties(height=2 * _BAR * len(asked) * 0.8)


def _trend(months: Rows) -> Plot | None:
    """Breaches a hundred messages of ours, month by month."""
    shown = [{"month": row["month"], "rate": round(100 * row["count"] / row["messages"], 1), **row} for row in months if row["messages"]]
    if not any(row["count"] for row in shown):
        return None
    base = alt.Chart(_data(shown)).encode(
        x=_months(), y=alt.Y("rate:Q", title="je 100 eigene Nachrichten", axis=alt.Axis(tickCount=5, format=",~f")),
        tooltip=[
            alt.Tooltip("yearmonth(month):T", title="Monat", format="%B %Y"), alt.Tooltip("rate:Q", title="je 100 Nachrichten", format=",.1f"),
            alt.Tooltip("count:Q", title="Verstöße", format=",d"), alt.Tooltip("messages:Q", title="Eigene Nachrichten", format=",d"),
        ],
    )  # fmt: skip
    return alt.layer(base.mark_line(color=BLUE, strokeWidth=2.5), base.mark_point(color=BLUE, filled=True, size=60, opacity=1)).properties(height=200)


def _months() -> alt.X:
    return alt.X("yearmonth(month):O", title=None, axis=alt.Axis(format="%b %y", labelAngle=0, labelOverlap=True))


def _heat(breaches: Mapping[str, Any], months: Sequence[str]) -> Plot | None:
    """Rule by month; dark is often."""
    if not breaches["by_rule_and_month"]:
        return None
    labels = {row["rule"]: row["label"] for row in breaches["by_rule"]}
    totals: dict[tuple[str, str], int] = {}
    for row in breaches["by_rule_and_month"]:
        totals[row["rule"], row["month"]] = totals.get((row["rule"], row["month"]), 0) + row["count"]
    most = max(totals.values())
    shown = [{"name": labels[rule], "month": month, "count": totals.get((rule, month), 0)} for rule in labels for month in months]
    base = alt.Chart(_data(shown)).encode(
        x=_months(), y=alt.Y("name:N", sort=list(labels.values()), title=None),
        tooltip=[
            alt.Tooltip("name:N", title="Regel"), alt.Tooltip("yearmonth(month):T", title="Monat", format="%B %Y"), alt.Tooltip("count:Q", title="Verstöße", format=",d"),
        ],
    )  # fmt: skip
    cells = base.mark_rect(stroke="white", strokeWidth=1.5).encode(
        color=alt.Color("count:Q", scale=alt.Scale(type="sqrt", range=["#F1F5F9", "#08306B"], domain=[0, most]), legend=alt.Legend(title="Verstöße", format=",d", tickMinStep=1)),
    )
    written = alt.condition(f"datum.count > {most / 5}", alt.value("white"), alt.value(INK))
    roomy = alt.condition(f"width > {_CELL * len(months)}", alt.value(1), alt.value(0))
    figures = base.transform_filter("datum.count > 0").mark_text(fontSize=12).encode(text=alt.Text("count:Q", format=",d"), color=written, opacity=roomy)
    return alt.layer(cells, figures).properties(height=_BAR * 1.15 * len(labels))
