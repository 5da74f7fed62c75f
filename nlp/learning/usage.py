"""What became of findings, blocks and templates: how often they were of use, with 95 % intervals (Wilson 1927)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from nlp.learning.events import Event
from nlp.training.scoring import wilson

_GOOD = {"finding_fixed", "block_kept", "template_chosen"}
_KINDS = {"finding": "Regel", "block": "Baustein", "template": "Vorlage"}


def table(events: Sequence[Event]) -> list[dict[str, Any]]:
    """One row a rule, block's template, and template: how often it was offered, of use, and refused (false alarm, deleted, not chosen)."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for event in events:
        kind = event.name.partition("_")[0]
        if kind not in _KINDS:
            continue
        offered = event.body.get("offered") or []
        for name in {_name(event, kind), *(offered if kind == "template" else ())}:
            row = counts[kind, name]
            row[0] += 1
            row[1] += event.name in _GOOD and name == _name(event, kind)
            row[2] += event.name in ("finding_false_alarm", "block_deleted") or (kind == "template" and name != _name(event, kind))
    return [
        {"kind": _KINDS[kind], "name": name, "offered": n, "used": used, "refused": refused, "refused_low": low, "refused_high": high}
        for (kind, name), (n, used, refused) in sorted(counts.items())
        for low, high in [wilson(refused, n)]
    ]


def _name(event: Event, kind: str) -> str:
    found = event.body.get("finding", {}).get("rule") if kind == "finding" else event.body.get("template")
    return str(found or "–")
