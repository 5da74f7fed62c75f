"""HTML of a message as the text people saw: paragraphs and list items as lines, quoted messages marked with „>“."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset("p div li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote pre section article header footer hr".split())
_SILENT = frozenset("script style head title template noscript".split())
_SPACE = re.compile(r"[ \t\r\f\v\n]+")


def from_html(html: str) -> str:
    """The text of the HTML.

    >>> from_html("<p>Guten Tag,<br>anbei die&nbsp;Liste.</p><ul><li>eins<li>zwei</ul><blockquote>Wann?</blockquote>")
    'Guten Tag,\\nanbei die Liste.\\n- eins\\n- zwei\\n> Wann?'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.rstrip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag == "br":
            self._newline(always=True)
        elif tag in _BLOCKS:
            self._newline()
        self._quoted += tag == "blockquote"
        if tag == "li":
            self._say("- ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BLOCKS:
            self._newline()
        self._quoted -= tag == "blockquote" and self._quoted > 0

    def handle_data(self, data: str) -> None:
        text = _SPACE.sub(" ", data).replace("\u00a0", " ")
        if not self._silent and (text.strip() or not self._fresh):
            self._say(text.lstrip() if self._fresh else text)

    @property
    def _fresh(self) -> bool:
        """Whether a line is beginning."""
        return not self.parts or self.parts[-1].endswith("\n")

    def _newline(self, *, always: bool = False) -> None:
        if always or not self._fresh:
            self.parts.append("\n")

    def _say(self, text: str) -> None:
        self.parts.append("> " * self._quoted + text if self._fresh else text)
