"""Sie or du: of a message, and of the house towards a customer.

Counts address forms; „Sie“ at the start of a sentence counts only beside a verb form that is no third person singular,
since it may mean „she“. Plural „ihr“ counts as du.
"""

from __future__ import annotations

import re
from collections import Counter

from nlp.thread import Register, Thread, View

_DU = re.compile(
    r"\b(?:du|dir|dich|dein(?:e[nmrs]?)?|euch|eu(?:er|re[nmrs]?|rige[nr]?)|deinetwegen|selber?st)\b"
    r"|\b(?:hast|bist|kannst|willst|magst|musst|sollst|darfst|wirst|weißt|weisst|möchtest|könntest|würdest|hättest|wärst|wärest|solltest"
    r"|müsstest|dürftest|findest|brauchst|siehst|meinst|denkst|glaubst|machst|gehst|schickst|schaust|gibst|nimmst|kommst|hattest|warst"
    r"|wolltest|konntest|musstest|durftest|wurdest|tust|lässt|sprichst|liest|hältst|bekommst|kriegst|schreibst|sagst|hörst|kennst|heißt\ du)\b"
    r"|\b(?:haste|kannste|willste|biste|machste|weißte|magste|könntste|hättste|schau|guck|sag|gib|nimm|lies|sieh|komm|melde\ dich|lass|probier|"
    r"entschuldige|verzeih|warte|schick|mach|denk|vergiss|sprich|bleib|hör|frag|ruf|trag|leg|stell|geh|check|schreib|halt)\b(?!\s+ich\b)",
    re.IGNORECASE,
)
_IHR_VERB = re.compile(
    r"\b[Ii]hr\s+(?:\w+\s+){0,3}?(?:habt|seid|könnt|wollt|müsst|sollt|dürft|werdet|wisst|möchtet|macht|\w{3,}(?:et|tet))\b"
    r"|\b(?:[Hh]abt|[Ss]eid|[Kk]önnt|[Ww]ollt|[Mm]üsst|[Ss]ollt|[Dd]ürft|[Ww]erdet|[Ww]isst|[Mm]öchtet|[Mm]acht|\w{3,}t)\s+ihr\b",
)
_SIE_INSIDE = re.compile(r"(?<=[\wäöüß,;:„\"(–-]\s)(?:Sie|Ihnen|Ihr(?:e[nmrs]?)?|Ihrerseits|Ihretwegen)\b(?!\w)")
_SIE_FIRST = re.compile(r"(?:^|[.!?…:\n]\s*)(?:Sie\s+(?:\w+en|sind|möchten|tun)\b|Ihnen\b|Ihre?[nmrs]?\s+\w)")
_SIE_VERB = re.compile(r"\b\w+(?:en|ern|eln|sind|seien|tun)\s+Sie\b")
_SIE_LOWER = re.compile(
    r"\b(?:können|könnten|haben|hätten|würden|wollen|möchten|sollen|sollten|sind|werden|müssen|dürfen|schicken|geben|senden|bitten)"
    r"\s+sie\s+(?:mir|mich|uns|bitte|das|die|den|es|mal|da|schon|noch)\b",
    re.IGNORECASE,
)


def evidence(text: str) -> Counter[Register]:
    """How strongly each register shows in the text: 2 for a sure form, 1 for one that may mean „she“ or „they“."""
    sie = {m.end() for m in _SIE_INSIDE.finditer(text)} | {m.end() for m in _SIE_VERB.finditer(text)}
    du = {m.start() for m in _DU.finditer(text)} | {m.start() for m in _IHR_VERB.finditer(text)}
    weak = len(_SIE_FIRST.findall(text)) + len(_SIE_LOWER.findall(text))
    return Counter({"sie": 2 * len(sie) + weak, "du": 2 * len(du)})


def register_of(text: str) -> Register | None:
    """The register the text addresses its reader in; None where it addresses nobody or mixes evenly."""
    counts = evidence(text)
    if counts["sie"] == counts["du"]:
        return None
    return "sie" if counts["sie"] > counts["du"] else "du"


def house_register(thread: Thread) -> Register | None:
    """How the house addresses this customer: the customer's record, else what most outgoing messages do."""
    if thread.task.customer.register is not None:
        return thread.task.customer.register
    votes = Counter(register for message in thread.messages if message.outgoing and (register := register_of(message.text)))
    return votes.most_common(1)[0][0] if votes else None


def register_towards(view: View) -> Register | None:
    """How the customer is addressed when this message is written: the record, else what we wrote before."""
    return house_register(view.thread.model_copy(update={"messages": view.before}))
