"""Bytes from and to files and standard streams, also compressed, and written so that a file is either whole or not there."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import zstandard

from nlp.errors import DataError

MAX_LINE = 16_000_000
"""Bytes a line may have; of a longer one only the beginning is kept, so that memory stays bounded."""
KEPT = 10_000
"""So many bytes of an overlong line are kept among the rejected."""


@dataclass(frozen=True, slots=True)
class Line:
    """A thread as JSON, not yet read, and where it stands: ``chats.jsonl:12``."""

    where: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no thread, as it was, with what is wrong."""

    line: str
    errors: list[str]

    def to_json(self) -> dict[str, Any]:
        return {"errors": self.errors, "line": self.line}


@dataclass(slots=True)
class Position:
    """How far a file has been read: ``share`` is 0 to 1, None where nobody can know."""

    share: float | None = None
    file: IO[bytes] | None = None
    size: int = 0

    def look(self) -> None:
        """Ask the file."""
        if self.file is not None and self.size:
            self.share = self.file.tell() / self.size


@contextmanager
def opened(name: str, mode: str = "r", position: Position | None = None) -> Iterator[IO[bytes]]:
    """The file as bytes, or the standard stream for ``-``; ``.gz`` and ``.zst`` are unpacked, or packed.

    :param position: Is told the file, so that it can say how far it is read, packed or not.
    :raises DataError: If it cannot be opened, or what is packed is damaged.
    """
    if name == "-":
        yield sys.stdin.buffer if mode == "r" else sys.stdout.buffer
        return
    try:
        file = Path(name).open(f"{mode}b")  # noqa: SIM115 (closed below)
    except OSError as error:
        verb = "lesen" if mode == "r" else "schreiben"
        raise DataError(f"Die Datei lässt sich nicht {verb} ({error.strerror}).", where=name, remedy="Prüfen Sie Pfad und Rechte.") from error
    with file:
        if position is not None:
            position.file, position.size = file, Path(name).stat().st_size
        try:
            with _packed(file, name, mode) as stream:
                yield stream
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
            raise DataError("Die gepackte Datei ist beschädigt oder abgeschnitten.", where=name, remedy="Packen Sie sie neu.") from error


@contextmanager
def _packed(file: IO[bytes], name: str, mode: str) -> Iterator[IO[bytes]]:
    name = name.lower()
    if name.endswith(".gz"):
        with gzip.GzipFile("", f"{mode}b", fileobj=file, mtime=0) as stream:  # no name, no time: the same content is the same file
            yield stream  # type: ignore[misc]
    elif name.endswith(".zst") and mode == "r":
        yield io.BufferedReader(_Unpacked(file))
    elif name.endswith(".zst"):
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as stream:
            yield stream
    else:
        yield file


class _Unpacked(io.RawIOBase):
    """Zstandard frames as bytes; unlike the library's own reader it notices where the last one is cut off."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._packed, self._ready = file, b"", b""
        self._frame: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            self._packed = self._packed or self._file.read(1 << 14)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError
                return 0
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            self._ready, self._packed = self._frame.decompress(self._packed), b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)], self._ready = taken, self._ready[len(taken) :]
        return len(taken)


@contextmanager
def replacing(name: str) -> Iterator[IO[bytes]]:
    """A file that takes its place, or the old one's, only once it is complete and on the disk; packed as its name says.

    :raises DataError: If the folder cannot be written to.
    """
    draft = f"{name}.new"
    try:
        file = Path(draft).open("wb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise DataError(f"Die Datei lässt sich nicht schreiben ({error.strerror}).", where=name, remedy="Prüfen Sie Pfad und Rechte.") from error
    try:
        with file:
            with _packed(file, name, "w") as stream:
                yield stream
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(draft).unlink(missing_ok=True)  # on a full disk the room counts
        raise
    Path(draft).replace(name)
    sync(Path(name).parent)


def sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, survive a power loss."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def json_lines(file: Iterable[bytes], name: str) -> Iterator[Line | Rejected]:
    """Each line that is not blank; one that is too long is rejected."""
    for number, raw in enumerate(bounded(file) if isinstance(file, io.IOBase) else file, 1):
        if len(raw) > MAX_LINE:
            told = DataError(f"Die Zeile ist länger als {MAX_LINE // 1_000_000} MB.", where=f"{name}:{number}", remedy="Teilen Sie den Chat auf.")
            yield Rejected(as_text(raw[:KEPT]), [str(told)])
        elif raw.strip():
            yield Line(f"{name}:{number}", raw)


def bounded(file: Any) -> Iterator[bytes]:
    """Lines of a stream; what goes beyond one byte more than ``MAX_LINE`` is skipped."""
    while raw := file.readline(MAX_LINE + 1):
        yield raw
        while len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            raw = file.readline(MAX_LINE + 1)


def as_text(raw: bytes) -> str:
    """The bytes for people: what is no UTF-8 as escapes, without the line's end."""
    return raw.decode("utf-8", "backslashreplace").rstrip("\r\n")


def dump(record: dict[str, Any]) -> bytes:
    """A JSON line, UTF-8; lone surrogates are escaped, as JSON allows."""
    line = json.dumps(record, ensure_ascii=False, default=str)
    return (line if _encodable(line) else json.dumps(record, default=str)).encode() + b"\n"


def _encodable(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
