"""The report as one HTML page: scripts, styles and data are in it, and its content policy forbids it to fetch anything."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from nlp.audit.report import SEVERITIES, TYPES
from nlp.audit.totals import TOP

HERE = Path(__file__).parent


def page(report: Mapping[str, Any]) -> str:
    """The whole page as text. All that stems from chats is escaped, in the markup and in the data of the plots alike."""
    import vl_convert

    from nlp.audit.charts import charts  # it loads Altair: a second, which no other command should wait for

    plots = charts(report)
    scripts = [_library(), (HERE / "page.js").read_text(encoding="utf-8")]
    locale = {"number": vl_convert.get_format_locale("de-DE"), "time": vl_convert.get_time_format_locale("de-DE")}
    return _environment().get_template("page.html").render(
        report=report, charts=plots, data=_data({"charts": plots, "locale": locale}), scripts=[Markup(script) for script in scripts],
        hashes=[_hash(script) for script in scripts], style=Markup((HERE / "page.css").read_text(encoding="utf-8")), severities=SEVERITIES, types=TYPES, top=TOP,
    )  # fmt: skip


@cache
def _library() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script that sets ``window.vegaEmbed``."""
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script.replace("</script", "<\\/script")


def _data(value: object) -> Markup:
    """JSON that no text in it can break out of."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"number": _number, "percent": _percent, "hours": _hours, "month": _month, "day": _day, "moment": _moment}
    return made


def _number(value: float) -> str:
    return str(format_decimal(value, locale="de"))


def _percent(value: float) -> str:
    return str(format_percent(value, "0.0\u00a0%" if value < 0.1 else "#,##0\u00a0%", locale="de"))


def _hours(value: float | None) -> str:
    """``20 Min.``, ``3,5 Std.``, ``4,1 Tage``."""
    if value is None:
        return "–"
    if value < 1:
        return f"{round(value * 60)}\u00a0Min."
    return f"{_number(round(value, 1))}\u00a0Std." if value < 48 else f"{_number(round(value / 24, 1))}\u00a0Tage"


def _month(value: str) -> str:
    return str(format_date(date.fromisoformat(f"{value}-01"), "MMMM y", locale="de"))


def _day(value: str) -> str:
    return f"{date.fromisoformat(value):%d.%m.%Y}" if value else "–"


def _moment(value: str) -> str:
    return f"{datetime.fromisoformat(value):%d.%m.%Y, %H:%M} Uhr"
