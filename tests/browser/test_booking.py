"""A booking, from the customer's choice to the entry in the customer file."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.conftest import Server
from browser.demo import message, open_sample, tags

ELEMENTS = ("Option 2", "Montag bis Freitag", "10 Uhr", "1 Stunde", "2 Wochen")


def test_a_choice_is_confirmed_tagged_and_entered(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_sample(page, server.url, "MUSTER-4")
    review = page.locator("aufgabenchat-review")
    expect(review.locator(".next h2")).to_contain_text("Buchung bestätigen")
    review.get_by_role("button", name="Add-on: Buchung bestätigen").click()
    editor = page.locator("aufgabenchat-editor")
    expect(editor.locator(".cm-content")).to_contain_text("Option 2")
    editor.get_by_role("button", name="Senden").click()

    sent = message(page, 5)
    for element in ELEMENTS:
        expect(sent).to_contain_text(element)
    expect(sent.locator(".finding")).to_have_count(0)
    sent.get_by_role("button", name="„Aufgabenbeschreibung“ übernehmen").click()
    expect(sent.locator(".chip.given[data-tag=aufgabenbeschreibung]")).to_be_visible()
    assert "aufgabenbeschreibung" in tags(page, 5)

    expect(review.locator(".next h2")).to_contain_text("In die Kundenakte eintragen")
    booking = review.locator("[data-section=booking]")
    expect(booking.locator("li .sign.error")).to_have_count(0)
    review.get_by_role("button", name="Eintrag in die Kundenakte kopieren").click()
    expect(review.get_by_role("button", name="Eintrag in die Kundenakte kopieren")).to_have_text("Kopiert ✓")
    entry = page.evaluate("navigator.clipboard.readText()")
    assert all(part in entry for part in ("feste Schicht", "Option 2", "Mo–Fr", "10:00 Uhr", "bestätigt am 14.04.2026", "MUSTER-4"))
