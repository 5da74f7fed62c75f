"""The README's screenshots, from the real page: ``make screenshots``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from browser.conftest import ARGUMENTS, CHROMIUM, Server
from browser.demo import open_sample

OUT = Path(__file__).parents[2] / "api" / "web" / "screenshots"


def composing(page: Page, url: str) -> None:
    """A proposed draft for five questions, some of them ticked off."""
    open_sample(page, url, "MUSTER-3")
    editor = page.locator("aufgabenchat-editor")
    editor.get_by_role("button", name="Entwurf vorschlagen").click()
    expect(editor.locator(".cm-content")).to_contain_text("Brandstätter")
    page.wait_for_timeout(1_500)


def reviewing(page: Page, url: str) -> None:
    """Tags of an old thread, one suggestion after the other."""
    open_sample(page, url, "MUSTER-9")
    page.get_by_role("button", name="Tags prüfen").click()
    for key in "aaaa":
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    page.wait_for_timeout(1_000)


def main() -> None:
    """Write them."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            for name, scheme, act in (("schreiben", "light", composing), ("tags-pruefen", "dark", reviewing)):
                page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme, locale="de-DE")  # type: ignore[arg-type]
                act(page, server.url)
                page.screenshot(path=OUT / f"{name}.png")
            browser.close()
        finally:
            server.kill()


if __name__ == "__main__":
    main()
