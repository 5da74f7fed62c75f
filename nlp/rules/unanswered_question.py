"""Eine Frage des Kunden bleibt ohne Antwort. (Handbuch 6)

Gezählt wird jede noch offene Frage, auch die indirekte und die als Bitte um Auskunft. Aufgenommen ist sie auch, wenn steht, wer
sie wann beantwortet; ein bloßes „Wir melden uns“ genügt nicht. Eine aufgeschobene Frage braucht bis dahin keine neue Erwähnung.
Steht für die Antwort noch eine offene Stelle ⟦…⟧ im Text, meldet das der Platzhalter.
"""

import math
from collections.abc import Iterator

from nlp.pipeline.words import content
from nlp.rule import Mark, Scope
from nlp.thread import Answer, Severity, View

LABEL = "Unbeantwortete Frage"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
customer: <?Was kostet das> und <?wie lange dauert es>?
team!: Rechnen Sie mit <!40 Euro>. Freundliche Grüße, Nora Beck

customer: mich würde interessieren <?ob das bis mittwoch geht>
team!: Vielen Dank, wir melden uns.

customer: <?wer macht das dann bei euch>
team!: Die Liste beginne ich heute.

customer: Bitte geben Sie Bescheid, <?wann Sie anfangen>.
customer: Noch etwas: <?Brauchen Sie die alten Rechnungen>?
team!: Ja, <!sehr gern>.

customer: <?Geht das auch auf Englisch>
assistant!: Welche Zielgruppe haben Sie?
customer: Einkäufer.
assistant!: Gut, dann formell.

customer: Die Sache mit <?den Rückrufern hängt noch in der Luft>.
assistant!: Montage sind gesperrt.

customer: <?Was kostet das> und <?wie lange dauert es>?
team: Es kostet <!40 Euro> und dauert <!zwei Tage>.

customer: <?Geht das auch auf Englisch>
assistant!: Welche Zielgruppe haben Sie?
customer: Einkäufer.
assistant: Gut, dann formell, und <!auf Englisch ist es kein Problem>.

customer: <?Wer rechnet das ab>?
team: <~Das klärt Frau Wieland bis Donnerstag>.

customer: <?Wer rechnet das ab>?
team: <~Das klärt Frau Wieland bis Donnerstag>.
assistant: Die ersten zehn Seiten sind fertig.

customer: Hier ist die Liste.
team: Danke, Nora beginnt heute damit.

customer: <?Was kostet das>?
team note: Frau Kern wartet auf den Preis.
"""


LIKELY, SURE = 0.36, 0.7
"""Probability that a question is missed, from which the writer is told, and from which the message must not be sent. Cross-validated on the
corpus 72 % and 93 % of such findings are right."""


def missed(view: View) -> list[Answer]:
    """The questions that the message is likely to miss and has no gap ⟦…⟧ for."""
    gaps = [paragraph for paragraph in view.message.text.split("\n\n") if "⟦" in paragraph]
    asked = quotes(view) if gaps else {}
    likely = [a for a in view.message.answers or () if a.status == "missed" and probability(view, a) >= LIKELY]
    return [answer for answer in likely if not any(_about(asked.get(answer.question, ""), paragraph) for paragraph in gaps)]


def probability(view: View, answer: Answer) -> float:
    """That it is a question, that none of our messages before has answered it, and that this one misses it; what humans said is certain."""
    asked = [q.score for m in view.before for q in m.questions or () if f"{m.id}.{q.id}" == answer.question]
    before = [a.score for m in view.before for a in m.answers or () if a.question == answer.question and a.status == "missed"]
    return 1.0 if answer.score is None else math.prod(score for score in (*asked, *before, answer.score) if score is not None)


def quotes(view: View) -> dict[str, str]:
    """What was asked so far, by ``m1.q1``."""
    return {f"{m.id}.{q.id}": q.quote for m in view.before for q in m.questions or ()}


def _about(question: str, paragraph: str) -> bool:
    """Whether the paragraph repeats the question: word for word, or most of what it is about."""
    words = content(question)
    return bool(question) and (question in paragraph or (bool(words) and 2 * len(words & content(paragraph)) > len(words)))


def check(view: View) -> Iterator[Mark]:
    open_ones, asked = missed(view), quotes(view)
    named = [f"„{asked.get(answer.question, answer.question)}“" for answer in open_ones]
    if named:
        # what a human said, or a model is sure of, stops the message; what is merely likely asks for a look
        sure = any(probability(view, answer) >= SURE for answer in open_ones)
        which = "Diese Frage bleibt" if len(named) == 1 else f"Diese {len(named)} Fragen bleiben"
        advice = f"{which} offen: {', '.join(named)}. Beantworten Sie sie oder schreiben Sie, wer sie wann beantwortet."
        yield Mark(0, 0, advice, severity=None if sure else "warning")
