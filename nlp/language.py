"""Text to Doc: the German chat pipeline, for us and for any spaCy user.

>>> doc = german()("Hallo Frau Kern, anbei die Liste. Passt der 3. März?\\nLG Petra")
>>> [sentence.text for sentence in doc.sents]
['Hallo Frau Kern, anbei die Liste.', 'Passt der 3. März?\\n', 'LG Petra']
>>> [(zone.label_, zone.text) for zone in doc.spans["zones"]]
[('greeting', 'Hallo Frau Kern,'), ('body', 'anbei die Liste. Passt der 3. März?\\n'), ('closing', 'LG Petra')]
"""

from __future__ import annotations

from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Span, Token

from nlp.pipeline import sentences, zones
from nlp.register import register_of

__all__ = ["german"]

COMPONENTS = (sentences.make_sentences, zones.make_zones)
"""Importing the modules registers the factories; this keeps them together."""


@cache
def german() -> Language:
    """The pipeline over ``spacy.blank("de")``: sentences, then zones in ``doc.spans["zones"]``.

    Extensions: ``span._.zone``, ``token._.zone``, ``span._.register`` and ``doc[:]._.register`` (sie, du or None).
    """
    pipeline = spacy.blank("de")
    pipeline.max_length = 2_000_000
    pipeline.add_pipe("chat_sentences")
    pipeline.add_pipe("chat_zones")
    Span.set_extension("zone", getter=zones.zone_of, force=True)
    Token.set_extension("zone", getter=_token_zone, force=True)
    Span.set_extension("register", getter=_register, force=True)
    return pipeline


def _token_zone(token: Token) -> str:
    return zones.zone_of(token.doc[token.i : token.i + 1])


def _register(span: Span) -> str | None:
    return register_of(span.text)
