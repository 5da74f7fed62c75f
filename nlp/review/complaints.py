"""Complaints: whether one stands unanswered, and what the chat documents on the points in dispute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nlp.handbook import handbook, review_phrases
from nlp.pipeline.words import content
from nlp.review.reading import body, chat, own, says, tagged
from nlp.review.record import Evidence, Point
from nlp.thread import Message, Thread

SHARED = 2
"""So many words in common show that two passages are about the same thing."""
PASSAGES = 3
"""At most so many passages are shown for a point."""


def complaints(thread: Thread) -> list[Message]:
    """The customer's complaints: by their tag, where somebody set it or the words bear it out, or what a note calls a complaint right after."""
    found, last = [], None
    for message in thread.messages:
        if message.incoming:
            last = message
            if tagged(message, "beschwerde") and not reconciled(message) and _borne_out(message):
                found.append(message)
        elif message.channel == "note" and message.text.lower().startswith("beschwerde") and last is not None and last not in found:
            found.append(last)
    return found


def _borne_out(message: Message) -> bool:
    """Whether the tag is sure, for no model guessed it or one is, or else the words are those of a complaint."""
    sure = (message.tag_scores or {}).get("beschwerde", 1.0) >= handbook().audit.missing_from
    return sure or says(message.text, review_phrases().displeased) is not None


def latest(thread: Thread) -> Message | None:
    """The customer's last complaint."""
    return next(reversed(complaints(thread)), None)


def standing(thread: Thread) -> Message | None:
    """The last complaint, if nothing since takes it up; None if there is none or it is settled."""
    said, complaint = chat(thread), latest(thread)
    if complaint is None or any(takes_up(reply, complaint) for reply in said[said.index(complaint) + 1 :]):
        return None
    asked = {f"{complaint.id}.{question.id}" for question in complaint.questions or () if question.expects_answer}
    answered = {answer.question for message in said for answer in message.answers or () if answer.status == "answered"}
    return None if asked and asked <= answered else complaint


def takes_up(reply: Message, complaint: Message) -> bool:
    """Whether the message answers the complaint, or the customer has been reconciled; a canned reply answers nothing."""
    if reply.incoming:
        return reconciled(reply)
    if tagged(reply, "beschwerde") or says(reply.text, review_phrases().sorry):
        return True
    said = content(complaint.text)
    return not _canned(reply) and len(content(reply.text) & said) >= min(SHARED, len(said) // 3)


def reconciled(message: Message) -> bool:
    """Whether the customer praises, forgives, or takes the blame, and does not go on to complain."""
    words = review_phrases()
    return tagged(message, "lob") or (says(message.text, words.forgiving) is not None and not says(message.text, words.unforgiving))


def _canned(message: Message) -> bool:
    """Whether it was found to read like a canned reply."""
    rules = {each.rule for each in (*(message.findings or ()), *(message.defects or ()))}
    return bool(rules & {"chatbot-tone", "vague-promise"})


def dossier(thread: Thread) -> list[Point]:
    """For each claim of the complaints what the chat said of it before; what stands in a note alone does not count (Handbuch 1)."""
    return [
        point
        for complaint in complaints(thread)
        for point in _points(complaint, thread.messages[: thread.messages.index(complaint)], thread)
    ]  # fmt: skip


def _points(complaint: Message, before: list[Message], thread: Thread) -> Iterator[Point]:
    for claim in body(complaint.text):
        words = content(claim.text)
        if len(words) >= SHARED:
            shown = _about(words, (message for message in before if message.channel == "chat"))
            noted = [] if shown else _about(words, (message for message in thread.messages if message.channel == "note"))
            yield Point(claim=Evidence.of(complaint, claim.start, claim.end), documented=shown, only_in_notes=noted)


def _about(words: set[str], messages: Iterable[Message]) -> list[Evidence]:
    """The passages that share most with the claim, in the order of the chat."""
    found = sorted(_shared(words, messages), key=lambda each: -each[0])[:PASSAGES]
    return [passage for _, passage in sorted(found, key=lambda each: (len(each[1].message), each[1].message, each[1].start))]


def _shared(words: set[str], messages: Iterable[Message]) -> Iterator[tuple[int, Evidence]]:
    for message in messages:
        for sentence in own(message.text):
            shared = len(words & content(sentence.text))
            if shared >= SHARED:
                yield shared, Evidence.of(message, sentence.start, sentence.end)
