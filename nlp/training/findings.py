"""What the rules find in the corpus, beside what the corpus says: per rule, and line by line.

Labels of the corpus (questions, answers, tags) are given to the rules as they stand, so that only the rules are measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp.check import findings
from nlp.rule import rule_id
from nlp.rules import RULES
from nlp.thread import Thread, views


@dataclass(slots=True)
class Counted:
    """Messages in which a rule and the corpus agree, the rule alone finds something, the corpus alone does."""

    hit: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def gold(thread: Thread, index: int) -> set[str]:
    """Rules that the corpus says the message breaks."""
    return {defect.rule for defect in thread.messages[index].defects or ()}


def count(threads: Sequence[Thread]) -> dict[str, Counted]:
    """By rule, in the order of the rules; each entry is „thread message: quote“."""
    table = {rule_id(rule): Counted() for rule in RULES}
    for thread in threads:
        for view in views(thread):
            said = {finding.rule: finding.quote for finding in reversed(findings(view))}
            wanted = gold(thread, view.index)
            for rule in {*said, *wanted} & {*table}:
                at = f"{thread.task.id} {view.message.id}: {said.get(rule, '')}"
                counted = table[rule]
                (counted.missed if rule not in said else counted.hit if rule in wanted else counted.invented).append(at)
    return table


def lines(threads: Sequence[Thread]) -> Iterator[str]:
    """Every finding as one line; a change of a rule shows as a difference of two such lists."""
    for thread in threads:
        for view in views(thread):
            for finding in findings(view):
                yield f"{thread.task.id} {view.message.id} {finding.rule}: {finding.quote[:60]!r}"
