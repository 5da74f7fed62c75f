"""Does it learn from feedback, does it resist wrong feedback, and does a server take over a new version without dropping a call?

``make bench-learn``, or ``python tests/bench/learn.py curve|wrong|reload``. Part of the corpus is feedback that comes in through the API; logits are those
of encoders that had not seen a thread, so nothing is read anew. The test threads are seen by no side.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table

sys.path[0] = str(Path(__file__).parents[1])

from service.fake import FakeAssistant

from api.app import create
from api.settings import load as settings
from nlp import artifact
from nlp.cues import CUES
from nlp.handbook import taxonomy
from nlp.inputs import LEARNT_RULES
from nlp.learning import dataset, gate
from nlp.learning.events import Event, from_row
from nlp.learning.examples import Example, build
from nlp.learning.learn import Base, learn
from nlp.learning.ranking import ranked
from nlp.tags import labels, may_carry
from nlp.thread import Thread, View
from nlp.training import corpus, fit, heads, held_out, rescoring, versions
from nlp.training.heads import Rows
from nlp.training.held_out import Prediction

THREADS, START, TEST, BATCHES, SEEDS, ROUNDS = 300, 0.2, 300, 5, 2, 500
CALLS, CLIENTS, PORT, EVERY = 5_000, 4, 8_213, 6.0
TAGS = [tag for tag in taxonomy() if tag != "kundenfrage"]
NAMES = labels(taxonomy())
COLUMNS = [NAMES.index(tag) for tag in TAGS]
console = Console(width=140)


@dataclass(frozen=True)
class Split:
    """Threads to start with, to be reviewed, and to test on; ``said`` by corpus key."""

    start: list[Thread]
    pool: list[View]
    test: list[Thread]
    said: dict[str, Prediction]

    @classmethod
    def drawn(cls, seed: int) -> Split:
        said = held_out.load(artifact.current("encoder").path(held_out.HELD_OUT))
        threads = [item.thread for item in corpus.load() if all(corpus.key(item.thread, m) in said for m in item.thread.messages)]
        order = np.random.default_rng(seed).permutation(len(threads))
        # a few threads with each trained rule come first, so that every fold can learn it
        rules = [[n for n in order if any(rule in corpus.labels(m) for m in threads[n].messages)][:6] for rule in LEARNT_RULES]
        order = np.array(list(dict.fromkeys([*(n for found in rules for n in found), *order])))
        first = int(START * THREADS)
        pool = [View(threads[n], k) for n in order[first:THREADS] for k in range(len(threads[n].messages))]
        return cls([threads[n] for n in order[:first]], pool, [threads[n] for n in order[THREADS : THREADS + TEST]], said)

    def base(self) -> Base:
        """The threads to start with as a corpus of two folds."""
        parts = [np.arange(fold, len(self.start), 2) for fold in range(2)]
        data, judged = heads.rows(self.start, self.said, taxonomy()), heads.judged(self.start, self.said)
        rescorer = rescoring.fitted(self.start, rescoring.found(self.start, self.said), parts)
        return Base(artifact.current("encoder"), taxonomy(), self.start, self.said, data, judged, rescorer, parts)


class Reviews:
    """Feedback posted to the API, and read back from its store."""

    def __init__(self, split: Split) -> None:
        self._split, self._keys = split, dict[str, list[str]]()
        self._folder = tempfile.TemporaryDirectory()
        self._app = create(settings(demo=True, database=f"sqlite:///{self._folder.name}/store.db", rate_per_minute=10**9, log_level="error"), FakeAssistant)
        self._client = TestClient(self._app, base_url="http://127.0.0.1")
        self._client.__enter__()

    def close(self) -> None:
        self._client.__exit__(None, None, None)
        self._folder.cleanup()

    def post(self, view: View, user: str, **event: Any) -> None:
        name = str(uuid.uuid4())
        shown = (*view.before[-3:], view.message)
        self._keys[name] = [corpus.key(view.thread, message) for message in shown]
        said = [message.model_dump(mode="json", include={"id", "author", "channel", "text", "sent_at"}, exclude_none=True) for message in shown]
        body = {"id": name, "task": {"id": "A-1", "area": view.thread.task.area}, "context": said[:-1], "message": said[-1], "user": user, **event}
        answer = self._client.post("/v1/feedback", json=body)
        assert answer.status_code == 202, answer.text

    def events(self) -> list[Event]:
        return [from_row(row) for row in self._app.state.service.store.all_feedback()]

    def read(self, example: Example) -> dict[str, Prediction]:
        """What held-out encoders say of the message that the event was about, and of those before it."""
        pairs = zip(example.thread.messages, self._keys[example.events[0]], strict=True)
        return {corpus.key(example.thread, message): {**self._split.said[key], "answers": {}} for message, key in pairs}

    def rows(self) -> Rows:
        return dataset.rows(build(self.events(), taxonomy())[0], self.read, self._split.start, taxonomy())[0]


def curve() -> bool:
    """F1 against labels: all tags of random messages, only doubtful tags of random messages, and the queue."""
    arms = {"zufällig, alle Tags": _random, "zufällig, nur Fragliches": _random_doubtful, "Warteschlange": _queue}
    points: dict[str, list[list[tuple[int, int, Any]]]] = {arm: [] for arm in arms}
    for seed in range(SEEDS):
        split = Split.drawn(seed)
        for arm, choose in arms.items():
            points[arm].append(list(_grown(split, choose, np.random.default_rng(seed))))
            print(f"Durchgang {seed + 1}, {arm}: fertig nach {time.process_time():.0f} s Rechenzeit", flush=True)
    draws = _drawn(points)
    table = Table("Verfahren", "Nachrichten", "Labels", "Tags macro-F1", "95 %", title=f"{SEEDS} Durchgänge, {THREADS} Aufgabenchats, Start mit {START:.0%}, {TEST} zum Testen")
    for arm in arms:
        for n in range(BATCHES + 1):
            messages, asked = (np.mean([run[n][k] for run in points[arm]]) for k in (0, 1))
            low, middle, high = np.quantile(draws[arm][:, n], [0.025, 0.5, 0.975])
            table.add_row(arm, f"{messages:.0f}", f"{asked:.0f}", f"{middle:.4f}", f"{low:.4f} – {high:.4f}")
    console.print(table)
    return _shares(points, draws)


def _grown(split: Split, choose: Callable[..., Any], rng: np.random.Generator) -> Iterator[tuple[int, int, Any]]:
    """Messages and labels so far, and counts by test thread ``[n_threads, n_tags, 3]``, before and after each batch."""
    base, reviews = split.base(), Reviews(split)
    test = heads.rows(split.test, split.said, taxonomy())
    pool = _as_rows(split)
    scores = heads.out_of_fold(base.data, NAMES, taxonomy(), base.parts)
    cuts = heads.thresholds(scores, base.data.gold)
    done, messages, asked = np.zeros(len(split.pool), bool), 0, 0
    state = heads.fit(base.data, NAMES, taxonomy())
    for batch in range(BATCHES + 1):
        said = heads.probabilities(state, test, NAMES, taxonomy())
        yield messages, asked, _counts(said >= cuts, test)
        if batch == BATCHES:
            break
        chances = heads.probabilities(state, pool, NAMES, taxonomy())
        chosen = choose(pool, chances, done, int(np.ceil(len(done) / BATCHES)), base, rng)
        for n, tags in chosen:
            asked += _reviewed(reviews, split.pool[n], tags, f"u{n % 7}")
            done[n], messages = True, messages + 1
        state = heads.fit(base.data.plus(reviews.rows()), NAMES, taxonomy())
    reviews.close()


def _as_rows(split: Split) -> Rows:
    threads = list({id(view.thread): view.thread for view in split.pool}.values())
    return heads.rows(threads, split.said, taxonomy())


def _random(pool: Rows, chances: Any, done: Any, count: int, base: Base, rng: np.random.Generator) -> list[tuple[int, list[str] | None]]:
    return [(int(n), None) for n in rng.permutation(np.flatnonzero(~done))[:count]]


def _random_doubtful(pool: Rows, chances: Any, done: Any, count: int, base: Base, rng: np.random.Generator) -> list[tuple[int, list[str] | None]]:
    chosen = rng.permutation(np.flatnonzero(~done))[:count]
    asked = {one.index: one.ask for one in ranked(chances[chosen][:, COLUMNS], pool.known[chosen, :-CUES], count)}
    return [(int(n), [TAGS[k] for k in asked.get(place, [])]) for place, n in enumerate(chosen)]


def _queue(pool: Rows, chances: Any, done: Any, count: int, base: Base, rng: np.random.Generator) -> list[tuple[int, list[str] | None]]:
    left = np.flatnonzero(~done)
    found = ranked(chances[left][:, COLUMNS], pool.known[left, :-CUES], count, base.data.gold[:, COLUMNS].mean(0))
    return [(int(left[one.index]), [TAGS[k] for k in one.ask]) for one in found]


def _reviewed(reviews: Reviews, view: View, tags: list[str] | None, user: str) -> int:
    """Post what a reviewer who is always right says; how many labels that is."""
    gold = set(view.message.tags or ())
    if tags is None:
        reviews.post(view, user, event="labels_confirmed", tags=sorted(gold))
        return sum(may_carry(view.message, tag, taxonomy()) for tag in TAGS)
    for tag in tags:
        reviews.post(view, user, event="tag_added" if tag in gold else "tag_rejected", tag=tag)
    return len(tags)


def _counts(said: Any, rows: Rows) -> Any:
    gold, said = rows.gold[:, COLUMNS], said[:, COLUMNS]
    counts = np.zeros((TEST, len(TAGS), 3))
    for place, outcome in enumerate((gold & said, said & ~gold, gold & ~said)):
        np.add.at(counts[..., place], rows.groups, outcome)
    return counts


def _drawn(points: dict[str, list[list[tuple[int, int, Any]]]]) -> dict[str, Any]:
    """Macro-F1 of each arm and point, mean over runs, for test threads and runs drawn anew, ``[rounds, n_points]``."""
    rng, found = np.random.default_rng(0), {arm: np.zeros((ROUNDS, BATCHES + 1)) for arm in points}
    for n in range(ROUNDS):
        weights = rng.multinomial(TEST, np.full(TEST, 1 / TEST)).astype(float)
        runs = rng.integers(SEEDS, size=SEEDS)
        for arm, grown in points.items():
            found[arm][n] = [np.mean([gate.macro(np.tensordot(weights, grown[run][k][2], 1)[None])[0] for run in runs]) for k in range(BATCHES + 1)]
    return found


def _shares(points: dict[str, list[list[tuple[int, int, Any]]]], draws: dict[str, Any]) -> bool:
    """Labels and messages that the queue needs for the F1 that random order has with all of them."""
    good = False
    for what, k in (("Labels", 1), ("Nachrichten", 0)):
        x = {arm: np.mean([[point[k] for point in run] for run in points[arm]], axis=0) for arm in points}
        shares = []
        for n in range(ROUNDS):
            queue, target = np.maximum.accumulate(draws["Warteschlange"][n]), draws["zufällig, alle Tags"][n, -1]
            needed = np.interp(target, queue, x["Warteschlange"]) if queue[-1] >= target else np.inf
            shares.append(needed / x["zufällig, alle Tags"][-1])
        low, middle, high = np.quantile(shares, [0.025, 0.5, 0.975], method="nearest")
        console.print(f"Warteschlange: {middle:.0%} der {what} für dieselbe Güte wie alle in zufälliger Reihenfolge (95 %: {low:.0%} bis {high:.0%}; inf: nicht erreicht)")
        good |= what == "Labels" and middle <= 0.6
    return good


def wrong() -> bool:
    """15 % wrong feedback: some users always wrong, or every user now and then. Nothing that harms may come into force."""
    table = Table("Durchgang", "falsch", "Tags macro-F1 davor", "ungeschützt", "in Kraft gesetzt", "danach", "Unterschied, 95 %")
    harmless = True
    for seed in range(SEEDS):
        split = Split.drawn(seed)
        for kind in ("jeder 7. Nutzer immer", "15 % aller Urteile", "keines"):
            reviews = Reviews(split)
            _post_wrongly(reviews, split, kind, np.random.default_rng(seed))
            row, harmed = _judged(split, reviews)
            harmless &= not harmed
            table.add_row(str(seed + 1), kind, *row)
            print("  ".join(row), flush=True)
            reviews.close()
    console.print(table)
    return harmless


def _post_wrongly(reviews: Reviews, split: Split, kind: str, rng: np.random.Generator) -> None:
    order = rng.permutation(len(split.pool))[:1_000]
    for n in order:
        view, user = split.pool[n], f"u{n % 7}"
        tags = set(view.message.tags or ())
        lies = n % 7 == 0 if kind.startswith("jeder") else kind.startswith("15") and rng.random() < 0.15
        if lies:  # right tags are taken off, wrong ones put on
            allowed = [tag for tag in TAGS if may_carry(view.message, tag, taxonomy()) and tag not in tags]
            tags = set(rng.permutation(allowed)[: max(1, len(tags))].tolist())
        reviews.post(view, user, event="labels_confirmed", tags=sorted(tags))


def _judged(split: Split, reviews: Reviews) -> tuple[list[str], bool]:
    base, test = split.base(), heads.rows(split.test, split.said, taxonomy())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "encoder").mkdir()
        (home / "encoder" / "1").symlink_to(artifact.current("encoder").folder)
        champion = fit.fitted(base.data, base.judged, base.rescorer, base.known, taxonomy(), base.parts)
        champion.save(home / "heads" / "1", encoder=base.sealed.digest)
        versions.put_in_force(home, encoder="1", heads="1")
        report = learn(home, reviews.events(), base=base, read=reviews.read)
        before = _counts(heads.probabilities(champion.state, test, NAMES, taxonomy()) >= _cuts(champion.facts), test)
        naive = heads.fit(base.data.plus(reviews.rows()), NAMES, taxonomy())
        undefended = _counts(heads.probabilities(naive, test, NAMES, taxonomy()) >= _cuts(champion.facts), test)
        sealed = artifact.current("heads", home)
        after = _counts(heads.probabilities(artifact.arrays(sealed.path(artifact.HEADS)), test, NAMES, taxonomy()) >= _cuts(sealed.manifest), test)
    figures = [float(gate.macro(counts.sum(0)[None])[0]) for counts in (before, undefended, after)]
    empty = np.ones((TEST, 2, 2))
    (change, *_), _ = gate.compare(gate.Outcomes(before, empty), gate.Outcomes(after, empty), TAGS, {})
    cells = [f"{figures[0]:.4f}", f"{figures[1]:.4f}", "ja" if report.promoted else "nein", f"{figures[2]:.4f}", f"{change.low:+.4f} bis {change.high:+.4f}"]
    return cells, report.promoted and change.high < 0


def _cuts(facts: Any) -> Any:
    return np.array([facts["thresholds"][name] for name in NAMES])


def reload() -> bool:
    """Calls under load while another version comes into force again and again."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "models")
        versions.fill(home)
        versions.add(home, "heads", lambda target: shutil.copytree(home / "heads" / "1", target, dirs_exist_ok=True) and None)
        given = {"DEMO": "true", "DATABASE": f"sqlite:///{folder}/store.db", "RATE_PER_MINUTE": "100000000", "LOG_LEVEL": "warning", "MODELS": str(home), "REQUEST_SECONDS": "60"}
        command = [str(Path(sys.executable).with_name("aufgabenchat")), "serve", "--demo", "--port", str(PORT)]
        process = subprocess.Popen(command, env=os.environ | {f"AUFGABENCHAT_{name}": value for name, value in given.items()})
        try:
            _wait()
            statuses, times, switched = asyncio.run(_under_load(home, process.pid))
            loaded = _metric("aufgabenchat_models_loaded_total")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    failed = sum(statuses.values()) - statuses.get(200, 0)
    p50, p99 = np.quantile(times, [0.5, 0.99])
    console.print(
        f"{sum(statuses.values())} Anfragen mit {CLIENTS} Clients, {switched} Wechsel, {loaded:.0f} Mal geladen, {failed} fehlgeschlagen {statuses};"
        f" p50 {p50:.0f} ms, p99 {p99:.0f} ms, längste {max(times):.0f} ms"
    )
    return failed == 0 and loaded > 2


def _wait() -> None:
    for _ in range(1_200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the service did not start")


def _metric(name: str) -> float:
    text = urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=30).read().decode()
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


async def _under_load(home: Path, pid: int) -> tuple[dict[int, int], list[float], int]:
    statuses: dict[int, int] = {}
    times: list[float] = []
    left, switched = iter(range(CALLS)), 0

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for call in left:
            began = time.perf_counter()
            writer.write(_request(call))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
            await reader.readexactly(next(int(line.split(":")[1]) for line in head if line.startswith("content-length:")))
            status = int(head[0].split()[1])
            statuses[status] = statuses.get(status, 0) + 1
            times.append((time.perf_counter() - began) * 1_000)
        writer.close()

    running = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    while not all(task.done() for task in running):
        await asyncio.wait(running, timeout=EVERY)
        switched += 1
        if switched % 4 == 0:
            os.kill(pid, signal.SIGHUP)
        else:
            versions.put_in_force(home, heads="2" if switched % 2 else "1")
    await asyncio.gather(*running)
    return statuses, times, switched


def _request(call: int) -> bytes:
    thread = {"task": {"id": "A-1"}, "messages": [{"id": "m1", "author": "customer", "text": "Hallo, bis wann wäre das fertig?"}]}
    body = json.dumps({"thread": thread, "draft": f"Guten Tag, die Liste haben Sie bis Freitag, Fassung {call}."}).encode()
    return f"POST /v1/suggest HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def main(chosen: Sequence[str]) -> int:
    passed = [part() for part in (curve, wrong, reload) if not chosen or part.__name__ in chosen]
    console.print("bestanden" if all(passed) else "NICHT bestanden")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
