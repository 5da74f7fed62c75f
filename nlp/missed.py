"""One click for a question that a draft leaves out: the paragraph that answers it, or a gap worded for it, before the closing."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.check import findings, kept
from nlp.compose import BETWEEN, Block, replies
from nlp.pipeline.zones import zones
from nlp.rule import rule_id
from nlp.rules import unanswered_question
from nlp.snippets import Answers
from nlp.templates import Library
from nlp.thread import Answer, Fix, View

RULE = rule_id(unanswered_question)


def offer(view: View, library: Library, choice: Answers) -> None:
    """Put a fix to the finding of unanswered questions of the view's message, an annotated draft.

    A question whose approved answer stands in the draft word for word is answered, whatever a model makes of it.
    """
    message = view.message
    if not any(finding.rule == RULE for finding in message.findings or ()):
        return
    keys = {answer.question for answer in unanswered_question.missed(view)}
    thread = view.thread.model_copy(update={"messages": view.before})
    blocks = replies(thread, library, choice, keys, now=message.sent_at)
    if said := {key: block.text for block in blocks if _approved(block) and block.text in message.text for key in block.questions}:
        message.answers = [_answered(answer, said[answer.question], message.text) if answer.question in said else answer for answer in message.answers or ()]
        message.findings = kept(findings(view), message.ignored or ())
    if rest := [block for block in blocks if not said.keys() & {*block.questions}]:
        fix = insertion(message.text, rest)
        message.findings = [finding.model_copy(update={"fix": fix}) if finding.rule == RULE else finding for finding in message.findings or ()]


def insertion(text: str, blocks: Sequence[Block]) -> Fix:
    """The blocks as paragraphs of their own before the closing; where there is none, before quoted older text or at the end."""
    place = next((start for zone, start, end in zones(text) if zone == "closing" and start < end), None)
    if place is None:
        place = next((start for zone, start, end in zones(text) if zone == "quoted" and end == len(text)), len(text.rstrip()))
    before, after = text[:place].rstrip(" \t"), text[place:]
    above = BETWEEN[len(before) - len(before.rstrip("\n")) :] if before.strip() else ""
    below = BETWEEN[len(after) - len(after.lstrip("\n")) :] if after.strip() else ""
    label = "Freigegebene Antwort einfügen" if all(map(_approved, blocks)) else "Absatz für die Antwort einfügen"
    return Fix(label=label, start=place, end=place, replacement=above + BETWEEN.join(block.text for block in blocks) + below)


def _approved(block: Block) -> bool:
    return block.sources[0].kind == "answer" and all(source.kind != "open" for source in block.sources)


def _answered(answer: Answer, quote: str, text: str) -> Answer:
    start = text.index(quote)
    return Answer(question=answer.question, status="answered", quote=quote, start=start, end=start + len(quote))
