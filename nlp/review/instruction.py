"""The instruction, first item of the starter kit: whether somebody has said what is to be done, and whether a gap in it blocks the start."""

from __future__ import annotations

import re
from itertools import pairwise

from nlp.handbook import review_phrases
from nlp.pipeline.wordings import Sentence
from nlp.review.asked import Request, asks, requests
from nlp.review.passages import Entry, Event, named_items
from nlp.review.reading import chat, own, says, tagged
from nlp.thread import Message, Thread

_HOW = re.compile(
    r"\b(?:ob|welche\w*) (?:\w+ ){1,12}?(?:oder|soll\w*|werden|wird|möcht\w*|arbeite|wünsch\w*|willst|wollen|bleib\w*|nur|auch)\b"
    r"|, ob \w+ oder \w+",
    re.IGNORECASE,
)
_DRAWN_UP = re.compile(r"\b(?:auf(?:zu)?schreib|auf(?:zu)?list|zusammen(?:zu)?stell|auf(?:zu)?stell)\w*", re.IGNORECASE)
"""Something the customer is to write down for us is material, whatever it says."""
_SCOPE = re.compile(r"\bsoll\w*\b[^.!?]*\b(?:mit|auch|ebenfalls) (?-i:[a-zäöüß])\w+(?: werden)?\s*\?", re.IGNORECASE)
"""„Sollen Streichungen mit übertragen werden?“ asks about the edge of the work; one can begin."""
_ASIDE = re.compile(
    r"\b(?:bis|ab|seit) wann\b|\bwann (?:passt|brauch|erreich|könn|kann|wäre|hätten|haben)\w*|\btelefon\w*|\bansprechpartner\w*|\beinverstanden\b"
    r"|\b(?:darf|dürfen)\b[^.!?]*\b(?:anrufen|anfangen|starten|beginnen|loslegen|kommen|melden|übernehmen|vorstellen)\b",
    re.IGNORECASE,
)
"""Asked about when and with whom, not about how."""
_QUESTION = re.compile(r"\b(?:was|welche\w*|wie|wo|wohin|woran|wann|wer|ob|oder|sollen?|darf|dürfen|reicht)\b", re.IGNORECASE)


def instruction(thread: Thread, request: Request | None) -> Entry:
    """Missing where nobody has said what is to be done; partial where an open question about it blocks the start."""
    entry, said = Entry("instruction"), chat(thread)
    described = [message for message in said if tagged(message, "aufgabenbeschreibung")]
    entry.events = [Event("given", message, s.start, s.end) for message in described for s in own(message.text)[:1]]
    entry.state = "present" if described or thread.task.area in ("laufend", "forwarded") else "missing"
    if request is None or not request.asked or entry.state == "missing":
        return entry
    told = max((n for n, message in enumerate(said) if message.incoming and message in described), default=-1)
    begun = thread.task.area == "laufend" or any(tagged(message, "zwischenstand", "ergebnis") for message in said) or _answered(said, request)
    asked = [message for message in request.asked if said.index(message) > told]
    blocking = [Event("asked", message, s.start, s.end) for message in asked for s in own(message.text) if _blocks(s, message, begun)]
    entry.events += blocking
    entry.state = "partial" if blocking else "present"
    return entry


def _answered(said: list[Message], request: Request) -> bool:
    """Whether what we asked before was answered with what the work needs, so that what is asked now is a detail of it."""
    before = said[: said.index(request.asked[0])]
    return any(asks(one) and tagged(other, "arbeitsmaterial", "zugangsdaten") for one, other in pairwise(before) if one.outgoing and other.incoming)


def _blocks(sentence: Sentence, message: Message, begun: bool) -> bool:
    """Whether the sentence asks how to do the work, before it has begun, or says that it cannot go on."""
    text, again = sentence.text, tagged(message, "erinnerung")
    if begun or tagged(message, "addon"):
        return bool(says(text, review_phrases().blocked)) and not tagged(message, "addon")
    if tagged(message, "zugangsdaten") or (again and tagged(message, "arbeitsmaterial")):
        return False  # it asks for a thing; how to go about the work was asked before, if at all
    if not requests(text) or re.match(r"ob\b", text, re.IGNORECASE) or any(each.search(text) for each in (_DRAWN_UP, _ASIDE, _SCOPE)):
        return False
    return bool(_HOW.search(text)) or (bool(_QUESTION.search(text)) and not named_items(text))
