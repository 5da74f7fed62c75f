"""Bodies of the calls. A thread is ``nlp.thread.Thread``; here stands only what goes around it.

What each field means, with unit and example, is in ``fields.toml``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.keys import Role
from nlp import compose as composed
from nlp.suggest import Suggestion
from nlp.thread import Answer, Channel, Finding, Message, Question, Task, Thread

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Body(BaseModel):
    """Base of requests: unknown keys are mistakes (inside a thread they are kept)."""

    model_config = ConfigDict(extra="forbid")


class Draft(Body):
    """A message being written, and the thread it is for."""

    thread: Thread
    draft: str
    channel: Channel = "chat"
    author: Literal["assistant", "team"] = "team"
    attachments: list[str] = Field([], max_length=100)
    ignored: list[str] = Field([], max_length=1_000)
    sent_at: datetime | None = None

    def more(self) -> dict[str, Any]:
        """Further keys of the message."""
        when = {} if self.sent_at is None else {"sent_at": self.sent_at}
        return {"attachments": self.attachments, "ignored": self.ignored, **when}


class SuggestRequest(Draft):
    """A draft at a pause in typing."""

    request_seq: int | None = Field(None, ge=0)
    last_message_id: str | None = None
    text_hash: Sha256 | None = None


class SuggestAnswer(Suggestion):
    """What to show, for which request; ``stale`` if draft and thread are not those the request speaks of."""

    request_seq: int | None
    last_message_id: str | None
    text_hash: str | None
    stale: bool


class CheckAnswer(BaseModel):
    """Findings of a draft; a one-time token where an error stands."""

    findings: list[Finding]
    sendable: bool
    send_anyway: str | None


class SendAnywayRequest(Draft):
    """A draft that is to be sent although an error stands."""

    token: str = Field(min_length=1, max_length=2_000)


class SendAnywayAnswer(BaseModel):
    """The message may be sent; the errors that stood were written down."""

    allowed: Literal[True]
    rules: list[str]


class ComposeRequest(Body):
    """A thread whose last customer message wants a reply."""

    thread: Thread
    template: Name | None = None
    answers: dict[str, Text | float | list[Name]] | None = None
    sent_at: datetime | None = None


class ComposeAnswer(composed.Draft):
    """A draft, block by block."""


class ReviewRequest(Body):
    """A thread to be reviewed as of a day."""

    thread: Thread
    as_of: date | None = None


class TokenRequest(Body):
    """What a page's token may do, and how long."""

    role: Role = "suggest"
    seconds: int | None = Field(None, ge=1, le=3_600)


class TokenAnswer(BaseModel):
    """A browser token."""

    token: str
    role: Role
    expires_in: int


class Event(Body):
    """What all feedback says: on which message, and after which ones."""

    id: UUID | None = None
    customer_id: Name | None = None
    user: Name | None = None
    task: Task | None = None
    context: list[Message] = Field([], max_length=3)
    message: Message
    reason: Text | None = None


class TagEvent(Event):
    """What became of a suggested tag, or a tag set or removed by hand."""

    event: Literal["tag_accepted", "tag_rejected", "tag_added", "tag_removed"]
    tag: Name
    score: float | None = Field(None, ge=0, le=1)


class LabelsEvent(Event):
    """A person reviewed the message as a whole: these tags hold and no others; likewise the questions, where they are given."""

    event: Literal["labels_confirmed"]
    tags: list[Name] = Field(max_length=100)
    questions: list[Question] | None = Field(None, max_length=100)


class QuestionEvent(Event):
    """A question that was found rightly or wrongly, or was missed and marked by hand."""

    event: Literal["question_confirmed", "question_rejected", "question_marked"]
    question: Question


class AnswerEvent(Event):
    """How the message treats a question, as a person sees it."""

    event: Literal["answer_corrected"]
    suggested: Answer | None
    corrected: Answer


class FindingEvent(Event):
    """What became of a finding; a false alarm needs a ``reason``."""

    event: Literal["finding_fixed", "finding_ignored", "finding_false_alarm"]
    finding: Finding


class BlockEvent(Event):
    """What became of a block of a composed draft."""

    event: Literal["block_kept", "block_edited", "block_deleted"]
    suggested: Text
    kept: Text = ""
    question: Name | None = None
    template: Name | None = None


class TemplateEvent(Event):
    """Which template was chosen among those offered."""

    event: Literal["template_chosen"]
    template: Name
    offered: list[Name] = Field([], max_length=20)


FeedbackRequest = Annotated[
    TagEvent | LabelsEvent | QuestionEvent | AnswerEvent | FindingEvent | BlockEvent | TemplateEvent, Field(discriminator="event")
]


class FeedbackAnswer(BaseModel):
    """The feedback is stored."""

    id: str


class StoredFeedback(BaseModel):
    """Feedback as it is kept."""

    id: str
    at: datetime
    event: str
    body: dict[str, Any]


class Export(BaseModel):
    """All that is kept of a customer."""

    feedback: list[StoredFeedback]


class Deleted(BaseModel):
    """How much was deleted."""

    deleted: int


class TagInfo(BaseModel):
    """A tag of the taxonomy."""

    id: str
    label: str
    definition: str
    not_when: str
    direction: Literal["both", "incoming", "outgoing"]


class TemplateSlot(BaseModel):
    """A value that a template needs."""

    type: str
    label: str
    required: bool


class TemplateInfo(BaseModel):
    """A message template."""

    id: str
    title: str
    version: int
    author: str
    channel: Channel
    tags: list[str]
    words: list[str]
    text: str
    slots: dict[str, TemplateSlot]


class RuleInfo(BaseModel):
    """A rule that drafts are checked by."""

    id: str
    label: str
    severity: Literal["error", "warning", "hint", "off"]
    scope: Literal["chat", "note", "both"]
    description: str


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"]
    demo: bool


class Ready(BaseModel):
    """Whether calls can be served."""

    ready: bool
    model: bool
    store: bool
