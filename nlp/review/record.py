"""What a review says, as JSON: the keys of the annotation guidelines, and what backs them beside."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from nlp.review.checklist import Item, State
from nlp.review.contract import Topic
from nlp.review.next_step import Step
from nlp.review.notes import Verdict
from nlp.thread import Message


class Part(BaseModel):
    """Base of all parts of a review."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(Part):
    """Characters ``start`` up to ``end`` of a message, with the words that stand there."""

    message: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, message: Message, start: int, end: int) -> Evidence:
        return cls(message=message.id, start=start, end=end, quote=message.text[start:end])

    @classmethod
    def whole(cls, message: Message) -> Evidence:
        return cls.of(message, 0, len(message.text))
