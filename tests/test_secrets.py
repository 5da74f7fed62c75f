"""Secrets that a customer wrote stand nowhere in what the assistant makes of the thread."""

import io

import pytest
from rich.console import Console

from nlp.assistant import Assistant
from nlp.handbook import taxonomy
from nlp.show import thread_panel
from nlp.thread import Thread


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Login Shop: laden@example.com, Passwort: Regen!Bogen7. Bis wann ist die Liste fertig?", "Regen!Bogen7"),
        ("hier der zugang: kellner / Blaukraut#12. wann fangt ihr an", "Blaukraut#12"),
        ("Die PIN ist 80 21, wer ruft denn bei den Kunden an?", "80 21"),
        ("Das Kennwort lautet: Sonnenblume. Was kostet das?", "Sonnenblume"),
        ("Geht das mit dem Passwort Dackel-1954 auch von zu Hause?", "Dackel-1954"),
    ],
)
def test_a_secret_stands_nowhere(text: str, secret: str, assistant: Assistant) -> None:
    task = {"id": "A-1", "type": "dateneingabe", "area": "neukunde", "customer": {"salutation": "Frau", "last_name": "Kern", "register": "sie"}}
    question = {"id": "q1", "quote": text, "kind": "direct", "topic": "ablauf", "start": 0, "end": len(text)}
    thread = Thread.model_validate({"task": task, "messages": [{"id": "m1", "author": "customer", "text": text, "questions": [question]}]})
    reviewed = assistant.review(thread, "2026-03-12")
    shown = io.StringIO()
    Console(file=shown, width=200).print(thread_panel(assistant.annotate(thread), taxonomy()))
    for made in (reviewed.model_dump_json(), assistant.compose(thread).model_dump_json(), shown.getvalue()):
        assert secret not in made
    assert "•" in shown.getvalue()
    assert len(reviewed.questions[0].evidence.quote) == len(text)
