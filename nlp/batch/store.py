"""The parts of a run on the disk, in ``OUT.parts/``: what is named in its journal is done, whole and unchanged.

``manifest.json`` says what the run is; each line of ``done.jsonl`` is a part with hashes of its input and its files. A part's files are
complete and on the disk before its line is written, so that any moment is a good one for a power cut.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nlp.batch.parts import Done, Part, Tallied
from nlp.errors import DataError
from nlp.streams import opened, replacing, sync

FORMAT = 1
KINDS = ("threads", "rejected", "undo")


class Store:
    """The folder of one run; use it with ``locked``."""

    def __init__(self, target: str) -> None:
        self.folder = Path(f"{target}.parts")
        self.done: list[dict[str, Any]] = []

    @contextmanager
    def locked(self, facts: dict[str, Any], *, resume: bool) -> Iterator[Store]:
        """Begin the run, or go on with it.

        :param facts: What must be the same for a run to go on: input, options, models.
        :raises DataError: If a run lies there that is not to be gone on with, or is another one, or is at work.
        """
        begun = (self.folder / "manifest.json").is_file()
        if begun and not resume:
            remedy = f"Setzen Sie ihn mit --resume fort, oder löschen Sie {self.folder}."
            raise DataError("Hier liegt ein angefangener Lauf.", where=str(self.folder), remedy=remedy)
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DataError("An dieser Ausgabe arbeitet schon ein anderer Lauf.", where=str(self.folder), remedy="Warten Sie auf ihn.") from error
            if begun:
                self._compare(facts)
                self.done = list(self._whole())
            else:
                with replacing(str(self.folder / "manifest.json")) as file:
                    file.write(json.dumps({"format": FORMAT, **facts}, ensure_ascii=False, indent=1).encode())
            self._write_journal()
            yield self

    def _compare(self, facts: dict[str, Any]) -> None:
        written = json.loads((self.folder / "manifest.json").read_bytes())
        for name, german in (("input", "Eingabe"), ("options", "Optionen"), ("models", "Modelle")):
            if written.get(name) != facts[name]:
                told = f"Der angefangene Lauf hat andere {german}: {written.get(name)} statt {facts[name]}."
                raise DataError(told, where=str(self.folder), remedy="Stellen Sie sie wieder her, oder löschen Sie den Ordner und beginnen Sie neu.")

    def _whole(self) -> Iterator[dict[str, Any]]:
        """Entries of the journal up to the first that is torn, or whose files are not what it says."""
        path = self.folder / "done.jsonl"
        for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else ()):
            try:
                entry = json.loads(line)
                if entry["part"] != number or any(_sha256(self._path(number, kind)) != entry["files"][kind] for kind in entry["files"]):
                    return
            except (ValueError, KeyError, OSError):
                return
            yield entry

    def _write_journal(self) -> None:
        with replacing(str(self.folder / "done.jsonl")) as file:
            file.write(b"".join(_line(entry) for entry in self.done))

    def _path(self, number: int, kind: str) -> Path:
        return self.folder / f"{number:07}.{kind}.jsonl.zst"

    def known(self, part: Part) -> bool:
        """Whether the part is done.

        :raises DataError: If it was done from other lines.
        """
        if part.number >= len(self.done):
            return False
        if self.done[part.number]["input"] != part.digest():
            told = f"Die Eingabe hat sich seit dem Abbruch geändert (Teil {part.number + 1})."
            raise DataError(told, where=str(self.folder), remedy="Stellen Sie sie wieder her, oder löschen Sie den Ordner und beginnen Sie neu.")
        return True

    def keep(self, digest: str, done: Done) -> None:
        """Write a part that was done, the next in order; ``digest`` is that of its input."""
        files = {}
        for kind in KINDS:
            if content := getattr(done, kind):
                path = self._path(done.number, kind)
                with replacing(str(path)) as file:
                    file.write(content)
                files[kind] = _sha256(path)
        entry = {"part": done.number, "input": digest, "files": files, "tallied": done.tallied.to_json()}
        with (self.folder / "done.jsonl").open("ab") as journal:
            journal.write(_line(entry))
            journal.flush()
            os.fsync(journal.fileno())
        self.done.append(entry)

    def tallied(self) -> Tallied:
        """All that was done."""
        total = Tallied()
        for entry in self.done:
            total.add(Tallied.of(entry["tallied"]))
        return total

    def content(self, kind: str) -> Iterator[bytes]:
        """The lines of all parts, in order."""
        for entry in self.done:
            if kind in entry["files"]:
                with opened(str(self._path(entry["part"], kind))) as file:
                    yield from file

    def remove(self) -> None:
        """The run is over: its result stands elsewhere."""
        (self.folder / "manifest.json").unlink()  # first, so that what a crash leaves is no run to go on with
        sync(self.folder)
        shutil.rmtree(self.folder)


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
