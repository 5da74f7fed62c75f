"""Figures for Prometheus: counts and times only, no label that a user can fill."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from api.crowd import lives
from nlp.thread import Finding

LATENCY = Histogram(
    "aufgabenchat_seconds", "Time of a call in seconds.", ["call", "status"], buckets=(0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.2, 0.5, 1, 2, 5, 10)
)
QUEUE = Gauge("aufgabenchat_queue", "Model calls that run or wait.", multiprocess_mode="livesum")
CACHE = Counter("aufgabenchat_cache", "Messages whose labels were known (hit) or had to be read (miss).", ["result"])
FINDINGS = Counter("aufgabenchat_findings", "Findings in drafts by rule.", ["rule"])
LOADED = Counter("aufgabenchat_models_loaded", "How often models were loaded: once at the start, then for each version put in force.")
DRIFT = Gauge(
    "aufgabenchat_drift", "Maximum mean discrepancy between the vectors of recent messages and those of the training data: 0 is alike.", multiprocess_mode="mostrecent"
)
RATE = Gauge(
    "aufgabenchat_rate", "Share of recent messages with a tag, or with none or an unsure one.", ["of"], multiprocess_mode="mostrecent"
)
FEEDBACK = Counter("aufgabenchat_feedback", "What users did with suggestions.", ["event"])


def bury() -> None:
    """Forget the gauges of workers that have died: who ended without a word would count as busy for ever."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for file in Path(folder).glob("gauge_live*.db") if folder else ():
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not lives(int(pid)):
            with suppress(FileNotFoundError):  # another worker that starts does so too
                multiprocess.mark_process_dead(int(pid), folder)  # type: ignore[no-untyped-call]


def page() -> tuple[bytes, str]:
    """All figures, over all workers, and their content type."""
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def found(findings: Iterable[Finding]) -> None:
    """Count findings."""
    for finding in findings:
        FINDINGS.labels(finding.rule).inc()
