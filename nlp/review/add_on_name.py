"""What an add-on is called: as the key data call it, else as the house introduces it, else by the customer's words."""

from __future__ import annotations

import re

from nlp.review.reading import tagged
from nlp.thread import Message, Thread

_CALLED = re.compile(
    r"\b(?:heißt|heisst|nennt sich|nennen wir|führen wir|läuft|gibt es|buchbar|buchen sie|buchst du|kennen wir)\s+"
    r"(?:(?:das|es|sie|hier|bei uns|wir|als|unter|dem namen|dafür)\s+)*(?:add-on\s+)?(?:das\s+|die\s+|den\s+|unser\w*\s+)?[„\"]?"
    r"(?P<called>(?-i:(?!Option|Variante|Modell|Paket|Stufe|Tarif)[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)*(?:-[a-zäöüß]+)?(?: [Pp]lus)?))(?=[“\"]?[.,:;!? ])",
    re.IGNORECASE,
)
"""An add-on is introduced: „das heißt bei uns Vier-Augen-Prüfung“."""
_ADD_ON = re.compile(
    r"\badd-on:?\s+[„\"](?P<called>[^“\"]{3,40})[“\"]|\badd-on:?\s+(?P<bare>(?-i:[A-ZÄÖÜ])\w{4,})\b|"
    r"\b(?:(?P<fixed>feste[rn]? schicht)|(?P<jour>jour[ -]fixe)"
    r"|(?P<name>(?!zusatz|preis)(?-i:[A-ZÄÖÜ])\w*(?:dienst|schicht|bereitschaft|service|paket|garantie|runde|spur|express|assistenz|tandem))s?"
    r"|(?P<express>express\w*))\b",
    re.IGNORECASE,
)


def _introduced(about: list[Message]) -> str | None:
    """The name by which the house introduces the add-on."""
    found = (_CALLED.search(message.text) for message in about if message.outgoing and tagged(message, "addon"))
    return next((match["called"] for match in found if match), None)


def name_of(thread: Thread, about: list[Message]) -> str:
    """The name of the add-on that the messages are about: as the key data call it, else as we do, else the customer."""
    texts = "\n".join(message.text for message in sorted(about, key=lambda message: message.incoming))
    known = [re.split(r"[,:]", str(name))[0] for name in thread.task.key_data.get("addons") or ()]
    for name in reversed(known):
        if name.lower()[-6:] in texts.lower():
            return name
    called = None if re.search(r"feste[rn]? schicht", texts, re.IGNORECASE) else _introduced(about)
    if called:
        return called
    match = _ADD_ON.search(texts)
    if match is None:
        return known[-1] if known else "Add-on"
    if match["name"] or match["called"] or match["bare"]:
        return str(match["name"] or match["called"] or match["bare"])
    return "feste Schicht" if match["fixed"] else "Jour fixe" if match["jour"] else "Express"
