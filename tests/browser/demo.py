"""What the journeys on the demo page share."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=30_000)  # of a busy machine


def open_sample(page: Page, url: str, task: str) -> None:
    """The demo page with a sample thread, once all suggestions are there."""
    page.goto(f"{url}/#{task}")
    expect(page.locator("aufgabenchat-thread .list[aria-busy=false]")).to_be_visible()
    expect(page.locator("aufgabenchat-review .next")).to_be_attached()


def message(page: Page, number: int) -> Locator:
    """A message of the thread."""
    return page.locator(f"ac-message[data-id=m{number}]")


def tags(page: Page, number: int, standing: str = "given") -> set[str]:
    """Ids of a message's tags: ``given``, ``suggested``, ``missing`` or ``doubtful``."""
    chips = message(page, number).locator(f".chip.{standing}").all()
    return {str(chip.get_attribute("data-tag")) for chip in chips}
