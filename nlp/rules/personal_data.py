"""Persönliche Daten stehen im Klartext im Chat. (Handbuch 1)

Was im Chat steht, bleibt dokumentiert. IBAN, Kreditkarte, Steuer-ID, Sozialversicherungs- und Krankenversichertennummer gehören
nicht hinein, auch nicht zur Bestätigung; gezählt werden sie nur mit richtiger Prüfziffer. Telefonnummer und E-Mail-Adresse eines
Dritten gelten, wenn er mit Namen danebensteht oder es eine private Adresse oder Handynummer ist. Frei sind unsere eigenen
Kontaktdaten (stock_phrases.toml, „own_contact“) und was der Kunde selbst im Chat genannt hat.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from nlp.handbook import phrases
from nlp.pipeline.names import bare, plain
from nlp.pipeline.sentences import sentence_spans
from nlp.rule import Mark, Scope
from nlp.thread import Fix, Severity, View

LABEL = "Persönliche Daten"
SEVERITY: Severity = "warning"
SCOPE: Scope = "chat"

EXAMPLES = """
customer: Das Konto ist DE89 3704 0044 0532 0130 00.
team: Ich überweise auf <<DE89 3704 0044 0532 0130 00=>•••••3000>>, einverstanden?

team: Die Karte <<4111 1111 1111 1111=>•••••1111>> habe ich im Portal hinterlegt.

team: Seine Steuer-ID ist <<86095742719=>•••••2719>>, die steht auf dem Bescheid.

team: Die Versichertennummer <<A123456780=>•••••6780>> steht auf der Karte.

team: Die Rentenversicherungsnummer <<15 070649 C 103=>•••••C103>> habe ich eingetragen.

team: Die SV-Nummer der Bewerberin ist <<1237 010180=>•••••0180>>.

team: Die AHV-Nummer <<756.9217.0769.85=>•••••9.85>> habe ich eingetragen.

team: Frau Lindl (<<0123 445566>>) vom Sozialdienst weiß Bescheid.

team: Der Bewerber ist am besten unter <<0171 2345678>> zu erreichen.

team: Die Adresse der Nachbarin ist <<elfriede.kraus@gmx.de>>, sie freut sich.

team: Herr Obinger, <<obinger@pflege.example>>, schickt das Formular.

team: Sie erreichen mich unter 0171 2345678 oder nora.beck@gmx.de.

customer: Mein Mann hat die 0171 2345678, Mail: hans.kern@gmx.de
team: Notiert: Ich rufe unter 0171/2345678 an und schreibe an hans.kern@gmx.de.

team: Bitte eine Einladung als Redakteur an marek@gmail.com schicken.

team: Die Praxis hat die Nummer 0123 445566 und info@praxis.example.

team: Bestellnummer 4111111111111112, Kundennummer 86095742710, IBAN DE00 1234 0000 0000 0000 00.

team: Am 15.07.2026 um 10 Uhr, Rechnung 2026-0171-2345678, ISBN 978-3-16-148410-0.

= customer = {salutation = "Frau", first_name = "Petra", last_name = "Lindner"}
team: Frau Lindner, 0123 44 17 ist unsere Durchwahl.

team note: Konto DE89 3704 0044 0532 0130 00 liegt im Tresor.
"""

_IBAN = re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?(?![\w-])")
_CARD = re.compile(
    r"(?<![\w.,/-])(?:(?:4\d|5[1-5]|2[2-7]|6[05])\d{2}(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}(?P=gap)\d{4}|3[47]\d{2}(?P<wide>[ -]?)\d{6}(?P=wide)\d{5})(?![\w-])"
)
_TAX = re.compile(r"(?<![\w.,/-])[1-9]\d[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?![\w-])")
_HEALTH = re.compile(r"(?<![\w-])[A-Z]\d{9}(?![\w-])")
_PENSION = re.compile(r"(?<![\w-])\d{2}[ ]?[0-9]{6}[ ]?[A-Z][ ]?\d{2}[ ]?\d(?![\w-])")
_AHV = re.compile(r"(?<![\w-])756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?![\w-])")
_AUSTRIAN = re.compile(r"(?<![\w.,/-])[1-9]\d{3}[ ]\d{6}(?![\w-])")
_PHONE = re.compile(r"(?<![\w.,-])(?<!\d[ /])(?:\+\d{1,3}[ /]?(?:\(0\))?|00\d{2}[ /]?|0)(?:[ /()-]{0,2}\d){6,13}(?![\w-]|[.,]\d)")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,3}")
_PRIVATE = re.compile(
    r"@(?:gmail|googlemail|gmx|web|t-online|outlook|hotmail|yahoo|icloud|freenet|posteo|aol|bluewin|aon)\.\w|^(?:(?:\+|00)49\D*|0)1[567]|^(?:(?:\+|00)43\D*|0)6[5-9]"
    r"|^(?:(?:\+|00)41\D*|0)7[5-9]",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:Frau|Herrn?)\s(?:Dr\.\s|Prof\.\s)*(?P<name>[A-ZÄÖÜ][\w'’-]+)[^\w\n]{1,4}(?:(?:Tel|[Mm]obil|Telefon|E?-?Mail|unter|Handy)\W{1,3})?\Z")


def check(view: View) -> Iterator[Mark]:
    text = view.message.text
    numbers = sorted(_numbers(text))
    taken = [(start, end) for start, end, _ in numbers]
    contacts = [(start, end, what) for start, end, what in _contacts(view) if not any(start < b and a < end for a, b in taken)]
    for start, end, what in sorted([*numbers, *contacts]):
        mask = f"•••••{''.join(text[start:end].split())[-4:]}"
        fix = Fix(label="Unkenntlich machen", start=start, end=end, replacement=mask) if (start, end) in taken else None
        yield Mark(start, end, f"„{text[start:end]}“ ist {what}. Nehmen Sie sie heraus oder klären Sie, ob der Kunde sie hier braucht.", fix)


def _numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Numbers of an account or an office whose check digits are right."""
    tax = bool(re.search(r"steuer|ident|id-?nr|finanzamt", text, re.IGNORECASE))
    for pattern, right, what in _CHECKED:
        for match in pattern.finditer(text):
            # eleven figures alone pass the test too often
            if right(re.sub(r"[ .-]", "", match[0])) and (pattern is not _TAX or tax or " " in match[0]):
                yield (*match.span(), what)


def _iban(number: str) -> bool:
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1 and (number[:2] != "DE" or len(number) == 22)


def _luhn(number: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _tax_id(number: str) -> bool:
    """ISO 7064 MOD 11,10; among the first ten figures one comes two or three times."""
    rest = 10
    for digit in number[:10]:
        rest = ((int(digit) + rest) % 10 or 10) * 2 % 11
    most = max(number[:10].count(d) for d in number[:10])
    return (11 - rest) % 10 == int(number[10]) and 2 <= most <= 3


def _weighted(digits: str, weights: str) -> int:
    """Sum of the cross sums of the products."""
    return sum(sum(divmod(int(d) * int(w), 10)) for d, w in zip(digits, weights, strict=True))


def _health(number: str) -> bool:
    return _weighted(f"{ord(number[0]) - 64:02d}{number[1:9]}", "1212121212") % 10 == int(number[9])


def _pension(number: str) -> bool:
    return _weighted(f"{number[:8]}{ord(number[8]) - 64:02d}{number[9:11]}", "212571212121") % 10 == int(number[11])


def _ahv(number: str) -> bool:
    return (10 - sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(number[:12]))) % 10 == int(number[12])


def _austrian(number: str) -> bool:
    """Sozialversicherungsnummer: four figures, the last a check, and the day of birth."""
    total = sum(int(d) * w for d, w in zip(number[:3] + number[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6), strict=True))
    return total % 11 == int(number[3]) and 1 <= int(number[4:6]) <= 31 and 1 <= int(number[6:8]) <= 12


_CHECKED: tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...] = (
    (_IBAN, _iban, "eine IBAN"), (_CARD, _luhn, "eine Kartennummer"), (_TAX, _tax_id, "eine Steuer-ID"),
    (_HEALTH, _health, "eine Krankenversichertennummer"), (_PENSION, _pension, "eine Sozialversicherungsnummer"), (_AHV, _ahv, "eine AHV-Nummer"),
    (_AUSTRIAN, _austrian, "eine Sozialversicherungsnummer"),
)  # fmt: skip


def _contacts(view: View) -> Iterator[tuple[int, int, str]]:
    """Telephone numbers and addresses of people who are neither the customer nor we."""
    text, customer = view.message.text, view.thread.task.customer
    theirs = " ".join(m.text.lower() for m in view.before if m.incoming)
    digits = re.sub(r"[ /()-]", "", theirs)
    for start, end in sentence_spans(text):
        for pattern, what in ((_PHONE, "eine Telefonnummer"), (_MAIL, "eine E-Mail-Adresse")):
            for match in pattern.finditer(text, start, end):
                said = match[0].lower()
                known = said in theirs or (pattern is _PHONE and re.sub(r"[ /()-]", "", said) in digits)
                person = _PERSON.search(text[max(start, match.start() - 60) : match.start()])
                named = bool(person and plain(person["name"]) not in plain(bare(customer.last_name)).split())
                if not known and (named or (_PRIVATE.search(said) and not person)) and not _own().search(text[start:end]):
                    yield (*match.span(), f"{what} eines Dritten")


@cache
def _own() -> re.Pattern[str]:
    return re.compile("|".join(phrases().own_contact), re.IGNORECASE)
