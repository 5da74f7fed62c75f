"""Markup in messages, names and templates is text."""

from __future__ import annotations

import json

from playwright.sync_api import Page, Route, expect

from browser.conftest import Server
from browser.demo import message, open_sample

EVIL = "<img src=x onerror=\"window.xss='template'\"><script>window.xss='template'</script>"


def test_markup_in_messages_names_and_templates_does_nothing(page: Page, server: Server) -> None:
    trouble: list[str] = []
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if "Content Security Policy" in said.text else None)

    def rewritten(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        for template in data if isinstance(data, list) else data.get("templates", []):
            template["title"] = f"{EVIL} {template['title']}"
            if "reason" in template:
                template["reason"] = EVIL
        for finding in data.get("findings", []) if isinstance(data, dict) else []:
            finding["message"] = EVIL
        route.fulfill(response=answer, body=json.dumps(data))

    page.route("**/v1/templates", rewritten)
    page.route("**/v1/suggest", rewritten)
    open_sample(page, server.url, "MUSTER-12")
    expect(message(page, 1)).to_contain_text("<img src=x onerror=")
    expect(message(page, 1)).to_contain_text("Edda<script>")
    expect(page.locator("aufgabenchat-thread h2")).to_contain_text("<b>prüfen</b>")

    page.locator("ac-message .chip button").first.hover()
    page.locator("aufgabenchat-editor .cm-content").click()
    page.keyboard.type("Guten Tag [Name], /")
    expect(page.locator("aufgabenchat-editor").get_by_text("onerror").first).to_be_visible()
    for key in ("Escape", "Control+a", "Delete"):
        page.keyboard.press(key)
    page.locator("aufgabenchat-editor").get_by_role("button", name="Entwurf vorschlagen").click()
    expect(page.locator("aufgabenchat-editor .cm-content")).to_contain_text("Kön\"ig<img")
    page.get_by_role("tab", name="Interne Notizen").click()
    expect(message(page, 3)).to_contain_text("window.xss='note'")

    count = """() => {
      const roots = [document], found = [];
      while (roots.length) for (const each of roots.pop().querySelectorAll("*")) {
        if (each.shadowRoot) roots.push(each.shadowRoot);
        if (each.matches("iframe, img[onerror], svg[onload], a[href^='javascript']") || (each.matches("script") && !each.src)) found.push(each.outerHTML);
      }
      return found;
    }"""
    assert page.evaluate(count) == []
    assert page.evaluate("window.xss") is None
    assert trouble == []
    page.unroute_all(behavior="ignoreErrors")
