"""A model that was changed, is damaged or of another format is refused before it is read."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nlp import artifact
from nlp.errors import ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    artifact.keep({"weights": np.array([1.0, 2.0]), "bias": np.array(0.5)}, tmp_path / artifact.HEADS)
    artifact.seal(tmp_path, kind="heads")
    return tmp_path


def test_a_sealed_folder_loads(folder: Path) -> None:
    state = artifact.arrays(artifact.load(folder).path(artifact.HEADS))
    assert {name: value.tolist() for name, value in state.items()} == {"weights": [1.0, 2.0], "bias": 0.5}


def test_a_changed_file_is_refused(folder: Path) -> None:
    with (folder / artifact.HEADS).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="wurde verändert"):
        artifact.load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / artifact.HEADS).unlink()
    with pytest.raises(ModelError, match=r"heads\.safetensors: Die Modelldatei fehlt"):
        artifact.load(folder)


def test_another_format_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(ModelError, match="Format 99"):
        artifact.load(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}'])
def test_a_broken_manifest_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match="kein lesbares Manifest"):
        artifact.load(folder)


def test_a_file_that_holds_no_arrays_is_refused(folder: Path) -> None:
    (folder / artifact.HEADS).write_bytes(b"\x80\x04no arrays")
    artifact.seal(folder, kind="heads")
    with pytest.raises(ModelError, match="lässt sich nicht laden"):
        artifact.arrays(artifact.load(folder).path(artifact.HEADS))


def test_heads_of_another_encoder_are_refused(tmp_path: Path) -> None:
    from nlp.assistant import Assistant

    home = tmp_path / "models"
    shutil.copytree(artifact.HOME, home, ignore=shutil.ignore_patterns("corpus", "drills", "unseen", "base"))
    heads = artifact.current("heads", home).folder
    manifest = json.loads((heads / "manifest.json").read_text())
    (heads / "manifest.json").write_text(json.dumps(manifest | {"encoder": "0" * 64}))
    with pytest.raises(ModelError, match="gehören zu einem anderen Encoder"):
        Assistant.load(home)


def test_without_a_version_in_force_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aufgabenchat train"):
        artifact.current("heads", tmp_path)
