"""What a text is about, as comparable words: content words without endings, and figures.

>>> sorted(content("Die Gravuren kosten jetzt 12 € Aufpreis."))
['12', 'aufprei', 'gravur', 'kost']
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.pipeline.kept import kept

_WORD = re.compile(r"[^\W\d_]{3,}|\d+(?:[.,:]\d+)*")
_ENDING = re.compile(r"(?:ungen|innen|ern|est|en|er|es|em|et|in|te|e|n|s|t)$")
_EMPTY = frozenset(
    """aber alle allem allen aller alles als also andere anderen auch auf aus außerdem bei beim bereits bin bis bisher bist bitte dabei dafür damit danach
    dann daran darauf darf dass davon dazu dein deine deinem deinen deiner dem den denn der des deshalb dich die dies diese diesem diesen dieser dieses dir
    doch dort durch eben eher ein eine einem einen einer eines einfach einmal erst etwas euch euer eure falls für ganz gar gegen genau gern gerne ging gibt
    gut gute guten guter haben hast hat hatte hatten hätte hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer immer ins irgend ist jede jeden
    jeder jetzt kann kannst kein keine keinen können könnte könnten könnt lassen machen mache macht mal mehr mein meine meinem meinen meiner mich mir mit muss müssen
    nach nein nicht nichts noch nun nur oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind sobald sofort soll sollen sollte sondern sonst
    über und uns unser unsere unserem unseren unserer unter vom von vor war waren was weg weil welche wenn wer werden wie wieder will wir wird wirklich wurde
    wurden würde würden während zu zum zur zwar zwischen herr herrn frau hallo moin liebe lieber danke dank ja tag guten morgen geht sehr geehrte geehrter""".split()
)


def content(text: str) -> set[str]:
    """The content words of the text, lower case, without endings, and its figures."""
    return set(_content(text))


@kept
def _content(text: str) -> Iterator[str]:
    yield from {key(word) for word in _WORD.findall(text) if word.lower() not in _EMPTY}


def key(word: str) -> str:
    """What a word is compared by: at least four letters stay."""
    word = word.lower()
    short = _ENDING.sub("", word)
    return short if len(short) >= 4 else word
