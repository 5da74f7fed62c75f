"""Archives: messages a second and memory of the full and the fast path, beside TF-IDF and spaCy's textcat on the same rows and workers.

``make bench-batch`` takes the corpus, replicated with varied text, to 100,000 messages; the full path reads a sample of them. ``--messages
N`` takes fewer, ``--kills N`` kills so many runs at random moments, resumes them and compares with an unbroken one, ``--ray`` loses a node.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import hashlib
import json
import multiprocessing
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

NAMES = "Adler Brandt Conrad Dietz Ebert Fuchs Graf Huber Imhof Jung Krüger Lang Moser Noll Otto Pohl Quast Roth Seidel Thoma".split()
FULL = 3_000
"""Messages of the sample that the full path reads."""
CHUNK = 1_000
"""Messages a peer's process is given at a time."""
out = Console(width=160)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--full", type=int, default=FULL)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--ray", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive, sample = Path(folder) / "archive.jsonl", Path(folder) / "sample.jsonl"
        count, few = replicate(archive, given.messages), replicate(sample, given.full)
        if given.kills or given.ray:
            kills(archive, given.kills)
            if given.ray:
                ray_loses_a_node(archive)
            return
        out.print(f"{count} Nachrichten, davon {few} für den vollen Weg; Last der Maschine vorher: {os.getloadavg()[0]:.1f}")
        speed(archive, count, sample, few)


def replicate(path: Path, messages: int) -> int:
    """Write threads nobody was trained on, without labels, again and again, with other names, numbers and a word moved; how many messages it has.

    Of the corpus half as many messages would be doubtful: models know it by heart.
    """
    from nlp import artifact
    from nlp.annotate import without_labels
    from nlp.training import corpus

    threads = [without_labels(item.thread).to_json() for item in corpus.load(artifact.HOME / "unseen")]
    rng, count, number = random.Random(0), 0, 0
    with path.open("w", encoding="utf-8") as file:
        while count < messages:
            number += 1
            thread = json.loads(json.dumps(threads[number % len(threads)]))
            thread["task"]["id"] = f"R-{number}"
            for message in thread["messages"]:
                message["text"] = varied(message["text"], rng)
            count += len(thread["messages"])
            file.write(json.dumps(thread, ensure_ascii=False) + "\n")
    return count


def varied(text: str, rng: random.Random) -> str:
    """The text with other figures and surnames, and one of its longer words swapped with its neighbour."""
    text = re.sub(r"(?<=Frau )[A-ZÄÖÜ]\w+|(?<=Herr )[A-ZÄÖÜ]\w+", lambda _: rng.choice(NAMES), text)
    text = re.sub(r"\b[2-9]\b", lambda _: str(rng.randint(2, 9)), text)
    words = text.split(" ")
    if len(words) > 6:
        at = rng.randrange(2, len(words) - 2)
        words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


class Peak(threading.Thread):
    """The most memory a process and its children hold together, in MB; shared pages are counted once (PSS)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0.0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.5):
            self.most = max(self.most, sum(map(held, family(self.pid))))

    def stop(self) -> float:
        self.over.set()
        self.join()
        return self.most


def family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                yield from family(int(child))
        except OSError:
            continue


def held(pid: int) -> float:
    try:
        return int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1]) / 1_024  # type: ignore[index]
    except (OSError, TypeError):
        return 0.0


def command(source: Path, target: Path, workers: int, *more: str) -> list[str]:
    return [sys.executable, "-m", "nlp.cli", "annotate", str(source), "-o", str(target), "--workers", str(workers), *more]


def ours(source: Path, messages: int, workers: int, *more: str) -> tuple[float, float]:
    """Messages a second, models loaded (a first run of one thread is taken off), and peak MB."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "one.jsonl"
        with source.open("rb") as file:
            small.write_bytes(file.readline())
        start = time.perf_counter()
        subprocess.run(command(small, Path(folder) / "warm.jsonl", workers, *more), check=True, capture_output=True)
        loading = time.perf_counter() - start
        start = time.perf_counter()
        with subprocess.Popen(command(source, Path(folder) / "out.jsonl", workers, *more), stderr=subprocess.DEVNULL) as process:
            peak = Peak(process.pid)
            process.wait()
        assert process.returncode == 0
        return messages / max(0.1, time.perf_counter() - start - loading), peak.stop()


_classify: Callable[[Any], Any] = list


def _prepare(peer: str) -> None:
    global _classify
    from nlp.handbook import taxonomy
    from nlp.training import baselines, corpus

    messages = [message for item in corpus.load() for message in item.thread.messages]
    fit = baselines.tfidf if peer == "tfidf" else lambda train, tags: baselines.textcat(train[:800], tags, epochs=1)
    _classify = fit(messages, list(taxonomy()))


def _judge(lines: list[str]) -> list[Any]:
    from nlp.thread import Thread

    messages = [message for line in lines for message in Thread.model_validate_json(line).messages]
    return [_classify(messages)]


def peers(source: Path, messages: int, workers: int, peer: str) -> float:
    """Messages a second of a tag classifier on the same rows, read and parsed as we do."""
    lines = source.read_text(encoding="utf-8").splitlines()
    per_chunk = max(1, CHUNK * len(lines) // messages)
    chunks = [lines[at : at + per_chunk] for at in range(0, len(lines), per_chunk)]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _prepare, (peer,)) as pool:
        list(pool.map(_judge, [lines[:1]] * (4 * workers)))
        start = time.perf_counter()
        list(pool.map(_judge, chunks))
        return messages / (time.perf_counter() - start)


def speed(archive: Path, count: int, sample: Path, few: int) -> None:
    """The table of rates."""
    table = Table("Weg", "Prozesse", "Nachrichten/s", "Spitze MB", "Last")

    def row(name: str, workers: int, rate: float, peak: float | None = None) -> float:
        out.print(f"{name}, {workers}: {rate:.0f}/s", f"{peak:.0f} MB" if peak else "", style="dim")
        table.add_row(name, str(workers), f"{rate:.0f}", f"{peak:.0f}" if peak else "", f"{os.getloadavg()[0]:.1f}")
        return rate

    fast = {workers: row("--fast", workers, *ours(archive, count, workers, "--fast")) for workers in (1, 2)}
    for share in (0.0, 0.04):
        row(f"--fast --encoder-share {share}", 2, *ours(archive, count, 2, "--fast", "--encoder-share", str(share)))
    full = {workers: row("voll", workers, *ours(sample, few, workers)) for workers in (1, 2)}
    tfidf = row("TF-IDF + LR (nur Tags)", 2, peers(sample, few, 2, "tfidf"))
    textcat = row("spaCy textcat_multilabel (nur Tags)", 2, peers(archive, count, 2, "textcat"))
    out.print(table)
    out.print(
        f"--fast: {fast[2] / full[2]:.1f} × voll, {fast[2] / tfidf:.1f} × TF-IDF, {fast[2] / textcat:.1f} × textcat;"
        f" zwei Prozesse statt einem: --fast {fast[2] / fast[1]:.2f} ×, voll {full[2] / full[1]:.2f} ×"
    )


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kills(archive: Path, times: int) -> None:
    """Kill runs at random moments, resume, compare."""
    rng, folder = random.Random(1), archive.parent
    start = time.perf_counter()
    subprocess.run(command(archive, folder / "whole.jsonl", 2, "--fast"), check=True, capture_output=True)
    seconds, whole, same = time.perf_counter() - start, digest(folder / "whole.jsonl"), 0
    for n in range(times):
        target = folder / f"cut{n}.jsonl"
        with subprocess.Popen(command(archive, target, 2, "--fast"), stderr=subprocess.DEVNULL, start_new_session=True) as process:
            moment = rng.uniform(0, seconds)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        parts = len(list(folder.glob(f"cut{n}.jsonl.parts/*.threads.*")))
        done = subprocess.run(command(archive, target, 2, "--fast", "--resume"), check=False, capture_output=True)
        equal = done.returncode == 0 and digest(target) == whole
        same += equal
        out.print(f"Abbruch {n + 1} nach {moment:.1f} s mit {parts} Teilen: {'gleich' if equal else 'ANDERS ' + done.stderr.decode()[-300:]}")
        target.unlink(missing_ok=True)
    out.print(f"{same} von {times} gleich")


def ray_loses_a_node(archive: Path) -> None:
    """Two nodes on this machine; one is killed while it works."""
    import ray
    from ray.cluster_utils import Cluster

    from nlp.batch import cluster, run
    from nlp.batch.parts import Options

    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = nodes.add_node(num_cpus=1)
    ray.init(address=nodes.address, log_to_driver=False)
    done = 0

    def say(*_: object) -> None:
        nonlocal done
        done += 1
        if done == 3:
            nodes.remove_node(second, allow_graceful=False)
            out.print("Ein Knoten ist weg.")

    target = archive.parent / "ray.jsonl"
    run.to_file(run.Run(str(archive), Options(fast=True), cluster.engine(2), say=say), str(target))
    if not (archive.parent / "whole.jsonl").exists():
        run.to_file(run.Run(str(archive), Options(fast=True)), str(archive.parent / "whole.jsonl"))
    out.print("Ray mit verlorenem Knoten:", "gleich" if digest(target) == digest(archive.parent / "whole.jsonl") else "ANDERS")
    ray.shutdown()
    nodes.shutdown()


if __name__ == "__main__":
    main()
