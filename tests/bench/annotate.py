"""Speed and memory of annotation, one process, one thread; ratios against peers measured in the same run.

``make bench`` prints the table. Peers tag messages only: TF-IDF with logistic regression, and spaCy's textcat_multilabel.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

SAMPLE = Path(__file__).parent / "thread8.json"
ROUNDS = 30


def main() -> None:
    """Measure and print."""
    table = Table("Größe", "Wert", "Grenze", "zu TF-IDF", "zu textcat")
    loaded = subprocess.run([sys.executable, __file__, "load"], capture_output=True, text=True, check=True).stdout.split()
    tfidf, textcat = _peers()
    cold, warm, draft, word = _own()
    table.add_row("Modelle laden", f"{float(loaded[0]):.2f} s", "2 s", "", "")
    table.add_row("Arbeitsspeicher nach 8 Nachrichten", f"{float(loaded[1]):.0f} MB", "500 MB", "", "")
    for label, value, bar, messages in (
        ("8 Nachrichten annotieren, kalt", cold, 250, 8),
        ("nur die letzte ist neu", warm, 25, 1),
        ("Entwurf von 80 Wörtern prüfen, neu", draft, 60, 1),
        ("derselbe beim Schreiben, ein Wort geändert", word, 20, 1),
    ):
        table.add_row(label, f"{value:.1f} ms", f"{bar} ms", f"{value / (messages * tfidf):.1f} ×", f"{value / (messages * textcat):.1f} ×")
    Console().print(table)
    Console().print(f"je Nachricht: TF-IDF {tfidf:.2f} ms, textcat {textcat:.2f} ms; Median aus {ROUNDS}")


def _thread() -> object:
    from nlp.thread import Thread

    return Thread.model_validate(json.loads(SAMPLE.read_text(encoding="utf-8")))


def _median(act: Callable[[int], object]) -> float:
    """Milliseconds; ``act`` gets the number of the round."""
    times = []
    for n in range(ROUNDS):
        start = time.perf_counter()
        act(n)
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


def _own() -> tuple[float, float, float, float]:
    from nlp.assistant import Assistant
    from nlp.thread import Thread

    assistant, thread = Assistant.load(), _thread()
    assert isinstance(thread, Thread)
    assistant.annotate(thread)

    def changed(n: int, first: int) -> Thread:
        copy = thread.model_copy(deep=True)
        for message in copy.messages[first:]:
            message.text += f" {n}{first}"
        return copy

    cold = _median(lambda n: assistant.annotate(changed(n, 0)))
    warm = _median(lambda n: assistant.annotate(changed(n, 7)))
    done = assistant.annotate(thread)
    words = (thread.messages[1].text + " " + thread.messages[3].text + " " + thread.messages[5].text + " ").split() * 4
    draft = _median(lambda n: assistant.check(done, " ".join([f"Nr{n}", *words[n : n + 79]])))
    word = _median(lambda n: assistant.check(done, " ".join([*words[:40], f"wort{n}", *words[41:80]]), typed=True))
    return cold, warm, draft, word


def _peers() -> tuple[float, float]:
    """Milliseconds a message of the baselines, fitted on the corpus."""
    from nlp.handbook import taxonomy
    from nlp.thread import Thread
    from nlp.training import baselines, corpus

    thread = _thread()
    assert isinstance(thread, Thread)
    train = [message for item in corpus.load() for message in item.thread.messages]
    tags = list(taxonomy())
    found = []
    for classify in (baselines.tfidf(train, tags), baselines.textcat(train[:800], tags, epochs=1)):
        found.append(_median(lambda _, classify=classify: [classify([message]) for message in thread.messages]) / len(thread.messages))  # type: ignore[misc]
    return found[0], found[1]


def _load() -> None:
    """Seconds to load the models, and resident megabytes after a thread."""
    from nlp.assistant import Assistant
    from nlp.thread import Thread

    start = time.perf_counter()
    assistant = Assistant.load()
    seconds = time.perf_counter() - start
    thread = _thread()
    assert isinstance(thread, Thread)
    assistant.annotate(thread)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024)


if __name__ == "__main__":
    _load() if sys.argv[1:] == ["load"] else main()
