"""Zones of a chat message: greeting, body, closing, signature, quoted.

Quoted is what somebody wrote earlier: lines that begin with ``>``, everything below „Am … schrieb …:“, below the head
of a forwarded mail or a separator such as „-----Ursprüngliche Nachricht-----“.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.pipeline.kept import kept

_QUOTE_BELOW = re.compile(
    r"""^[ \t]*(?:
      (?:Am|On)\b[^\n]{4,120}\n?[^\n]{0,80}\b(?:schrieb|schrieben|hat\ geschrieben|wrote)\b[^\n]{0,80}:[ \t]*$
    | -{2,}[ ]*(?:Urspr\w+\ Nachricht|Original(?:nachricht|\ Message)|Weitergeleitete\ Nachricht|Forwarded\ message)\b[^\n]*
    | (?:Anfang\ der\ weitergeleiteten\ (?:E-?Mail|Nachricht)|Weitergeleitete\ Nachricht)[^\n]*
    | (?:Von|From):[^\n]*\n(?:[^\n]*\n){0,2}?(?:Gesendet|Sent|Datum|Date|An|To|Betreff|Subject):
    )""",
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)
_GREETING = re.compile(
    r"""\A\s*(?:
      (?:sehr\ geehrte[rs]?|(?:guten|schönen|schoenen)\ (?:tag|morgen|abend|mittag)|grüß\ (?:gott|dich|euch|sie)|gruess\ gott
      |grü(?:e|ß|ss)zi|griaß\ (?:di|eich)|servus|moin(?:\ moin)?|hallo|hallöchen|halli\ hallo|hi|hey|huhu|tach|ahoi
      |liebe[rs]?|werte[rs]?|verehrte[rs]?|mahlzeit|salü|hoi|grüße\ sie)\b
      [^\n.!?,;:]{0,50}(?:[,!.:]+|\n|$|[ ][–-][ ])
      )[ \t]*""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""(?:^|(?<=[.!?…)]\s)|(?<=\n))[ \t]*(?:
      (?:mit\s+)?(?:ganz\s+)?(?:viele[nr]?|liebe[nr]?|beste[nr]?|herzliche[nr]?|freundliche[nr]?|schöne[nr]?|sonnige[nr]?|kollegiale[nr]?)
        \s+(?:\w+\s+)?(?:grü(?:ß|ss)(?:e|en|li)?|gruss|gruß|gruesse|dank)\b
    | mfg\b | lg\b | vg\b | bg\b | glg\b | hochachtungsvoll | gruß\b | gruss\b | grüße\b | grüsse\b | baba\b | tschüss?\b | pfiat\ (?:di|eich)
    | (?:danke|dank)\s+(?:und|u\.?)\s+(?:\w+\s+)?gr(?:u|ü)(?:ß|ss)e? | herzlichst?\b(?=\s*(?:,|\n|$|\w+\s*$)) | bis\ (?:bald|dann|später)\b
    )""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_THANKS_FOR = re.compile(r"[ \t]+(?:noch\s+|schon\s+|nochmals?\s+)?(?:für|fürs|dass)\b[^.!?\n]*[.!?\n]*", re.IGNORECASE)


@kept
def zones(text: str) -> Iterator[tuple[str, int, int]]:
    """(zone, start, end) in characters, in order, without gaps; greeting, closing and signature occur at most once."""
    cuts = _quoted(text)
    own_end = next((start for start, end in cuts if end == len(text)), len(text))
    greeting = _GREETING.match(text, 0, own_end)
    body = greeting.end() if greeting else 0
    closing = _last_closing(text, body, own_end)
    line_end = text.find("\n", closing, own_end)
    signature = line_end + 1 if line_end >= 0 else own_end
    marks = [("greeting", 0, body), ("body", body, closing), ("closing", closing, signature), ("signature", signature, own_end)]
    for label, start, end in marks:
        for a, b, quoted in _split(start, end, cuts):
            yield ("quoted" if quoted else label), a, b
    if own_end < len(text):
        yield "quoted", own_end, len(text)


def _split(start: int, end: int, cuts: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """``start`` to ``end`` cut where a quoted passage begins and ends."""
    at = start
    for a, b in cuts:
        a, b = max(a, at), min(b, end)
        if a < b:
            if at < a:
                yield at, a, False
            yield a, b, True
            at = b
    if at < end:
        yield at, end, False


def _quoted(text: str) -> list[tuple[int, int]]:
    """Quoted passages, in order, not overlapping."""
    below = _QUOTE_BELOW.search(text)
    stop = below.start() if below else len(text)
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"^[ \t]*>[^\n]*(?:\n|\Z)", text[:stop], re.MULTILINE):
        if found and found[-1][1] == line.start():
            found[-1] = (found[-1][0], line.end())
        else:
            found.append(line.span())
    return [*found, (stop, len(text))] if below else found


def _last_closing(text: str, start: int, end: int) -> int:
    """Where the closing formula begins: the last one that has little but names and a PS below it; ``end`` if none."""
    matches = [match for match in _CLOSING.finditer(text, start, end) if _closes(text, match, end)]
    return matches[-1].start() if matches else end


def _closes(text: str, match: re.Match[str], end: int) -> bool:
    rest = text[match.end() : end]
    if match[0].lower().endswith("dank") and (thanks := _THANKS_FOR.match(rest)):
        return len(rest[thanks.end() :].split()) <= 3  # thanks open a message as often as they close it
    return len(rest.split()) <= 14 and "?" not in rest


@Language.factory("chat_zones", assigns=["doc.spans"])
def make_zones(nlp: Language, name: str) -> ChatZones:
    return ChatZones()


class ChatZones:
    """Fills ``doc.spans["zones"]`` with labelled spans; ``span._.zone`` and ``token._.zone`` read them."""

    def __call__(self, doc: Doc) -> Doc:
        spans = []
        for label, start, end in zones(doc.text):
            span = doc.char_span(start, end, label=label, alignment_mode="contract")
            if span is not None:
                spans.append(span)
        doc.spans["zones"] = spans
        return doc


def zone_of(span: Span) -> str:
    """The zone in which a span begins."""
    for zone in span.doc.spans.get("zones", ()):
        if zone.start <= span.start < zone.end:
            return str(zone.label_)
    return "body"
