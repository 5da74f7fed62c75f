"""A model folder: ``models/<name>/<version>/`` with ``manifest.json``, ``card.md`` and files.

The manifest names every file with its SHA-256 and the format the code must understand; a file that was changed or
comes from another version is refused before it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from nlp.errors import ModelError

FORMAT = 5
HEADS = "heads.safetensors"
SHIPPED = Path(__file__).parent.parent / "models"
HOME = Path(os.environ.get("AUFGABENCHAT_MODELS") or SHIPPED)
"""Where the models in force live; another folder than the one that ships is filled by ``aufgabenchat models init``."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A checked model folder."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def digest(self) -> str:
        """What tells this version from all others."""
        return digest(self.manifest)

    def path(self, name: str) -> Path:
        return self.folder / name


def current(name: str, home: Path = HOME) -> Artifact:
    """The version of model ``name`` that is in force by ``current.toml``, checked.

    :raises ModelError: As ``load``, and if no version is in force.
    """
    try:
        versions = tomllib.loads((home / "current.toml").read_text(encoding="utf-8"))
        version = versions[name]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"{home / 'current.toml'}: Für „{name}“ ist keine Version in Kraft. Führen Sie „aufgabenchat train“ aus.") from error
    return load(home / name / str(version))


def load(folder: Path) -> Artifact:
    """The folder's manifest, once every file in it has been checked.

    :raises ModelError: If the manifest or a file is missing, changed, or of another format.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        written = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder}: Das Modell hat kein lesbares Manifest. Stellen Sie den Ordner wieder her.") from error
    if written != FORMAT:
        raise ModelError(f"{folder}: Das Modell hat Format {written}, gelesen wird {FORMAT}. Führen Sie „aufgabenchat models init“ und „aufgabenchat train“ aus.")
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path}: Die Modelldatei fehlt. Stellen Sie den Ordner wieder her.")
        if sha256(path) != expected:
            raise ModelError(f"{path}: Die Modelldatei wurde verändert (SHA-256 weicht vom Manifest ab). Sie wird nicht geladen.")
    return Artifact(folder, manifest)


def arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays in a file of a checked model folder, by name.

    :raises ModelError: If it cannot be read.
    """
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: Das Modell lässt sich nicht laden ({error}). Stellen Sie den Ordner wieder her.") from error


def keep(state: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Write arrays as ``arrays`` reads them."""
    save_file({name: np.asarray(value, order="C") for name, value in state.items()}, path)


def seal(folder: Path, **facts: Any) -> None:
    """Write the manifest over the files that lie in ``folder`` (all but manifest and card)."""
    files = {p.name: sha256(p) for p in sorted(folder.iterdir()) if p.name not in ("manifest.json", "card.md")}
    manifest = {"format": FORMAT, **facts, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def digest(manifest: dict[str, Any]) -> str:
    """Of all files that a manifest names, a hex SHA-256."""
    return hashlib.sha256(json.dumps(sorted(manifest.get("files", {}).items())).encode()).hexdigest()


def sha256(path: Path) -> str:
    """Hex digest of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
