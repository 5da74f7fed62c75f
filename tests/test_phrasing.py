"""Greeting and closing of drafts."""

import json

import pytest

from nlp.compose import compose
from nlp.lint import SAMPLES
from nlp.snippets import Answers
from nlp.templates import library
from nlp.thread import Thread


@pytest.mark.parametrize("template", ["ablehnung-keine-reaktion", "erinnerung-1", "erinnerung-2"])
def test_who_waits_for_the_customer_greets_and_says_goodbye(template: str) -> None:
    said = json.loads(SAMPLES.read_text(encoding="utf-8").splitlines()[5])
    tags = [["aufgabenbeschreibung"], ["rueckfrage"], ["erinnerung"], ["erinnerung"]]
    for message, own in zip(said["messages"], tags, strict=True):
        message.update(tags=own, questions=[], answers=[])
    written = compose(Thread.model_validate(said), library(), Answers(library().answers), template).text
    assert "Herr Finkenrath" in written.splitlines()[0]
    assert "Grüße" in written.splitlines()[-1]
