"""The audit report in a real browser: drawn, readable on a phone, usable by keyboard, silent, and closed to what stands in chats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from test_audit import archive, asks, said, thread

from nlp import audit
from nlp.streams import Line

PLOTS = {"answer_time", "by_assistant", "by_type", "tags", "doubts", "trend", "heat"}
OPTIONS = audit.Options(datetime(2027, 1, 1))
EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>\"><b>x"
Report = tuple[Page, list[str], list[str]]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report on some 5,000 messages."""
    return written(list(archive(5_000)), tmp_path_factory.mktemp("audit"))


def written(lines: list[Line], folder: Path) -> str:
    (folder / "report.html").write_text(audit.page(audit.report(audit.run(lines, OPTIONS), OPTIONS, "archiv.jsonl")), encoding="utf-8")
    return f"file://{folder}/report.html"


@pytest.fixture
def report(browser: Browser, address: str) -> Iterator[Report]:
    yield from opened(browser, address)


def opened(browser: Browser, address: str) -> Iterator[Report]:
    """The page with all plots drawn, what its console said, and what it asked for."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="de-DE")
    said_: list[str] = []
    asked: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        said_.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: said_.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_function("[...document.querySelectorAll('[data-chart]')].every((chart) => chart.classList.contains('drawn'))", timeout=60_000)
    yield page, said_, asked
    page.close()


def test_every_plot_is_drawn_and_nothing_is_fetched(report: Report, address: str) -> None:
    page, said_, asked = report
    marks = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-chart]')].map((chart) => [chart.dataset.chart, chart.querySelectorAll('.mark-rect path, .mark-symbol path').length]))"
    )
    assert set(marks) == PLOTS
    assert all(count > 0 for count in marks.values()), marks
    assert said_ == []
    assert asked == [address]


def test_a_thing_to_do_leads_to_its_cases(report: Report) -> None:
    page, *_ = report
    page.locator(".todo a[data-show=question_open]").focus()
    page.keyboard.press("Enter")
    kinds = page.locator("table.cases tbody tr:visible").evaluate_all("rows => [...new Set(rows.map((row) => row.dataset.kind))]")
    assert kinds == ["question_open"]
    assert page.locator("#kind").input_value() == "question_open"
    first = page.locator("table.cases tbody tr:visible a").first
    assert first.get_attribute("href") == "https://chat.example.com/aufgaben/" + first.inner_text()


def test_cases_can_be_searched_and_shown_further(report: Report) -> None:
    page, *_ = report
    rows = page.locator("table.cases tbody tr:visible")
    before = rows.count()
    page.locator("#more").click()
    assert rows.count() == 2 * before
    task = rows.nth(0).locator("a").inner_text()
    page.locator("#words").fill(task)
    assert 0 < rows.count() < before
    assert all(task in text for text in rows.all_inner_texts())
    page.locator("#words").fill("gibtesnichtirgendwo")
    assert page.locator("#shown").inner_text() == "Kein Fall passt zu dieser Auswahl."
    page.locator("#reset").click()
    assert rows.count() == before


def test_tables_are_sorted_by_keyboard(report: Report) -> None:
    page, *_ = report
    table = page.locator("#tags table")
    table.locator("th button", has_text="Nachrichten").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    figures = [int(text.replace(".", "")) for text in table.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert figures == sorted(figures)
    assert len(figures) > 10


def test_it_reads_on_a_phone(report: Report) -> None:
    page, *_ = report
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert all(box is not None and box["width"] <= 390 for box in (chart.bounding_box() for chart in page.locator("[data-chart] svg").all()))


def test_figures_are_german(report: Report) -> None:
    page, *_ = report
    assert "5." in page.locator("h1").inner_text()
    assert "1.000" in page.locator("[data-chart=tags]").inner_text()
    assert "Mrz" in page.locator("[data-chart=heat]").inner_text()


@pytest.mark.parametrize("masked", [True, False])
def test_what_stands_in_chats_stays_text(browser: Browser, tmp_path: Path, masked: bool) -> None:
    options = audit.Options(OPTIONS.as_of, masked=masked)
    line = thread(
        said(1, "customer", f"{EVIL} Was kostet das?", questions=asks("Was kostet das?")),
        said(2, "team", EVIL, findings=[{"rule": "<img src=x>", "severity": "error", "message": EVIL, "quote": ""}]),
        id=EVIL, title=EVIL, assistant=EVIL, link="javascript:window.hacked=1",
    )  # fmt: skip
    (tmp_path / "r.html").write_text(audit.page(audit.report(audit.run([line], options), options, EVIL)), encoding="utf-8")
    for page, said_, asked in opened(browser, f"file://{tmp_path}/r.html"):
        assert page.evaluate("window.hacked") is None
        assert page.locator("img").count() == 0
        assert page.locator("a[href^=javascript]").count() == 0
        assert page.locator("table.cases tbody tr").count() > 0
        assert said_ == []
        assert len(asked) == 1


@pytest.mark.parametrize("lines", [[], [thread(said(1, "customer", "Hallo"))]], ids=["none", "one"])
def test_little_gives_a_sane_page(browser: Browser, tmp_path: Path, lines: list[Line]) -> None:
    for page, said_, _ in opened(browser, written(lines, tmp_path)):
        assert said_ == []
        assert "NaN" not in page.inner_text("body")
        assert "undefined" not in page.inner_text("body")
        assert page.locator("h1").inner_text().startswith(f"{len(lines)} Aufgabe")
