"""The real server with the real model in demo mode, and a page in headless Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from service.shared import free_port, until

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WAIT = 20_000
"""Milliseconds a page may take on a busy machine."""


class Server:
    """``aufgabenchat serve --demo``, which can be killed and started again in the same place."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "aufgabenchat"), "serve", "--demo", "--port", str(self.port)]
        environment = {**os.environ, "AUFGABENCHAT_DATABASE": f"sqlite:///{self.home}/store.db"}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.ready, 90)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that all journeys use."""
    made = Server(tmp_path_factory.mktemp("server"))
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; closed before other tests run, since its loop would be in their way."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: run .ci/packages")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, 1280 × 900, in German; a script error on it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE", color_scheme="light")
    context.set_default_timeout(WAIT)
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    context.close()
    assert errors == []
