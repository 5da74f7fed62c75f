"""Declines: whether a message takes a task off the list, why, and how often the customer was reminded before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from nlp.handbook import handbook, phrases, review_phrases
from nlp.pipeline.wordings import Sentence, sentences
from nlp.thread import Message, Task, View

_THREAT = re.compile(
    r"\?|\b(?:wenn|falls|sonst|andernfalls|sofern|solange|ob (?:wir|ich)|bevor|könnten|würden|müssten|dürfen|spätestens)\b|\bbis (?:zum |\d|\w+tag|morgen|ende)",
    re.IGNORECASE,
)
"""What is said to come if the customer does not answer has not come yet."""
_IF = re.compile(
    r"\b(?:wenn|falls|sofern|sollten?)\b"
    r"|(?:^|[.!?:]\s+|\A[^,\n]{0,60},\s+)(?:komm(?:t|en|st)|hör(?:en|e)|bekomm(?:en|e)|erhalten?|erreich(?:t|en)|meld(?:en|est|et)|bleib(?:t|en)|fehl(?:t|en)|lieg(?:t|en))\s"
    r"(?:[^.!?,]|(?<=\d)\.){0,100},\s*(?:dann |so )?\w+",
    re.IGNORECASE,
)
"""„Hören wir bis Freitag nichts, müssten wir ablehnen“: a condition, whatever the tags."""
_STOP = re.compile(r"[.!?;]\s")
NEAR = 20
"""Characters around an approval in which a „nicht“ belongs to it."""


def needs_approval(task: Task) -> bool:
    """Whether the task is so long that an approver has to agree before it is declined."""
    hours = task.key_data.get("hours_budget")
    return isinstance(hours, int | float) and hours > handbook().process.approval_above_hours


def declined(view: View) -> Sentence | None:
    """The sentence by which the house declines the task, for whichever reason; None if the message does not.

    The end of an add-on is no decline, nor is what the customer has asked for.
    """
    if unanswered(view):
        return unanswered(view)
    last = next((m for m in reversed(_chat(view)) if m.incoming), None)
    if not _tagged(view.message, "ablehnung") or _tagged(view.message, "addon") or _tagged(view.message, "erinnerung") or last is None:
        return None
    if _tagged(last, "ablehnung"):
        return None
    return next((s for s in sentences(view.message.text, phrases().declined_plainly) if s.strong and not _THREAT.search(s.text)), None)


def unanswered(view: View) -> Sentence | None:
    """The sentence by which the house declines the task since the customer did not answer; None if the message does not."""
    text, reminds = view.message.text, _tagged(view.message, "erinnerung")
    if _tagged(view.message, "addon") or (reminds and (_THREAT.search(text) or not _tagged(view.message, "ablehnung"))):
        return None
    said = list(sentences(text, phrases().declined))
    declining = next((s for s in said if s.strong and not _IF.search(s.text)), None)
    unheard = {s.start for s in sentences(text, phrases().unheard) if s.strong and not _IF.search(s.text)}
    if _tagged(view.message, "ablehnung") and _waited(view):
        return declining or (max(said, key=lambda s: len(s.text), default=None) if unheard else None)
    sure = _tagged(view.message, "ablehnung") or _waited(view)
    return next((s for s in said if sure and s.strong and s.start in unheard), None)


def reminders(view: View) -> int:
    """How often the customer was reminded before the message."""
    chat = _chat(view)
    return sum(_tagged(m, "erinnerung") or _reminds(m, chat[n - 1] if n else None) for n, m in enumerate(chat) if m.outgoing)


def approval(messages: Iterable[Message]) -> Message | None:
    """The first note that holds an approver's yes to a decline; a yes on a condition counts from the note that says it is met.

    „keine Freigabe“ and „noch nicht freigegeben“ say the contrary.
    """
    pending = False
    for note in (message for message in messages if message.channel == "note"):
        if pending and _says(note.text, review_phrases().condition_met):
            return note
        if _approves(note.text) and not _says(note.text, review_phrases().conditional):
            return note
        pending |= _approves(note.text)
    return None


def _approves(text: str) -> bool:
    no = re.compile("|".join(phrases().unapproved), re.IGNORECASE)
    yes = re.finditer("|".join(phrases().approved), text, re.IGNORECASE)
    around = (_STOP.split(text[max(0, m.start() - NEAR) : m.start()])[-1] + m[0] + _STOP.split(text[m.end() : m.end() + NEAR])[0] for m in yes)
    return any(not no.search(near) for near in around)


def _says(text: str, wordings: tuple[str, ...]) -> bool:
    return bool(re.search("|".join(wordings), text, re.IGNORECASE))


def _reminds(message: Message, before: Message | None) -> bool:
    """Whether it takes up again, in so many words, what the house had written last."""
    follows = before is not None and before.outgoing
    return follows and any(s.strong for s in sentences(message.text, phrases().reminded))


def _waited(view: View) -> bool:
    """Whether something the customer was asked for is open: the last we wrote has no answer."""
    ours = list(takewhile(lambda m: m.outgoing, reversed(_chat(view))))
    return any("?" in m.text or _tagged(m, "rueckfrage") or _tagged(m, "erinnerung") for m in ours)


def _chat(view: View) -> list[Message]:
    return [m for m in view.before if m.channel == "chat"]


def _tagged(message: Message, tag: str) -> bool:
    return tag in (message.tags or ())
