"""Where a task stands and what is known of it: all that a draft may say comes from here, with where it was found.

Facts are the key data, what the chat says, and the catalogue of add-ons; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from itertools import takewhile
from typing import Literal

from nlp.german import said
from nlp.handbook import handbook, phrases, review_phrases
from nlp.pipeline import schedule
from nlp.pipeline.decline import approval, needs_approval
from nlp.pipeline.facts import facts
from nlp.pipeline.names import addressed
from nlp.pipeline.wordings import WEAK
from nlp.register import house_register, register_of
from nlp.review.asked import Request, outstanding
from nlp.review.booking import Booking, booking
from nlp.review.complaints import complaints
from nlp.review.dates import day, working_days
from nlp.review.decline import declined
from nlp.review.options import options
from nlp.review.reading import own, says, tagged
from nlp.secrets import hider
from nlp.templates import AddOn, Option, Step, minimum
from nlp.thread import Message, Question, Register, Thread, View, asked_in, local

Origin = Literal["key_data", "chat", "catalogue", "human"]
_FROM = re.compile(r"\b(?:ab|erstmals|beginn\w*|start\w*|los)\b[^.;!?\n]{0,20}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value as it is said, and where it is from: a key, a message's id, an add-on's id."""

    value: object
    origin: Origin
    where: str


class Situation:
    """A thread as whoever writes next finds it.

    :param now: When they write; without it, when the last message was sent.
    """

    def __init__(self, thread: Thread, addons: Mapping[str, AddOn], now: datetime | None = None) -> None:
        self.thread, self.addons = thread, addons
        self.chat = [m for m in thread.messages if m.channel == "chat"]
        now = now or next((m.sent_at for m in reversed(thread.messages) if m.sent_at), None)
        self.now = local(now) if now else None
        self.today = self.now.date() if self.now else None

    @cached_property
    def turn(self) -> list[Message]:
        """What the customer has written since we wrote last, oldest first; empty while we wait for them."""
        return list(takewhile(lambda m: m.incoming, reversed(self.chat)))[::-1]

    @cached_property
    def said(self) -> str:
        """What the customer wrote in this turn, lower case."""
        return "\n".join(m.text for m in self.turn).lower()

    @cached_property
    def noted(self) -> str:
        """What the internal notes say since we wrote last, lower case."""
        return "\n".join(m.text for m in takewhile(lambda m: not m.outgoing, reversed(self.thread.messages)) if m.channel == "note").lower()

    @cached_property
    def tags(self) -> set[str]:
        """Tags of what the customer wrote in this turn, without those the models are unsure of: a wrong tone is worse than a plain one. Where the words
        bear out a complaint, it is one."""
        sure = {tag for m in self.turn for tag in m.tags or () if tag not in (m.tags_unsure or ())}
        return sure | {"beschwerde" for m in complaints(self.thread) if m in self.turn and tagged(m, "beschwerde")}

    @cached_property
    def register(self) -> Register:
        """How to address the customer: as the house does, else as they address us, else Sie."""
        theirs = (register_of(m.text) for m in reversed(self.chat) if m.incoming)
        found: Register | None = house_register(self.thread) or next((register for register in theirs if register), None)
        return found or "sie"

    @cached_property
    def names(self) -> dict[str, object]:
        """Ways to call the customer, and the task's title; None where the record does not say, or says it in words that are not for customers."""
        title = self.thread.task.title
        return {**addressed(self.thread.task.customer, self.register == "du"), "title": title if title and not _internal().search(title.lower()) else None}

    @cached_property
    def asked(self) -> dict[str, Question]:
        """Questions to take up now: open, or put off to a day that has come; by ``m1.q1``, in the customer's order."""
        waiting = View(self.thread, len(self.thread.messages)).open_questions()
        return {key: question for key, question in waiting.items() if not self._put_off(key)}

    def _put_off(self, key: str) -> bool:
        deferrals = [(m, a) for m in self.thread.messages for a in m.answers or () if a.question == key and a.status == "deferred"]
        if not deferrals:
            return False
        message, answer = deferrals[-1]
        days = [fact.value for fact in facts(answer.quote, day(message)) if isinstance(fact.value, date)]
        return not (days and self.today and max(days) < self.today)

    @cached_property
    def step(self) -> Step:
        request = self._outstanding[0]
        if self.to_confirm:
            return "confirm"
        if self.turn and not any(m.outgoing for m in self.chat):
            return "start"
        if self.declined and not self.turn:
            return "closed"
        if request and self._put_us_off:
            return self._reminding
        if (self.asked and (self.turn or not request)) or any(m.tags or m.attachments for m in self.turn):
            return "answered" if request is None and self._answers_us() else "reply"
        if request is None:
            return "reply" if self.turn else "report"
        return self._reminding

    @property
    def _reminding(self) -> Step:
        """What is due while we wait for the customer: nothing so far, where they have just put us off."""
        _, sent = self._outstanding
        if self.turn and not self._due:
            return "wait"
        if sent < handbook().process.reminders or not self._due:
            return "remind-2" if sent else "remind-1"
        return "approval" if needs_approval(self.thread.task) and not approval(self.thread.messages) else "decline"

    @property
    def _due(self) -> bool:
        """Whether the customer has had the time that the handbook gives them, as far as the record tells."""
        request = self._outstanding[0]
        last = day(self.chat[-1]) if request else None
        if last is None or self.today is None:
            return True
        process = handbook().process
        return working_days(last, self.today, process.holidays) >= process.working_days

    @property
    def _put_us_off(self) -> bool:
        """Whether the customer only says that what we wait for will come."""
        known = review_phrases()
        late = any(says(sentence.text, known.put_off + known.announced) or says(sentence.text, known.undecided) for m in self.turn for sentence in own(m.text))
        return late and not self.asked and not self.tags & {"beschwerde", "ablehnung", "addon"}

    @cached_property
    def declined(self) -> bool:
        """Whether a decline was the last that we wrote."""
        last = declined(self.thread)
        return last is not None and last is next(m for m in reversed(self.chat) if m.outgoing)

    def delivered(self, before: Message) -> bool:
        """Whether we had handed over a result before that message."""
        return any(m.outgoing and tagged(m, "ergebnis") for m in self.chat[: self.chat.index(before)])

    def _answers_us(self) -> bool:
        """Whether the customer asks nothing and replies to a message that asked something."""
        ours = self.chat[-len(self.turn) - 1] if 0 < len(self.turn) < len(self.chat) else None
        return not self.asked and ours is not None and ("?" in ours.text or bool({"rueckfrage", "erinnerung"} & {*(ours.tags or ())}))

    @cached_property
    def _outstanding(self) -> tuple[Request | None, int]:
        return outstanding(self.thread)

    @cached_property
    def booking(self) -> Booking | None:
        return booking(self.thread)[0]

    @property
    def to_confirm(self) -> bool:
        """Whether the customer has chosen an add-on, now or before and speaks of it now, and nobody has confirmed it."""
        about = any("addon" in (m.tags or ()) for m in self.chat) and not {"beschwerde", "ablehnung"} & self.tags
        if self.booking and any(asked_in(key) == self.booking.chosen_in.id and _dated(question.quote) for key, question in self.asked.items()):
            return False  # „Ginge auch Mo, Mi und Fr um halb neun?“
        return about and self.booking is not None and self.booking.confirmed is None and (self.booking.chosen_in in self.turn or "addon" in self.tags)

    @cached_property
    def addon(self) -> AddOn | None:
        """The add-on of the catalogue that the chat is about, if it is one only."""
        known = " ".join(str(name) for name in self.thread.task.key_data.get("addons") or ())
        for text in (self.booking.add_on if self.booking else "", self.said, "\n".join(m.text for m in self.chat), known):
            if found := {name for name, addon in self.addons.items() if any(word in text.lower() for word in addon.words)}:
                return self.addons[found.pop()] if len(found) == 1 else None
        return None

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """What is known, by the source a slot names."""
        return dict([*self._key_data(), *self._catalogue(), *self._chat(), *self._booked()])

    def _key_data(self) -> Iterator[tuple[str, Fact]]:
        task, data = self.thread.task, self.thread.task.key_data
        for key, kind in (("hours_budget", "hours"), ("deadline", "date"), ("rate_eur", "euro"), ("addons", "list")):
            with suppress(ValueError):  # what nobody can read („Ende März“) is not known
                if data.get(key):
                    yield f"key_data.{key}", Fact(said(kind, data[key], self.today), "key_data", key)
        with suppress(ValueError):
            if data.get("deadline") and self.today and str(data["deadline"]) >= self.today.isoformat():
                yield "key_data.deadline.ahead", Fact(said("date", data["deadline"], self.today), "key_data", "deadline")
        with suppress(ValueError):
            if all(data.get(key) and isinstance(data[key], int | float) for key in ("hours_budget", "rate_eur")):
                yield "key_data.cost", Fact(said("euro", data["hours_budget"] * data["rate_eur"]), "key_data", "hours_budget, rate_eur")
        nobody = "deine Assistenz" if self.register == "du" else "Ihre Assistenz"
        known = {"title": task.title, "assistant": task.assistant, "assistance": task.assistant or nobody}
        for key, value in known.items():
            if value:
                yield f"task.{key}", Fact(value, "key_data", "assistant" if key == "assistance" else key)
        if task.customer.company:
            yield "customer.company", Fact(task.customer.company, "key_data", "company")

    def _catalogue(self) -> Iterator[tuple[str, Fact]]:
        yield "addons", Fact(list(self.addons.values()), "catalogue", "addons")
        for name, addon in self.addons.items():
            yield f"addons.{name}", Fact(addon, "catalogue", name)
        if self.addon:
            yield "chat.addon", Fact(self.addon, "catalogue", self.addon.id)
            notices = {option.notice for option in self.addon.options}
            if len(notices) == 1 and all(notices):
                yield "chat.addon.notice", Fact(notices.pop(), "catalogue", self.addon.id)
            if self.addon.options:
                yield "chat.addon.options", Fact(self.addon.options, "catalogue", self.addon.id)

    def _chat(self) -> Iterator[tuple[str, Fact]]:
        hide = hider(self.thread)
        for message in self.turn:
            if hide(message.text) != message.text:
                yield "chat.secret", Fact("Passwort", "chat", message.id)
            if message.attachments:
                yield "chat.files", Fact(message.attachments, "chat", message.id)
        if request := self._outstanding[0]:
            first = request.asked[0]
            yield "chat.missing", Fact(_missing(request.asked, self._given(first)), "chat", first.id)
            if asked_on := day(first):
                yield "chat.asked_on", Fact(said("date", asked_on, self.today), "chat", first.id)

    def _given(self, since: Message) -> set[str]:
        """Tags of what the customer has brought since, without what they put off."""
        known = review_phrases()
        brought = [m for m in self.chat[self.chat.index(since) + 1 :] if m.incoming and not says(m.text, known.put_off + known.announced)]
        return {tag for m in brought for tag in m.tags or ()}

    def _booked(self) -> Iterator[tuple[str, Fact]]:
        """What is booked, element by element: as the chat has it, else as the catalogue does."""
        if self.booking is None:
            return
        option = self._option()
        for element, kind in (("option", "text"), ("days", "days"), ("time", "time"), ("min_hours", "minimum"), ("notice", "text")):
            source = f"chat.{'minimum' if element == 'min_hours' else element}"
            if (stated := self.booking.said.get(element)) is not None:  # type: ignore[call-overload]
                yield source, Fact(minimum(*stated.value) if kind == "minimum" else said(kind, stated.value, self.today), "chat", stated.message.id)
            elif option and self.addon and (value := option.minimum if kind == "minimum" else getattr(option, element)):
                yield source, Fact(value if kind == "minimum" else said(kind, value), "catalogue", f"{self.addon.id}, Option {option.id}")
        chosen = self.booking.chosen_in
        begins = [f.value for f in facts(chosen.text, day(chosen)) if f.kind == "date" and _FROM.search(chosen.text[: f.start])]
        if len(begins) == 1:
            yield "chat.start", Fact(said("date", begins[0], self.today), "chat", chosen.id)

    def _option(self) -> Option | None:
        """The option of the catalogue that was chosen; None where the chat made an offer of its own."""
        assert self.booking
        if self.addon is None or any(m.outgoing and options(m.text) for m in self.chat):
            return None
        chosen = str(self.booking.value("option")).lower()
        return next((option for option in self.addon.options if option.id.lower() == chosen), None)


@cache
def _internal() -> re.Pattern[str]:
    return re.compile("|".join(wording for wording in phrases().internal if not wording.startswith(WEAK)))


def _dated(text: str) -> bool:
    return bool(schedule.days(text)) or any(True for _ in schedule.times(text))


def _missing(asked: list[Message], given: set[str]) -> str:
    """What we wait for, as it stands behind „auf“ and „ohne“.

    :param given: Tags of what has come.
    """
    tags = {tag for message in asked for tag in message.tags or ()} - given
    if parts := [word for tag, word in (("zugangsdaten", "den Zugang"), ("arbeitsmaterial", "die Unterlagen")) if tag in tags]:
        return said("list", parts)
    return "eine Antwort auf unsere Fragen" if sum(m.text.count("?") for m in asked) > 1 else "eine Antwort auf unsere Frage"
