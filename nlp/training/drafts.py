"""How good the drafts are: every customer message with questions, answered from its thread up to there; and how well answers and templates are chosen.

Labels (tags, questions, answers) are given as they stand, so that only the drafting is measured. ``tests/gold_snippets.jsonl`` and
``tests/gold_templates.jsonl`` hold what people chose; ``part`` says what the choice was tuned on and what it was not.

    python -m nlp.training.drafts [FILES]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nlp.artifact import HOME
from nlp.check import findings
from nlp.compose import Draft, compose
from nlp.rank import best, default
from nlp.register import house_register, register_of
from nlp.situation import Situation
from nlp.snippets import Answers, plain
from nlp.templates import Library, library
from nlp.thread import Finding, Message, Question, Thread, View
from nlp.training import corpus
from nlp.training.scoring import wilson

GOLD = Path(__file__).parents[2] / "tests"
CONFIRMS = frozenset({"option", "days", "time", "minimum", "notice", "addon"})
"""Slots of a booking: a confirmation that lacks one of them is incomplete because of that gap."""


@dataclass(slots=True)
class Drafted:
    """What the drafts of all messages come to."""

    drafts: int = 0
    questions: int = 0
    without_block: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    by: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By template: each draft as it is shown, and without its gaps."""


def asking(threads: Iterable[Thread]) -> Iterator[Thread]:
    """Each thread up to each of its customer messages with questions."""
    for thread in threads:
        for n, message in enumerate(thread.messages):
            if message.incoming and any(question.expects_answer for question in message.questions or ()):
                yield thread.model_copy(update={"messages": thread.messages[: n + 1]})


def drafted(threads: Iterable[Thread], texts: Library, choice: Answers) -> Drafted:
    """Draft for all of them and count."""
    counted = Drafted()
    for thread in asking(threads):
        started = time.perf_counter()
        draft = compose(thread, texts, choice)
        counted.milliseconds.append(1_000 * (time.perf_counter() - started))
        _count(counted, thread, draft)
    return counted


def _count(counted: Drafted, thread: Thread, draft: Draft) -> None:
    last, where = thread.messages[-1], f"{thread.task.id} {thread.messages[-1].id} {draft.template}"
    counted.drafts += 1
    blocks = {key: block for block in draft.blocks for key in block.questions}
    for question in last.questions or ():
        if question.expects_answer:
            counted.questions += 1
            block = blocks.get(f"{last.id}.{question.id}")
            if block is None:
                counted.without_block.append(where)
            else:
                kinds = {ref.kind for ref in block.sources}
                counted.by[next(kind for kind in ("open", "key_data", "chat", "catalogue", "answer", "template") if kind in kinds)] += 1
    counted.errors += [f"{where}: {finding.rule} „{finding.quote}“" for finding in real_errors(thread, draft)]
    said = _without_gaps(draft)
    if register_of(said) not in (None, house_register(thread)):
        counted.strange.append(where)
    counted.texts[draft.template].append((draft.text, said))


def real_errors(thread: Thread, draft: Draft) -> list[Finding]:
    """Findings of severity error that are no open gap: neither lie in one nor come from one."""
    message = draft.message("entwurf", thread.messages[-1].sent_at)
    view = View(thread.model_copy(update={"messages": [*thread.messages, message]}), len(thread.messages))
    values = {gap.key for gap in draft.open if gap.kind == "value"}
    found = [finding for finding in findings(view) if finding.severity == "error"]
    return [
        finding for finding in found
        if not any(start <= finding.start < end for start, end in draft.gaps())
        and not (finding.rule == "unanswered-question" and draft.open)
        and not (finding.rule == "booking-incomplete" and values & CONFIRMS)
    ]  # fmt: skip


def _without_gaps(draft: Draft) -> str:
    text = draft.text
    for start, end in reversed(draft.gaps()):
        text = text[:start] + text[end:]
    return text


def gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


def answers_chosen(threads: dict[str, Thread], choice: Answers) -> dict[str, Counter[str]]:
    """By part of the gold: questions, with an answer, chosen, right, offered (the right one among those shown for a gap)."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in gold("gold_snippets.jsonl"):
        message, question = _asked(threads[row["task_id"]], row["question"])
        chosen, shown = choice.choose(question, message), [match.id for match in choice.matches(question, message)]
        counts = counted[row["part"]]
        counts.update(
            {"questions": 1, "with answer": bool(row["snippet"]), "chosen": bool(chosen), "right": chosen is not None and chosen == row["snippet"]}
        )
        counts["offered"] += bool(row["snippet"]) and row["snippet"] in shown
    return counted


def answers_left_out(threads: Iterable[Thread], texts: Library, choice: Answers) -> Counter[str]:
    """The whole corpus, each question as if it were none of the examples: how many that are one get their answer, how many that are none get one."""
    right: dict[str, set[str]] = defaultdict(set)
    for name, snippet in texts.answers.items():
        for example in snippet.questions:
            right[plain(example)].add(name)
    marked = {(row["task_id"], row["question"]): {row["snippet"]} - {None} for row in gold("gold_snippets.jsonl")}
    counts: Counter[str] = Counter()
    for thread in threads:
        for message in thread.messages:
            for question in message.questions or ():
                if question.expects_answer:
                    key = (thread.task.id, f"{message.id}.{question.id}")
                    known = marked[key] if key in marked else right[plain(question.quote)]
                    chosen = choice.choose(question, message, unseen=True)
                    counts.update({"questions": 1, "with answer": bool(known), "chosen": chosen is not None, "right": chosen in known})
    return counts


def templates_chosen(threads: dict[str, Thread], texts: Library) -> dict[str, Counter[str]]:
    """By part of the gold: situations, the right template among those offered, the right one taken without being asked."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in gold("gold_templates.jsonl"):
        thread = threads[row["task_id"]]
        end = next(n for n, message in enumerate(thread.messages) if message.id == row["before"])
        situation = Situation(thread.model_copy(update={"messages": thread.messages[:end]}), texts.addons, thread.messages[end].sent_at)
        offered = [each.id for each in best(situation, texts.templates)]
        taken = default(situation, texts.templates).id
        counted[row["part"]].update({"situations": 1, "offered": row["template"] in offered, "taken": taken == row["template"]})
    return counted


def _asked(thread: Thread, key: str) -> tuple[Message, Question]:
    name, _, question = key.rpartition(".")
    message = next(m for m in thread.messages if m.id == name)
    return message, next(q for q in message.questions or () if q.id == question)


def share(hits: int, of: int) -> str:
    """``0.92 [0.85, 0.96] (91/99)``: the share with its Wilson interval of 95 %."""
    if not of:
        return "–"
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} [{low:.2f}, {high:.2f}] ({hits}/{of})"


def rows(threads: list[Thread]) -> Iterator[tuple[str, str]]:
    """(what, figure) of everything."""
    texts = library()
    choice = Answers(texts.answers)
    counted = drafted(threads, texts, choice)
    yield "questions that have a block", share(counted.questions - len(counted.without_block), counted.questions)
    yield "drafts with an error that is no open gap", share(len(counted.errors), counted.drafts)
    yield "drafts in the wrong register", share(len(counted.strange), counted.drafts)
    for kind, name in (("answer", "approved answer"), ("key_data", "… with key data"), ("catalogue", "… with the catalogue"), ("template", "template"), ("open", "open gap")):
        yield f"questions answered by: {name}" if kind != "open" else "questions left open", share(counted.by[kind], counted.questions)
    for name, seen in (("drafts of one template that read the same", 0), ("… if their gaps are taken out, as where only a question is taken up", 1)):
        same = [[text[seen] for text in texts] for texts in counted.texts.values()]
        yield name, share(sum(len(each) - len({*each}) for each in same), counted.drafts)
    yield "milliseconds a draft: median · 95 % · most", " · ".join(f"{value:.0f}" for value in _spread(counted.milliseconds))
    known = {thread.task.id: thread for thread in [*threads, *(item.thread for item in corpus.load(HOME / "unseen"))]}
    for part, counts in answers_chosen(known, choice).items():
        yield f"answers, {part}: precision", share(counts["right"], counts["chosen"])
        yield f"answers, {part}: coverage of questions with an answer", share(counts["right"], counts["with answer"])
        yield f"answers, {part}: right one offered for the gap", share(counts["offered"], counts["with answer"])
    counts = answers_left_out(threads, texts, choice)
    yield "answers, own example left out: precision", share(counts["right"], counts["chosen"])
    yield "answers, own example left out: coverage", share(counts["right"], counts["with answer"])
    for part, counts in templates_chosen(known, texts).items():
        yield f"templates, {part}: right one of three", share(counts["offered"], counts["situations"])
        yield f"templates, {part}: right one taken", share(counts["taken"], counts["situations"])
    for what, places in (("without block", counted.without_block), ("error", counted.errors), ("wrong register", counted.strange)):
        yield from ((what, place) for place in places[:20])


def _spread(values: list[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[int(0.95 * len(ordered))], ordered[-1]


def main() -> None:
    """Print the figures, and where a draft went wrong."""
    paths = [Path(name) for name in sys.argv[1:]] or [corpus.FOLDER]
    table = Table("drafts", "share [95 % interval] (count)")
    for row in rows([item.thread for path in paths for item in corpus.load(path)]):
        table.add_row(*row)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
