"""Versions of the models: whatever happens while one is put in force, one that works is in force."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nlp import artifact
from nlp.errors import DataError
from nlp.training import versions

CRASHES = """
import itertools, json, os, pathlib, shutil, sys
from pathlib import Path
from nlp import artifact
from nlp.training import versions

def make(folder, home):
    shutil.copy2(home / "heads" / "1" / "heads.safetensors", folder / "heads.safetensors")
    artifact.seal(folder, kind="heads", encoder=artifact.current("encoder", home).digest, replaces="1")

def promote(home):
    number = versions.add(home, "heads", lambda folder: make(folder, home))
    versions.put_in_force(home, heads=number)

def dying(act, last, steps):
    def step(*args, **more):
        if next(steps) == last:
            os._exit(9)  # as if the power were cut: nothing is tidied up, nothing is flushed
        return act(*args, **more)
    return step

for last in itertools.count(1):
    home = Path(sys.argv[1] + f"-{last}")
    shutil.copytree(sys.argv[1], home)
    if not (child := os.fork()):
        steps = itertools.count(1)
        for owner, name in ((os, "fsync"), (os, "open"), (os, "rename"), (os, "replace"), (pathlib.Path, "mkdir"), (pathlib.Path, "open"), (shutil, "copy2")):
            setattr(owner, name, dying(getattr(owner, name), last, steps))
        promote(home)
        os._exit(0)
    died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    after = versions.in_force(home)["heads"]
    works = artifact.current("heads", home).manifest["kind"] == "heads"
    promote(home)
    print(json.dumps([died, after, works, versions.listed(home)[-1].in_force]))
    if not died:
        break
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with small files that look like models."""
    for name, file in (("encoder", "encoder.onnx"), ("heads", "heads.safetensors")):
        folder = tmp_path / "models" / name / "1"
        folder.mkdir(parents=True)
        (folder / file).write_bytes(b"weights")
        more: dict[str, Any] = {} if name == "encoder" else {"encoder": artifact.current("encoder", tmp_path / "models").digest}
        artifact.seal(folder, kind=name, **more)
        versions.put_in_force(tmp_path / "models", **{name: "1"})
    return tmp_path / "models"


def promote(home: Path) -> None:
    def make(folder: Path) -> None:
        shutil.copy(home / "heads" / "1" / "heads.safetensors", folder)
        artifact.seal(folder, kind="heads", encoder=artifact.current("encoder", home).digest, replaces="1")

    versions.put_in_force(home, heads=versions.add(home, "heads", make))


def test_a_crash_at_any_step_leaves_a_version_that_works(home: Path) -> None:
    run = subprocess.run([sys.executable, "-c", CRASHES, str(home)], capture_output=True, text=True, check=True, env=os.environ)
    crashes = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(crashes) > 8
    assert all(works and in_force for _, _, works, in_force in crashes)  # also after the next attempt
    before_and_after = [after for _, after, _, _ in crashes]
    assert before_and_after == sorted(before_and_after)
    assert set(before_and_after) == {"1", "2"}
    assert [died for died, *_ in crashes] == [True] * (len(crashes) - 1) + [False]


def test_rolling_back_goes_to_what_was_replaced(home: Path) -> None:
    promote(home)
    assert [(v.number, v.in_force) for v in versions.listed(home)] == [("1", False), ("2", True)]
    assert versions.rollback(home) == "1"
    assert versions.rollback(home, "2") == "2"
    with pytest.raises(DataError, match=r"Version 7 gibt es nicht.*models list"):
        versions.rollback(home, "7")


def test_rolling_back_takes_the_encoder_along(home: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "encoder.onnx").write_bytes(b"learnt")
        artifact.seal(folder, kind="encoder")

    versions.put_in_force(home, encoder=versions.add(home, "encoder", make))
    promote(home)
    assert versions.rollback(home) == "1"
    assert versions.in_force(home) == {"encoder": "1", "heads": "1"}
    assert versions.rollback(home, "2") == "2"
    assert versions.in_force(home) == {"encoder": "2", "heads": "2"}


def test_a_version_for_another_encoder_is_not_put_in_force(home: Path) -> None:
    promote(home)
    (home / "encoder" / "1" / "encoder.onnx").write_bytes(b"others")
    artifact.seal(home / "encoder" / "1", kind="encoder")
    with pytest.raises(DataError, match="anderen Encoder"):
        versions.rollback(home)


def test_a_folder_that_cannot_be_written_to_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("no folder")
    with pytest.raises(DataError, match="AUFGABENCHAT_MODELS"):
        versions.add(tmp_path / "models", "heads", lambda folder: None)
    with pytest.raises(DataError, match="mitgeliefert"):
        versions.fill(artifact.SHIPPED)


def test_a_folder_of_ones_own_is_filled_and_filling_it_again_adds_nothing(tmp_path: Path) -> None:
    versions.fill(tmp_path)
    first = versions.in_force(tmp_path)
    versions.fill(tmp_path)
    assert versions.in_force(tmp_path) == first
    assert artifact.current("heads", tmp_path).manifest == artifact.current("heads", artifact.SHIPPED).manifest
    assert (tmp_path / "corpus" / "threads-a.jsonl").is_file()


def test_filling_replaces_what_is_of_an_older_format(tmp_path: Path) -> None:
    versions.fill(tmp_path)
    manifest = tmp_path / "base" / versions.in_force(tmp_path)["base"] / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(f'"format": {artifact.FORMAT}', f'"format": {artifact.FORMAT - 1}'), encoding="utf-8")
    versions.fill(tmp_path)
    assert artifact.current("base", tmp_path).manifest == artifact.current("base", artifact.SHIPPED).manifest
