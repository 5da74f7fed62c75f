"""Complaints: whether one stands unanswered, and what the chat documents on the point in dispute."""

from __future__ import annotations

from nlp.handbook import review_phrases
from nlp.pipeline.words import content
from nlp.review.reading import chat, says, tagged
from nlp.thread import Message, Thread

SHARED = 2
"""So many words of a complaint in a reply show that the reply is about it."""


def standing(thread: Thread) -> Message | None:
    """The latest complaint of the customer, if nothing we wrote since takes it up; None if there is none or it is settled."""
    said = chat(thread)
    at = max((n for n, message in enumerate(said) if message.incoming and tagged(message, "beschwerde")), default=None)
    if at is None or any(takes_up(reply, said[at]) for reply in said[at + 1 :]):
        return None
    return said[at]


def takes_up(reply: Message, complaint: Message) -> bool:
    """Whether the message answers the complaint, or the customer has been reconciled; a canned reply answers nothing."""
    if reply.incoming:
        return tagged(reply, "lob")
    if tagged(reply, "beschwerde") or says(reply.text, review_phrases().sorry):
        return True
    return not canned(reply) and len(content(reply.text) & content(complaint.text)) >= SHARED


def canned(message: Message) -> bool:
    """Whether it was found to read like a canned reply."""
    rules = {finding.rule for finding in message.findings or ()} | {defect.rule for defect in message.defects or ()}
    return bool(rules & {"chatbot-tone", "vague-promise"})
