"""The plots of the notebooks: rows in, an Altair chart out. They render as PNG, so no notebook needs a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

BLUE = "#0072B2"
Rows = Sequence[Mapping[str, Any]]
Plot = alt.Chart | alt.LayerChart | alt.FacetChart


def bars(rows: Rows, value: str, name: str, *, group: str | None = None, title: str = "") -> Plot:
    """Horizontal bars in the order of ``rows``; those of one name side by side where ``group`` tells them apart."""
    order = list(dict.fromkeys(row[name] for row in rows))
    groups = list(dict.fromkeys(row[group] for row in rows)) if group else []
    chart = _chart(rows, title).mark_bar(color=BLUE).encode(x=alt.X(f"{value}:Q"), y=alt.Y(f"{name}:N", sort=order, title=None))
    if not group:
        return chart
    return chart.encode(color=alt.Color(f"{group}:N", sort=groups), yOffset=alt.YOffset(f"{group}:N", sort=groups)).properties(height=alt.Step(10))


def intervals(rows: Rows, value: str, name: str, *, low: str = "low", high: str = "high", group: str | None = None, title: str = "") -> Plot:
    """A point and its interval for each name."""
    order = list(dict.fromkeys(row[name] for row in rows))
    base = _chart(rows, title).encode(y=alt.Y(f"{name}:N", sort=order, title=None))
    if group:
        base = base.encode(color=f"{group}:N", yOffset=f"{group}:N").properties(height=alt.Step(12))
    spans = base.mark_rule(strokeWidth=2).encode(x=alt.X(f"{low}:Q", title=value, scale=alt.Scale(zero=False)), x2=f"{high}:Q")
    return alt.layer(spans, base.mark_point(filled=True, size=60).encode(x=f"{value}:Q"))


def lines(
    rows: Rows, x: str, y: str, *, group: str | None = None, band: tuple[str, str] | None = None, log: bool = False, diagonal: bool = False, title: str = ""
) -> Plot:
    """A line a group through its points, in the order of ``rows``; ``band`` names the columns of an interval around it, ``diagonal`` shows where x is y."""
    scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False, nice=False)
    base = _chart(rows, title).encode(x=alt.X(f"{x}:Q", scale=scale))
    if group:
        base = base.encode(color=alt.Color(f"{group}:N", sort=list(dict.fromkeys(row[group] for row in rows))))
    layers = [base.mark_area(opacity=0.2).encode(y=alt.Y(f"{band[0]}:Q", title=y), y2=f"{band[1]}:Q")] if band else []
    drawn = base.mark_line(point=len(rows) < 100).encode(y=alt.Y(f"{y}:Q", scale=alt.Scale(zero=False)), order=alt.Order("order:Q"))
    if diagonal:
        layers.append(_chart([{x: 0, y: 0}, {x: 1, y: 1}], title).mark_line(color="#8A94A0", strokeDash=[4, 4]).encode(x=f"{x}:Q", y=f"{y}:Q"))
    return alt.layer(*layers, drawn)


def histogram(rows: Rows, value: str, *, group: str | None = None, bins: int = 40, title: str = "") -> Plot:
    """How often values occur, a curve a group if there are some."""
    chart = _chart(rows, title).encode(x=alt.X(f"{value}:Q", bin=alt.Bin(maxbins=bins)), y=alt.Y("count()", stack=None, title="how many"))
    return chart.mark_area(interpolate="step", opacity=0.4).encode(color=f"{group}:N") if group else chart.mark_bar(color=BLUE)


def heat(table: NDArray[Any], rows: Sequence[str], columns: Sequence[str], *, title: str = "") -> Plot:
    """A matrix ``[n_rows, n_columns]``, its figures written into the cells."""
    cells = [{"row": r, "column": c, "value": float(table[i, k])} for i, r in enumerate(rows) for k, c in enumerate(columns)]
    base = _chart(cells, title).encode(x=alt.X("column:N", sort=list(columns), title=None), y=alt.Y("row:N", sort=list(rows), title=None))
    dark = alt.condition(f"datum.value > {float(np.max(table)) / 2}", alt.value("white"), alt.value("black"))
    return alt.layer(base.mark_rect().encode(color=alt.Color("value:Q", legend=None)), base.mark_text().encode(text=alt.Text("value:Q", format=".3~g"), color=dark))


def points(rows: Rows, x: str, y: str, *, title: str = "") -> Plot:
    """A point a row."""
    return _chart(rows, title).mark_point(filled=True, color=BLUE).encode(x=f"{x}:Q", y=f"{y}:Q")


def table(text: str, heading: str) -> list[dict[str, str]]:
    """The rows of the first Markdown table below the heading that starts so."""
    below = text.split(f"\n{heading}", 1)[1].split("\n")
    first = next(n for n, line in enumerate(below) if line.startswith("|"))
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in takewhile(lambda line: line.startswith("|"), below[first:])]
    return [dict(zip(found[0], row, strict=True)) for row in found[2:]]


def _chart(rows: Rows, title: str) -> alt.Chart:
    data = alt.InlineData(values=[{"order": n, **{key: _plain(value) for key, value in row.items()}} for n, row in enumerate(rows)])
    return alt.Chart(data, title=title, width=520)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
