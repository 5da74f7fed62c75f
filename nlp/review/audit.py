"""Tag audit: tags that are missing or doubtful, by the model's probability and by what the handbook says outright."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nlp.handbook import Taxonomy, handbook
from nlp.pipeline.booking import confirms
from nlp.review.asked import Request, reminds
from nlp.review.reading import own, tagged
from nlp.review.record import Evidence, TagRemark
from nlp.thread import Message, Thread, View, views


def audit(thread: Thread, tags: Taxonomy, untagged: Collection[str] = ()) -> list[TagRemark]:
    """Remarks in the order of the chat, once per message and tag.

    :param untagged: Ids of messages that nobody had tagged; for a new customer the team's own among them are reported.
    """
    found: dict[tuple[str, str], TagRemark] = {}
    for view in views(thread):
        for remark in (*_by_rule(view), *_by_score(view.message, tags), *_untagged(view, untagged)):
            found.setdefault((remark.message, remark.tag), remark)
    return list(found.values())


def _by_rule(view: View) -> Iterator[TagRemark]:
    message = view.message
    asks = any(question.expects_answer for question in message.questions or ())
    if message.incoming and asks and not tagged(message, "kundenfrage"):
        quote = next(question.quote for question in message.questions or () if question.expects_answer)
        yield _remark(message, "kundenfrage", "missing", "Der Kunde fragt etwas, das eine Antwort braucht.", quote=quote)
    if message.incoming and message.questions is not None and not asks and tagged(message, "kundenfrage"):
        yield _remark(message, "kundenfrage", "doubtful", "In der Nachricht ist keine Frage gefunden, die eine Antwort braucht.")
    if (sentence := confirms(view)) and not tagged(message, "aufgabenbeschreibung"):
        yield _remark(message, "aufgabenbeschreibung", "missing", "Die Bestätigung einer Buchung ist Vertragsinhalt (Handbuch 4).", quote=sentence.text)
    if message.outgoing and tagged(message, "rueckfrage") and not tagged(message, "erinnerung") and _asks_again(view):
        yield _remark(message, "erinnerung", "missing", "Dasselbe war schon erfragt und ist unbeantwortet.")


def _asks_again(view: View) -> bool:
    said = [message for message in view.before if message.channel == "chat"]
    return bool(said) and said[-1].outgoing and tagged(said[-1], "rueckfrage") and reminds(view.message, Request([said[-1]]))


def _by_score(message: Message, tags: Taxonomy) -> Iterator[TagRemark]:
    figures = handbook().audit
    for tag, score in (message.tag_scores or {}).items():
        if tag not in tags or not tags[tag].allows(message.author):
            continue
        if score >= figures.missing_from and not tagged(message, tag):
            yield _remark(message, tag, "missing", f"Das Modell hält „{tags[tag].label}“ für zutreffend.", score)
        elif score < figures.doubtful_below and tagged(message, tag):
            yield _remark(message, tag, "doubtful", f"Das Modell hält „{tags[tag].label}“ für unwahrscheinlich.", score)
    for tag in message.tags_unsure or ():
        yield _remark(message, tag, "doubtful", "Das Modell ist sich nicht sicher.", (message.tag_scores or {}).get(tag))


def _untagged(view: View, untagged: Collection[str]) -> Iterator[TagRemark]:
    """The team tags what it sends to a new customer itself (Handbuch 3)."""
    message = view.message
    if view.thread.task.area == "neukunde" and message.author == "team" and message.outgoing and message.id in untagged:
        for tag in message.tags or ():
            yield _remark(message, tag, "untagged", "Eigene Nachricht an einen Neukunden ohne Tags (Handbuch 3).", (message.tag_scores or {}).get(tag))


def _remark(message: Message, tag: str, kind: str, reason: str, score: float | None = None, quote: str = "") -> TagRemark:
    given = next(iter((message.tag_evidence or {}).get(tag, ())), None)
    start = message.text.find(quote) if quote else int(given["start"]) if given else -1
    end = start + len(quote) if quote else int(given["end"]) if given else -1
    if start < 0:
        start, end = next(((s.start, s.end) for s in own(message.text)), (0, len(message.text)))
    return TagRemark.model_validate(
        {"message": message.id, "tag": tag, "kind": kind, "score": score, "reason": reason, "evidence": Evidence.of(message, start, end)}
    )
