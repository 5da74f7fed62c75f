"""The starter kit: what the task needs, what is there, what is missing, each with the passages that say so.

Every sentence of the chat is read for an item (an instruction, material, a list, a login, a manual) and for what it says of it: it is asked for, announced,
handed over, arrived, or gives trouble. The states follow from that sequence. Internal notes do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from nlp.handbook import Need, handbook, review_phrases
from nlp.pipeline.wordings import Sentence
from nlp.review.asked import Request, asks, requests
from nlp.review.reading import chat, own, says, tagged
from nlp.review.record import Item, State
from nlp.thread import Message, Thread

Kind = Literal["needed", "named", "asked", "announced", "given", "received", "trouble"]
ITEMS: tuple[Item, ...] = ("instruction", "examples", "lists", "logins", "manuals")
_MATERIAL: tuple[Item, ...] = ("examples",)
BRIEF = 14
"""Words of a sentence that announces something without saying what, „der Rest kommt morgen“; longer ones speak of other things."""
_OPTIONAL = re.compile(r"\b(?:wenn|falls)\b[^.!?]*\bgern\b|\bgern auch\b", re.IGNORECASE)
_FILE = re.compile(
    r"\b[\w.-]+\.(?:docx?|xlsx?|csv|pdf|pptx?|zip|jpe?g|png|svg|txt|mp[34]|wav|odt|dbf|xml|json|rtf|tiff?|heic|gif|webp|eps|mov|m4a|aac|ods|epub|ics|vcf|eml|msg|bak|sql|dwg|key|pages|numbers)\b|https?://|\b(?:anbei|anhang|angehängt"
    r"|beigefügt|beilage)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"\b(?:(?:ich|wir) hab\w*|hab(?:e|en)? (?:ich|wir)|gibt(?:s| es)(?! (?:nicht|kein|hier|unter|auf|im|in|bei)\b))\b(?![^.!?]*\b\w*ge\w{3,}(?:t|en)\b)"
    r"|\bmacht (?:mein|unser)|\bvorhanden\b",
    re.IGNORECASE,
)
_IN_USE = re.compile(
    r"\b(?:in|in die|in der|im|in unsere[rn]?|in ihre[rn]?|in deine[rn]?) \w*(?:liste|tabelle|protokoll|sheet|maske|bogen|plan)\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\b(?:ob|welche\w*) (?:\w+ ){1,12}?(?:oder|soll\w*|werden|wird|möcht\w*|arbeite|wünsch\w*|willst|wollen|bleib\w*|nur|auch)\b"
    r"|, ob \w+ oder \w+",
    re.IGNORECASE,
)
_NEW = re.compile(r"\b(?:neu\w*|erstmals|noch nie|(?:haben|hast|habt) (?:sie|du|ihr) (?:\w+ )?nicht)\b", re.IGNORECASE)
"""In a running task the assistant has what was used before; something is needed only where it is new."""
_SITE = re.compile(r"\b(?:seite|website|webseite|homepage|shop)\b[^.!?]{0,20}\b(?:www\.|https?://|[\w-]+\.(?:de|com|org|at|ch)\b)", re.IGNORECASE)
"""The address of the place to work at, not something to work with."""
_DRAWN_UP = re.compile(r"\b(?:auf(?:zu)?schreib|auf(?:zu)?list|zusammen(?:zu)?stell|auf(?:zu)?stell)\w*", re.IGNORECASE)
"""Something the customer is to write down for us is material, whatever it says."""
_OFFERED = re.compile(r"\b(?:brauch\w* (?:sie|du|ihr)|soll(?:en)? (?:ich|wir)|habe? (?:noch |da |ja )*(?-i:[A-ZÄÖÜ])\w+)\b", re.IGNORECASE)
"""Material that the customer speaks of and does not hand over: „hab Fotos von den Regalen“, „braucht ihr die Mannschaftsliste“."""
_SURELY_LOGIN = re.compile(r"\b\w*(?:zugang|zugäng|zugriff|login|log-in|passw|kennw|account|berechtigung)\w*|\bpw\b", re.IGNORECASE)
"""These words name a login; „Gäste“, „einladen“ and „Freigabe“ only where logins are the topic."""
_BARE = re.compile(r"\b(?:tabelle|liste|excel\w*|vorlage|sheet|maske)\b", re.IGNORECASE)
_WORKS_ON = re.compile(
    r"\b(?:(?:korrigier|lektorier|redigier|übersetz|transkribier|verschriftlich|digitalisier|überarbeit|entziffer|umformulier|kürz|glätt|(?:ab|ein)(?:zu)?(?:tipp|schreib|scann))(?:e|en|ung)"
    r"|(?:korrektur|gegen|quer)(?:zu)?lesen|korrektorat|lektorat|transkription)\b",
    re.IGNORECASE,
)
"""Work that nobody can begin without what it is done on."""
_QUOTED = re.compile(r"[„\"»][^“\"«]{20,}|\b(?:unten|folgend\w*|nachstehend\w*)\b", re.IGNORECASE)
"""The text to work on stands in the message."""
_SCOPE = re.compile(r"\bsoll\w*\b[^.!?]*\b(?:mit|auch|ebenfalls) (?-i:[a-zäöüß])\w+(?: werden)?\s*\?", re.IGNORECASE)
"""„Sollen Streichungen mit übertragen werden?“ asks about the edge of the work; one can begin."""
_CLAUSE = re.compile(r"[,;:–]\s|\b(?:aber|doch)\b")
_NOT = re.compile(r"\b(?:nicht|nichts|kein\w*|weder|noch nie)\b", re.IGNORECASE)
"""„liegt mir nach wie vor nicht vor“ says of the thing that it has not arrived."""
_BEGINS = re.compile(r"\W*(?:hier|anbei|schon ?mal|vorab|zunächst|erst ?mal)\b", re.IGNORECASE)
"""„Hier die ersten Kapitel, der Rest folgt“."""
_ASIDE = re.compile(
    r"\b(?:bis|ab|seit) wann\b|\bwann (?:passt|brauch|erreich|könn|kann|wäre|hätten|haben)\w*|\btelefon\w*|\bansprechpartner\w*|\beinverstanden\b"
    r"|\b(?:darf|dürfen)\b[^.!?]*\b(?:anrufen|anfangen|starten|beginnen|loslegen|kommen|melden|übernehmen|vorstellen)\b",
    re.IGNORECASE,
)
"""Asked about when and with whom, not about how."""
_SENT = re.compile(r"\b\w*(?:schick|send|lad|reich|zukommen|brauch|bräucht|benötig|schreib|geb|gib|zeig|fehl|leg|häng|kopie|stell|hab|scan|foto|übermitt|überlass)\w*", re.IGNORECASE)
"""Asked so, it is a thing that is asked for; one is told a colour or a choice."""
_ABOUT = re.compile(r"(?:^|[:,]\s)(?:und )?(?:welche\w*|was|wie|wann|wo|wer|warum|soll\w*|dürfen|darf)\b", re.IGNORECASE)
"""A question about what is there already, „welche der beiden Fassungen gilt“."""
_QUESTION = re.compile(r"\b(?:was|welche\w*|wie|wo|wohin|woran|wann|wer|ob|oder|sollen?|darf|dürfen|reicht)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Event:
    """A passage that says something of an item."""

    kind: Kind
    message: Message
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.message.text[self.start : self.end]


@dataclass(slots=True)
class Entry:
    """One item of the checklist with its history."""

    item: Item
    events: list[Event] = field(default_factory=list)
    state: State = "not_needed"

    @property
    def open(self) -> bool:
        return self.state in ("missing", "partial")

    @property
    def asked(self) -> bool:
        """Whether we have asked for it."""
        return any(event.kind == "asked" for event in self.events)


def checklist(thread: Thread, request: Request | None) -> list[Entry]:
    """The five items in the handbook's order.

    :param request: What the customer still owes us an answer to.
    """
    entries = {item: Entry(item) for item in ITEMS}
    for message in chat(thread):
        for item, event in _events(message, thread, entries):
            entries[item].events.append(event)
    for entry in entries.values():
        entry.state = _state(entry, running=thread.task.area == "laufend")
    entries["instruction"] = _instruction(thread, request)
    return list(entries.values())


def _events(message: Message, thread: Thread, entries: dict[Item, Entry]) -> Iterator[tuple[Item, Event]]:
    waited, heard = _waited(entries), set[Item]()
    for sentence in own(message.text):
        for item in _items(sentence, message, entries):
            for kind in _kinds(item, sentence, message):
                heard.add(item)
                yield item, Event(kind, message, sentence.start, sentence.end)
        if message.incoming:
            known = thread.task.area == "laufend" and not _NEW.search(sentence.text)
            for item, need in _needs():
                if says(sentence.text, need.needed) and (item == "manuals" or not known):
                    heard.add(item)
                    yield item, Event("needed", message, sentence.start, sentence.end)
    if message.incoming and not heard and _lacks_its_object(message, thread, entries):
        heard.add("examples")
        yield "examples", Event("needed", message, 0, len(message.text))
    by_tag = _handed if message.incoming else _expected
    yield from ((item, Event(kind, message, 0, len(message.text))) for item, kind in by_tag(message, heard, waited, entries))


def _lacks_its_object(message: Message, thread: Thread, entries: dict[Item, Entry]) -> bool:
    """Whether a new task is to work on something that exists, „bitte korrigieren“, and nothing was ever handed over or said of where it is."""
    new = tagged(message, "aufgabenbeschreibung") and thread.task.area in ("neukunde", "forwarded") and not any(entry.events for entry in entries.values())
    text = message.text
    there = tagged(message, "arbeitsmaterial", "zugangsdaten") or message.attachments or _FILE.search(text) or _QUOTED.search(text) or says(text, review_phrases().given)
    return new and not there and any(_WORKS_ON.search(sentence.text) for sentence in own(text))


def _handed(message: Message, heard: set[Item], waited: list[Item], entries: dict[Item, Entry]) -> Iterator[tuple[Item, Kind]]:
    """What the tags of a customer's message say it hands over, where its words name nothing: „12 345 678 901“, „Ist gemacht“."""
    known = review_phrases()
    if says(message.text, known.put_off + known.announced + known.undecided) and not (_BEGINS.match(message.text) and says(message.text, known.trouble)):
        return
    if tagged(message, "arbeitsmaterial") and not heard - {"logins"}:
        kind: Kind = "needed" if _OFFERED.search(message.text) or _OWNED.search(message.text) else "given"
        kinds: list[Kind] = [kind, "trouble"] if kind == "given" and says(message.text, known.trouble) else [kind]
        yield from ((item, each) for item in waited or _MATERIAL for each in kinds)
    if tagged(message, "zugangsdaten") and "logins" not in heard and _lacking(entries["logins"]):
        yield "logins", "given"


def _expected(message: Message, heard: set[Item], waited: list[Item], entries: dict[Item, Entry]) -> Iterator[tuple[Item, Kind]]:
    """What the tags of our message say it asks for or still misses; and, once the result is there, that nothing was missing any more."""
    again = tagged(message, "erinnerung")
    if tagged(message, "rueckfrage", "erinnerung") and not tagged(message, "ablehnung"):
        if tagged(message, "zugangsdaten") and "logins" not in heard and (again or not _has(entries["logins"])):
            yield "logins", "asked"
        if tagged(message, "arbeitsmaterial") and not heard - {"logins"}:
            known = [item for item, entry in entries.items() if entry.asked and item != "logins"]
            wanted = any(requests(s.text) and _SENT.search(s.text) and not _ABOUT.search(s.text) for s in own(message.text) if not _named(s.text))
            if not again and _has(entries["examples"]) and says(message.text, review_phrases().trouble):
                yield "examples", "trouble"
            elif again or wanted:
                yield from ((item, "asked") for item in (again and (waited or known)) or _MATERIAL)
    elif tagged(message, "ergebnis"):
        yield from ((item, "received") for item, entry in entries.items() if _lacking(entry) and entry.asked)


def _lacking(entry: Entry) -> bool:
    return _state(entry) in ("missing", "partial")


def _has(entry: Entry) -> bool:
    return bool(entry.events) and entry.events[-1].kind in ("given", "received")


def _needs() -> Iterator[tuple[Item, Need]]:
    return ((item, getattr(handbook().checklist, item)) for item in ITEMS[1:])


def _named(text: str) -> list[Item]:
    return [item for item, need in _needs() if says(text, need.words)]


def _items(sentence: Sentence, message: Message, entries: dict[Item, Entry]) -> Iterator[Item]:
    """The items that the sentence is about: those it names, else the one that the message's tags and its wording point to."""
    named = [item for item in _named(sentence.text) if item != "logins" or _of_logins(sentence, message, entries)]
    if "lists" not in named and entries["lists"].asked and _BARE.search(sentence.text):
        named.append("lists")  # „die Tabelle“, once one was asked for
    yield from named
    known, text = review_phrases(), sentence.text
    if named:
        return
    if tagged(message, "zugangsdaten") and says(text, known.access_given + known.access_trouble):
        yield "logins"
        return
    if not (tagged(message, "arbeitsmaterial") or message.attachments):
        return
    brief = len(text.split()) <= BRIEF
    if message.incoming and not _SITE.search(text) and (_FILE.search(text) or says(text, known.given) or (brief and says(text, known.announced))):
        yield from _waited(entries) or ["examples"]
    elif message.outgoing and says(text, known.asks + known.trouble) and not tagged(message, "zugangsdaten", "ablehnung"):
        yield "examples"


def _of_logins(sentence: Sentence, message: Message, entries: dict[Item, Entry]) -> bool:
    """Whether the sentence means a login by its word for one, „laden Sie uns ein“, and not guests."""
    return tagged(message, "zugangsdaten") or bool(_SURELY_LOGIN.search(sentence.text)) or bool(entries["logins"].events)


def _kinds(item: Item, sentence: Sentence, message: Message) -> Iterator[Kind]:
    if item == "logins":
        yield from _access(sentence, message)
        return
    kinds: list[Kind] = list(_outgoing(sentence, message) if message.outgoing else _incoming(sentence))
    if item == "lists" and "needed" in kinds:
        kinds.remove("needed")
    yield from kinds
    if not kinds and item == "lists" and _IN_USE.search(sentence.text):
        yield "named"


def _waited(entries: dict[Item, Entry]) -> list[Item]:
    """The items, logins apart, that we asked for last and have heard nothing of since."""
    return [item for item, entry in entries.items() if entry.events and entry.events[-1].kind == "asked" and item != "logins"]


def _outgoing(sentence: Sentence, message: Message) -> Iterator[Kind]:
    text, known = sentence.text, review_phrases()
    if tagged(message, "ablehnung"):
        return
    if says(text, known.trouble) and tagged(message, "arbeitsmaterial"):
        yield "trouble"
    arrived = any(says(clause, known.received) and not _NOT.search(clause) for clause in _CLAUSE.split(text))
    if arrived and not says(text, known.asks + known.trouble):
        yield "received"
    elif (says(text, known.received) and not arrived) or (requests(text) and not _OPTIONAL.search(text)):
        yield "asked"


def _incoming(sentence: Sentence) -> Iterator[Kind]:
    text, known = sentence.text, review_phrases()
    later = bool(says(text, known.announced + known.put_off))
    part = later and _BEGINS.match(text) and says(text, known.trouble)
    if part or _FILE.search(text) or (says(text, known.given + (() if _NOT.search(text) else known.usual)) and (not later or says(text, known.trouble))):
        yield "given"
        if says(text, known.trouble):
            yield "trouble"
    elif later:
        yield "announced"
    elif _OWNED.search(text):
        yield "needed"


def _access(sentence: Sentence, message: Message) -> Iterator[Kind]:
    """What the sentence says of a login, in the words that logins have."""
    text, known = sentence.text, review_phrases()
    if says(text, known.access_trouble) and (message.outgoing or tagged(message, "zugangsdaten")):
        yield from ("trouble", "asked") if message.outgoing else ("trouble",)
    elif message.outgoing and requests(text):
        yield "asked"
    elif says(text, known.access_given):
        yield "given"
        if message.incoming and says(text, known.announced):
            yield "announced"
    elif message.incoming and says(text, known.trouble):
        yield "needed"  # a file that wants a password does not bring it
    elif message.incoming:
        yield from (kind for kind in _incoming(sentence) if kind != "needed")


def _state(entry: Entry, running: bool = False) -> State:
    need = have = lack = weak = False
    for event in entry.events:
        need = True
        if weak and event.kind == "asked":
            have = False  # „kommt in die Tabelle“ was said of one that we turn out not to have
        weak = event.kind == "named" and not have
        match event.kind:
            case "given" | "received" | "named":
                have, lack = True, False
            case "needed":
                lack = lack or not have
            case "trouble":
                # who has sent nothing has sent nothing unusable; a login that fails in a running task is there
                have, lack = have or event.message.incoming or (running and entry.item == "logins"), True
            case _:
                lack = True
    if not need:
        return "not_needed"
    return ("partial" if lack else "present") if have else "missing"


def _instruction(thread: Thread, request: Request | None) -> Entry:
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
    return bool(_HOW.search(text)) or (bool(_QUESTION.search(text)) and not _named(text))
