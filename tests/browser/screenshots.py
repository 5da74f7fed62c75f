"""The README's screenshots, from the real page: ``make screenshots``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.demo import open_sample
from tests.service.shared import free_port

OUT = Path(__file__).parents[2] / "docs"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


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
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "nlp.cli", "serve", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, env=os.environ | {"AUFGABENCHAT_DATABASE": f"sqlite:///{folder}/demo.db"}, stderr=subprocess.DEVNULL)
        try:
            while not _ready(url):
                time.sleep(0.2)
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
            for name, scheme, act in (("schreiben", "light", composing), ("tags-pruefen", "dark", reviewing)):
                page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme, locale="de-DE")  # type: ignore[arg-type]
                act(page, url)
                page.screenshot(path=OUT / f"{name}.png")
            browser.close()
        finally:
            server.terminate()
            server.wait(60)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    main()
