"""Sentences of German chat text: missing punctuation, lists, line breaks, abbreviations, dates, emoji, URLs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from spacy.attrs import SENT_START  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipeline.kept import kept

_ABBREVIATIONS = frozenset(
    """abs abt allg alt bes betr bez bzgl bzw ca co dgl dipl dr eig einschl etc evtl exkl fa ff fr gem ggf hr hrsg i.d.r inkl insb
    int jh kap kfm lfd lt m.e max mfg mind min mio mr mrd mrs nr o.ä o.g pos prof rd ref s s.o s.u sog std st str tel u
    u.a usf usw v vgl vs wg z.b z.t z.hd zb zw zzgl jan feb mär apr jun jul aug sep sept okt nov dez jän tgl wchtl mtl stck stk inkl bspw
    a.d b.b d.h d i.e i.v p.a u.u vorm nachm lic""".split()
)
_END = re.compile(
    r"(?P<stop>[.!?…]+)(?P<close>[\"“”»«')\]]*)(?P<smile>(?:\s?[:;]-?[)(DP])?)(?=\s|$)"
    r"|(?P<glued>(?<=[a-zäöüß)])[!?]+(?=[A-Za-zÄÖÜäöü])|(?<=[a-zäöüß]{2})\.(?=[A-ZÄÖÜ][a-zäöü]))"
    r"|(?P<break>\n\s*\n\s*|\n)"
    r"|(?P<emoji>[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+)(?=\s+\S)"
)
_BULLET = re.compile(r"\s*(?:[-–•*·]\s|\(?\d{1,2}[.)]\s|[a-z]\)\s|>)")
_MONTH = r"(?:jan|feb|mär|maer|apr|mai|jun|jul|aug|sep|okt|nov|dez|jän)\w*"
_AFTER_ORDINAL = re.compile(rf"\s+(?:{_MONTH}|\d|quartal|woche|kw|stock|klasse|auflage|platz|stunde|mal|oder\b|und\b|bis\b|–|-)", re.IGNORECASE)
_URL_BEFORE = re.compile(r"(?:https?:|www\.|@)\S*$")
_WIDE = 60
"""A line at least this long may have been broken by a mail program rather than by its writer."""


@kept
def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence in characters, without the white space around it, in order."""
    start = 0
    for match in _END.finditer(text):
        if not _ends(text, match):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _ends(text: str, match: re.Match[str]) -> bool:
    if match["break"] is not None:
        return _line_ends(text, match)
    if match["glued"] is not None:
        return not _URL_BEFORE.search(text[max(0, match.start() - 200) : match.start()])
    if match["emoji"] is not None:
        return text[match.end() : match.end() + 40].lstrip()[:1].isupper()
    if match["stop"] != ".":
        follows = text[match.end() : match.end() + 40].lstrip()[:1]
        return (match["stop"][0] in "!?" and not (match["stop"] != "?" and follows.islower())) or not follows.islower()
    word = re.search(r"[\w.äöüß]*$", text[max(0, match.start() - 40) : match.start()])
    last = word[0].lower() if word else ""
    if _URL_BEFORE.search(text[max(0, match.start() - 200) : match.start()]):
        return True
    after = text[match.end() : match.end() + 40]
    if re.search(r"(?<![\d.])\d{1,2}\.\d{1,2}$", text[max(0, match.start() - 6) : match.start()]):  # „am 25.6. brauche ich“
        return not after.lstrip()[:1].islower()
    if last.isdigit():
        return not _ordinal(text, match.start() - len(last), last, after)
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and after[:1] == " " and last != "i"):
        return bool(re.match(r"\s*\n", after))
    return True


def _line_ends(text: str, match: re.Match[str]) -> bool:
    if match["break"].count("\n") > 1 or _BULLET.match(text, match.end()):
        return True
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return len(line) < _WIDE or line.rstrip()[-1:] in ".!?:;," or text[match.end() : match.end() + 1].isupper()


def _ordinal(text: str, start: int, number: str, after: str) -> bool:
    """Whether „3.“ is an ordinal or the number of a list item rather than the end of a sentence."""
    if not text[text.rfind("\n", 0, start) + 1 : start].strip():
        return True
    return len(number) <= 2 and bool(_AFTER_ORDINAL.match(after) or re.match(r"\s+[a-zäöü]", after))


@Language.factory("chat_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> ChatSentences:
    return ChatSentences()


class ChatSentences:
    """Sets ``doc.sents``."""

    def __call__(self, doc: Doc) -> Doc:
        starts = [start for start, _ in sentence_spans(doc.text)]
        flags = [1, *[-1] * (len(doc) - 1)]
        for token in doc:
            at = bisect_left(starts, token.idx)
            if at < len(starts) and starts[at] < token.idx + len(token) and not token.is_space:
                flags[token.i] = 1
        # in one go: setting token.is_sent_start looks through the whole Doc each time
        return doc.from_array([SENT_START], np.array(flags[: len(doc)], dtype=np.int64).astype(np.uint64)[:, None])  # type: ignore[arg-type]
