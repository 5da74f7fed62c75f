"""Findings: what the rules have against a message of ours, and whether it may be sent.

A finding can be ignored for this one instance. What is remembered is a hash of the rule and of what the words around it say,
never a position, so that it stays ignored while the rest of the text changes and comes back when the passage does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator

from nlp.handbook import Handbook, handbook
from nlp.rule import Mark, Rule, applies, rule_id
from nlp.rules import RULES
from nlp.thread import Finding, Severity, View

CONTEXT = 40
"""Characters on either side of a passage that tell one instance from another."""
_ORDER = {"error": 0, "warning": 1, "hint": 2}


def findings(view: View, figures: Handbook | None = None) -> list[Finding]:
    """What the rules in force find in the view's message, gravest first; nothing for a customer's message."""
    figures, view = figures or handbook(), view.bounded()
    found = [finding for rule in RULES if applies(rule, view.message) for finding in _run(rule, view, figures)]
    return sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.start))


def _run(rule: Rule, view: View, figures: Handbook) -> Iterator[Finding]:
    name = rule_id(rule)
    level = figures.severity.get(name)
    if level != "off":
        yield from (_finding(name, level or mark.severity or rule.SEVERITY, view.message.text, mark) for mark in rule.check(view))


def _finding(name: str, severity: Severity, text: str, mark: Mark) -> Finding:
    quote = text[mark.start : mark.end]
    remembered = key(name, text, mark.start, mark.end)
    return Finding(rule=name, severity=severity, message=mark.text, start=mark.start, end=mark.end, quote=quote, fix=mark.fix, key=remembered)


def key(rule: str, text: str, start: int, end: int) -> str:
    """What an ignored finding is remembered by: 16 hex digits over rule, passage and the words around it."""
    around = re.sub(r"\W+", " ", text[max(0, start - CONTEXT) : end + CONTEXT] if end else text).lower().strip()
    return hashlib.sha256(f"{rule}\0{around}".encode("utf-8", "replace")).hexdigest()[:16]


def kept(found: Iterable[Finding], ignored: Collection[str]) -> list[Finding]:
    """The findings that are not ignored."""
    return [finding for finding in found if finding.key not in ignored]


def sendable(found: Iterable[Finding]) -> bool:
    """No error stands."""
    return all(finding.severity != "error" for finding in found)
