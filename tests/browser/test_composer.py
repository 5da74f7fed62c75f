"""Writing a message on the demo page: journeys of somebody at the keyboard, with the real model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Server
from browser.demo import message, open_sample

NEW_CUSTOMER, COMPLAINT = "MUSTER-3", "MUSTER-5"
FOUR_ANSWERS = (
    "Guten Morgen Frau Brandstätter,\n\ndanke für Ihre Fragen. Die Stunde kostet bei uns 38 Euro zuzüglich Mehrwertsteuer.\n\nInsgesamt dauert es ungefähr 15 Stunden.\n\n"
    "Ihre Kundendaten bleiben vertraulich: Alle Assistenten haben eine Vertraulichkeitserklärung unterschrieben.\n\n"
    "Um anzufangen, brauchen wir von Ihnen die Liste und einen Zugang zum CRM.\n\nMit freundlichen Grüßen"
)


@pytest.fixture
def editor(page: Page) -> Locator:
    return page.locator("aufgabenchat-editor")


def text(editor: Locator) -> Locator:
    return editor.get_by_role("textbox", name="Nachricht an den Kunden")


def write(page: Page, editor: Locator, words: str) -> None:
    """Put in as a person pastes it; a line break never opens a list."""
    text(editor).click()
    page.keyboard.insert_text(words)


def questions(editor: Locator, standing: str = "") -> Locator:
    return editor.locator(f'ac-questions li[data-standing="{standing}"]' if standing else "ac-questions li")


def test_a_new_customer_gets_an_answer_to_each_of_five_questions(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, NEW_CUSTOMER)
    expect(questions(editor, "open")).to_have_count(5)
    editor.get_by_role("button", name="Entwurf vorschlagen").click()
    expect(editor.locator(".ac-gap")).to_have_count(2)
    for answer in ("38 Euro je Stunde, zuzüglich Mehrwertsteuer.", "Etwa 15 Stunden."):
        page.keyboard.type(answer)  # the first gap is selected, and Tab goes on to the next
        page.keyboard.press("Tab")
    expect(editor.locator(".ac-gap")).to_have_count(0)
    expect(questions(editor, "answered")).to_have_count(5)
    expect(editor.locator("ac-questions")).to_contain_text("5 von 5 beantwortet")
    text(editor).press("Control+Enter")
    expect(message(page, 6).or_(page.locator("ac-message").last)).to_contain_text("38 Euro je Stunde")
    expect(text(editor)).to_have_text(re.compile("^Nachricht schreiben"))  # only the placeholder


def test_a_missed_question_is_told_and_answered_by_a_click(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, NEW_CUSTOMER)
    write(page, editor, FOUR_ANSWERS)
    missed = editor.locator("ac-findings li[data-rule=unanswered-question]").filter(has_text="ob immer dieselbe Person daran arbeitet")
    editor.get_by_role("button", name=re.compile("^[0-9] (Fehler|Warnung)")).click()
    missed.get_by_role("button", name=re.compile("^Antwort einfügen(: „ob immer|$)")).click()
    expect(text(editor)).to_contain_text("Es bleibt bei einer Person")
    expect(missed).to_have_count(0)
    expect(questions(editor, "answered").filter(has_text="ob immer dieselbe Person")).to_be_visible()
    assert text(editor).inner_text().rstrip().endswith("Mit freundlichen Grüßen"), "the answer stands before the closing"
    text(editor).press("Control+z")
    expect(text(editor)).not_to_contain_text("Es bleibt bei einer Person")


def test_writing_goes_on_while_the_service_is_away(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    write(page, editor, "Guten Tag Frau Krahwinkel, ")
    try:
        server.kill()
        page.keyboard.type("wir melden uns zeitnah.")
        expect(editor).to_contain_text("Keine Verbindung zur Prüfung")
        page.keyboard.type(" Danke.")
        expect(text(editor)).to_have_text("Guten Tag Frau Krahwinkel, wir melden uns zeitnah. Danke.")
    finally:
        server.start()
    expect(editor.locator(".cm-lintRange").first).to_have_text("wir melden uns zeitnah", timeout=40_000)
    expect(editor).not_to_contain_text("Keine Verbindung")


def test_a_message_goes_out_unchecked_while_the_service_is_away(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    page.route("**/v1/*", lambda route: route.abort())
    write(page, editor, "Guten Tag Frau Krahwinkel, wir sehen es uns heute an.")
    text(editor).press("Control+Enter")
    expect(page.locator("ac-message").last).to_contain_text("wir sehen es uns heute an")
    expect(editor).to_contain_text("Ungeprüft gesendet")


def test_an_error_stops_the_message_and_neither_enter_nor_escape_sends_it(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    before = page.locator("ac-message").count()
    write(page, editor, "Guten Tag Frau Kern, wir sehen es uns heute an.")
    dialog = editor.get_by_role("alertdialog")
    for key in ("Enter", "Escape"):
        text(editor).press("Control+Enter")
        expect(dialog).to_contain_text("Frau Kern")
        expect(dialog.get_by_role("button", name="Nicht senden")).to_be_focused()
        page.keyboard.press(key)
        expect(dialog).to_be_hidden()
    text(editor).press("Control+Enter")
    anyway = dialog.get_by_role("button", name="Trotzdem senden")
    anyway.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    assert page.locator("ac-message").count() == before
    page.keyboard.press("Space")
    expect(page.locator("ac-message").last).to_contain_text("Guten Tag Frau Kern")


def test_a_fix_is_one_step_of_undo_and_an_ignored_finding_stays_away(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    write(page, editor, "Guten Tag Frau Kern, wir melden uns zeitnah.")
    name, promise = (editor.locator(f"ac-findings li[data-rule={rule}]") for rule in ("wrong-name", "vague-promise"))
    editor.get_by_role("button", name=re.compile("^[0-9] Fehler")).click()
    name.get_by_role("button", name="„Frau Krahwinkel“ einsetzen").click()
    expect(text(editor)).to_contain_text("Guten Tag Frau Krahwinkel,")
    expect(name).to_have_count(0)
    text(editor).press("Control+z")
    expect(text(editor)).to_contain_text("Guten Tag Frau Kern,")
    promise.get_by_role("button", name="Hier ignorieren").click()
    expect(promise).to_have_count(0)
    with page.expect_response("**/v1/suggest") as answered:  # the words around it change, so the service names it anew
        text(editor).press("Control+End")
        page.keyboard.insert_text(" Bis dann.")
    assert "vague-promise" in {finding["rule"] for finding in answered.value.json()["findings"]}
    page.wait_for_timeout(300)
    expect(promise).to_have_count(0)


def test_a_false_alarm_is_told_with_its_reason_and_can_be_taken_back(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    write(page, editor, "Guten Tag Frau Krahwinkel, wir melden uns zeitnah.")
    editor.get_by_role("button", name=re.compile("^[0-9] (Fehler|Warnung)")).click()
    promise = editor.locator("ac-findings li[data-rule=vague-promise]")
    dialog = editor.get_by_role("dialog", name="Warum ist das ein Fehlalarm?")
    promise.get_by_role("button", name="Fehlalarm").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(promise).to_be_visible()
    promise.get_by_role("button", name="Fehlalarm").click()
    with page.expect_request("**/v1/feedback") as told:
        dialog.get_by_label("Anderer Grund").fill("Am Telefon so besprochen")
        page.keyboard.press("Enter")
    assert (told.value.post_data_json["event"], told.value.post_data_json["reason"]) == ("finding_false_alarm", "Am Telefon so besprochen")
    response = told.value.response()
    assert response
    assert response.status == 202
    expect(promise).to_have_count(0)
    editor.get_by_role("button", name="Doch anzeigen").click()
    expect(promise).to_be_visible()


def test_templates_are_found_by_typing_and_asked_for_their_values(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    write(page, editor, "Guten Tag Frau Krahwinkel,\n")
    page.keyboard.type("/")
    options = editor.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.type("beschwerde erste")
    expect(options.first).to_contain_text("Beschwerde")
    page.keyboard.press("Enter")
    form = editor.get_by_role("dialog", name="Was noch fehlt")
    form.get_by_label(re.compile("^Name dessen")).fill("Tilo Maas")
    form.get_by_label(re.compile("^Tag, bis")).fill("2026-12-04")
    form.get_by_role("button", name="Eintragen").click()
    expect(form).to_be_hidden()
    expect(text(editor)).to_contain_text("Tilo Maas geht dem nach und schreibt Ihnen bis Freitag, 4. Dezember")
    expect(text(editor)).to_contain_text("Guten Tag Frau Krahwinkel,")
    expect(text(editor)).not_to_contain_text("/")
    expect(editor.locator(".ac-gap")).to_have_count(1)
    text(editor).press("Control+z")
    text(editor).press("Control+z")
    expect(text(editor)).to_contain_text("/beschwerde erste")


def test_a_note_and_a_message_never_mix(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    write(page, editor, "Nur für die Kundin.")
    page.locator("aufgabenchat-thread").get_by_role("tab", name=re.compile("^Interne Notizen")).click()
    note = editor.get_by_role("textbox", name="Interne Notiz")
    expect(note).not_to_contain_text("Kundin")
    note.click()
    page.keyboard.type("Nur für uns.")
    page.locator("aufgabenchat-thread").get_by_role("tab", name=re.compile("^Aufgabenchat")).click()
    expect(text(editor)).to_have_text("Nur für die Kundin.")


def test_tags_are_accepted_and_refused_by_keyboard(page: Page, editor: Locator, server: Server) -> None:
    open_sample(page, server.url, COMPLAINT)
    write(page, editor, "Guten Tag Frau Krahwinkel, die richtige Liste haben Sie bis Freitag, und die 7,5 Stunden berechnen wir nicht.")
    chips = editor.locator("ac-draft-tags .chip")
    expect(chips.first).to_be_visible()
    first = str(chips.first.get_attribute("data-tag"))
    text(editor).press("Alt+t")
    page.keyboard.press("Enter")
    expect(editor.locator(f"ac-draft-tags .chip.accepted[data-tag={first}]")).to_be_visible()
    second = editor.locator("ac-draft-tags .chip.suggested").first
    refused = str(second.get_attribute("data-tag"))
    second.get_by_role("button").first.focus()
    page.keyboard.press("Delete")
    with page.expect_request(lambda request: request.url.endswith("/v1/feedback")) as told:
        page.keyboard.press("Enter")
    expect(editor.locator(f"ac-draft-tags .chip[data-tag={refused}]")).to_have_count(0)
    assert told.value.post_data_json["event"] == "tag_rejected"
    assert told.value.post_data_json["reason"] == "Passt nicht zum Inhalt"


def test_a_draft_stays_within_a_narrow_page(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    open_sample(page, server.url, "MUSTER-3")
    editor = page.locator("aufgabenchat-editor")
    editor.get_by_role("button", name="Entwurf vorschlagen").click()
    expect(editor.locator(".cm-content")).to_contain_text("Brandstätter")
    assert editor.locator(".desk").evaluate("e => e.getBoundingClientRect().right") <= 360
