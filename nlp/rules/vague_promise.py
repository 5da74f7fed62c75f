"""Ein Versprechen nennt weder, wer es hält, noch wann. (Handbuch 6)

„Zeitnah“, „schnellstmöglich“, „wir melden uns“, „sobald es fertig ist“: Wer etwas gefragt hat oder auf etwas wartet, kann damit nicht
planen. Ein Tag, eine Uhrzeit oder ein Name im selben Satz genügt; eine Bitte an den Kunden („antworten Sie zeitnah“) ist kein Versprechen.
"""

import re
from collections.abc import Iterator
from datetime import date

from nlp.handbook import phrases
from nlp.pipeline import claims
from nlp.pipeline.facts import facts
from nlp.pipeline.wordings import Sentence, clause, sentences
from nlp.rule import Mark, Scope
from nlp.thread import Severity, View

LABEL = "Vages Versprechen"
SEVERITY: Severity = "warning"
SCOPE: Scope = "chat"

EXAMPLES = """
customer: <?Wer vertritt Nora im Mai>?
team: Guten Tag Frau Kern, <<wir kümmern uns zeitnah darum>>.

customer: <?Was kostet das>?
assistant: Die Liste ist fertig. <<Zu den Kosten hören Sie in Kürze von uns>>.

customer: Wann kommt der Entwurf? Ich warte darauf.
assistant: <<Der Entwurf kommt so bald wie möglich>>.

customer: <?Und die Vertretung>?
assistant: Moin, <<ich melde mich>>, <<sobald es etwas Neues gibt>>.

customer: <?Geht das auch samstags>?
team: <<Das klären wir dann schon irgendwie>>.

customer: <?Bis wann ist das fertig>?
assistant %0.9: <<Das wird schon, keine Bange>>.

customer: <?Wer rechnet das ab>?
team: <~Das klärt Frau Wieland> und meldet sich zeitnah.

customer: <?Wer rechnet das ab>?
team: <~Wir melden uns dazu bis Freitag> bei Ihnen.

customer: <?Was kostet das>?
team: <!40 Euro>. Bitte schicken Sie uns die Liste zeitnah.

customer: Die Liste kommt von meinem Mann.
assistant: Danke, sobald sie da ist, fange ich an.

customer: <?Was kostet das>?
team: <!40 Euro>. Könnten Sie uns schnellstmöglich die Vollmacht schicken?

team: Wir melden uns zeitnah bei Ihnen.

customer: Hier die Mail.
assistant: Danke.⏎> Wir kümmern uns zeitnah darum.
"""

_SURE, _LIKELY = 0.6, 0.3
_US = re.compile(
    r"\b(?:wir|ich|uns|mir|unser\w*|team|mitarbeiter\w*|kolleg\w*|wird|werden|folg(?:t|en)|komm(?:t|en)|geht|gehen|bekomm\w*|erh[aä]lt\w*|erfahren"
    r"|erfährst|erfolg(?:t|en)|demnächst)\b",
    re.I,
)
_ASKED = re.compile(r"\b(?:bitten?|brauch\w*|benötig\w*|wenn (?:sie|du|ihr)|damit wir|falls)\b|\b\w+en sie (?:uns|mir|das|die|den)\b|\?\s*$", re.I)
_WHEN = re.compile(
    r"\b(?:bis|vor|noch|am|ab|im) (?:(?:zum|zur|dem|der|ende|anfang|mitte|spätestens|nächste[rn]?|kommende[rn]?|diese[rn]?|laufe? des|\d)\b"
    r"|\w+tag\w*|\w*abend\w*|\w*mittag\w*)"
    r"|\b(?:innerhalb|binnen|spätestens|nächste woche|nächsten (?:monat|\w+tag)|in \w+ (?:woche|stunde|tagen|stunden|minuten|wochen)\b)",
    re.I,
)
_WHO = re.compile(
    r"\b(?:(?P<name>[A-ZÄÖÜ][\w-]+) (?:kümmert|klärt|meldet|schreibt|prüft|antwortet|ruft|schickt|nennt|sagt|übernimmt)\b"
    r"|(?:kümmert|klärt|meldet|schreibt|prüft|antwortet|ruft|schickt|nennt|sagt|übernimmt) (?:sich )?(?P<after>[A-ZÄÖÜ][\w-]+))"
)
_ABOUT = re.compile(r"\b(?:wegen|bezüglich|fragen zu[mr]?|um den|um das|thema) (?:dem |den |der )?\w+(?: und \w+)?", re.I)
"""„Wegen Samstag“ says what it is about, not when."""
_NOBODY = re.compile(
    r"(?:das|dies|es|er|sie|ihnen|ihr\w*|wer|unser\w*|\w*team|\w*mitarbeiter\w*|\w*kolleg\w*|\w*support|\w*abteilung|jemand|alles|die|der|man|dann)\Z", re.I
)


def check(view: View) -> Iterator[Mark]:
    if not any(m.incoming for m in view.before):
        return
    text, score = view.message.text, (view.message.rule_scores or {}).get("vague-promise", 0.0)
    waits = score >= _LIKELY or any(a.status == "missed" for a in view.message.answers or ())
    day = claims.day(view.message.sent_at) or date(2000, 1, 3)
    found = 0
    for sentence in sentences(text, phrases().vague):
        hits = sentence.strong + (sentence.weak if waits else ())
        if not hits or _bound(sentence, day):
            continue
        for start, end in sorted({clause(text, sentence, *hit) for hit in hits}):
            if _promised(text[start:end], sentence):
                found += 1
                yield Mark(start, end, f"„{text[start:end]}“ sagt weder, wer es tut, noch wann. Nennen Sie einen Namen oder einen Termin.")
    if not found and score >= _SURE:
        yield from _guessed(text)


def _promised(part: str, sentence: Sentence) -> bool:
    """Whether the words promise something of ours rather than ask the customer for something."""
    return not _ASKED.search(part) and bool(_US.search(part) or _US.search(sentence.text)) and not sentence.text.rstrip().endswith("?")


def _bound(sentence: Sentence, day: date) -> bool:
    """Whether the sentence says when, or who."""
    said = _ABOUT.sub("", sentence.text)
    if _WHEN.search(said) or any(fact.kind in ("date", "weekday", "week", "time") for fact in facts(said, day)):
        return True
    names = (match["name"] or match["after"] for match in _WHO.finditer(sentence.text))
    return any(not _NOBODY.match(name) for name in names)


def _guessed(text: str) -> Iterator[Mark]:
    """The score is sure and no wording is known: the last sentence that speaks of us, else the last."""
    said = list(sentences(text))
    for sentence in [s for s in reversed(said) if _US.search(s.text)][:1] or said[-1:]:
        words = sentence.text.rstrip(" .!")
        yield Mark(sentence.start, sentence.start + len(words), f"„{words}“ klingt nach einem Versprechen ohne Namen und Termin. Nennen Sie beides.")
