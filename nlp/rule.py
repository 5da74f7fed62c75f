"""What a rule is, and how its examples are written.

A rule is a module of ``nlp.rules``: its file name is its id, its docstring the page an editor reads, ``EXAMPLES`` its tests,
``check`` its logic. It sees the annotated thread up to the message under test and yields marks; it never loads a model.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from nlp.thread import Fix, Message, Severity, Thread, View

Scope = Literal["chat", "note", "both"]
"""Which of our messages a rule reads: those the customer sees, internal notes, or both."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` up to ``end`` of the message's text; 0, 0 for the message as a whole.

    ``text`` is what the writer reads: what is wrong and what to do, one German sentence. ``severity`` is given where this mark
    is graver or milder than the rule's own.
    """

    start: int
    end: int
    text: str
    fix: Fix | None = None
    severity: Severity | None = None


class Rule(Protocol):
    """A module of ``nlp.rules``."""

    __name__: str
    __doc__: str | None
    LABEL: str
    SEVERITY: Severity
    SCOPE: Scope
    EXAMPLES: str

    @property
    def check(self) -> Callable[[View], Iterable[Mark]]: ...


def rule_id(rule: Rule) -> str:
    """``nlp.rules.wrong_name`` is ``wrong-name``."""
    return rule.__name__.rpartition(".")[2].replace("_", "-")


def applies(rule: Rule, message: Message) -> bool:
    """Whether the rule reads this message: it is ours, and on the rule's side of the curtain."""
    return message.author != "customer" and rule.SCOPE in (message.channel, "both")


class Example(NamedTuple):
    """A thread whose last message is under test, the spans to be marked, and the text after all fixes (None: no fix)."""

    view: View
    marks: list[tuple[int, int]]
    fixed: str | None


_LINE = re.compile(
    r"(?P<author>customer|assistant|team)(?P<note> note)?(?P<at> \d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)?(?P<tags>(?: #\w+)*)(?P<files>(?: \+\S+)*)"
    r"(?: %(?P<score>0\.\d+))?(?P<whole>!?): (?P<text>.*)"
)
_SIGN = re.compile(r"<<(?P<mark>.*?)(?:=>(?P<new>.*?))?>>|<(?P<label>[?!~])(?P<said>[^<>]*)>")


def examples(rule: Rule) -> Iterator[Example]:
    """The threads of ``EXAMPLES``, separated by blank lines.

    ====================================  ==========================================================================
    ``team: text``                        a message: author, then as needed `` note``, `` 2026-03-02T09:14``, `` #tag``s
                                          `` +file``s and ``%0.9``, the rule's trained score; ``⏎`` in the text is a line break
    ``<<text>>`` / ``<<text=>new>>``      must be marked / and be mended like this
    ``team!: text``                       the message is marked as a whole
    ``<?text>``                           a question
    ``<!text>`` / ``<~text>``             the answer to the oldest open question / a deferral of it; other open ones are missed
    ``= key = value``                     facts of the task, as TOML: ``= customer.last_name = "Kern"``
    ====================================  ==========================================================================

    :raises ValueError: For a line that is none of these.
    """
    for block in rule.EXAMPLES.strip().split("\n\n"):
        task: dict[str, Any] = {"id": "A-1"}
        messages: list[dict[str, Any]] = []
        waiting: list[str] = []
        marks: list[tuple[int, int]] = []
        fixed: str | None = None
        facts = "\n".join(line[2:] for line in block.splitlines() if line.startswith("= "))
        for key, value in tomllib.loads(facts).items():
            task[key] = value
        for line in block.splitlines():
            if line.startswith("= "):
                continue
            parsed = _LINE.fullmatch(line)
            if parsed is None:
                raise ValueError(f"{rule.__name__}: not a line of an example: {line!r}")
            message, marks, fixed = _message(parsed, f"m{len(messages) + 1}", waiting)
            message["rule_scores"] = {rule_id(rule): float(parsed["score"] or 0)}
            marks += [(0, 0)] if parsed["whole"] else []
            messages.append(message)
        thread = Thread.model_validate({"task": task, "messages": messages})
        yield Example(View(thread, len(messages) - 1), marks, fixed)


def _message(parsed: re.Match[str], name: str, waiting: list[str]) -> tuple[dict[str, Any], list[tuple[int, int]], str | None]:
    """The message without its signs, the marks, and the mended text if it differs; ``waiting`` are the open questions."""
    signed = parsed["text"].replace("⏎", "\n")
    text = after = ""
    end = 0
    marks: list[tuple[int, int]] = []
    questions: list[dict[str, str]] = []
    answers: list[dict[str, str]] = []
    for sign in _SIGN.finditer(signed):
        between, said = signed[end : sign.start()], sign["said"]
        text, after, end = text + between, after + between, sign.end()
        if sign["mark"] is not None:
            marks.append((len(text), len(text) + len(sign["mark"])))
            text, after = text + sign["mark"], after + (sign["mark"] if sign["new"] is None else sign["new"])
            continue
        text, after = text + said, after + said
        if sign["label"] == "?":
            questions.append({"id": f"q{len(questions) + 1}", "quote": said, "kind": "direct"})
        else:
            answers.append({"question": waiting.pop(0), "quote": said, "status": "answered" if sign["label"] == "!" else "deferred"})
    text, after = text + signed[end:], after + signed[end:]
    note = bool(parsed["note"])
    if parsed["author"] != "customer" and not note:
        answers += [{"question": question, "status": "missed"} for question in waiting]
    waiting += [f"{name}.{question['id']}" for question in questions]
    message = {
        "id": name, "author": parsed["author"], "channel": "note" if note else "chat", "text": text, "tags": parsed["tags"].replace("#", "").split(),
        "attachments": parsed["files"].replace("+", "").split(), "questions": questions, "answers": answers,
    }  # fmt: skip
    if parsed["at"]:
        message["sent_at"] = parsed["at"].strip() if "T" in parsed["at"] else f"{parsed['at'].strip()}T09:00"
    return message, marks, after if after != text else None


def mended(text: str, fixes: Iterable[Fix]) -> str:
    """The text with the fixes made; they must not overlap."""
    for fix in sorted(fixes, key=lambda fix: -fix.start):
        text = text[: fix.start] + fix.replacement + text[fix.end :]
    return text
