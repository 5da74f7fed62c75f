"""How a message becomes the encoder's input: one pass over context, open questions and the message.

``<s> title </s> context </s> question </s> question </s> … message </s>``: the title is the task's, the context what was said just
before, most recent last; the separator that closes a question carries that question's answer status.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tokenizers import Tokenizer

from nlp.thread import AnswerStatus, Kind, Message, Topic, View

SEGMENTS = ("context", "question", "message")
BOUNDARIES = ("O", "B", "I")
KINDS: tuple[Kind, ...] = ("direct", "indirect", "request", "work_request")
TOPICS: tuple[Topic, ...] = (
    "kosten", "zeitaufwand", "termin", "ablauf", "leistung", "person", "zugang", "status", "unterlagen", "entscheidung", "sonstiges",
)  # fmt: skip
STATUSES: tuple[AnswerStatus, ...] = ("answered", "deferred", "missed")
LEARNT_RULES = {
    "chatbot-tone": "chat", "vague-promise": "chat", "internal-leak": "chat", "contract-in-notes": "note", "admin-question-in-notes": "note",
}  # fmt: skip
"""Rules that look at a trained score as well as at words, and the channel they read."""

TITLE_TOKENS = 14
CONTEXT_TOKENS = 80
QUESTION_TOKENS, QUESTION_ROOM = 40, 160
"""Tokens of one question at most, and of all together."""
MAX_QUESTIONS = 12
MAX_CHARS = 1_100
"""A window of a message has at most this many characters; longer messages are read in several windows."""
MAX_TOKENS = 512
LONGEST = 1_000
"""Of texts of so many characters, tokens are remembered: titles, questions and what was said before are read again and again."""
BEGIN, END = 0, 2
_SURROGATE = re.compile("[\ud800-\udfff]")
_VOICE = {"customer": "Kunde", "assistant": "VPA", "team": "Team"}


@dataclass(frozen=True, slots=True)
class Input:
    """Token ids and segment ids of one pass, ``[length]`` each.

    ``first`` is the position of the message's first token; ``offsets`` are the message's tokens in characters of the
    text; ``markers`` are the positions of the separators that close the questions, ``firsts`` of the questions' first tokens.
    """

    ids: list[int]
    segments: list[int]
    first: int
    offsets: list[tuple[int, int]]
    firsts: list[int]
    markers: list[int]


def voice(message: Message, since_days: int = 0) -> str:
    """Who speaks, and after which silence: ``Team, 4 Tage später:``."""
    who = f"Notiz {_VOICE[message.author]}" if message.channel == "note" else _VOICE[message.author]
    return f"{who}, {since_days} Tage später:" if since_days >= 2 else f"{who}:"


def silence(view: View) -> int:
    """Days between this message and the one before it."""
    if not view.index or (now := view.message.sent_at) is None or (last := view.before[-1].sent_at) is None:
        return 0
    return (now.date() - last.date()).days


def build(tokenizer: Tokenizer, view: View, questions: Sequence[str], text: str | None = None) -> Input:
    """The input for ``view``'s message, or for ``text``, a window of it."""
    ids, segments = [BEGIN], [0]

    def add(tokens: Sequence[int], segment: str) -> None:
        ids.extend(tokens)
        segments.extend([SEGMENTS.index(segment)] * len(tokens))

    if title := view.thread.task.title:
        add([*_plain(tokenizer, title[:200])[:TITLE_TOKENS], END], "context")
    add([*_context(tokenizer, view, CONTEXT_TOKENS), END], "context")
    firsts, markers = [], []
    asked = questions[:MAX_QUESTIONS]
    each = min(QUESTION_TOKENS, QUESTION_ROOM // max(1, len(asked)))
    for question in asked:
        firsts.append(len(ids))
        add([*_plain(tokenizer, question)[:each], END], "question")
        markers.append(len(ids) - 1)
    add(_plain(tokenizer, voice(view.message, silence(view))), "context")
    message = tokenizer.encode(readable(view.message.text if text is None else text), add_special_tokens=False)
    room = MAX_TOKENS - len(ids) - 1
    first = len(ids)
    add(message.ids[:room], "message")
    add([END], "context")
    return Input(ids, segments, first, message.offsets[:room], firsts, markers)


def readable(text: str) -> str:
    """The text with what no tokenizer takes (lone surrogates) replaced one to one, so that offsets hold."""
    return _SURROGATE.sub("\ufffd", text)


def _plain(tokenizer: Tokenizer, text: str) -> tuple[int, ...]:
    return _short(tokenizer, text) if len(text) <= LONGEST else _short.__wrapped__(tokenizer, text)


@lru_cache(2_048)
def _short(tokenizer: Tokenizer, text: str) -> tuple[int, ...]:
    return tuple(tokenizer.encode(readable(text), add_special_tokens=False).ids)


def _context(tokenizer: Tokenizer, view: View, room: int) -> list[int]:
    """What was said before, at most ``room`` tokens: the end of it, whole messages as far as they fit."""
    tokens: list[int] = []
    for message in reversed(view.before):
        said = [*_plain(tokenizer, voice(message)), *_plain(tokenizer, message.text[-8 * room :])[-(room - 4) :]]
        if tokens and len(tokens) + len(said) > room:
            break
        tokens = said + tokens
    return tokens[-room:]
