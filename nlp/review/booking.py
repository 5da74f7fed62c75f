"""Add-on bookings, read out of the chat: what was offered, chosen, confirmed, changed and cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nlp.handbook import Element, handbook, review_phrases
from nlp.pipeline.booking import confirms, elements, once
from nlp.review.add_on_name import name_of
from nlp.review.clock import times, window_hours
from nlp.review.found import Found
from nlp.review.options import Option, chosen, named, options, taken
from nlp.review.reading import says, tagged
from nlp.review.stated import Said, agree, at, confirmed, more_hours, of_option, proposed, terms
from nlp.review.terms import covers_window
from nlp.review.weekdays import days
from nlp.thread import Message, Thread, View, views

MOST = 4
"""A message of the team that names so many elements of a booking is about one, whatever its tags."""
_EVENING = re.compile(r"\b(?:abend|spät)(?:schicht|dienst)", re.IGNORECASE)
_LASTING = re.compile(r"\b(?:ab (?:\d|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)|künftig|in zukunft|schicht|dienst)\w*", re.IGNORECASE)
_TAKES = re.compile(r"\b(?:nehm\w*|buch\w*|hätte?n? gern|möchte\w*|wollt?e?\w*|bitte|einrichten|dazu nehmen)\b", re.IGNORECASE)
_YES = re.compile(
    r"\W*(?:ja|jo|jau|gern\w*|einverstanden|passt|ok|okay|machen wir|so machen|(?:ein)?buchen|her damit|nehm\w*|nehme ich|so sei es"
    r"|abgemacht|bitte ja)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:prüf|klär|meld|sobald|vormerk|anfrag|nachfrag|leider|noch nicht|folgt|wenn (?:sie|du|ihr)|falls|welche)\w*", re.IGNORECASE)
"""What is still to come is no confirmation."""
_WHEN = re.compile(r"\b(?:an welche[nm]|welche tage|welche[rmn]? (?:tag|uhrzeit|wochentag)\w*|(?:um )?wie viel uhr|uhrzeit\w*|wann)\b", re.IGNORECASE)
_TIMED = re.compile(r"schicht|dienst|bereitschaft|jour|stunde|fixe|annahme", re.IGNORECASE)


@dataclass(slots=True)
class Booking:
    """What the customer has booked: ``said`` holds what was stated of each element, ``before`` what a change replaced."""

    add_on: str
    chosen_in: Message
    said: dict[Element, Said]
    confirmed: Message | None = None
    contradicted: list[tuple[Element, Said]] = field(default_factory=list)
    lacks: list[Element] = field(default_factory=list)
    before: list[tuple[Element, Said]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.confirmed is not None and not self.lacks

    def value(self, element: Element) -> Any:
        return self.said[element].value if element in self.said else None


@dataclass(slots=True)
class _Ledger:
    """What is known so far."""

    thread: Thread
    about: list[Message] = field(default_factory=list)
    held: list[Message] = field(default_factory=list)
    offers: list[Message] = field(default_factory=list)
    offered: list[Option] = field(default_factory=list)
    said: dict[Element, Said] = field(default_factory=dict)
    changed: list[tuple[Element, Said]] = field(default_factory=list)
    chosen: Message | None = None
    confirmed: Message | None = None
    doubted: Message | None = None
    wrong: list[tuple[Element, Said]] = field(default_factory=list)
    named: set[Element] = field(default_factory=set)
    ended: Message | None = None

    def hear(self, view: View) -> None:
        """Take in the next message of the chat."""
        message = view.message
        if tagged(message, "addon") or options(message.text):
            self.about.append(message)
        if self._cancels(message):
            self.said, self.chosen, self.confirmed, self.named, self.wrong, self.changed = {}, None, None, set(), [], []
            self.offers, self.offered = [], []
            self.ended = message
        elif message.incoming:
            if self._concerns(message):
                self.about.append(message)
                self._customer(message)
        elif (start := self._confirming(view)) is not None:
            self.about.append(message)
            self._confirm(message, start)
        elif (tagged(message, "addon") and (message.author == "team" or self.confirmed)) or (message.author == "team" and (options(message.text) or self.wrong)):
            self._offer(message)

    def _confirming(self, view: View) -> int | None:
        """Where the message begins to confirm: in so many words, or by naming all there is once the customer has chosen."""
        message, named = view.message, elements(view.message.text)
        if sentence := confirms(_surely_tagged(view)):
            return sentence.start if self.chosen or len(named) > 1 else None
        full = len(named) >= MOST and tagged(message, "addon", "aufgabenbeschreibung") and not tagged(message, "ablehnung")
        if message.author != "team" or "?" in message.text or options(message.text):
            return None
        return 0 if ((self.chosen or self.said) and full) or self._settles(message, named) else None

    def _settles(self, message: Message, named: set[Element]) -> bool:
        """Whether the message confirms the choice though it has no word for it: it restates it, and asks and promises nothing."""
        if not self.chosen or self.confirmed or not tagged(message, "addon") or tagged(message, "ablehnung", "rueckfrage") or _OPEN.search(message.text):
            return False
        return len(named) > 1 or (bool(named) and tagged(message, "aufgabenbeschreibung"))

    def _cancels(self, message: Message) -> bool:
        if not self.chosen or (message.incoming and any(question.expects_answer for question in message.questions or ()) and not tagged(message, "ablehnung")):
            return False
        if message.incoming:
            refused = tagged(message, "addon") and tagged(message, "ablehnung") and not self._changes(message)
            return refused or bool(says(message.text, review_phrases().cancelled))
        return tagged(message, "addon") and tagged(message, "ablehnung")

    def _changes(self, message: Message) -> bool:
        """Whether days or times are named: „dienstags brauchen wir nicht mehr, dafür bitte freitags“ changes the booking and does not end it."""
        return bool(self.chosen) and not {"days", "time"}.isdisjoint(dict(self._stated(message)))

    def _concerns(self, message: Message) -> bool:
        """Whether the customer speaks of the add-on: by tag, or replying to the offer; once confirmed, only by tag."""
        if tagged(message, "addon"):
            return not tagged(message, "beschwerde")
        if self.confirmed:
            lasting = _LASTING.search(message.text) and days(message.text) and times(message.text)
            return bool(lasting) and tagged(message, "termin", "aufgabenbeschreibung") and not tagged(message, "beschwerde")
        return bool(self.offers) and (not message.tags or tagged(message, "termin"))

    def _customer(self, message: Message) -> None:
        text = message.text
        if (tagged(message, "ablehnung") and not self._changes(message)) or (says(text, review_phrases().undecided) and not self.chosen):
            return
        stated = dict(self._stated(message))
        if not self.chosen:
            offered = bool(self.offers) and (stated.keys() & {"option", "time"} or "days" in stated or (not self.offered and bool(_YES.match(text))))
            if not offered and not (stated and _TAKES.search(text) and "option" in stated):
                self.said |= {element: said for element, said in stated.items() if element != "option"}
                return
            self.chosen = message
            self._fill(stated, accepted=not self.offered)
            stated = dict(self._stated(message)) | {element: said for element, said in stated.items() if element == "option"}
        self.held.append(message)
        for element, said in stated.items():
            self._state(element, said)

    def _stated(self, message: Message) -> Iterator[tuple[Element, Said]]:
        held = self.said.get("days") if self.chosen else None
        found: dict[Element, Found | None] = {
            "option": (chosen(message.text, self.offered) if not self.chosen else None) or taken(message.text) or named(message.text, last=True),
            "days": days(message.text, held.value if held else ()),
            "time": times(message.text, last=True, evening=any(_EVENING.search(each.text) for each in self.about)),
        }
        return at(message, found)

    def _state(self, element: Element, said: Said) -> None:
        """The customer's word holds; where it changes what was confirmed, the confirmation holds no longer."""
        old = self.said.get(element)
        if old is not None and self.chosen is not said.message:
            if agree(old.value, said.value) and len(str(said.value)) <= len(str(old.value)):
                return
            self.changed.append((element, old))
            self.confirmed, self.named = None, set()
        self.said[element] = said

    def _offer(self, message: Message) -> None:
        """An offer, or what the team has to add to a booking."""
        found = options(message.text)
        if found and not self.chosen:
            self.offered = found
        if not self.chosen or tagged(message, "addon"):
            self.offers.append(message)
        if not self.chosen or found:
            return
        self.said |= dict(terms(message, message.text, 0)) or dict(more_hours(message))
        if self.confirmed:
            self.named |= elements(message.text)
        corrected = {element: said for element, said in confirmed(message, 0, self.offered) if agree(said.value, self.said[element].value)} if self.wrong else {}
        if self.wrong and all(element in corrected for element, _ in self.wrong):
            self.wrong, self.confirmed = [], message

    def _fill(self, stated: dict[Element, Said], *, accepted: bool = False) -> None:
        """What the offer says of the option that was picked; it replaces what the customer had wished before.

        :param accepted: There was one proposal and no choice, so that who agrees takes all of it.
        """
        option = stated.get("option")
        if accepted and self.offers:
            self.said |= dict(proposed(self.offers[-1]))
        for message in self.offers:
            picked = next((each for each in self.offered if option and option.value.split()[-1] == each.label and each.text in message.text), None)
            self.said |= dict(of_option(message, self.offered, picked))

    def _confirm(self, message: Message, start: int) -> None:
        if not self.chosen:
            self.chosen = message
            self._fill({})
        if "option" not in self.said and self.offered:  # the choice was not understood, but the house has understood it
            told: dict[Element, Said] = {element: said for element, said in confirmed(message, start, self.offered) if element == "option"}
            known = {element: said for element, said in self.said.items() if said.message.incoming}
            self._fill(told)
            self.said |= known
        self.wrong = []
        for element, said in confirmed(message, start, self.offered):
            self.named.add(element)
            old = self.said.get(element)
            if old is not None and old.message.incoming and old.message not in self.held:
                old = None  # wished for before anything was on offer
            if old is None or (agree(old.value, said.value) and len(str(said.value)) > len(str(old.value))) or self._means(element, old, said):
                self.said[element] = said
            elif not agree(old.value, said.value):
                self.wrong.append((element, said))
        self.confirmed, self.doubted = (None, message) if self.wrong else (message, None)
        self.named |= elements(message.text)
        if "option" in self.said and re.search(rf"(?<!\w){re.escape(self.said['option'].value)}(?!\w)", message.text, re.IGNORECASE):
            self.named.add("option")

    def _means(self, element: Element, old: Said, new: Said) -> bool:
        """Whether the confirmation says what the customer meant: „halb sechs“ in the morning, a minimum as long as the window."""
        if element == "time":
            return bool(old.value != new.value and old.value[2:] == new.value[2:] and abs(int(old.value[:2]) - int(new.value[:2])) == 12)
        return element == "min_hours" and bool(new.value[0] == self._window())

    def booking(self) -> Booking | None:
        if self.chosen is None:
            return None
        self._whole_window()
        name = name_of(self.thread, self.about)
        single = once(" ".join([name, self.chosen.text, self.confirmed.text if self.confirmed else ""]))
        dayless = single or self._dayless(name)
        said = {element: each for element, each in self.said.items() if not (dayless and element in ("days", "time"))}
        applies = {"option"} if single else {"option", *({"min_hours", "notice"} & said.keys())} if dayless else {"days", "time", "min_hours", "notice", "option"}
        if not self.offered and "option" not in said:
            applies.discard("option")
        if not said and not dayless:
            return None
        wrong = [(element, each) for element, each in self.wrong if not (dayless and element in ("days", "time"))]
        lacks = [element for element in handbook().booking.required if element in applies - self.named]
        return Booking(name, self.chosen, said, None if wrong else self.confirmed or (self.doubted if self.wrong else None), wrong, lacks, self.changed)

    def _dayless(self, name: str) -> bool:
        """Whether nothing we wrote of the add-on speaks of days or hours of the day, nor asks for them."""
        ours = [message.text for message in (*self.offers, self.confirmed or self.doubted) if message and message.outgoing]
        timed = any(elements(text) & {"days", "time"} or _WHEN.search(text) for text in ours)
        return bool(self.offers) and not timed and not _TIMED.search(name)

    def _window(self) -> float | None:
        """The length of the window of time, in hours."""
        time = self.said.get("time")
        return window_hours(time.value) if time else None

    def _whole_window(self) -> None:
        """Where the minimum is the window: its length."""
        offer, length = next((m for m in self.offers if covers_window(m.text)), None), self._window()
        if "min_hours" not in self.said and offer is not None and length is not None:
            self.said["min_hours"] = Said((length, "tag"), offer, 0, len(offer.text))


def booking(thread: Thread) -> tuple[Booking | None, Message | None]:
    """The booking in force, None if there is none; and the message that cancelled the last one."""
    ledger = _Ledger(thread)
    for view in views(thread):
        if view.message.channel == "chat":
            ledger.hear(view)
    return ledger.booking(), ledger.ended


def _surely_tagged(view: View) -> View:
    """The view; where the message names most elements of a booking, with the tags of a confirmation, should they be missing."""
    message = view.message
    if message.author != "team" or len(elements(message.text)) < MOST or tagged(message, "ablehnung") or "?" in message.text or options(message.text):
        return view
    tags = [*{*(message.tags or ()), "addon", "aufgabenbeschreibung"}]
    return View(Thread(task=view.thread.task, messages=[*view.before, message.model_copy(update={"tags": tags})]), view.index)
