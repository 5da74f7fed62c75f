"""Speed of ``/v1/suggest`` over loopback: a thread of 8 messages, a draft of 60 words in which each call changes a word.

``make bench-api`` starts the service (2 workers, real models) and prints latency and throughput at 1, 4, 16 and 64 clients, then memory over
20,000 calls or as many as eight minutes allow. Each client sends its next call when it has its answer, over the connection it has unless the service ends it;
after a 503 it waits as long as it is told to, except in the row „ungeduldig“, where it comes back after 20 ms. The clients run on the same two cores as the service.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

SAMPLE = Path(__file__).parent / "thread8.json"
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
CALLS = int(os.environ.get("BENCH_CALLS", "20000"))
MEMORY_SECONDS = 480
APART = 0.02
"""Seconds between the clients' first calls: whoever opens all connections at once has one worker take them all."""
PORT = 8_765


@dataclass
class Seen:
    """Milliseconds of the accepted calls, how many had which status, and how many ended their connection."""

    accepted: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    moved: int = 0


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        process = _start(folder)
        try:
            asyncio.run(_load(4, Seen(), 2, 1.0))  # warm
            table = Table("Clients", "p50 ms", "p95 ms", "p99 ms", "max ms", "angenommen/s", "503", "sonst", "umgezogen")
            for label, clients, patience in (("1", 1, 1.0), ("4", 4, 1.0), ("16", 16, 1.0), ("64", 64, 1.0), ("64 ungeduldig", 64, 0.02)):
                table.add_row(label, *_row(clients, patience))
            Console().print(table)
            _memory(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _start(folder: str) -> subprocess.Popen[bytes]:
    given = {"DEMO": "true", "DATABASE": f"sqlite:///{folder}/bench.db", "RATE_PER_MINUTE": "100000000", "LOG_LEVEL": "warning"}
    environment = os.environ | {f"AUFGABENCHAT_{name}": value for name, value in given.items()}
    command = [str(Path(sys.executable).with_name("aufgabenchat")), "serve", "--demo", "--port", str(PORT), "--workers", "2"]
    process = subprocess.Popen(command, env=environment)
    for _ in range(1_500):  # a start on a busy machine takes its time
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5)
            time.sleep(3)  # the other worker
            return process
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the service did not start")


def _row(clients: int, patience: float) -> list[str]:
    seen = Seen()
    asyncio.run(_load(clients, seen, SECONDS, patience))
    cuts = statistics.quantiles(seen.accepted, n=100) if len(seen.accepted) > 1 else [0.0] * 99
    shed = seen.statuses.get(503, 0)
    rest = sum(seen.statuses.values()) - shed - len(seen.accepted)
    shown = [cuts[49], cuts[94], cuts[98], max(seen.accepted, default=0)]
    return [*(f"{value:.0f}" for value in shown), f"{len(seen.accepted) / SECONDS:.0f}", str(shed), str(rest), str(seen.moved)]


async def _load(clients: int, seen: Seen, seconds: float, patience: float) -> None:
    end = time.perf_counter() + seconds
    await asyncio.gather(*(_client(number, seen, end, patience) for number in range(clients)))


async def _client(number: int, seen: Seen, end: float, patience: float) -> None:
    await asyncio.sleep(number * APART)
    call, last = 0, True
    while time.perf_counter() < end:
        call += 1
        began = time.perf_counter()
        if last:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer.write(_request(f"w{number}x{call}x{int(began * 1000)}", call))
        status, last = await _answer(reader)
        if last:
            writer.close()
            seen.moved += 1
        seen.statuses[status] = seen.statuses.get(status, 0) + 1
        if status == 200:
            seen.accepted.append((time.perf_counter() - began) * 1_000)
        else:
            await asyncio.sleep(patience)
    writer.close()


_THREAD: Any = json.loads(SAMPLE.read_text(encoding="utf-8"))
_WORDS = [word for n in (1, 3, 5, 7) for word in _THREAD["messages"][n]["text"].split()][:59]


def _request(changed: str, call: int) -> bytes:
    words = [*_WORDS]
    words[call % len(words)] = changed
    body = json.dumps({"thread": _THREAD, "draft": " ".join([*words, "Gruß"]), "request_seq": call, "last_message_id": "m8"}).encode()
    head = f"POST /v1/suggest HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection ends with it."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split()[1]), "connection: close" in lines


def _memory(parent: int) -> None:
    """Resident memory of all processes, over calls at 4 clients."""
    table = Table("Anfragen", "Arbeitsspeicher MB")
    done, end = 0, time.monotonic() + MEMORY_SECONDS
    while done < CALLS and time.monotonic() < end:
        seen = Seen()
        asyncio.run(_load(4, seen, 5, 1.0))
        done += sum(seen.statuses.values())
        if not table.rows or done >= CALLS or time.monotonic() >= end or done // (CALLS // 10) > len(table.rows) - 1:
            table.add_row(str(done), f"{_resident(parent):.0f}")
    Console().print(table)


def _resident(parent: int) -> float:
    pids = [parent, *map(int, subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout.split())]
    fields = [Path(f"/proc/{pid}/statm").read_text().split() for pid in pids]
    return sum(int(resident) for _, resident, *_ in fields) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
