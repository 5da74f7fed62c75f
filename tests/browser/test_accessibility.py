"""axe-core finds nothing serious, and nothing is wider than a narrow screen."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import Server
from browser.demo import message, open_sample


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found if each["impact"] in ("serious", "critical") for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_screens_are_accessible(page: Page, server: Server, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    open_sample(page, server.url, "MUSTER-9")
    assert serious(page) == []
    message(page, 9).get_by_role("button", name="+ Tag").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tags prüfen").click()
    expect(page.locator("ac-review-bar")).to_be_visible()
    assert serious(page) == []
    open_sample(page, server.url, "MUSTER-10")
    page.get_by_role("tab", name="Interne Notizen").click()
    if width < 900:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.get_by_role("tab", name="Prüfung").click()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_before_sending_is_accessible(page: Page, server: Server, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    open_sample(page, server.url, "MUSTER-3")
    page.locator("aufgabenchat-editor .cm-content").click()
    page.keyboard.type("Guten Tag [Name], alles klar.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    assert serious(page) == []
