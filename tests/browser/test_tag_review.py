"""Tags of an old thread, reviewed by keyboard alone and by mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import Server
from browser.demo import message, open_sample, tags


@pytest.fixture
def told(page: Page) -> Iterator[list[Any]]:
    """Feedback that the page sends."""
    events: list[Any] = []

    def keep(route: Route) -> None:
        events.append(route.request.post_data_json)
        route.continue_()

    page.route("**/v1/feedback", keep)
    yield events
    page.unroute_all(behavior="ignoreErrors")


def leave(page: Page) -> None:
    """Feedback waits for an undo; leaving the page sends it, one event after the other."""
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(1_000)
    page.wait_for_load_state("networkidle")


def test_an_old_thread_is_reviewed_by_keyboard_alone(page: Page, server: Server, told: list[Any]) -> None:
    open_sample(page, server.url, "MUSTER-9")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.tagName === 'AUFGABENCHAT-THREAD'"):
        page.keyboard.press("Tab")
    page.keyboard.press("t")
    bar = page.locator("ac-review-bar")
    expect(bar).to_contain_text("1 von")
    total = int(bar.locator(".count").inner_text().split()[-1])
    assert {name for name in ("Übernehmen", "Ablehnen", "Überspringen", "Rückgängig", "Beenden") if bar.get_by_role("button", name=name).is_visible()} == {
        "Übernehmen", "Ablehnen", "Überspringen", "Rückgängig", "Beenden",
    }  # fmt: skip

    first = bar.locator("b").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(bar.locator("b")).to_have_text(first)
    page.keyboard.press("r")
    expect(bar).to_contain_text("2 von")
    page.keyboard.press("u")
    expect(bar.locator("b")).to_have_text(first)
    page.keyboard.press("s")
    for number in range(2, total + 1):
        expect(bar).to_contain_text(f"{number} von {total}")
        page.keyboard.press("a")
    expect(bar).to_contain_text(f"{total - 1} übernommen, 0 abgelehnt, 1 übersprungen")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)

    assert "rueckfrage" in tags(page, 2)
    assert "ergebnis" not in tags(page, 2) | tags(page, 2, "doubtful")
    assert {"kundenfrage", "zeit_kosten"} <= tags(page, 3)
    expect(page.locator("aufgabenchat-review .next")).not_to_contain_text("Beschwerde")
    leave(page)
    for _ in range(100):
        if len(told) < total - 1:
            page.wait_for_timeout(100)
    assert len(told) == total - 1
    assert {event["event"] for event in told} == {"tag_accepted", "tag_removed"}
    assert all(event["message"]["id"] and event["task"]["id"] == "MUSTER-9" for event in told)


def test_what_is_undone_at_once_is_not_told(page: Page, server: Server, told: list[Any]) -> None:
    open_sample(page, server.url, "MUSTER-9")
    thread = page.locator("aufgabenchat-thread")
    before = tags(page, 3)
    thread.get_by_role("button", name="Alle").click()
    expect(message(page, 3).locator(".chip.missing")).to_have_count(0)
    thread.get_by_role("button", name="Rückgängig").click()
    expect(message(page, 3).locator(".chip.missing").first).to_be_visible()
    assert tags(page, 3) == before
    leave(page)
    assert told == []


def test_a_suggestion_is_turned_down_with_a_reason(page: Page, server: Server, told: list[Any]) -> None:
    open_sample(page, server.url, "MUSTER-9")
    row = message(page, 3)
    row.get_by_role("button", name="„Zeit & Kosten“ ablehnen").click()
    row.get_by_role("button", name="Kommt nur am Rand vor").click()
    expect(row.locator("[data-tag=zeit_kosten]")).to_have_count(0)
    leave(page)
    assert [(event["event"], event["tag"], event["reason"]) for event in told] == [("tag_rejected", "zeit_kosten", "Kommt nur am Rand vor")]


def test_a_tag_is_found_by_typing(page: Page, server: Server) -> None:
    open_sample(page, server.url, "MUSTER-9")
    row = message(page, 4)
    row.get_by_role("button", name="+ Tag").click()
    page.keyboard.type("zwisch")
    page.keyboard.press("Enter")
    expect(row.locator(".chip.given[data-tag=zwischenstand]")).to_be_visible()
    row = message(page, 1)  # the customer's: no tag that only we can give
    row.get_by_role("button", name="+ Tag").click()
    page.keyboard.type("erinner")
    expect(row.get_by_role("option")).to_have_text("Kein passendes Tag")


def test_the_chat_is_filtered_by_tag(page: Page, server: Server) -> None:
    open_sample(page, server.url, "MUSTER-8")
    expect(page.locator("ac-message")).to_have_count(25)
    chooser = page.get_by_label("Nach Tag filtern")
    label = chooser.locator("option[value=lob]").inner_text()
    chooser.select_option("lob")
    shown = page.locator("ac-message")
    expect(shown.filter(has_text="Ganz herzlichen Dank")).to_have_count(1)
    expect(shown.locator("[data-tag=lob]")).to_have_count(shown.count())
    assert label == f"Lob ({shown.count()})"
    page.get_by_role("tab", name="Interne Notizen").click()
    expect(page.locator("ac-message")).to_have_count(2)


def test_words_that_led_to_a_tag_are_shown(page: Page, server: Server) -> None:
    open_sample(page, server.url, "MUSTER-6")
    last = message(page, 4)
    expect(last.locator(".evidence")).to_have_count(0)
    last.locator("[data-tag=erinnerung] button").first.focus()
    expect(last.locator(".evidence").first).to_be_visible()


def test_evidence_of_the_review_leads_to_its_message(page: Page, server: Server) -> None:
    open_sample(page, server.url, "MUSTER-10")
    review = page.locator("aufgabenchat-review")
    review.locator("[data-section=notes] .quote", has_text="DATEV").click()
    expect(page.get_by_role("tab", name="Interne Notizen")).to_have_attribute("aria-selected", "true")
    expect(message(page, 3).locator(".evidence")).to_contain_text("DATEV")


def test_an_answered_question_leads_to_its_answer(page: Page, server: Server) -> None:
    open_sample(page, server.url, "MUSTER-8")
    expect(message(page, 4)).not_to_be_in_viewport()
    message(page, 3).get_by_role("button", name="beantwortet").click()
    expect(message(page, 4)).to_be_in_viewport()
    expect(message(page, 4).locator(".answer").first).to_be_visible()


def test_the_chat_can_be_read_while_the_service_is_away(page: Page, server: Server) -> None:
    page.route("**/v1/annotate", lambda route: route.abort())
    page.goto(f"{server.url}/#MUSTER-9")
    thread = page.locator("aufgabenchat-thread")
    expect(thread.get_by_text("Vorschläge fehlen gerade")).to_be_visible()
    expect(message(page, 9)).to_contain_text("Großartig")
    page.unroute_all()
    thread.get_by_role("button", name="Noch einmal versuchen").click()
    expect(message(page, 3).locator(".chip.missing").first).to_be_visible()
