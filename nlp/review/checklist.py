"""The starter kit: what the task needs, what is there, what is missing, each with the passages that say so.

Every sentence of the chat is read for an item (an instruction, material, a list, a login, a manual) and for what it says of it: it is asked for, announced,
handed over, arrived, or gives trouble. The states follow from that sequence. Internal notes do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.handbook import review_phrases
from nlp.pipeline.wordings import Sentence
from nlp.review.asked import Request, requests
from nlp.review.instruction import instruction
from nlp.review.passages import BEGINS, FILE, ITEMS, OWNED, Entry, Event, Kind, kinds_of, named_items, needs
from nlp.review.reading import chat, own, says, tagged
from nlp.review.record import Item, State
from nlp.thread import Message, Thread

_MATERIAL: tuple[Item, ...] = ("examples",)
BRIEF = 14
"""Words of a sentence that announces something without saying what, „der Rest kommt morgen“; longer ones speak of other things."""
_NEW = re.compile(r"\b(?:neu\w*|erstmals|noch nie|(?:haben|hast|habt) (?:sie|du|ihr) (?:\w+ )?nicht)\b", re.IGNORECASE)
"""In a running task the assistant has what was used before; something is needed only where it is new."""
_SITE = re.compile(r"\b(?:seite|website|webseite|homepage|shop)\b[^.!?]{0,20}\b(?:www\.|https?://|[\w-]+\.(?:de|com|org|at|ch)\b)", re.IGNORECASE)
"""The address of the place to work at, not something to work with."""
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
_SENT = re.compile(r"\b\w*(?:schick|send|lad|reich|zukommen|brauch|bräucht|benötig|schreib|geb|gib|zeig|fehl|leg|häng|kopie|stell|hab|scan|foto|übermitt|überlass)\w*", re.IGNORECASE)
"""Asked so, it is a thing that is asked for; one is told a colour or a choice."""
_ABOUT = re.compile(r"(?:^|[:,]\s)(?:und )?(?:welche\w*|was|wie|wann|wo|wer|warum|soll\w*|dürfen|darf)\b", re.IGNORECASE)
"""A question about what is there already, „welche der beiden Fassungen gilt“."""


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
    entries["instruction"] = instruction(thread, request)
    return list(entries.values())


def _events(message: Message, thread: Thread, entries: dict[Item, Entry]) -> Iterator[tuple[Item, Event]]:
    waited, heard = _waited(entries), set[Item]()
    for sentence in own(message.text):
        for item in _items(sentence, message, entries):
            for kind in kinds_of(item, sentence, message):
                heard.add(item)
                yield item, Event(kind, message, sentence.start, sentence.end)
        if message.incoming:
            known = thread.task.area == "laufend" and not _NEW.search(sentence.text)
            for item, need in needs():
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
    there = tagged(message, "arbeitsmaterial", "zugangsdaten") or message.attachments or FILE.search(text) or _QUOTED.search(text) or says(text, review_phrases().given)
    return new and not there and any(_WORKS_ON.search(sentence.text) for sentence in own(text))


def _handed(message: Message, heard: set[Item], waited: list[Item], entries: dict[Item, Entry]) -> Iterator[tuple[Item, Kind]]:
    """What the tags of a customer's message say it hands over, where its words name nothing: „12 345 678 901“, „Ist gemacht“."""
    known = review_phrases()
    if says(message.text, known.put_off + known.announced + known.undecided) and not (BEGINS.match(message.text) and says(message.text, known.trouble)):
        return
    if tagged(message, "arbeitsmaterial") and not heard - {"logins"}:
        kind: Kind = "needed" if _OFFERED.search(message.text) or OWNED.search(message.text) else "given"
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
            wanted = any(requests(s.text) and _SENT.search(s.text) and not _ABOUT.search(s.text) for s in own(message.text) if not named_items(s.text))
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


def _items(sentence: Sentence, message: Message, entries: dict[Item, Entry]) -> Iterator[Item]:
    """The items that the sentence is about: those it names, else the one that the message's tags and its wording point to."""
    named = [item for item in named_items(sentence.text) if item != "logins" or _of_logins(sentence, message, entries)]
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
    if message.incoming and not _SITE.search(text) and (FILE.search(text) or says(text, known.given) or (brief and says(text, known.announced))):
        yield from _waited(entries) or ["examples"]
    elif message.outgoing and says(text, known.asks + known.trouble) and not tagged(message, "zugangsdaten", "ablehnung"):
        yield "examples"


def _of_logins(sentence: Sentence, message: Message, entries: dict[Item, Entry]) -> bool:
    """Whether the sentence means a login by its word for one, „laden Sie uns ein“, and not guests."""
    return tagged(message, "zugangsdaten") or bool(_SURELY_LOGIN.search(sentence.text)) or bool(entries["logins"].events)


def _waited(entries: dict[Item, Entry]) -> list[Item]:
    """The items, logins apart, that we asked for last and have heard nothing of since."""
    return [item for item, entry in entries.items() if entry.events and entry.events[-1].kind == "asked" and item != "logins"]


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
