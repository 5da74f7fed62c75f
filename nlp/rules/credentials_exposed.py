"""Ein Passwort, eine PIN oder ein anderes Geheimnis steht im Klartext. (Handbuch 2)

Auch wer nur bestätigt, dass ein Zugang klappt, wiederholt das Passwort nicht: Im Chat lesen andere mit. Als Geheimnis gilt, was
im Verlauf oder in der Nachricht selbst als Passwort, PIN oder Code bezeichnet ist, und was in einer Nachricht über einen Zugang
so aussieht. Benutzernamen, Gutscheincodes und Wörter wie „Passwort vergessen“ sind frei. Wie Geheimnisse heißen, steht in
stock_phrases.toml unter „secret“.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from nlp.handbook import phrases
from nlp.pipeline.kept import kept
from nlp.pipeline.zones import zones
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, Thread, View

LABEL = "Passwort im Klartext"
SEVERITY: Severity = "error"
SCOPE: Scope = "both"

EXAMPLES = """
customer: Login Shop: laden@example.com, Passwort: Regen!Bogen7
team: Mit <<Regen!Bogen7=>•••••>> komme ich hinein, danke.

customer: hier der zugang: kellner / Blaukraut#12. bitte bald anfangen
team: Angemeldet als kellner mit <<Blaukraut#12=>•••••>>, läuft.

customer: 4711 ist der Code fürs Tor, WLAN-Schlüssel: Rosengarten88
team: Tor mit <<4711=>•••••>>, WLAN mit <<rosengarten88=>•••••>>, alles auf.

customer: Betriebsnummer 276 03 000 1234, PIN 5581
team: Die <<5581=>•••••>> hat gepasst, ich bin drin.

customer: pin für die freigabe 80 21 behalten sie bitte für sich.
team note: PIN <<8021=>•••••>> ist notiert.

customer: Du kommst mit studio@example.de und Sonnenschein!9 rein.
assistant: <<Sonnenschein!9=>•••••>> geht bei mir nicht, kannst du es prüfen?

customer: Ach herrje, das Zauberwort ist Dackel-1954.
team: Mit <<Dackel-1954=>•••••>> hat es geklappt.

customer: Sicherheitsfrage = Mädchenname Oma, also "Pfefferkorn"
team: "<<Pfefferkorn=>•••••>>" hat gestimmt.

team: Ihr Zugang ist angelegt, Passwort <<Anfang2026=>•••••>>, bitte gleich ändern.

customer: Das Kennwort lautet: Sonnenblume.
team note: Login für die Vertretung: kern, <<Sonnenblume=>•••••>>.

customer: Schlüsseltresor hat Code 4471, bitte nur telefonisch.
team: Den Tresor (<<4471=>•••••>>) gebe ich nur am Telefon durch.

customer: giulia_admin / Knoedel2026!
team: Mit <<Knoedel2026!=>•••••>> klappt es.

team: Gibst du mir noch die PIN vom Praxishandy?
customer: 2580. der leguan heißt herbert
team: <<2580=>•••••>> funktioniert, Grüße an Herbert.

customer: Zugang: rico@example.com Sommer24, passwort fürs postfach: gartenzwerg
team: Postfach geht mit <<gartenzwerg=>•••••>>, Shop mit <<Sommer24=>•••••>>.

customer: Login Shop: laden@example.com, Passwort: Regen!Bogen7
team: Der Zugang laden@example.com klappt, das Passwort schreibe ich hier nicht aus.

customer: Benutzer vpa_laden, Passwort kommt per SMS.
team: Mit vpa_laden bin ich angemeldet, das Passwort ist angekommen.

customer: Bitte in die Mail: Gutscheincode SOMMER26, gültig bis 31.08.2026.
team: SOMMER26 steht jetzt groß im Betreff, der QR-Code ist drin.

customer: Kennwort muss ich suchen. Bestellnummer ist 4481.
team: Die 4481 ist gefunden, es fehlt nur noch das Kennwort.

customer: Kapitel 4 heißt 'Passwort verloren, was nun?'
team: Kapitel 4 heißt jetzt 'Passwort verloren, was nun?', der Farbcode #0B5D4E bleibt.

customer: Passwort bitte neu setzen, die Tabelle heißt liste_2026.xlsx
team: Erledigt, liste_2026.xlsx ist übertragen. Mein Passwort kam 2 Tage später.

customer: PIN 5581
team: Das macht 5581 €, gezahlt am 5.5.81.
"""

_PART = r"[^\s,;„“”\"«»()<>|/]"
_TOKEN = re.compile(rf"(?<![^\s,;„“”\"«»()<>|/'‘’]){_PART}+")
_SLASH = re.compile(rf"(?<!\S)[\w.@+-]{{2,60}}\s?[/|]\s?({_PART}{{5,64}})")
_QUOTED = re.compile(r"[„\"«»‚']([^\s„“”\"«»‚‘’']{4,40})[“”\"«»‘’']")
_LOGIN = re.compile(
    rf"\b(?:(?:log-?in|zugang|zugangsdaten|anmeldung)\b[^.!?\n:]{{0,30}}:\s*[^\s,;]{{2,60}}[,;]?\s+(?:und\s|mit\s)?"
    rf"|(?:(?:user|benutzer|nutzer)(?:name)?|kennung)\b:?\s*[^\s,;]{{2,60}}(?:[,;]|\s(?:und|mit))\s)({_PART}{{5,64}})",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"({_PART}{{4,64}})[“”\"»«]?\s+(?:ist|als|wäre|heißt)\s+(?:\w+\s+){{0,2}}\Z")
_END = r"(?=\s*(?:[.,;\n]|\Z))"
_SAYS = r"(?:(?:\s(?:fürs?|zum|zur|vom|von|im|neu|jetzt|ist|heißt)\b[^.!?\n:=,;]{0,20})?[:=]|\s+lautet:?)\s+"
_COMMON = r"(?!(?i:danke|bitte|folgt|kommt|wie\b|unver|bekannt|verg|siehe|später|ge\w+t\b|ab\w+en\b))"
_NAMED = re.compile(rf"{_SAYS}{_COMMON}([\w-]{{5,30}}){_END}")
_PIN = re.compile(r"(?<![\d.,/-])\d(?: ?\d){2,7}(?![\d/-]|[.,:]\d|\s*(?:€|euro|eur|uhr|stunden|std|tage|stück|mal|zeichen|stellig))")
_NUMBER_KEY = re.compile(r"pin|puk|tan\b|code|sicherheit|geheim", re.IGNORECASE)
_LOCK = re.compile(r"tresor|schlüssel|schloss|alarm|kombination|entsperr", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n\s*\n")
_ACCESS = re.compile(
    r"zug(?:a|ä)ng|log-?in|einlogg|eingelogg|\buser|nutzer|kennung|\banmeld|angemeldet|meldet man sich|konto\b|portal\b|account|postfach|\brein\b",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(r"https?:|www\.|\W*#[0-9a-f]{6}\b|\d{1,2}\.\d{1,2}\.|\S*@\S*\.\w|\S*\.[a-z]{2,5}\W*\Z|\d+-[^\W\d]+\Z", re.IGNORECASE)
_BELONGS = frozenset("für von vom zu zum zur bei".split())
_EDGE = ".,:;?!)]}'‘’"
_MASK = "•••••"


def check(view: View) -> Iterator[Mark]:
    text = view.message.text
    secrets = {s for m in view.before for s in _secrets(m.text, guess=True)} | set(_secrets(text, guess=False)) | set(_handed_over(view))
    own = [(a, b) for zone, a, b in zones(text) if zone != "quoted"]
    if not secrets:
        return
    for match in _any(secrets).finditer(text):
        start, end = match.span()
        if any(a <= start < b for a, b in own):
            fix = Fix(label="Unkenntlich machen", start=start, end=end, replacement=_MASK)
            yield Mark(start, end, f"„{match[0]}“ ist ein Geheimnis im Klartext. Nehmen Sie es heraus und bitten Sie darum, es zu ändern.", fix)


def known(thread: Thread) -> re.Pattern[str] | None:
    """All secrets of the thread's messages, however written; None if there are none."""
    said = {secret for m in thread.messages for secret in _secrets(m.text, guess=m.incoming)}
    secrets = said | set(_handed_over(View(thread, len(thread.messages))))
    return _any(secrets) if secrets else None


def _any(secrets: set[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/-])(?:{'|'.join(_written(s) for s in sorted(secrets, key=len, reverse=True))})", re.IGNORECASE)


def _written(secret: str) -> str:
    """The secret as a regular expression; a number may be written in groups, and must not be an amount."""
    if secret.isdigit():
        return f"{' ?'.join(secret)}(?![\\w/-]|[.,:]\\d|\\s*(?:€|euro|eur|uhr|stunden|std|tage|stück)\\b|\\s*€)"
    return f"{re.escape(secret)}(?!\\w|-\\w)!?"


@kept
def _secrets(text: str, guess: bool) -> Iterator[str]:
    """What the text calls a secret; with ``guess`` also what looks like one where the text gives access to something."""
    for key in _keys().finditer(text):
        yield from _called(text, key)
    access = bool(_ACCESS.search(text) or _spoken_of(text))
    for pair in _SLASH.finditer(text):
        if _strong(pair[1]) and (access or re.search(r"[^\W\d_]{3}.*\d{2}", pair[1])):
            yield pair[1].rstrip(_EDGE)
    if not access:
        return
    for login in _LOGIN.finditer(text):
        if _strong(login[1]):
            yield login[1].rstrip(_EDGE)
    for token in _TOKEN.finditer(text) if guess else ():
        if _strong(token[0]) and (re.search(r"\w[!#$%*=§~^]", token[0].rstrip(_EDGE)) or re.fullmatch(r"[^\W\d_]{3,}_\d{2,}\W*", token[0])):
            yield token[0].rstrip(_EDGE)


def _handed_over(view: View) -> Iterator[str]:
    """What a customer wrote first thing, or in a few words, after we had spoken of a password or a PIN."""
    for asked, reply in pairwise(m for m in view.before if m.channel == "chat"):
        if reply.incoming and not asked.incoming and _spoken_of(asked.text):
            tokens = _TOKEN.findall(reply.text[:200])
            yield from (token.rstrip(_EDGE) for token in tokens[:1] if re.fullmatch(r"\d{4,8}\W?", token))
            yield from (token.rstrip(_EDGE) for token in tokens[: 9 if len(tokens) < 9 else 1] if _strong(token) and re.search(r"\d{2}", token))


@kept
def _spoken_of(text: str) -> Iterator[str]:
    """The words for secrets in the text."""
    yield from (key["key"] for key in _keys().finditer(text) if key["key"])


@cache
def _keys() -> re.Pattern[str]:
    known = phrases()
    return re.compile(rf"(?:{'|'.join(known.no_secret)})|(?P<key>\b(?:{'|'.join(known.secret)}))", re.IGNORECASE)


def _called(text: str, key: re.Match[str]) -> Iterator[str]:
    """The first value within sixty characters after „Passwort“ and the like, in the same sentence."""
    if not key["key"]:
        return
    window = text[key.end() : key.end() + 60]
    stop = _SENTENCE_END.search(window)
    window = window[: stop.start() if stop else len(window)]
    named = bool(re.match(r"\s*[:=]", window))
    for token in _TOKEN.finditer(window):
        if token[0].lower() in _BELONGS and not named:
            break
        if _strong(token[0]):
            yield token[0].rstrip(_EDGE)
            break
    yield from _number(text, key, window)
    said = _NAMED.match(text, key.end()) or (_QUOTED.search(window) if re.match(r"\s*(?:[:=„\"«»]|ist|lautet|heißt)", window) else None)
    if said:
        yield said[1].rstrip(_EDGE)


def _number(text: str, key: re.Match[str], window: str) -> Iterator[str]:
    """The figures of a PIN or a lock, and what stands before „ist der Code“."""
    number = _PIN.search(window) if _NUMBER_KEY.search(key[0]) else _PIN.search(window[:25]) if _LOCK.search(key[0]) else None
    if number and (_NUMBER_KEY.search(key[0]) or not re.fullmatch(r"(?:19|20)\d\d", number[0])):
        yield number[0].replace(" ", "")
    before = _BEFORE.search(text[max(0, key.start() - 90) : key.start()])
    if before and (_strong(before[1]) or (number is None and re.fullmatch(r"\d{4,8}", before[1]) and _NUMBER_KEY.search(key[0]))):
        yield before[1].rstrip(_EDGE)


def _strong(token: str) -> bool:
    """Whether it looks like a password: letters with figures or signs among them, or a telephone code."""
    token = token.rstrip(_EDGE)
    if not 5 <= len(token) <= 64 or _NO_VALUE.match(token):
        return False
    if re.fullmatch(r"[\d*#]+", token):
        return "*" in token or "#" in token[1:]
    return bool(re.search(r"[^\W\d_]", token) and re.search(r"\d|\w[!#$%&*+=?~^§]", token))
