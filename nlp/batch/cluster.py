"""The same parts on a Ray cluster, by Ray Data (extra ``cluster``).

The input is laid out as one file a part in a folder that all nodes see (``AUFGABENCHAT_SHARED``, else the system's temporary folder: one
machine). An actor reads a part, annotates it, and sends it to the driver, which writes it as ever. A part whose node dies is done again
elsewhere and gives the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import Any

import ray
import ray.data

from nlp.batch import work
from nlp.batch.parts import Done, Options, Part, Tallied
from nlp.errors import DataError
from nlp.streams import Line, Rejected, dump, opened, replacing

WINDOW = 4_096
"""Parts that are laid out at a time: half a million threads. Bounds the room they take."""


def engine(workers: int) -> Callable[[Iterable[Part], Options], Iterator[Done]]:
    """An engine with so many actors, a core each; Ray is asked for at ``RAY_ADDRESS``, else started here."""

    def run(parts: Iterable[Part], options: Options) -> Iterator[Done]:
        if not ray.is_initialized():
            ray.init(log_to_driver=False, include_dashboard=False)
        settings = ray.data.DataContext.get_current()
        settings.execution_options.preserve_order = True
        settings.enable_progress_bars = False
        expected, source = work.models(options), iter(parts)
        while (first := next(source, None)) is not None:
            yield from _window(chain([first], islice(source, WINDOW - 1)), options, expected, workers)

    return run


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="aufgabenchat-", dir=os.environ.get("AUFGABENCHAT_SHARED")))


def _window(parts: Iterable[Part], options: Options, expected: dict[str, str], workers: int) -> Iterator[Done]:
    """Lays the parts out in a folder of their own and annotates them; whatever happens, no text stays there."""
    folder = _folder()
    try:
        paths = [_lay_out(part, folder) for part in parts]
        rows = ray.data.from_items([{"path": path} for path in paths], override_num_blocks=len(paths)).map_batches(
            _Annotator, fn_constructor_args=(asdict(options),), batch_size=1, num_cpus=1, compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers)
        )
        for row in rows.iter_rows():
            if json.loads(row["models"]) != expected:
                raise DataError("Ein Knoten hat andere Modelle als dieser Rechner.", remedy="Installieren Sie auf allen Knoten dieselbe Fassung.")
            tallied = json.loads(row["tallied"])
            yield Done(int(row["number"]), row["threads"], row["rejected"], row["undo"], Tallied.of(tallied))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(part: Part, folder: Path) -> str:
    path = str(folder / f"{part.number:07}.jsonl.zst")
    with replacing(path) as file:
        for item in part.items:
            file.write(dump({"where": item.where, "raw": item.raw.decode("latin-1")} if isinstance(item, Line) else item.to_json()))
    return path


def _taken_up(path: str) -> Part:
    with opened(path) as file:
        rows = [json.loads(line) for line in file]
    items = [Line(row["where"], row["raw"].encode("latin-1")) if "raw" in row else Rejected(row["line"], row["errors"]) for row in rows]
    return Part(int(Path(path).name.partition(".")[0]), tuple(items))


class _Annotator:
    """An actor: loads the models once."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = Options(**options)
        self._models = json.dumps(work.models(self._options))

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        done = work.annotate(_taken_up(str(batch["path"][0])), self._options)
        tallied = json.dumps(done.tallied.to_json())
        row = {"number": done.number, "threads": done.threads, "rejected": done.rejected, "undo": done.undo, "tallied": tallied, "models": self._models}
        return {name: [value] for name, value in row.items()}
