"""Die Anrede nennt den Kunden bei einem falschen Namen. (Handbuch 6)

Verglichen wird mit den Kundendaten und damit, wie der Kunde unterschreibt: Tippfehler, falsches Geschlecht, halbierter Doppelname,
der Name eines anderen. Titel dürfen fehlen; „ae“ für „ä“ und „ss“ für „ß“ gelten als richtig. Wer geduzt wird, heißt beim Vornamen
oder der Kurzform, mit der er unterschreibt. Wer sich im Chat selbst meldet, darf angesprochen werden.
"""

import re
from collections.abc import Iterator

from nlp.pipeline.names import TITLES, bare, known, near, plain, spoken
from nlp.pipeline.quotations import inside, quotations
from nlp.register import register_towards
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, View

LABEL = "Falscher Name"
SEVERITY: Severity = "error"
SCOPE: Scope = "chat"

EXAMPLES = """
= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner", register = "sie"}
team: <<Sehr geehrte Frau Linder=>Sehr geehrte Frau Lindner>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Dr. Petra", last_name = "Lindner", register = "sie"}
team: <<Sehr geehrter Herr Dr. Lindner=>Sehr geehrte Frau Dr. Lindner>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner", register = "sie"}
team: <<Sehr geehrter Frau Lindner=>Sehr geehrte Frau Lindner>>,⏎die Liste ist fertig.

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Körber-Stolz", register = "sie"}
team: Guten Tag <<Herr Körber=>Herr Körber-Stolz>>! Die Liste ist fertig.

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Baumgarten", register = "sie"}
assistant: Die Liste ist fertig. Einen schönen Abend, <<Herr Baumgartner=>Herr Baumgarten>>.

= customer = {salutation = "Herr", first_name = "Marten", last_name = "Falk", register = "sie"}
assistant: Die Liste ist fertig. Ihnen, <<lieber Herr Flak=>lieber Herr Falk>>, ein schönes Wochenende!

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Baumgarten", register = "sie"}
assistant: <<Frau Baumgarten=>Herr Baumgarten>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Mirja", last_name = "Kern", register = "du"}
customer: Hallo Stefanie, hier ist die Liste. Mirja
team: Hi <<Stefanie=>Mirja>>, danke für die Liste.

= customer = {salutation = "Frau", first_name = "Mirja", last_name = "Kern", register = "du"}
team: <<Lieber Mirja=>Liebe Mirja>>, danke für die Liste.

= customer = {salutation = "Frau", first_name = "Svenja", last_name = "Kern", register = "du"}
team: Danke, <<Swenja=>Svenja>>! Damit kann es losgehen.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner", register = "sie"}
team: Guten Tag <<Herr Kowalski=>Frau Lindner>>, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Oelze", register = "sie"}
team: Guten Tag <<Frau Ölze=>Frau Oelze>>, die Liste ist fertig.

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Steinhoff", register = "sie"}
customer: Guten Tag, hier Ulrike Steinhoff, mein Mann liegt im Krankenhaus. Wo steht die Liste?
team: Guten Tag Frau Steinhoff, die Liste ist fertig.

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Steinhoff", register = "sie"}
customer: Guten Tag, hier schreibt Jana Wolf, Assistentin von Herrn Steinhoff.
team: Guten Tag Frau Wolf, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Jule", last_name = "Kern", register = "du"}
team: Termin ist also am 8. Juli, 14 Uhr.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Oelze", register = "sie"}
team: Sehr geehrte Frau Präsidentin, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Sr. Walburga", last_name = "Ertl", register = "sie"}
team: Grüß Gott Schwester Walburga, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Dr. Lindner", register = "sie"}
team: Sehr geehrte Frau Lindner, Herr Linder aus der Buchhaltung ruft Sie an.

= customer = {salutation = "Herr", first_name = "Max", last_name = "Weiß", register = "sie"}
team: Grüezi Herr Prof. Weiss, die Liste ist fertig.

= customer = {salutation = "Frau", first_name = "Josefine", last_name = "Kern", register = "du"}
team: Hallo Josi, danke für die Liste.

= customer = {salutation = "Frau", first_name = "Gerda", last_name = "Kern", register = "sie"}
customer: Hier schreibt der Enkel, Marvin.
team: Guten Tag Marvin, richten Sie Ihrer Oma Grüße aus.

= customer = {salutation = "Frau", first_name = "Gerda", last_name = "Kern", register = "sie"}
customer: Guten Abend, hier schreibt der Sohn, Jens Kern.
team: Guten Morgen Herr Kern, bitte beruhigen Sie Ihre Mutter.

= customer = {salutation = "Herr", first_name = "Emil", last_name = "Kern", register = "sie"}
team: Sehr geehrter Herr Hofrat, der Brief beginnt mit „Sehr geehrte Frau Korn“.

= customer = {salutation = "Herr", first_name = "Emil", last_name = "Kern", register = "du"}
team: Hallo zusammen, Frau Korn von der Druckerei hat sich gemeldet.

= customer = {salutation = "Frau", first_name = "Thu Hà", last_name = "Nguyen", register = "du"}
team: Hi Ha, danke für die Liste. Lieben Gruß, Mirja

= customer = {salutation = "Herr", first_name = "Jan", last_name = "Kern", register = "sie"}
team: Sehr geehrte Damen und Herren, guten Morgen nach Köln!

= customer = {salutation = "Herr", first_name = "Herbert", last_name = "Zoll", register = "sie"}
team: Grüß Gott, Herr Bürgermeister Zoll, in den Plänen steht der Brunnen zweimal.

= assistant = "Gundula"
= customer = {salutation = "Herr", first_name = "Rolf", last_name = "Kern", register = "sie"}
assistant: Guten Tag, Gundula Ott. Die Liste liegt bei.
"""

_HELLO = (
    r"(?:hallo|hi|hey|hei|hoi|huhu|moin(?:[ ]moin)?|servus|salü|ciao|ahoi|grüezi|gruezi|grü(?:ß|ss)[ ](?:gott|dich|sie)|griaß[ ]di"
    r"|(?:einen[ ])?(?:schönen[ ])?gut(?:en|e|er|n)[ ](?:tag|morgen|abend|mittag))"
)
_THANKS = r"(?:oh|ach|na|(?:herzlichen|vielen|besten|lieben)[ ]dank|danke(?:[ ]dir|[ ]schön)?|dankeschön|abgemacht)"
_DEAR = r"(?:(?:sehr[ ])?(?:ge|ver)ehrte[rs]?|liebe[rs]?|werte[rs]?)"
_WORD = r"[A-ZÄÖÜÇŞİŁŚŻÁÉÓÀ][\w'’]*(?:-[A-ZÄÖÜ][\w'’]*)*"
_PARTICLE = r"(?:von|van|vom|zu|zur|zum|der|den|de|del|della|di|da|dos|du|le|la|el|al|ben|ten|ter)"
_NAMES = rf"(?:{_PARTICLE}[ ])*{_WORD}(?:[ ](?:{_PARTICLE}[ ])*{_WORD}){{0,3}}"
_TITLED = re.compile(
    rf"\b(?P<hello>(?i:{_HELLO}|{_THANKS})[ ]?,?[ ])?(?P<dear>\b(?i:{_DEAR})[ ])?"
    rf"\b(?P<sex>Frau|Herrn?|Fr\.|Hr\.)[ ](?P<titles>(?:{TITLES}[ ]?)*)(?P<names>{_NAMES})?"
)
_FIRST = re.compile(
    rf"\A\s*(?:(?P<hello>(?i:{_HELLO}))[ ]?,?[ ]|(?i:{_THANKS}),?[ ])?(?:(?P<dear>(?i:{_DEAR}))[ ])?(?P<names>{_WORD}(?:[ ]{_WORD})?)(?=\s*(?:[,!.:\n–]|\Z))"
)
_CALLED = re.compile(rf"(?<=[,.!?][ ])(?<!\d\.[ ])(?P<names>{_WORD})(?=[,.!?])")
_UMLAUT = re.compile(r"[äöü]", re.IGNORECASE)
_STOP = re.compile(r"\s*(?:[,!.?:\n–]|\Z)")
_STANDS_IN = re.compile(
    r"\b(?:hier|es)\s(?:schreibt|ist|spricht|tippt|meldet sich)?\s?(?:\w+\s)?(?:sohn|tochter|mann|frau|enkel(?:in)?|bruder|schwester|gatt(?:e|in)|vater|mutter)\b",
    re.IGNORECASE,
)
"""Somebody else of the same name writes for the customer."""
_ROLES = frozenset(map(plain,
    """hofrat professor professorin doktor doktorin magister magistra direktor direktorin pfarrer pfarrerin rechtsanwalt rechtsanwältin kollege kollegin
    nachbar nachbarin präsident präsidentin vorsitzender vorsitzende kommerzialrat notar notarin pastor pastorin kapitän dekan steuerberater bürgermeister
    bürgermeisterin ingenieur apotheker apothekerin chef chefin nachname name kantor wirt xy xyz""".split(),
))  # fmt: skip
_NOBODY = frozenset(map(plain,
    """damen herren herr frau kunde kundin kunden interessent interessentin team leute lieben ihr sie alle du danke dank zusammen morgen tag abend moin
    mr mrs ms monsieur madame signor signora signore mahlzeit grüß gott
    chef chefin kollegen freunde familie nachbarn welt name vorname nachname undefined none""".split(),
))  # fmt: skip


def check(view: View) -> Iterator[Mark]:
    text, customer = view.message.text, view.thread.task.customer
    passages = quotations(text)
    called = [m for m in _TITLED.finditer(text) if not inside(passages, m.start()) and _speaks(text, m, plain(customer.last_name or ""))]
    theirs = known(view)
    for match in called if customer.last_name else ():
        yield from _titled(view, match, theirs)
    if customer.first_name and not called:
        ours = {plain(word) for m in view.before if m.outgoing for word in set(m.text.split())}
        yield from _first(view, passages, theirs | ours | {plain(view.thread.task.assistant or "")})


def _speaks(text: str, match: re.Match[str], last: str) -> bool:
    """Whether „Frau Kern“ is spoken to here rather than spoken of."""
    key, before = plain(match["names"] or ""), text[max(0, match.start() - 40) : match.start()].split()
    stops = bool(_STOP.match(text, match.end()))
    alike = key == last or near(key, last)
    if match["hello"] or match["dear"]:
        return alike or (not before and (stops or "," not in (match["hello"] or "")))
    return alike and stops and (not before or (near(key, last) and (before[-1][-1] in ",.!?–" or len(before) < 4)))


def _titled(view: View, match: re.Match[str], theirs: set[str]) -> Iterator[Mark]:
    text, customer = view.message.text, view.thread.task.customer
    last, names, titles = bare(customer.last_name), match["names"] or "", match["titles"]
    wrong = bool(names) and _misnamed(view, names, theirs)
    sure = customer.salutation in ("Frau", "Herr") and (wrong or not names or plain(last) in plain(names)) and not _somebody_else(view)
    sex = customer.salutation if sure and customer.salutation else match["sex"]
    dear = _dear(match["dear"] or "", sex.startswith("F"))
    if wrong or sex[0] != match["sex"][0] or dear != (match["dear"] or ""):
        right = f"{dear}{sex} {titles}{last if wrong else names}".rstrip()
        start, end = match.start("dear" if match["dear"] else "sex"), len(text[: match.end()].rstrip())
        yield _mark(text, start, end, right, mend=not wrong or bool(_STOP.match(text, end)))


def _somebody_else(view: View) -> bool:
    """Whether somebody of the customer's name, or in their place, has written: „hier Ulrike Steinhoff“ for Herr Steinhoff."""
    customer = view.thread.task.customer
    named = re.compile(rf"\b(?P<first>[A-ZÄÖÜ][\w-]+) {re.escape(bare(customer.last_name))}\b")
    known_as = {plain(customer.first_name or ""), *plain(customer.first_name or "").split(), "herr", "herrn", "frau", "familie", "dr"}
    theirs = [m.text for m in view.before if m.incoming]
    return any(_STANDS_IN.search(text) or any(plain(m["first"]) not in known_as for m in named.finditer(text)) for text in theirs)


def _misnamed(view: View, names: str, theirs: set[str]) -> bool:
    customer, key = view.thread.task.customer, plain(names)
    last, first = plain(customer.last_name or ""), plain(customer.first_name or "")
    if key in _ROLES:
        return False
    if any(key == right or key.startswith(f"{right} ") for right in (last, f"{first} {last}")):
        return len(_UMLAUT.findall(names)) > len(_UMLAUT.findall(f"{customer.first_name} {customer.last_name}"))  # „Ölze“ for „Oelze“
    return plain(names.split()[0]) not in theirs and key not in theirs


def _first(view: View, passages: list[tuple[int, int]], others: set[str]) -> Iterator[Mark]:
    """The first name a message opens with, and slips of it further on."""
    text, customer = view.message.text, view.thread.task.customer
    du = register_towards(view) == "du"
    opening = _FIRST.match(text)
    if opening:
        dear = _dear(opening["dear"] or "", customer.salutation == "Frau") if customer.salutation else opening["dear"] or ""
        wrong = _miscalled(view, opening["names"], others, bool(opening["hello"] or opening["dear"]))
        if wrong or (du and dear != (opening["dear"] or "") and _is_first(view, opening["names"])):
            start = opening.start("dear" if opening["dear"] else "names")
            gap = " " if opening["dear"] else ""
            yield _mark(text, start, opening.end("names"), f"{dear}{gap}{spoken(customer, du) if wrong else opening['names']}")
    for match in _CALLED.finditer(text, opening.end() if opening else 0) if du else ():
        if not inside(passages, match.start()) and _miscalled(view, match["names"], others, greeted=False):
            yield _mark(text, *match.span("names"), bare(customer.first_name))


def _is_first(view: View, names: str) -> bool:
    return plain(names) == plain(view.thread.task.customer.first_name or "")


def _miscalled(view: View, names: str, others: set[str], greeted: bool) -> bool:
    """Whether this is no name of the customer's; without a greeting only what looks like a slip of it counts."""
    customer, key = view.thread.task.customer, plain(names)
    first, last = plain(customer.first_name or ""), plain(customer.last_name or "")
    if key in (first, last, f"{first} {last}", *first.split()) or {*key.split()} & _NOBODY or not key or key in plain(customer.company or "").split():
        return False
    if key[:3] == first[:3] and len(key) + 2 <= len(first) and key not in first.split("-"):
        return False  # a short form
    return not {key, key.split()[0]} & others and (greeted or near(key, first))


def _dear(word: str, female: bool) -> str:
    """„geehrter“ for „geehrte“ and back."""
    stem = word.rstrip()
    return f"{stem.removesuffix('r').removesuffix('s')}{'' if female else 'r'}{word[len(stem) :]}" if stem else word


def _mark(text: str, start: int, end: int, right: str, mend: bool = True) -> Mark:
    fix = Fix(label=f"„{right}“ einsetzen", start=start, end=end, replacement=right) if mend else None
    return Mark(start, end, f"„{text[start:end]}“ ist nicht der Name des Kunden. Richtig ist „{right}“.", fix)
