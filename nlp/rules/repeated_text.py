"""Ein ganzer Satz wiederholt eine frühere eigene Nachricht wörtlich. (Handbuch 6)

Wer zweimal dieselben Worte bekommt, hält die Nachricht für automatisch. Verglichen werden ganze Sätze, auch wenn vor ihnen jetzt
eine Anrede, ein Doppelpunkt oder ein Nebensatz steht; Großschreibung und Satzzeichen zählen nicht. Anrede, Grußformel, Dank,
gute Wünsche und die Bedingungen einer Buchung dürfen gleich bleiben, ebenso Zitate.
"""

import re
from collections.abc import Iterator

from nlp.pipeline.kept import kept
from nlp.pipeline.quotations import inside, quotations
from nlp.pipeline.wordings import Sentence, sentences
from nlp.pipeline.zones import zones
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, View

LABEL = "Wiederholter Satz"
SEVERITY: Severity = "warning"
SCOPE: Scope = "chat"

EXAMPLES = """
team: Danke für die Liste. Wir prüfen jetzt jede Zeile.
customer: Und bis wann?
team: <<Wir prüfen jetzt jede Zeile. =>>>Bis Freitag.

team: Wir prüfen jetzt jede Zeile.
customer: Und bis wann?
assistant: Bis Freitag.<< Wir prüfen jetzt jede Zeile.=>>>

team: Guten Tag Frau Kern, uns fehlt noch das Muster für Spalte B.
team: Sehr geehrte Frau Kern,⏎ich erinnere an eine Kleinigkeit: <<uns fehlt noch das Muster für Spalte B.>>

team: Lassen Sie uns bitte eine Einladung schicken. Danke.
team: Guten Tag, damit sie anfangen kann, <<lassen Sie uns bitte eine Einladung schicken.>>

team: Welcher Raum darf es sein?
team: Ich frage noch einmal nach: <<Welcher Raum darf es sein?>>

assistant: Viele wollen erst nach Ostern entscheiden.
customer: Wie weit sind Sie?
team: <<VIELE WOLLEN ERST NACH OSTERN ENTSCHEIDEN! =>>>Das dauert also.

team: Danke für die Liste. Wir prüfen jetzt jede Zeile.
team: Wir haben jetzt jede Zeile geprüft.

customer: Ich brauche die Liste bis Freitag um zehn.
team: Ich brauche die Liste bis Freitag um zehn.

team: Vielen Dank für Ihre Nachricht. Das klappt.⏎Einen schönen Abend wünscht Nora⏎Viele Grüße, Nora Beck
team: Vielen Dank für Ihre Nachricht. Bis Freitag.⏎Einen schönen Abend wünscht Nora⏎Viele Grüße, Nora Beck

team note: Frau Kern wartet auf den Preis für Option zwei.
team: Frau Kern wartet auf den Preis für Option zwei.

team: Passt das so? Das klappt gut.
team: Passt das so? Das klappt gut.

team: Der Text steht.⏎> Wir prüfen jetzt jede Zeile.
team: Wir prüfen jetzt jede Zeile.

team: Der Slogan lautet: „Wir putzen, bis es glänzt und duftet.“
team: Gekürzt also: „Wir putzen, bis es glänzt und duftet.“
"""

_LEAST = 4
"""Words a sentence must have to be one that people remember."""
_WORD = re.compile(r"[\w@]+")
_CUT = re.compile(r"[,:;–(]\s+|\s[–-]\s")
_FREE = re.compile(
    r"\W*(?:(?:vielen|herzlichen|besten|lieben|schönen)\s+dank|danke\b|(?:ich|wir)\s+wünschen?\b|(?:einen?|ein)\s+(?:gut|schön|angenehm|erholsam)|schöne[ns]?\b"
    r"|bis\s+(?:bald|dann|morgen)\b|(?:viele|liebe|beste|herzliche|freundliche|schöne|sonnige)\s+gr|mit\s+\w+\s+gr|gute[ns]?\s+(?:tag|morgen|abend|besserung)"
    r"|(?:ich|wir)\s+(?:freuen?\s+(?:mich|uns)|danken?)\b|(?:bei|haben\s+sie|hast\s+du)\s+(?:noch\s+)?(?:rück)?fragen\b"
    r"|k(?:ü|ue)nd(?:bar|igung\w*)\b|mindest\w*)",
    re.IGNORECASE,
)


def check(view: View) -> Iterator[Mark]:
    text = view.message.text
    said = {words for m in view.before if m.outgoing for words in _said(m.text)}
    heads = {words[:3] for words in said}
    passages, done = quotations(text), 0
    for sentence in _own(text) if said else ():
        for start in _starts(text, sentence):
            words = _words(text[start : sentence.end])
            if words[:3] in heads and words in said and not inside(passages, start) and not _FREE.match(text, start):
                mark = _mark(text, sentence, start, done)
                done = mark.end
                yield mark
                break


@kept
def _said(text: str) -> Iterator[tuple[str, ...]]:
    """The words of what people remember of a message."""
    yield from {words for sentence in _own(text) for words in _wholes(text, sentence)}


def _own(text: str) -> Iterator[Sentence]:
    """The sentences of the message's own, without greeting, closing and quotations."""
    passages = quotations(text)
    bodies = [(a, b) for zone, a, b in zones(text) if zone == "body"]
    for sentence in sentences(text):
        if any(a <= sentence.start < b for a, b in bodies) and not inside(passages, sentence.start) and not _FREE.match(sentence.text):
            yield sentence


def _starts(text: str, sentence: Sentence) -> Iterator[int]:
    """Where a sentence may begin that stands inside another: at its start and after each comma and colon."""
    yield sentence.start
    for cut in list(_CUT.finditer(text, sentence.start, sentence.end))[:12]:
        yield cut.end()


def _wholes(text: str, sentence: Sentence) -> Iterator[tuple[str, ...]]:
    """The words of the sentence, and of what follows its greeting or colon."""
    for start in _starts(text, sentence):
        words = _words(text[start : sentence.end])
        opening = start == sentence.start or text[:start].rstrip().endswith(":") or len(_words(text[sentence.start : start])) < 5
        if len(words) >= _LEAST and opening:
            yield words


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text))


def _mark(text: str, sentence: Sentence, start: int, done: int) -> Mark:
    """The repeated words; the fix takes one blank with them, but none that an earlier fix takes (before ``done``)."""
    end = sentence.end
    fix = None
    if start == sentence.start:
        while end < len(text) and text[end] == " ":
            end += 1
        if end == len(text):
            start = max(done, len(text[:start].rstrip(" ")))
        if text[:start].strip() or text[end:].strip():
            fix = Fix(label="Satz löschen", start=start, end=end, replacement="")
    return Mark(start, end, f"„{text[start:end].strip()}“ stand wörtlich schon in einer früheren Nachricht. Schreiben Sie es neu oder lassen Sie es weg.", fix)
