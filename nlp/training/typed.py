"""How close reading around a change comes to reading the whole draft: ``python -m nlp.training.typed``.

Outgoing corpus messages are changed as people change drafts; the labels after reading around the change stand beside those of a whole pass: how often they are
the same, and how many of the changes that a whole pass sees are seen.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from nlp.assistant import Assistant
from nlp.thread import Message, Thread
from nlp.training import corpus

WORDS = 25
"""A message has at least so many."""
SAID: dict[str, Callable[[Message], Any]] = {
    "Tags": lambda m: set(m.tags or ()),
    "Antworten": lambda m: {(a.question, a.status) for a in m.answers or ()},
    "Hinweise": lambda m: {finding.rule for finding in m.findings or ()},
}


def changes(text: str, others: Sequence[str], rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Kinds of change, with the text before and after."""
    words, sentences = text.split(" "), re.split(r"(?<=[.!?])\s+", text)
    at, typed = rng.randrange(len(words)), int(0.7 * len(words))
    yield "ein Wort ersetzt", text, " ".join([*words[:at], rng.choice(others), *words[at + 1 :]])
    yield "sechs Wörter weitergeschrieben", " ".join(words[:typed]), " ".join(words[: typed + 6])
    if len(sentences) > 2:
        left_out = rng.randrange(1, len(sentences))
        shorter = " ".join(sentences[:left_out] + sentences[left_out + 1 :])
        yield "ein Satz gelöscht", text, shorter
        yield "bis auf zwei Sätze gelöscht", text, " ".join(sentences[:2])
        yield "ein Satz eingefügt", shorter, text


def drafts(threads: Sequence[Thread], rng: random.Random) -> Iterator[tuple[Thread, Message]]:
    """Of each thread one of our longer messages, and the thread before it."""
    for thread in threads:
        longer = [n for n, m in enumerate(thread.messages) if n and m.outgoing and m.channel == "chat" and len(m.text.split()) >= WORDS]
        if longer:
            n = rng.choice(longer)
            yield thread.model_copy(update={"messages": thread.messages[:n]}), thread.messages[n]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=300)
    rng = random.Random(0)
    threads = [item.thread for item in corpus.load()]
    chosen = rng.sample(threads, min(parser.parse_args().threads, len(threads)))
    others = [word for thread in chosen[:50] for message in thread.messages for word in message.text.split()]
    assistant, counts = Assistant.load(), Counter[tuple[str, ...]]()
    for before, message in drafts(chosen, rng):
        for kind, old, new in changes(message.text, others, rng):
            assistant.models.encoder.forget()
            known = assistant.check(before, old, author=message.author, typed=True)
            typed = assistant.check(before, new, author=message.author, typed=True)
            whole = assistant.check(before, new, author=message.author)
            counts[kind, "n"] += 1
            for name, said in SAID.items():
                counts[kind, name, "gleich"] += said(typed) == said(whole)
                if said(known) != said(whole):
                    counts[kind, name, "anders"] += 1
                    counts[kind, name, "gesehen"] += said(typed) == said(whole)
    table = Table("Änderung", "Entwürfe", *(f"{name} gleich · Wechsel gesehen" for name in SAID))
    for kind in dict.fromkeys(key[0] for key in counts):
        cells = (f"{counts[kind, n, 'gleich'] / counts[kind, 'n']:.3f} · {counts[kind, n, 'gesehen']}/{counts[kind, n, 'anders']}" for n in SAID)
        table.add_row(kind, str(counts[kind, "n"]), *cells)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
