"""What the customer has booked, by the chat, and where a message of ours names another option, day, time or notice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.pipeline.booking import OFFERED, OPTION, confirmed, confirms, elements
from nlp.pipeline.claims import AS_AGREED, Claim, clock
from nlp.pipeline.facts import WEEKDAYS
from nlp.pipeline.schedule import days, notices, same, times
from nlp.pipeline.wordings import Sentence, lower, sentences
from nlp.thread import Message, View

_FILLER = r"(?:dann|also|ja|bitte|ok|okay|gut|wir|ich|nehmen?|nehm|die|das|wäre|gern|lieber|option|variante|nr\.?)[ ,:]+"
_BARE = re.compile(rf"^\W*(?:{_FILLER}){{0,4}}(?P<label>[a-z]\d?|\d|[ivx]{{1,3}})\b(?![.:]\d|-\w)", re.IGNORECASE)
_SIZED = re.compile(r"\b(?:das|die|den) (klein|groß|gross)e[nr]?\b(?! \w+ (?:liste|datei|tabelle))", re.IGNORECASE)
_TURN = re.compile(r"\b(?:ach nein|nein|nee?|doch lieber|lieber|sondern|stattdessen|vielmehr)\b", re.IGNORECASE)
_NOT_SO = re.compile(r"[^.!?,;]{0,80}\b(?:hab(?:e)? ich|bin ich|nicht|kein|rief|geht da)\b[^.!?,;]{0,80}", re.IGNORECASE)
_ENDS = re.compile(r"kündig|kündbar|frist\b|vorlauf|ausst(?:eig|ieg)|\braus\b|beend|lösen|lösbar")
_SWITCHED = re.compile(
    r"\b(?P<new>\d{1,2})(?:[:.](?P<newm>\d\d))?(?:\s*uhr)?\s+(?:statt|und nicht|nicht mehr)\s+(?:um\s+)?(?P<old>\d{1,2})(?:[:.](?P<oldm>\d\d))?\b"
    r"(?!\s*(?:euro|€|stunden|seiten|personen))",
    re.IGNORECASE,
)


def departures(view: View) -> Iterator[Claim]:
    """What the message states otherwise than the customer has chosen."""
    customers = [m for m in view.before if m.incoming and m.channel == "chat"]
    if customers and confirms(view):
        yield from _optioned(view, customers[-1])
        yield from _timed(view, customers[-1])
    if "addon" in (view.message.tags or ()) and _ENDS.search(lower(view.message.text)):
        yield from _noticed(view)
    yield from _switched(view, customers)
    yield from _agreed(view)


def _optioned(view: View, choice: Message) -> Iterator[Claim]:
    """The option of the confirmation against the one the customer has picked."""
    label = _label(view, choice)
    named = [m for m in OPTION.finditer(view.message.text) if _name(m)]
    if label and named and all(_name(m) != label and (len(label) < 4) == (len(_name(m)) < 4) for m in named):
        start = named[0].start(named[0].lastgroup or 0)
        right = label.upper() if len(label) < 4 else label
        yield Claim(start, named[0].end(), f"„{right}“", "Gewählt ist", right)


def _timed(view: View, choice: Message) -> Iterator[Claim]:
    """Days and times of the confirmation against what the customer has written last, else against the offer picked."""
    said, offer = _NOT_SO.sub("", choice.text), _offer(view, _label(view, choice))
    turned = _TURN.split(said)[-1]
    wanted = set(days(turned) or days(said) or days(offer))
    wished = dict(times(turned)) or dict(times(said)) or dict(times(offer))
    first = not any(True for _ in confirmed(view))
    for sentence in sentences(view.message.text):
        named, told = days(sentence.text), dict(times(sentence.text))
        if len(elements(sentence.text)) < 2:
            continue
        if first and named and wanted and not set(named) <= wanted and not wanted <= set(named):
            wrong = next(day for day in named if day not in wanted)
            yield _at(sentence, named[wrong], ", ".join(WEEKDAYS[day].capitalize() for day in sorted(wanted)), "Gewählt ist")
        if told and wished and not any(same(a, b) for a in told for b in wished):
            yield _at(sentence, next(iter(told.values())), " und ".join(map(clock, wished)), "Gewählt ist")


def _noticed(view: View) -> Iterator[Claim]:
    """The notice period against what we have written before."""
    told = {period for m in view.before if m.outgoing for period, _, _ in notices(m.text)}
    found = list(notices(view.message.text))
    if told and found and not told & {period for period, _, _ in found} and len(OFFERED.findall(view.message.text)) < 2:
        yield Claim(*found[0][1:], " oder ".join(map(_period, sorted(told))), "Als Frist steht im Chat bisher")


def _switched(view: View, customers: list[Message]) -> Iterator[Claim]:
    """A time that the customer has replaced („13 Uhr statt 14“)."""
    told = dict(times(view.message.text))
    for match in (m for message in customers[-3:] for m in _SWITCHED.finditer(message.text)):
        new, old = (int(match[hour]) * 60 + int(match[minute] or 0) for hour, minute in (("new", "newm"), ("old", "oldm")))
        if old in told and new not in told and "statt" not in view.message.text:
            yield Claim(*told[old], clock(new), "Der Kunde hat geändert auf")


def _agreed(view: View) -> Iterator[Claim]:
    """A time „wie besprochen“ that nobody has spoken of."""
    known = {minute for m in view.before if m.channel == "chat" for minute, _ in times(m.text)}
    for sentence in sentences(view.message.text) if known else ():
        told = dict(times(sentence.text)) if AS_AGREED.search(lower(sentence.text)) else {}
        if told and not any(same(minute, other) for minute in told for other in known):  # of several times one may be new
            yield _at(sentence, next(iter(told.values())), " und ".join(map(clock, sorted(known)[:3])), "Im Chat steht bisher")


def _at(sentence: Sentence, place: tuple[int, int], right: str, source: str) -> Claim:
    return Claim(sentence.start + place[0], sentence.start + place[1], right, source)


def _label(view: View, choice: Message) -> str | None:
    """The option the customer picks, lower case; None if it is none, or not clear."""
    named = {name for m in OPTION.finditer(choice.text) if (name := _name(m))} or {_plain(m[1]) for m in _SIZED.finditer(choice.text)}
    offered = {m["label"].lower() for each in view.before if each.outgoing for m in OFFERED.finditer(each.text) if m["label"]}
    bare = _BARE.match(choice.text)
    if named or not bare:
        return named.pop() if len(named) == 1 else None
    return bare["label"].lower() if bare["label"].lower() in offered else None


def _name(match: re.Match[str]) -> str:
    return _plain(next((match[group] for group in ("kind", "name", "roman", "bare", "sized") if match[group]), ""))


def _plain(label: str) -> str:
    return label.lower().replace("ss", "ß")


def _offer(view: View, label: str | None) -> str:
    """What stands behind the label in the last offer that has it, up to the next label."""
    for text in (m.text for m in reversed(view.before) if m.outgoing and label):
        marks = [m for m in OFFERED.finditer(text) if m["label"]]
        for mark, following in zip(marks, (*marks[1:], None), strict=False):
            if mark["label"].lower() == label:
                return text[mark.end() : following.start() if following else len(text)]
    return ""


def _period(period: int) -> str:
    if period % 7 == 0:
        return f"{period // 7} Woche{'n' * (period > 7)}"
    return f"{period} Tage" if period % 30 else f"{period // 30} Monat{'e' * (period > 30)}"
