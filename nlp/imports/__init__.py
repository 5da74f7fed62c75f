"""Exports of other systems as threads: a map in TOML says where what a thread needs is in them.

The maps that ship lie in ``nlp/data/imports``; each explains itself, and a copy of one is the start of one's own.
"""

from nlp.imports.lines import lines
from nlp.imports.mapping import HOME, Map, load

__all__ = ["HOME", "Map", "lines", "load"]
