"""What we asked the customer for: whether it is still outstanding, since when, and how often we reminded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nlp.handbook import review_phrases
from nlp.pipeline.words import content
from nlp.review.dates import sent
from nlp.review.decline import refuses
from nlp.review.options import options
from nlp.review.reading import body, chat, own, says, tagged
from nlp.thread import Message, Thread

STEM = 6
"""Letters by which words are compared."""
_TOPICS = ("arbeitsmaterial", "zugangsdaten", "termin", "zeit_kosten", "addon")
_THINGS = frozenset({"arbeitsmaterial", "zugangsdaten"})
"""Who asks for one of these wants to be given something."""
_ASKING = frozenset({"rueckfrage", "erinnerung"})
_TOLD = ("zusammenarbeit", "zeit_kosten", "ablehnung")
_DENIES = re.compile(
    r"\b(?:nein|nee|brauch\w* (?:\w+ ){0,3}(?:nicht|keine?n?)|(?:gibt|gib) es (?:\w+ )?(?:nicht|keine?n?)|keine?n?|ohne|weglassen|lass\w* (?:\w+ ){0,3}weg)\b",
    re.IGNORECASE,
)
"""There is nothing to be had, so that nothing is outstanding."""
_REPORTS = frozenset({"ergebnis", "zwischenstand", "lob"})
_THANKS = re.compile(r"\W*(?:(?:vielen|herzlichen|besten|lieben) )?(?:danke?\w*|super|toll|prima|klasse|perfekt|gerne?)(?:\W+\w+){0,3}\W*", re.IGNORECASE)
_VERDICT = re.compile(
    r"\W*(?:ja|jo|jep|nein|nee?|gern\w*|passt|ok|okay|klar|unbedingt|genau|richtig|stimmt|einverstanden|bitte|lieber|beides?|keine?s?|dass|nach)\b", re.IGNORECASE
)


@dataclass(slots=True)
class Request:
    """Something we asked for: ``asked`` are the messages that ask, reminders among them, oldest first."""

    asked: list[Message]
    reminders: list[Message] = field(default_factory=list)

    @property
    def last(self) -> Message:
        return self.asked[-1]


def outstanding(thread: Thread) -> tuple[Request | None, int]:
    """The request that waits for the customer, None if none does, and the reminders sent for it so far."""
    now: Request | None = None
    settled: Request | None = None
    ours: Message | None = None
    for message in chat(thread):
        if message.incoming:
            if now and settles(message, now, direct=ours is now.last):
                now, settled = None, now
            continue
        ours = message
        if reminds(message, now):
            # who is reminded has not answered, whatever the replies in between looked like
            now = now or settled or Request([])
            now.asked.append(message)
            now.reminders.append(message)
        elif asks(message):
            now = now or Request([])
            now.asked.append(message)
        elif tagged(message, "ergebnis") and says(message.text, review_phrases().done):
            now = None
    return now, len(now.reminders) if now else 0


def asks(message: Message) -> bool:
    """Whether the message asks the customer for something the task needs: by its tag, by a question, or in so many words where it has no tags or they are unsure."""
    asking = _ASKING & {*(message.tags or ())}
    if asking - {*(message.tags_unsure or ())} or (tagged(message, "addon") and options(message.text)):
        return True
    if message.tags and _REPORTS.issuperset(message.tags):
        return False  # „Gefällt es Ihnen?“ after a result
    material = tagged(message, "arbeitsmaterial", "zugangsdaten") and not tagged(message, "ergebnis", "zwischenstand", "ablehnung")
    return any(_question(sentence.text) for sentence in body(message.text)) or ((material or asking or not message.tags) and _worded(message))


def _worded(message: Message) -> bool:
    return any(requests(sentence.text) for sentence in own(message.text))


def requests(sentence: str) -> bool:
    """Whether the sentence asks for something, in whichever words."""
    known = review_phrases()
    return _question(sentence) or (bool(says(sentence, known.asks + known.blocked)) and not says(sentence, known.courtesy))


def _question(sentence: str) -> bool:
    return sentence.rstrip(" )\"“”*😊🙂").endswith("?") and not says(sentence, review_phrases().courtesy)


def reminds(message: Message, now: Request | None) -> bool:
    """Whether the message reminds: by its tag, in so many words, or since it asks again, days later, with no answer in between."""
    if refuses(message):
        return False
    if tagged(message, "erinnerung") or (now is not None and any(says(sentence.text, review_phrases().reminding) for sentence in body(message.text))):
        return True
    if now is None or tagged(message, "ablehnung") or not (tagged(message, "rueckfrage") or _worded(message)):
        return False
    days = (sent(message).date() - sent(now.last).date()).days
    return days >= 2 and any(_about(message) & _about(asked) for asked in now.asked)


def _about(message: Message) -> set[str]:
    """The beginnings of its content words, so that „verstorben“ and „Verstorbene“ are one."""
    return {word[:STEM] for word in content(message.text)}


def settles(reply: Message, request: Request, direct: bool) -> bool:
    """Whether the customer's message answers the request rather than puts it off or speaks of something else.

    :param direct: The request was the last we wrote, so that whatever the customer says is likely about it.
    """
    known, text = review_phrases(), reply.text
    if any(says(sentence.text, known.put_off + known.announced) for sentence in own(text)) or says(text, known.undecided):
        return False
    asked = {tag for message in request.asked for tag in message.tags or ()}
    if tagged(reply, "aufgabenbeschreibung") or any(tag in asked and tagged(reply, tag) for tag in _TOPICS):
        return True
    if reply.attachments or says(text, known.given) or (not reply.tags and not asked & _THINGS and _VERDICT.match(text)):
        return True
    if asked & _THINGS and not tagged(reply, *_TOLD):
        return direct and bool(_DENIES.search(text))  # a promise, a question, a nod bring nothing
    return direct and not _THANKS.fullmatch(text)
