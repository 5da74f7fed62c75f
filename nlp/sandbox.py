"""Templates that cannot hurt: a short list of what Jinja may do, over Jinja's own sandbox.

Allowed are names, ``if``, ``for`` over a given list (two deep), attributes of ours, a handful of filters, and ``{{ "Ihnen" / "dir" }}``: the
first for customers addressed as Sie, the second for du. There are no calls, no arithmetic, no imports, no assignments, so that what a
template costs is bounded by its length; output and time are watched beside that.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from nlp.errors import DataError
from nlp.german import capitalize, genitive, listed

MAX_SOURCE, MAX_OUTPUT, MAX_DEPTH, MAX_LOOPS, MAX_ITEMS = 8_000, 20_000, 30, 2, 100
MAX_SECONDS = 0.5
"""Of the processor, for one text."""
ATTRIBUTES = frozenset({"id", "name", "nominative", "accusative", "about", "price", "options", "notice", "text", "minimum"})
"""What may stand behind a dot: parts of an add-on and of its options."""
LIST = "options"
"""The one part that is a list."""
FILTERS = {"capitalize": capitalize, "genitive": genitive}
RESERVED = frozenset({"self", "super", "loop", "caller", "varargs", "kwargs"})
"""Names to which Jinja gives a meaning of its own."""
DU = "du"
"""A name every template may ask: whether the customer is addressed as du."""
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.For, nodes.Filter, nodes.Getattr,
    nodes.Div, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


class _Environment(SandboxedEnvironment):
    intercepted_binops = frozenset({"/"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        return right if context[DU] else left


def _shown(value: object) -> str:
    """What ``{{ value }}`` prints; an empty value is a mistake, never a gap in the text."""
    if isinstance(value, list | tuple):
        return listed(value)
    if value is None or (text := str(value)) == "":
        raise TemplateError("Hier ist ein Wert leer, der nicht verlangt war.")
    return text


def _environment() -> _Environment:
    env = _Environment(undefined=StrictUndefined, finalize=_shown, autoescape=False, trim_blocks=True, lstrip_blocks=True, cache_size=0)
    env.globals.clear()
    env.filters = dict(FILTERS)
    env.tests.clear()
    return env


_ENV = _environment()


@dataclass(frozen=True)
class Source:
    """A template's text with where it stands: ``line`` is the file's line before its first."""

    text: str
    path: str
    line: int = 0

    @cached_property
    def names(self) -> dict[str, int]:
        """The names the template asks for, with the line of the first use.

        :raises DataError: With file and line, for what is no template or not allowed in one.
        """
        return dict(reversed([(name, self.line + line) for name, line in _names(self._tree, frozenset())]))

    def render(self, values: Mapping[str, object], *, du: bool) -> str:
        """The text with the values in it.

        :raises DataError: With file and line, if a name has no value, a value is empty, or the text grows too long.
        """
        for name, line in _lists(self._tree):
            if not isinstance(values.get(name), list | tuple) or len(values[name]) > MAX_ITEMS:  # type: ignore[arg-type]
                raise self._error(line, f"„{name}“ ist keine Liste, über die eine Schleife laufen kann.", f"Eine Liste mit höchstens {MAX_ITEMS} Einträgen.")
        return _tidy("".join(self._pieces({**values, DU: du})))

    @cached_property
    def _tree(self) -> nodes.Template:
        if len(self.text) > MAX_SOURCE:
            raise self._error(1, f"Die Vorlage hat mehr als {MAX_SOURCE} Zeichen.", "Teilen Sie sie auf.")
        try:
            tree = _ENV.parse(self.text)
            _check(tree)
        except _Forbidden as error:
            raise self._error(error.line, str(error), "Erlaubt sind Namen, if, for, die Filter und „Sie“ / „du“; siehe templates/README.md.") from None
        except (TemplateError, ValueError) as error:
            raise self._error(getattr(error, "lineno", 1) or 1, f"Das ist keine gültige Vorlage ({error}).", "Korrigieren Sie die Klammern.") from None
        except RecursionError:
            raise self._error(1, "Die Vorlage ist zu tief verschachtelt.", "Vereinfachen Sie sie.") from None
        return tree

    def _pieces(self, values: dict[str, object]) -> Iterator[str]:
        template = self._compiled
        size, until = 0, time.thread_time() + MAX_SECONDS
        try:
            for piece in template.generate(values):
                size += len(piece)
                if size > MAX_OUTPUT or time.thread_time() > until:
                    raise self._error(1, "Die Vorlage wird zu lang oder nicht fertig.", f"Höchstens {MAX_OUTPUT} Zeichen Text.")
                yield piece
        except TemplateError as error:
            raise self._error(_line(error), f"{error}", "Fragen Sie den Wert mit if ab, oder verlangen Sie ihn (required = true).") from None

    @cached_property
    def _compiled(self) -> Any:
        assert self._tree
        return _ENV.from_string(self.text)

    def _error(self, line: int, text: str, remedy: str) -> DataError:
        return DataError(text, where=f"{self.path}:{self.line + line}", remedy=remedy)


class _Forbidden(Exception):
    def __init__(self, node: nodes.Node, what: str) -> None:
        super().__init__(what)
        self.line = node.lineno or 1


def _check(node: nodes.Node, depth: int = 0, loops: int = 0) -> None:
    """Refuse what is not on the list, before any of it is compiled or run."""
    if not isinstance(node, _ALLOWED):
        raise _Forbidden(node, f"„{type(node).__name__}“ ist in Vorlagen nicht erlaubt.")
    if depth > MAX_DEPTH:
        raise _Forbidden(node, "Die Vorlage ist zu tief verschachtelt.")
    if isinstance(node, nodes.Getattr) and node.attr not in ATTRIBUTES:
        raise _Forbidden(node, f"„.{node.attr}“ gibt es hier nicht.")
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args or node.kwargs):
        raise _Forbidden(node, f"Den Filter „{node.name}“ gibt es hier nicht.")
    if isinstance(node, nodes.Name) and (node.name.startswith("_") or node.name in RESERVED):
        raise _Forbidden(node, f"„{node.name}“ ist kein Name für einen Wert.")
    if isinstance(node, nodes.Div) and not all(isinstance(side, nodes.Const) and isinstance(side.value, str) for side in (node.left, node.right)):
        raise _Forbidden(node, "Vor und nach dem Schrägstrich steht Text in Anführungszeichen.")
    if isinstance(node, nodes.For):
        loops += 1
        given = isinstance(node.iter, nodes.Name) or (isinstance(node.iter, nodes.Getattr) and node.iter.attr == LIST)
        if loops > MAX_LOOPS or node.recursive or not given or not isinstance(node.target, nodes.Name):
            raise _Forbidden(node, "Eine Schleife läuft über eine gegebene Liste, höchstens zwei ineinander.")
    for child in node.iter_child_nodes():
        _check(child, depth + 1, loops)


def _names(node: nodes.Node, bound: frozenset[str]) -> Iterator[tuple[str, int]]:
    """(name, line) of each use of a name that the template does not bind itself."""
    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
        yield from _names(node.iter, bound)
        bound |= {node.target.name}
        children: Iterator[nodes.Node] = iter([*node.body, *node.else_, *([node.test] if node.test else [])])
    else:
        children = node.iter_child_nodes()
    if isinstance(node, nodes.Name) and node.name not in bound | {DU}:
        yield node.name, node.lineno
    for child in children:
        yield from _names(child, bound)


def _lists(node: nodes.Node) -> Iterator[tuple[str, int]]:
    """(name, line) of each given list that a loop runs over."""
    bound = {loop.target.name for loop in node.find_all(nodes.For) if isinstance(loop.target, nodes.Name)}
    return ((loop.iter.name, loop.lineno) for loop in node.find_all(nodes.For) if isinstance(loop.iter, nodes.Name) and loop.iter.name not in bound)


def _line(error: BaseException) -> int:
    """The template's line in which it went wrong; Jinja writes it into the traceback."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return (lines[-1] if lines else None) or 1


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()
