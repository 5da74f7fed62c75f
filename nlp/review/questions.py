"""The customer's questions as they stand: open, or deferred to a time that has passed or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nlp.handbook import handbook, review_phrases
from nlp.pipeline.wordings import Sentence
from nlp.pipeline.words import content
from nlp.review.dates import day, promised, sent, working_days
from nlp.review.reading import chat, own, says
from nlp.thread import Answer, Message, Question, Thread


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that has no answer yet, the message that asks it, and how it was put off, if it was."""

    key: str
    question: Question
    asked: Message
    deferred: Message | None = None
    by: Answer | None = None

    @property
    def until(self) -> datetime | None:
        """The end of the time promised; None if none was."""
        if self.deferred is None or self.by is None or self.deferred.sent_at is None:
            return None
        return promised(_sentence(self.deferred.text, self.by.quote), sent(self.deferred))

    def due(self, as_of: datetime) -> bool:
        """Whether the time promised has passed; without one, the handbook's working days for a reply count."""
        if self.deferred is None:
            return False
        if self.until is not None:
            return self.until < as_of
        process = handbook().process
        said = day(self.deferred)
        return said is not None and working_days(said, as_of.date(), process.holidays) >= process.working_days


def waiting(thread: Thread) -> list[Waiting]:
    """The questions neither answered nor taken back, oldest first."""
    found: dict[str, Waiting] = {}
    for message in chat(thread):
        for key in _taken_back(message, found):
            del found[key]
        for question in message.questions or ():
            if question.expects_answer:
                found[f"{message.id}.{question.id}"] = Waiting(f"{message.id}.{question.id}", question, message)
        for answer in message.answers or ():
            if answer.status == "answered":
                found.pop(answer.question, None)
            elif answer.status == "deferred" and answer.question in found:
                old = found[answer.question]
                found[answer.question] = Waiting(old.key, old.question, old.asked, message, answer)
    return list(found.values())


def _taken_back(message: Message, asked: dict[str, Waiting]) -> list[str]:
    """The questions that the customer's message withdraws: those it names, else the only one there is."""
    if not message.incoming:
        return []
    sentence = next((s for s in own(message.text) if says(s.text, review_phrases().withdrawn)), None)
    if sentence is None:
        return []
    words = content(sentence.text)
    named = [key for key, each in asked.items() if words & content(each.question.quote)]
    return named or (list(asked) if len(asked) == 1 else [])


def _sentence(text: str, quote: str) -> str:
    """The sentences that the quote touches."""
    start = text.find(quote)
    touched = [s.text for s in own(text) if _touches(s, start, start + len(quote))]
    return " ".join(touched) or quote


def _touches(sentence: Sentence, start: int, end: int) -> bool:
    return sentence.start < end and start < sentence.end
