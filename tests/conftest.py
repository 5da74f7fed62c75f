"""Fixtures of the whole suite."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from nlp.assistant import Assistant
from nlp.thread import Thread

settings.register_profile("machines are noisy", deadline=None)
settings.load_profile("machines are noisy")

MakeThread = Callable[..., Thread]


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """The shipped models; loaded once."""
    return Assistant.load()


@pytest.fixture
def make_thread() -> MakeThread:
    """A thread from (author, text) pairs; ``author`` may be ``team note``. Messages are m1, m2, …"""

    def make(*said: tuple[str, str], **task: Any) -> Thread:
        messages = [
            {"id": f"m{n}", "author": author.split()[0], "channel": "note" if author.endswith("note") else "chat", "text": text}
            for n, (author, text) in enumerate(said, 1)
        ]
        return Thread.model_validate({"task": {"id": "A-1", **task}, "messages": messages})

    return make
