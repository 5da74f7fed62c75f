"""What a message says in other people's words: quoted older text, and what stands in quotation marks.

>>> text = "Ihr Satz „Komm vorbei“ gefällt mir."
>>> [text[start:end] for start, end in quotations(text)]
['„Komm vorbei“']
"""

from __future__ import annotations

import re
from bisect import bisect_right

from nlp.pipeline.zones import zones

_MARKS = re.compile(
    r"„[^„“”\"]{1,4000}[“”\"]|“[^“”]{1,4000}”|»[^«»]{1,4000}«|«[^«»]{1,4000}»|‚[^‚‘’]{1,2000}[‘’]|‹[^‹›]{1,2000}›"
    r"|(?<![\w\"])\"[^\"]{1,2000}\"(?!\w)|(?<![\w'])'[^'\n]{1,500}'(?!\w)"
)
"""No mark opens again inside, so that a text of nothing but opening marks is read once."""


def quotations(text: str) -> list[tuple[int, int]]:
    """(start, end) in characters of each quoted passage, in order, not overlapping."""
    found: list[tuple[int, int]] = []
    for start, end in sorted([(a, b) for zone, a, b in zones(text) if zone == "quoted"] + [m.span() for m in _MARKS.finditer(text)]):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def inside(passages: list[tuple[int, int]], at: int) -> bool:
    """Whether the character lies in one of the passages, which are in order."""
    before = bisect_right(passages, at, key=lambda passage: passage[0])
    return bool(before) and at < passages[before - 1][1]
