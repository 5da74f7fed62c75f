"""What was seen in many threads, added up: counts, and of each kind of case only the foremost, so that memory stays bounded."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from nlp.audit.case import Case
from nlp.audit.doubt import Doubt
from nlp.audit.observe import Observed
from nlp.handbook import taxonomy

TOP = 50
"""Cases kept of each kind, of tags of each tag."""


@dataclass(slots=True)
class Group:
    """Questions of one assistant or one type of task; ``spent`` counts answers by (working) minutes."""

    questions: Counter[str] = field(default_factory=Counter)
    spent: Counter[int] = field(default_factory=Counter)
    threads: int = 0


class Foremost:
    """The ``TOP`` cases of greatest rank; of equals the earlier."""

    def __init__(self) -> None:
        self._heap: list[tuple[tuple[float | str, ...], int, Case]] = []
        self._turn = count()

    def add(self, case: Case) -> None:
        entry = (case.rank, -next(self._turn), case)
        if len(self._heap) < TOP:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def __iter__(self) -> Iterator[Case]:
        return (case for *_, case in sorted(self._heap, key=lambda entry: entry[:2], reverse=True))


class Totals:
    """Everything the report tells."""

    def __init__(self) -> None:
        self.threads = self.messages = self.rejected = self.given = 0
        self.months: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.matters: Counter[str] = Counter()
        self.affected: Counter[str] = Counter()
        self.breaches: Counter[tuple[str, str, str]] = Counter()
        self.calendar: Counter[int] = Counter()
        self.everyone = Group()
        self.assistants: defaultdict[str, Group] = defaultdict(Group)
        self.types: defaultdict[str, Group] = defaultdict(Group)
        self.doubt = Doubt(list(taxonomy()))
        self._cases: defaultdict[tuple[str, str], Foremost] = defaultdict(Foremost)

    def add(self, seen: Observed) -> None:
        """Take in one thread."""
        self.threads += 1
        self.messages += seen.messages
        self.given += seen.given
        self.breaches.update(seen.breaches)
        for mine, new in ((self.months, seen.months), (self.tags, seen.tags), (self.matters, seen.matters)):
            mine.update(new)
        self.affected.update(kind for kind, times in seen.matters.items() if times)
        self.calendar.update(plain for plain, _ in seen.answered)
        for group in (self.everyone, self.assistants[seen.assistant], self.types[seen.task_type]):
            group.threads += 1
            group.questions.update(seen.questions)
            group.spent.update(working for _, working in seen.answered)
        for scores, given in seen.labelled:
            self.doubt.add(scores, given)
        for case in seen.cases:
            self._cases[case.kind, case.tag].add(case)

    def cases(self, kinds: Iterable[str]) -> Iterator[Case]:
        """The foremost cases, kind by kind."""
        for kind in kinds:
            for (name, _), found in sorted(self._cases.items(), key=lambda item: item[0]):
                if name == kind:
                    yield from found
