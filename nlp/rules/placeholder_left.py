"""Ein Platzhalter der Vorlage steht noch im Text. (Handbuch 6)

Wer „[Name]“ liest, weiß, dass er eine Vorlage bekommen hat. Gezählt werden Klammern mit einem Hinweis statt eines Inhalts, {{ x }},
XX und ??? vor einer Einheit, TT.MM.JJJJ, LINK, „hier einfügen“, leere Stellen und die offenen Stellen eines Entwurfs: ⟦…⟧. Nicht gezählt wird, was der Kunde selbst so
schreibt, was als Feld eines Formulars benannt ist, und Klammern, die etwas sagen: [2], [sic], [Anlage: liste.xlsx].
Was Platzhalter heißt, steht in stock_phrases.toml unter „placeholder“.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from nlp.handbook import phrases
from nlp.pipeline.names import bare, spoken
from nlp.pipeline.quotations import inside, quotations
from nlp.register import register_towards
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, View

LABEL = "Platzhalter"
SEVERITY: Severity = "error"
SCOPE: Scope = "both"

EXAMPLES = """
= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner", register = "sie"}
team: Guten Tag <<[Name]=>Frau Lindner>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner", register = "sie"}
team: Guten Tag Frau <<{{ nachname }}=>Lindner>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner", register = "du"}
team: Hi <<[VORNAME]=>Petra>>, die Liste ist fertig.

= assistant = "Jana"
team: Die Liste ist fertig.⏎Viele Grüße⏎<<[Name]=>Jana>>

= key_data = {deadline = "2026-03-20"}
team: Ihr Abgabetermin ist der <<<Datum>=>20.03.2026>>, das schaffen wir.

= key_data = {deadline = "2026-03-20", hours_budget = 12}
team: Fertig bis <<[Deadline]=>20.03.2026>> im Rahmen von <<{{stundenbudget}}=>12>> Stunden.

team: Ihre Assistentin heißt <<[Vorname eintragen]>> und beginnt am <<TT.MM.JJJJ>>.

team: Rechnen Sie mit <<XX Stunden>> zu <<?? Euro>>, fertig am <<XX.XX.>> oder <<xx.03.2026>>.

team: Den Ordner finden Sie hier: <<LINK ZUM ORDNER>>

team: Das Muster ist online (<<hier Link zum Artikel rein>>), Termin: <<bitte hier einfügen>>

team: Grüße ans <<[Eiscafé]>>! Wir rufen am <<…>> um <<... Uhr>> an, Frau <<_____>> ist dabei.

team note: Akte: <<TODO>>, Ansprechpartner <<%ANSPRECHPARTNER%>>, Betrag <<${betrag}>>.

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Kern", register = "sie"}
team: <<Sehr geehrte/r Frau/Herr=>Sehr geehrter Herr>> Kern, die Liste ist fertig.

= key_data = {deadline = "2026-03-20"}
team: Zum Tarif: <<⟦Antwort auf „Was kostet die [kleine] Lösung?“⟧>> Fertig ist es am <<⟦Tag (Datum)⟧>>.

assistant: Der Text lautet: „Anmeldung unter <<[Link einfügen]>> bis Mai.“

team: Wir bieten [1] drei Tage und [2] fünf Tage, siehe [Anlage: angebot.xlsx] und [liste.csv], „Pausenhallle“ [sic].

team: Die Felder <Einheit> und [Personalisierung] ersetzt Gisela je Mieter, die Spalte NAME bleibt leer.

customer: Nicht wundern über {{ contact.FIRSTNAME }}, das ersetzt Brevo. In der Karte steht [vegan] so drin.
team: {{ contact.FIRSTNAME }} lasse ich stehen, [vegan] ebenso.

team: Nicht wundern über {{vorname}} in der Vorschau, das ersetzt das Programm beim Versand.

team: Der Entwurf: „Hallo [Vorname], verkaufst du noch?“ Passt der Ton? Wo man nichts versteht, steht „[Pause]“.

team: Das Datum bitte im Format TT.MM.JJJJ, die Tische „XXL“ heißen so, Größe XXL ist Absicht, Az. 14 C XX/26.

team: Das erste Mal übermorgen... nein, heute ist Donnerstag … also morgen. Wie bitte???

team: Schreiben Sie an <info@example.com>, siehe <https://example.com> und [die Anleitung](https://example.com). <b>Danke</b>

team: Den LINKEN Rand lasse ich, der Link folgt am Montag. Der XX. Jahrgang ist dabei. LG XX
"""

_UNIT = (
    r"(?:stunden?|std|h|euro|eur|€|tagen?|wochen?|monaten?|minuten|min|uhr|prozent|%|stück|seiten|folien|zeichen|wörter|personen|kilometer|km|januar|februar|märz"
    r"|april|mai|juni|juli|august|september|oktober|november|dezember)(?!\w)"
)
_GAP = r"(?:…|\.{3,}|\?{2,}|_{3,})"
_SHAPES = re.compile(
    rf"""(?P<box>\[\[?[^\[\]\n]{{1,60}}\]\]?(?!\()|\{{\{{[^{{}}\n]{{1,60}}\}}\}}|\$?\{{[^{{}}\n]{{1,40}}\}}|%%?[a-zäöü_]{{3,30}}%%?|<[a-zäöü][^<>\n@/:]{{1,40}}>)
    |(?P<open>⟦[^⟦⟧]*⟧)
    |(?P<hint>(?:(?<=\()|(?<=:[ ]))(?:(?:bitte[ ])?hier[ ](?:[\w.-]+[ ]){{0,4}}(?:einfügen|eintragen|ergänzen|einsetzen|reinkopieren|rein)
      |bitte[ ](?:noch[ ])?(?:ergänzen|ausfüllen|einfügen|eintragen))(?=\s*(?:[).]|$)))
    |(?P<date>\b(?-i:TT|DD)\.[ ]?MM\.?(?:[ ]?(?:JJ(?:JJ)?|YY(?:YY)?)\b)?|\bXX\.[ ]?(?:XX|\d\d)\.(?:[ ]?(?:X{{2,4}}|\d{{2,4}})\b)?|\b(?-i:HH:MM|JJJJ)\b)
    |(?P<count>(?<![\w/.-])(?:X{{2,4}}\.?|N{{2}})[ ]{_UNIT}|(?<![\w/.-])(?-i:X{{2,4}}[ ][A-ZÄÖÜ][a-zäöü]\w+)|(?:(?<=\s)|^){_GAP}[ ]?{_UNIT})
    |(?P<gap>(?<=\bam[ ]){_GAP}|(?<=\bFrau[ ]){_GAP}|(?<=\bHerr[ ]){_GAP}|(?<=[ (:])_{{3,}})
    |(?P<caps>(?<![\w/.-])(?-i:LINK|NAME|VORNAME|NACHNAME|DATUM|UHRZEIT|BETRAG|ANREDE|PLATZHALTER|TODO|TBD|FIXME)\b(?![-:/.]\w)(?-i:(?:[ ][A-ZÄÖÜ]{{3,}}\b)*))
    |(?P<both>\b(?P<dear>(?:sehr[ ])?(?:geehrte|liebe))(?:/r|\(r\)|/-r)(?P<sexes>[ ](?:Frau[ ]?/[ ]?Herrn?|Herrn?[ ]?/[ ]?Frau)\b)?)""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_CONTENT = re.compile(r"\W*(?:\d+|sic|x|a|b|i|br|p|li|ul|em|strong|h\d)\W*|.*(?:\w\.\w{2,5}\b|\d\d:\d\d).*|\s*\w+:\s*\S.*", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:feld(?:er)?|platzhaltern?|variablen?|spalten?)\b[^.!?\n]{0,60}\Z|\b(?:format|schreibweise|größe|muster)\W{0,3}\Z", re.IGNORECASE
)
_REPLACED = re.compile(r"[^!?\n]{0,80}\b(?:ersetz(?:t|en)|ausgetauscht|serienbrief\w*|automatisch)\b", re.IGNORECASE)
_OPENS = re.compile(r"\A\s*(?:(?:sehr\s)?\w+\s(?:(?:tag|morgen|abend)\s)?)?(?:lieber?\s)?(?P<sex>(?:frau|herrn?)\s)?(?:dr\.\s|prof\.\s)*\Z", re.IGNORECASE)
_CLOSES = re.compile(r"(?:gr[üu](?:ß|ss)e?n?|\b[lvm]f?g|dank)[\s,]*(?:(?:ihre?|deine?|eure?)\s+)?\Z", re.IGNORECASE)
_TO_FILL = re.compile(r"\b(?:einfügen|eintragen|ergänzen|einsetzen)\b", re.IGNORECASE)
"""What a bracket says that is to be filled in a quoted text as well."""
_DUE = re.compile(r"(?:abgabe|frist|deadline|fertig|spätestens)[^.!?\n]{0,30}\Z", re.IGNORECASE)
_OTHERS = re.compile(r"assist|vertret|ansprech|betreu|eigen|absender|team|datei|firm|company", re.IGNORECASE)


def check(view: View) -> Iterator[Mark]:
    text = view.message.text
    passages, seen = quotations(text), "\n".join(m.text for m in view.before if m.incoming)
    for match in _SHAPES.finditer(text):
        if (not inside(passages, match.start()) or _TO_FILL.search(match[0])) and _left(text, match) and match[0] not in seen:
            said = "" if match["open"] else _filling(view, match)
            fix = Fix(label=f"„{said}“ einsetzen", start=match.start(), end=match.end(), replacement=said) if said else None
            todo = f"Setzen Sie „{said}“ ein." if said else "Setzen Sie ein, was dort stehen soll."
            yield Mark(*match.span(), f"„{match[0]}“ ist ein Platzhalter. {todo}", fix)


def _left(text: str, match: re.Match[str]) -> bool:
    """Whether it is a place somebody forgot to fill, not a bracket that says something."""
    if _NAMED.search(text[max(0, match.start() - 80) : match.start()]) or _REPLACED.match(text, match.end()):
        return False
    if not match["box"]:
        return True
    inner = match[0].strip("[]{}<>%$ ")
    if not inner or _CONTENT.fullmatch(inner):
        return False
    terse = len(inner.split()) < 4 and (inner[0].isupper() or match[0][0] in "{$%")
    return terse or bool(_words().search(inner))


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(phrases().placeholder), re.IGNORECASE)


def _filling(view: View, match: re.Match[str]) -> str:
    """What the key data or the customer's record say for it; empty if they do not."""
    text, task = view.message.text, view.thread.task
    word, before = match[0].lower(), text[max(0, match.start() - 80) : match.start()]
    if match["both"]:
        sex = task.customer.salutation
        return f"{match['dear']}{'' if sex == 'Frau' else 'r'}{f' {sex}' if match['sexes'] else ''}" if sex else ""
    if match["box"] or match["caps"]:
        if re.search(r"name|anrede|kunde", word) and not _OTHERS.search(word):
            return _name(view, match, word)
        if "budget" in word or "hours" in word:
            return _figure(task.key_data.get("hours_budget"))
        if "stundensatz" in word or "rate" in word:
            return _figure(task.key_data.get("rate_eur"))
    if re.search(r"deadline|abgabe|frist", word) or (_DUE.search(before) and (match["date"] or "datum" in word)):
        return _day(task.key_data.get("deadline"), word)
    return ""


def _name(view: View, match: re.Match[str], word: str) -> str:
    text, task = view.message.text, view.thread.task
    opening = _OPENS.match(text[: match.start()]) if match.start() < 60 else None
    if opening and (opening[0].strip() or text[match.end() : match.end() + 1] == ","):
        first = "vorname" in word or "firstname" in word
        return bare(task.customer.last_name) if opening["sex"] else spoken(task.customer, first or register_towards(view) == "du")
    return task.assistant or "" if _CLOSES.search(text[max(0, match.start() - 40) : match.start()]) else ""


def _figure(value: object) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, int | float) else ""


def _day(value: object, word: str) -> str:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return ""
    return f"{day:%d.%m.}" if re.fullmatch(r"(?:tt|dd|xx)\.\s?(?:mm|xx)\.", word) else f"{day:%d.%m.%Y}"
