"""A draft for a thread: a block for each open question, the template's text, greeting and closing; every block says where it is from.

What nobody knows stays open: a gap ⟦…⟧ worded for that very question or value, for a person to fill. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from nlp.errors import DataError
from nlp.german import TYPES, capitalize, said
from nlp.lead import lead
from nlp.phrasing import phrase
from nlp.pipeline.words import content
from nlp.rank import best, default
from nlp.secrets import hider
from nlp.situation import Fact, Situation
from nlp.snippets import Answers, Match
from nlp.templates import ANSWERS, HOME, AddOn, Library, Slot, Snippet, Template, TemplateChoice
from nlp.thread import Answer, Author, Channel, Message, Question, Record, Register, Thread, asked_in

OFFERED = 0.2
"""From this nearness on an answer is offered for a gap."""
BETWEEN = "\n\n"
"""What stands between two blocks of a draft."""
_HERE = "\0"
"""Stands for the answers while a template is rendered."""
_OF_THE_TASK = frozenset({"key_data.hours_budget", "key_data.cost", "key_data.deadline", "key_data.deadline.ahead"})
_CAPITAL_ANYWAY = re.compile(r"[a-zäöüß„(]|(?:Sie|Ihnen|Ihr(?:e[nmrs]?)?)\b")


class Ref(Record):
    """Where a block is from: a key of the key data, a chat message, an add-on, an answer, a template, a phrase, a person; or open."""

    kind: Literal["key_data", "chat", "catalogue", "answer", "template", "phrase", "human", "open"]
    id: str


class Block(Record):
    """A paragraph or more of the draft, its characters ``start`` up to ``end``; ``questions`` are those it takes up, as ``m1.q1``."""

    kind: Literal["greeting", "acknowledgement", "transition", "answer", "body", "closing"]
    text: str
    start: int = 0
    end: int = 0
    questions: list[str] = []
    sources: list[Ref] = []


class Candidate(Record):
    """An approved answer that might fit a gap."""

    id: str
    title: str
    score: float


class Gap(Record):
    """What a person has to fill in: the answer to the question ``key``, or the value of the slot ``key``, of type ``type``."""

    key: str
    kind: Literal["question", "value"]
    label: str
    type: str
    candidates: list[Candidate] = []


class Draft(Record):
    """A message to send once nothing is ``open``. ``for_message`` is what the customer wrote last when it was made."""

    text: str
    blocks: list[Block]
    open: list[Gap]
    template: str
    alternatives: list[TemplateChoice]
    author: Author = "team"
    channel: Channel = "chat"
    tags: list[str] = []
    address_form: Register = "sie"
    for_message: str | None = None

    def message(self, id: str, sent_at: datetime | None = None) -> Message:
        """The draft as the message it would be: with its tags, and what it claims to answer."""
        open_ones = {gap.key for gap in self.open}
        answers = [
            Answer(question=key, status="missed") if key in open_ones else Answer(question=key, status="answered", quote=block.text)
            for block in self.blocks for key in block.questions
        ]  # fmt: skip
        return Message(id=id, author=self.author, channel=self.channel, sent_at=sent_at, text=self.text, tags=self.tags, questions=[], answers=answers)

    def gaps(self) -> list[tuple[int, int]]:
        """(start, end) in characters of the text of each gap."""
        return [match.span() for match in re.finditer(r"⟦[^⟧]*⟧", self.text)]



@dataclass(slots=True)
class _Pen:
    """What a draft is written with, and the gaps that come up."""

    situation: Situation
    library: Library
    given: Mapping[str, Any]
    gaps: dict[str, Gap] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @property
    def du(self) -> bool:
        return self.situation.register == "du"

    def render(self, text: Template | Snippet) -> tuple[str, list[Ref]]:
        """The text with its values, and where those are from."""
        values: dict[str, object] = {ANSWERS: _HERE}
        refs: list[Ref] = []
        for name, slot in text.slots.items():
            fact = self.fact(name, slot)
            values[name] = None if fact is None else fact.value
            if fact is not None and slot.type != "addons":
                refs.append(Ref(kind=fact.origin, id=fact.where))
            elif slot.required and fact is None:
                values[name] = self.gap(name, slot)
                refs.append(Ref(kind="open", id=name))
        return text.source.render(values, du=self.du), refs

    def fact(self, name: str, slot: Slot) -> Fact | None:
        """The slot's value: what a person gave, else what is known."""
        if name not in self.given:
            return self.situation.facts.get(slot.source)
        self.used.add(name)
        try:
            return Fact(said(slot.type, self.given[name], self.situation.today), "human", name)
        except (ValueError, KeyError) as error:
            raise DataError(f"{slot.label}: {error}", where=f"answers.{name}", remedy=f"Geben Sie an: {TYPES[slot.type]}.") from error

    def gap(self, name: str, slot: Slot) -> object:
        """What stands for a value that is missing."""
        kind = "" if slot.type == "text" or slot.label == TYPES[slot.type] else f" ({TYPES[slot.type]})"
        self.gaps[name] = Gap(key=name, kind="value", label=slot.label, type=slot.type)
        text = f"⟦{slot.label}{kind}⟧"
        return AddOn(id=text, name=text, nominative=text, accusative=text, about=text, price=text, words=(text,)) if slot.type == "addon" else text


def compose(
    thread: Thread, library: Library, choice: Answers, template: str | None = None, answers: Mapping[str, Any] | None = None,
    *, now: datetime | None = None, sender: str | None = None,
) -> Draft:  # fmt: skip
    """The draft of our next message in an annotated thread.

    :param template: Id of the template, several joined by ``+``; without it the one that suits the situation best.
    :param answers: What a person filled in: ``m1.q1`` to a text or to the id of an approved answer, a slot's name to its value.
    :param now: When it will be sent; without it, when the last message was.
    :param sender: Who signs.
    :raises DataError: For a template, question or slot there is not, or a value of the wrong type.
    """
    situation = Situation(thread, library.addons, now)
    pen = _Pen(situation, library, answers or {})
    chosen = _templates(library, template) if template else [default(situation, library.templates)]
    note = chosen[0].channel == "note"
    blocks = [block for each in chosen for block in _body(pen, each) if block.text] if note else list(_written(pen, chosen, choice))
    if wrong := [key for key in pen.given if key not in pen.used]:
        raise DataError(f"„{wrong[0]}“ ist keine offene Frage und kein Wert dieses Entwurfs.", where=f"answers.{wrong[0]}", remedy="Siehe „open“ im Entwurf.")
    if not note:
        _salute(pen, blocks, chosen, sender)
    hide = hider(thread)
    for part in blocks:
        part.text = hide(part.text)
    for gap in pen.gaps.values():
        gap.label = hide(gap.label)
    return Draft(
        text=_joined(blocks), blocks=blocks, open=list(pen.gaps.values()), template="+".join(each.id for each in chosen),
        alternatives=best(situation, library.templates), author=chosen[0].author, channel=chosen[0].channel,
        tags=list(dict.fromkeys(tag for each in chosen for tag in each.tags)), address_form=situation.register, for_message=_last(thread),
    )  # fmt: skip


def replies(thread: Thread, library: Library, choice: Answers, keys: Collection[str], *, now: datetime | None = None) -> list[Block]:
    """The blocks alone that take up these open questions, in the customer's order: an approved answer each, or a gap for it."""
    situation = Situation(thread, library.addons, now)
    situation.asked = {key: question for key, question in situation.asked.items() if key in keys}
    hide, blocks = hider(thread), _answers(_Pen(situation, library, {}), choice, set())
    return [block.model_copy(update={"text": hide(block.text)}) for block in blocks]


def _joined(blocks: Sequence[Block]) -> str:
    """The text of the blocks, each of which is told where it stands."""
    start = 0
    for block in blocks:
        block.start, block.end = start, start + len(block.text)
        start = block.end + len(BETWEEN)
    return BETWEEN.join(block.text for block in blocks)


def _last(thread: Thread) -> str | None:
    return next((m.id for m in reversed(thread.messages) if m.incoming), None)


def _templates(library: Library, asked: str) -> list[Template]:
    names = list(dict.fromkeys(asked.split("+")))
    if unknown := [name for name in names if name not in library.templates]:
        raise DataError(f"Die Vorlage „{unknown[0]}“ gibt es nicht.", where="template", remedy=f"Es gibt: {', '.join(library.templates)}.")
    return [library.templates[name] for name in names]


def _written(pen: _Pen, chosen: Sequence[Template], choice: Answers) -> Iterator[Block]:
    """The blocks between greeting and closing: the first template's text around the answers, then the others'."""
    own = _answers(pen, choice, {name for each in chosen for name in each.covers})
    said_by_template = [key for block in own if not block.text for key in block.questions]
    replies = [block for block in own if block.text]
    bodies = [block for template in chosen for block in _body(pen, template)]
    for block in [block for block in bodies if block.text][-1:]:
        block.questions = said_by_template
    yield from (block for block in bodies[:1] if block.text)
    yield from _introduced(pen, replies)
    yield from (block for block in bodies[1:] if block.text)


def _body(pen: _Pen, template: Template) -> tuple[Block, Block]:
    """The template's text before and after the place of the answers; either may be empty."""
    text, refs = pen.render(template)
    before, marked, after = text.partition(_HERE)
    if not marked and not template.opens:
        before, after = "", text
    sources = [Ref(kind="template", id=template.id), *refs]
    return Block(kind="body", text=before.strip(), sources=sources), Block(kind="body", text=after.strip(), sources=sources)


def _introduced(pen: _Pen, replies: Sequence[Block]) -> Iterator[Block]:
    """The answers, behind a phrase that leads to them where there are several."""
    if len(replies) > 1 and (found := phrase(pen.situation, pen.library.phrases.transition, "transition", str(HOME / "phrases.toml"))):
        yield Block(kind="transition", text=found.text, sources=[Ref(kind="phrase", id=f"transition.{found.number}")])
    yield from replies


def _answers(pen: _Pen, choice: Answers, covered: set[str]) -> list[Block]:
    """One block a question, in the customer's order; one for two where one answer serves both. Empty text: the template says it."""
    blocks: dict[str, Block] = {}
    leads: set[str] = set()
    for key, question in pen.situation.asked.items():
        if blocks and not content(question.quote):  # „Und?“ asks what was asked before
            blocks[next(reversed(blocks))].questions.append(key)
            continue
        message = next(m for m in pen.situation.thread.messages if m.id == asked_in(key))
        name, block = _answer(pen, choice, key, question, message, covered, leads)
        if name in blocks:
            blocks[name].questions.append(key)
        else:
            blocks[name] = block
    for name, snippet in pen.library.answers.items():
        for other in snippet.covers if name in blocks else ():
            if other in blocks:
                blocks[name].questions += blocks.pop(other).questions
    return list(blocks.values())


def _answer(
    pen: _Pen, choice: Answers, key: str, question: Question, message: Message, covered: set[str], leads: set[str]
) -> tuple[str, Block]:
    """What the block is known by, and the block."""
    given = pen.given.get(key)
    if given is not None:
        pen.used.add(key)
        if not isinstance(given, str | int | float) or not (given := str(given).strip()):
            raise DataError("Die Antwort auf eine Frage ist ein Text.", where=f"answers.{key}", remedy="Lassen Sie sie weg, wenn sie offen bleiben soll.")
        if given not in pen.library.answers:
            return key, Block(kind="answer", text=given, questions=[key], sources=[Ref(kind="human", id=key)])
    name = given or choice.choose(question, message)
    if name in covered:
        return "template", Block(kind="answer", text="", questions=[key])
    if name is not None:
        snippet = pen.library.answers[name]
        # what is asked after the result may be about another task
        ended = given is None and pen.situation.delivered(message) and any(slot.source in _OF_THE_TASK for slot in snippet.slots.values())
        if not ended and all(pen.fact(slot_name, slot) for slot_name, slot in snippet.slots.items() if slot.required):
            said_, refs = pen.render(snippet)
            return name, Block(kind="answer", text=said_, questions=[key], sources=[Ref(kind="answer", id=name), *refs])
    return key, _open(pen, key, question, message, choice.matches(question, message), leads)


def _open(pen: _Pen, key: str, question: Question, message: Message, near: Sequence[Match], leads: set[str]) -> Block:
    """A gap for the answer, worded for the question."""
    before, label = lead(question, pen.situation.register, message.text, leads, several=len(pen.situation.asked) > 1)
    leads.add(before)
    found = [Candidate(id=m.id, title=pen.library.answers[m.id].title, score=m.score) for m in near if m.score >= OFFERED]
    pen.gaps[key] = Gap(key=key, kind="question", label=question.quote, type="text", candidates=found)
    return Block(kind="answer", text=f"{before}: ⟦{label}⟧" if before else f"⟦{label}⟧", questions=[key], sources=[Ref(kind="open", id=key)])


def _salute(pen: _Pen, blocks: list[Block], chosen: Sequence[Template], sender: str | None) -> None:
    """Put thanks and greeting before, closing and name behind the blocks."""
    phrases, path = pen.library.phrases, str(HOME / "phrases.toml")
    if not chosen[0].opens and (thanks := phrase(pen.situation, phrases.acknowledgement, "acknowledgement", path)):
        blocks.insert(0, Block(kind="acknowledgement", text=thanks.text, sources=[Ref(kind="phrase", id=f"acknowledgement.{thanks.number}")]))
    hello = phrase(pen.situation, phrases.greeting, "greeting", path)
    if hello and blocks:
        mark = "," if _CAPITAL_ANYWAY.match(blocks[0].text) else "!"
        blocks.insert(0, Block(kind="greeting", text=hello.text.rstrip(",") + mark, sources=[Ref(kind="phrase", id=f"greeting.{hello.number}")]))
    elif blocks:
        blocks[0] = blocks[0].model_copy(update={"text": capitalize(blocks[0].text)})
    if bye := phrase(pen.situation, phrases.closing, "closing", path):
        blocks.append(Block(kind="closing", text="\n".join([bye.text, *([sender] if sender else [])]), sources=[Ref(kind="phrase", id=f"closing.{bye.number}")]))
