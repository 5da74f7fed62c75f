"""An assistant that needs no model: it finds „?“ as questions, „Linder“ as a wrong name, and sleeps on demand."""

from __future__ import annotations

import os
import re
import time
from datetime import datetime
from typing import Any

from fastapi import FastAPI

from api.app import create
from nlp.compose import Block, Draft, Ref
from nlp.handbook import taxonomy
from nlp.review import Review, review
from nlp.suggest import Suggestion, suggest
from nlp.thread import Answer, Finding, Fix, Message, Question, Thread, View


class FakeAssistant:
    """The interface of ``nlp.assistant.Assistant``."""

    def annotate(self, thread: Thread, *, overwrite: bool = False) -> Thread:
        done = thread.model_copy(deep=True)
        for message in done.messages:
            self._fill(message)
        return done

    def check(self, thread: Thread, draft: str, **more: Any) -> Message:
        return self._view(thread, draft, more).message

    def suggest(self, thread: Thread, draft: str, **more: Any) -> Suggestion:
        return suggest(self._view(thread, draft, more), taxonomy())

    def compose(self, thread: Thread, template: str | None = None, answers: dict[str, Any] | None = None, *, now: datetime | None = None) -> Draft:
        greeting = Block(kind="greeting", text="Guten Tag", start=0, end=9, sources=[Ref(kind="phrase", id="greeting")])
        return Draft(text=greeting.text, blocks=[greeting], open=[], template=template or "antwort", alternatives=[])

    def review(self, thread: Thread, as_of: datetime | str | None = None) -> Review:
        return review(self.annotate(thread), as_of)

    def recalled(self) -> tuple[int, int]:
        return 0, 0

    def _view(self, thread: Thread, draft: str, more: dict[str, Any]) -> View:
        for seconds in re.findall(r"schlafe (\d+\.?\d*)", draft):
            time.sleep(float(seconds))
        if "stürze ab" in draft:
            raise RuntimeError(f"Fehler bei: {draft}")
        longer = self.annotate(thread.model_copy(update={"messages": [*thread.messages, Message(id="entwurf", text=draft, **more)]}))
        view = View(longer, len(longer.messages) - 1)
        if view.message.answers is None:
            view.message.answers = [
                Answer(question=name, status="answered", quote="bis Freitag", start=draft.find("bis Freitag"), end=draft.find("bis Freitag") + 11)
                if "bis Freitag" in draft else Answer(question=name, status="missed")
                for name in view.open_questions()
            ]  # fmt: skip
        return view

    def _fill(self, message: Message) -> None:
        spans = [m.span() for m in re.finditer(r"[^.!?\s][^.!?\n]*\?", message.text)] if message.incoming else []
        if message.questions is None:
            message.questions = [
                Question(id=f"q{n}", quote=message.text[a:b], kind="direct", topic="termin", start=a, end=b) for n, (a, b) in enumerate(spans, 1)
            ]
        if message.tags is None:
            message.tags = ["kundenfrage"] if spans else ["termin"] if "Freitag" in message.text else []
            message.tag_scores = dict.fromkeys(message.tags, 0.9)
        if message.findings is None:
            at = message.text.find("Linder") if not message.incoming else -1
            fix = Fix(label="Namen korrigieren", start=at, end=at + 6, replacement="Lindner")
            found = Finding(rule="wrong-name", severity="error", message="Die Kundin heißt Lindner.", start=at, end=at + 6, quote="Linder", fix=fix)
            message.findings = [found] if at >= 0 else []


def app() -> FastAPI:
    """For uvicorn."""
    seconds = float(os.environ.get("FAKE_LOAD_SECONDS", "0"))

    def load() -> FakeAssistant:
        time.sleep(seconds)
        return FakeAssistant()

    return create(load_model=load)
