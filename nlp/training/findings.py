"""What the rules find in the corpus, beside what the corpus says: per rule, and line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from nlp.check import findings
from nlp.rule import rule_id
from nlp.rules import RULES
from nlp.thread import Finding, Thread, views
from nlp.training.scoring import f1


@dataclass(slots=True)
class Counted:
    """Messages in which a rule and the corpus agree, the rule alone finds something, the corpus alone does."""

    hit: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return f1(len(self.hit), len(self.invented), len(self.missed))


def given(threads: Iterable[Thread]) -> Iterator[Thread]:
    """The threads with the findings that the rules have while all labels of the corpus are given to them."""
    for thread in threads:
        labelled = thread.model_copy(deep=True)
        for view in views(labelled):
            view.message.findings = findings(view)
        yield labelled


def count(gold: Iterable[Thread], labelled: Iterable[Thread]) -> dict[str, Counted]:
    """By rule; each entry is „thread message: quote“. ``labelled`` are the same threads with findings."""
    table = {rule_id(rule): Counted() for rule in RULES}
    for thread, found in zip(gold, labelled, strict=True):
        for message, other in zip(thread.messages, found.messages, strict=True):
            said: dict[str, Finding] = {finding.rule: finding for finding in other.findings or ()}
            wanted = {defect.rule: defect for defect in message.defects or ()}
            for rule in {*said, *wanted} & {*table}:
                quote = said[rule].quote if rule in said else wanted[rule].quote
                counted = table[rule]
                side = counted.missed if rule not in said else counted.hit if rule in wanted else counted.invented
                side.append(f"{thread.task.id} {message.id}: {quote}")
    return table


def lines(labelled: Iterable[Thread]) -> list[str]:
    """„rule thread message severity“ of every finding, sorted and without texts: what a change of a rule does shows as a difference of two such lists."""
    return sorted(
        f"{finding.rule} {thread.task.id} {message.id} {finding.severity}"
        for thread in labelled for message in thread.messages for finding in message.findings or ()
    )  # fmt: skip
