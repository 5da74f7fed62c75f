"""Die Nachricht siezt, wo geduzt wird, oder umgekehrt. (Handbuch 6)

Wie der Kunde angeredet wird, steht in seinen Daten; fehlt es dort, entscheiden die bisherigen Nachrichten, sonst die Nachricht
selbst. Gezählt werden Fürwörter, Verbformen, Befehle und die Anrede („Hallo Frau Kern“ statt „Hallo Jule“). „Sie“ und „Ihr“, die
am Satzanfang „sie“ und „ihr“ heißen können, zählen nicht, auch nicht „ihr“ für mehrere, Zitate und Entwürfe.
"""

import re
from collections.abc import Iterator

from nlp.pipeline.names import bare, plain, spoken
from nlp.pipeline.quotations import inside, quotations
from nlp.pipeline.sentences import sentence_spans
from nlp.register import register_of, register_towards
from nlp.rule import Mark, Scope
from nlp.thread import Customer, Fix, Register, Severity, View

LABEL = "Sie und Du"
SEVERITY: Severity = "warning"
SCOPE: Scope = "chat"

EXAMPLES = """
= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Hallo Jule, danke für <<Ihre=>deine>> Liste.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: <<Guten Tag Frau Kern=>Guten Tag Jule>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Hallo Jule, bitte prüfen <<Sie>> die Liste noch.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: <<Sehr geehrte>> Damen und Herren, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Fertig! Ich melde mich am Montag bei <<Ihnen=>dir>>. Dann rufe ich <<Sie=>dich>> an.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Die Liste ist fertig, <<Frau Kern=>Jule>>.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Guten Tag Frau Kern, ich brauche noch <<dein=>Ihr>> Logo. Könnten Sie mir das schicken?

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Guten Tag Frau Kern, <<hast du>> schon eine Vorlage?

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Vielen Dank. <<Schick>> uns die Aufstellung ruhig so, wie sie ist.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: <<Liebe Jule=>Liebe Frau Kern>>, die Liste ist fertig.

team: Können Sie mir die Liste schicken?
customer: ja klar
team: Danke! Ich melde mich bei <<dir=>Ihnen>>.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Hallo Jule, Frau Krell ist im Urlaub. Sie meldet sich. Ihre Liste hat sie mir gegeben, ihr Büro ist zu.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Hi Jule, das Logo, das <<Sie>> mir schicken, fehlt noch.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Hi Jule, Ihr habt recht, ich schicke Euch den Text: „Wir laden Sie ein, Ihr Studio“. Magst du ihn?

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Jule, so könnte es gehen:⏎Sehr geehrte Damen und Herren,⏎wir bitten Sie um Auskunft.⏎Passt dir das?

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Guten Tag Frau Kern, auf dem Plakat steht „Dein Chor sucht dich!“. Gefällt Ihnen das?

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Guten Tag Frau Kern, mach ich gern, melde mich morgen. Ihr Mann hat ihr den Schlüssel gegeben.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Guten Tag Frau Kern, ganz ohne Hast: Schreiben wir den Gästen per Du oder per Sie? Ach du lieber Himmel, die Du-Form fehlt.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "sie"}
team: Schick ist das geworden! Gib-Sätze prüfe ich noch, Frau Kern.⏎> kannst du mir das schicken?
"""

_SIE = re.compile(
    r"(?<=[\w,;][ \n])(?P<form>Sie|Ihnen|Ihre[nmrs]?|Ihr(?=[ ](?:[A-ZÄÖÜ]|(?!alle|beide|zwei|drei|immer)[a-zäöüß]+(?:e|er|es)[ ][A-ZÄÖÜ])))\b"
    r"|(?:(?<=^)|(?<=[.!?\n][ ]))(?P<wish>Ihnen)(?=[ ](?:auch|noch|ein|eine|einen|alles|viel|viele)\b)",
)
_DU = re.compile(
    r"\b(?:(?P<verb>\w{2,20}st[ ])?(?P<du>[Dd]u)|(?P<form>[Dd]ir|[Dd]ich|[Dd]ein(?:e[nmrs]?)?|[Ee]uch|[Ee]uer|[Ee]ure[nmrs]?))\b"
    r"|\b(?:[Kk]annst|hast|[Mm]agst|[Ww]illst|[Bb]ist|[Mm]usst|[Ss]ollst|[Ww]eißt|[Kk]önntest|[Hh]ättest|[Ww]ürdest|[Mm]öchtest|[Bb]rauchst|schaust|schickst|meinst)\b"
)
_ORDER = re.compile(
    r"(?:(?:bitte|dann|und|also)[ ])?(?P<order>(?:(?:schick|gib|sag|schreib|verrat|lass|zeig|nenn|bring|leg|stell|lad|ruf|teil)e?(?=[ ](?:mir|uns)\b)"
    r"|(?:schick|gib|sag|schreib|meld|schau|lass|prüf|denk|lad|trag|nimm|ruf|stell|leg|wähl|such|halt)e?(?=[ ](?:dich|doch[ ]bitte|bitte)\b)))",
    re.IGNORECASE,
)
_DEAR = (
    r"(?:hallo|hi|hey|moin|servus|(?:schönen[ ])?gut(?:en|er)[ ](?:tag|morgen|abend)|grüezi|hoi|grü(?:ß|ss)[ ]gott"
    r"|(?:sehr[ ])?geehrte[rs]?|liebe[rs]?|werte[rs]?)"
)
_FORMAL = re.compile(
    rf"\A\s*(?P<hello>(?i:{_DEAR}),?[ ])?(?P<name>(?:Frau|Herr)[ ](?:Dr\.[ ]|Prof\.[ ])*(?P<last>[\w'’-]+(?:[ ][\w'’-]+)?))(?=\s*[,!.:\n])"
    r"|\A\s*(?P<stiff>(?i:sehr[ ]geehrte[rs]?))\b"
)
_FAMILIAR = re.compile(rf"\A\s*(?P<hello>(?i:{_DEAR}),?[ ])(?P<name>[\w'’-]+(?:[ ][\w'’-]+)?)(?=\s*[,!.:\n])")
_CALLED = re.compile(r"(?<=, )(?P<name>(?:Frau|Herr) (?P<last>[\w'’-]+(?: [\w'’-]+)?))(?=\s*(?:[.!?]|\Z))")
_DRAFT = re.compile(r"(?<=[\n: ])(?<![\w,.!?;] )(?:sehr geehrte|liebe[rs]?|hallo|hi|moin|guten (?:tag|morgen|abend)|dear)\b", re.IGNORECASE)
_ABOUT = re.compile(r"(?:\b(?:per|ein|kein|zum|vom|beim|lauter|(?:du|sie)[ ](?:und|oder))|(?<!,[ ])\b(?:das|dem))[ ]\Z", re.IGNORECASE)
_ABOUT_AFTER = re.compile(r"-|[ ](?:und|oder)[ ](?:einer?[ ])?(?:Sie|Du)\b|[ ](?:liebe[rs]?|meine|heilige[rs]?|grüne)[ ](?:Himmel|Güte|Zeit|Neune|Schande)")
_OBJECT = re.compile(r"\b(?:ich|wir|für|an|ohne|um|über|auf|gegen)[ ]\Z", re.IGNORECASE)
_TO_DU = {"ihnen": "dir", "ihr": "dein"}
_TO_SIE = {"dir": "Ihnen", "dich": "Sie", "dein": "Ihr"}


def check(view: View) -> Iterator[Mark]:
    text, customer = view.message.text, view.thread.task.customer
    register = register_towards(view) or register_of(text)
    yield from sorted(_marks(text, customer, register), key=lambda mark: mark.start) if register else ()


def _marks(text: str, customer: Customer, register: Register) -> Iterator[Mark]:
    draft = _DRAFT.search(text, 1)
    passages = [*quotations(text[: draft.start() if draft else None]), *([(draft.start(), len(text))] if draft else [])]
    opening = _greeting(text, customer, register)
    if opening:
        yield opening
    for start, end in sentence_spans(text):
        found = [form for form in _forms(text, start, end, register) if not inside(passages, form[0]) and form[0] >= (opening.end if opening else 0)]
        if found:
            yield _mark(text, *found[0], register, alone=len(found) == 1)
    for match in _CALLED.finditer(text) if register == "du" else ():
        if _same(match["last"], customer.last_name) and not inside(passages, match.start()):
            yield _told(text, *match.span("name"), "du", spoken(customer, True))


def _greeting(text: str, customer: Customer, register: Register) -> Mark | None:
    """„Hallo Frau Kern“ to somebody who is „Jule“, or the other way round."""
    match = (_FORMAL if register == "du" else _FAMILIAR).match(text)
    if match is None:
        return None
    if register == "du" and match["stiff"] and not (match["name"] and _same(match["last"], customer.last_name)):
        return _told(text, *match.span("stiff"), register)
    if not _same(match["last"] if register == "du" else match["name"], customer.last_name if register == "du" else customer.first_name):
        return None
    start = match.start("hello") if match["hello"] else match.start("name")
    hello = re.sub(r"(?i:sehr geehrte|werte)", "Liebe", match["hello"] or "") if register == "du" else match["hello"]
    return _told(text, start, match.end("name"), register, f"{hello}{spoken(customer, register == 'du')}" if customer.first_name else "")


def _same(name: str | None, known: str | None) -> bool:
    return bool(name and known) and bare(name) == name and plain(name or "") == plain(known or "")


def _forms(text: str, start: int, end: int, register: Register) -> Iterator[tuple[int, int]]:
    """Where the sentence addresses its reader in the other register."""
    order = _ORDER.match(text, start, end) if register == "sie" else None
    if order:
        yield order.span("order")
    for match in (_DU if register == "sie" else _SIE).finditer(text, start, end):
        named = match[0] in ("Du", "Sie") and _ABOUT.search(text[max(0, match.start() - 12) : match.start()])
        if not named and not _ABOUT_AFTER.match(text, match.end()):
            yield match.span()


def _mark(text: str, start: int, end: int, register: Register, alone: bool) -> Mark:
    word = text[start:end]
    stem, ending = (word[:3], word[3:]) if word.startswith("Ihr") else (word[:4], word[4:]) if word.lower().startswith("dein") else (word, "")
    table = _TO_DU if register == "du" else _TO_SIE
    right = f"{table[stem.lower()]}{ending}" if stem.lower() in table else ""
    if register == "du" and word == "Sie" and _OBJECT.search(text[max(0, start - 12) : start]):
        right = "dich"
    return _told(text, start, end, register, right if alone else "")


def _told(text: str, start: int, end: int, register: Register, right: str = "") -> Mark:
    said = text[start:end]
    fix = Fix(label=f"„{right}“ einsetzen", start=start, end=end, replacement=right) if right else None
    other = "siezt, dieser Kunde wird geduzt" if register == "du" else "duzt, dieser Kunde wird gesiezt"
    return Mark(start, end, f"„{said}“ {other}. Schreiben Sie {f'„{right}“' if right else 'den Satz um'}.", fix)
