"""Versions of the models in a folder: add one, put it in force, list, roll back.

What is in force is one small file, ``current.toml``, replaced as a whole. A version is made in a hidden folder, written through to
the disk and renamed, before ``current.toml`` names it: wherever a power cut strikes, the models that were in force still load.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nlp import artifact
from nlp.errors import DataError, ModelError
from nlp.streams import replacing, sync

_ADVICE = "Nennen Sie mit AUFGABENCHAT_MODELS oder --home einen Ordner, der Ihnen gehört, und füllen Sie ihn mit „aufgabenchat models init“."


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the heads; ``at`` is when it was made, "" for those that ship."""

    number: str
    in_force: bool
    usable: bool
    at: str
    replaces: str | None
    about: dict[str, Any]


def in_force(home: Path) -> dict[str, str]:
    """Version by model; empty if nothing is in force.

    :raises ModelError: If ``current.toml`` is no TOML.
    """
    path = home / "current.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{path}: kein gültiges TOML ({error}). Schreiben Sie zum Beispiel: heads = \"1\"") from error


def put_in_force(home: Path, **versions: str) -> None:
    """Change ``current.toml`` in one step: from now on these versions are loaded."""
    lines = {**in_force(home), **versions}
    with _writable(home), replacing(str(home / "current.toml")) as file:
        file.write("".join(f"{name} = {json.dumps(version)}\n" for name, version in sorted(lines.items())).encode())


def add(home: Path, name: str, make: Callable[[Path], None]) -> str:
    """A new version of model ``name``, made by ``make`` in the folder it is given; its number. It is not in force yet.

    :raises DataError: If the folder cannot be written to.
    """
    number = str(max(_numbers(home / name), default=0) + 1)
    draft = home / name / f".draft-{number}"
    with _writable(home):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        make(draft)
        for path in draft.iterdir():
            sync(path)
        sync(draft)
        draft.rename(home / name / number)
        sync(home / name)
    return number


def listed(home: Path) -> list[Version]:
    """All versions of the heads, oldest first."""
    now = in_force(home)
    encoder = artifact.digest(_manifest(home / "encoder" / now.get("encoder", "")))
    found = []
    for number in sorted(_numbers(home / "heads")):
        about = _manifest(home / "heads" / str(number))
        usable = about.get("format") == artifact.FORMAT and about.get("encoder") == encoder
        found.append(Version(str(number), now.get("heads") == str(number), usable, about.get("at", ""), about.get("replaces"), about))
    return found


def rollback(home: Path, number: str | None = None) -> str:
    """Put version ``number`` of the heads in force, or the one that the current version replaced, with the encoder it was made for; its number.

    :raises DataError: If there is none, or its encoder is not there any more.
    :raises ModelError: If its files were changed.
    """
    versions = {version.number: version for version in listed(home)}
    now = next((version for version in versions.values() if version.in_force), None)
    wanted = number or (now.replaces if now else None) or _before(list(versions), now)
    if wanted not in versions:
        raise DataError(f"Eine Version {wanted or 'davor'} gibt es nicht.", where=str(home / "heads"), remedy="Siehe „aufgabenchat models list“.")
    about = versions[wanted].about
    own = (str(n) for n in _numbers(home / "encoder") if artifact.digest(_manifest(home / "encoder" / str(n))) == about.get("encoder"))
    encoder = in_force(home).get("encoder") if versions[wanted].usable else next(own, None)
    if encoder is None or about.get("format") != artifact.FORMAT:
        gone = f"Version {wanted} gehört zu einem anderen Encoder, den es nicht mehr gibt, oder einer älteren Fassung."
        raise DataError(gone, where=str(home / "heads" / wanted), remedy="Führen Sie „aufgabenchat train“ aus.")
    artifact.load(home / "heads" / wanted)
    put_in_force(home, encoder=encoder, heads=wanted)
    return wanted


def fill(home: Path) -> None:
    """Copy the models and the corpus that ship into ``home`` and put them in force there; what is in force already is kept as a version.

    :raises DataError: If ``home`` is the folder that ships, or cannot be written to.
    """
    if home.resolve() == artifact.SHIPPED.resolve():
        raise DataError("Das ist der Ordner, der mitgeliefert wird.", where=str(home), remedy="Nennen Sie einen anderen mit AUFGABENCHAT_MODELS oder --home.")
    with _writable(home):
        home.mkdir(parents=True, exist_ok=True)
    numbers = {}
    for name, version in in_force(artifact.SHIPPED).items():
        source = artifact.SHIPPED / name / version
        same = [n for n in _numbers(home / name) if _what(home / name / str(n)) == _what(source)]
        if source.is_dir():
            numbers[name] = str(same[0]) if same else add(home, name, lambda folder, source=source: _copy(source, folder))  # type: ignore[misc]
    for name in ("corpus", "unseen", "drills"):
        if (artifact.SHIPPED / name).is_dir():
            with _writable(home):
                shutil.copytree(artifact.SHIPPED / name, home / name, dirs_exist_ok=True)
    put_in_force(home, **numbers)


def now() -> str:
    """The time as it is written into manifests, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _copy(source: Path, folder: Path) -> None:
    for path in source.iterdir():
        shutil.copy2(path, folder / path.name)


def _numbers(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdigit()] if folder.is_dir() else []


def _before(numbers: list[str], current: Version | None) -> str | None:
    place = numbers.index(current.number) if current else len(numbers)
    return numbers[place - 1] if place else None


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _what(folder: Path) -> tuple[Any, Any]:
    """What tells a version from another."""
    manifest = _manifest(folder)
    return manifest.get("files"), manifest.get("format")


@contextmanager
def _writable(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"Der Modellordner lässt sich nicht schreiben ({error.strerror}).", where=str(home), remedy=_ADVICE) from error
