"""Archives: the same output whatever the workers, nothing lost or doubled whatever happens, and ways back."""

import errno
import importlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from nlp import streams
from nlp.batch import engines, parts, run, undo, work
from nlp.batch.parts import Done, Options, Part, Tallied
from nlp.errors import DataError
from nlp.handbook import DATA
from nlp.streams import Line

SAMPLES = DATA / "samples.jsonl"


def chat(number: int, **message: Any) -> bytes:
    said = [{"id": "m1", "author": "customer", "text": f"Was kostet Auftrag {number}?", **message}, {"id": "m2", "author": "team", "text": "Rund 90 €."}]
    return json.dumps({"task": {"id": f"A-{number}"}, "messages": said}).encode() + b"\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Twelve chats, and lines that are none between them."""
    path = tmp_path / "chats.jsonl"
    path.write_bytes(b"".join(chat(n) + (b'{"task": 1}\n' if n % 5 == 4 else b"") for n in range(12)))
    return path


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "THREADS", 2)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Part, Options], Done]:
    """Annotates without models: each thread is given back as it is."""

    def annotate(part: Part, options: Options) -> Done:
        good = [item.raw for item in part.items if isinstance(item, Line) and b'"messages"' in item.raw]
        return Done(part.number, b"".join(good), b"", b"", Tallied())

    monkeypatch.setattr(work, "annotate", annotate)
    return annotate


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name.startswith("out")}


def test_every_chat_comes_out_once_in_order_and_bad_lines_are_kept(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    tallied = run.to_file(run.Run(str(archive)), str(out))
    threads = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [thread["task"]["id"] for thread in threads] == [f"A-{n}" for n in range(12)]
    assert all("kundenfrage" in thread["messages"][0]["tags"] for thread in threads)
    rejected = [json.loads(line) for line in Path(f"{out}.rejected.jsonl").read_bytes().splitlines()]
    assert [row["line"] for row in rejected] == ['{"task": 1}'] * 2
    assert [row["errors"][0].partition(": ")[0] for row in rejected] == [f"{archive}:6", f"{archive}:12"]
    assert tallied.counts == {"threads": 12, "messages": 24, "rejected": 2}
    assert not Path(f"{out}.parts").exists()


@pytest.mark.slow
def test_output_is_the_same_with_two_processes(archive: Path, tmp_path: Path) -> None:
    for name, engine in (("one", engines.here), ("two", engines.processes(2))):
        (tmp_path / name).mkdir()
        run.to_file(run.Run(str(archive), engine=engine), str(tmp_path / name / "out.jsonl"))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


class Stopped(Exception):
    """As if the power went."""


@pytest.mark.parametrize("moment", range(1, 24, 2))
def test_a_run_cut_off_at_any_moment_goes_on_and_gives_the_same(
    moment: int, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: object
) -> None:
    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    run.to_file(run.Run(str(archive)), str(tmp_path / "whole" / "out.jsonl"))
    steps, fsync, replace = itertools.count(1), os.fsync, Path.replace

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def do(*arguments: Any) -> Any:
            if next(steps) == moment:
                raise Stopped
            return act(*arguments)

        return do

    target = str(tmp_path / "cut" / "out.jsonl")
    with monkeypatch.context() as cut:
        cut.setattr(os, "fsync", counted(fsync))
        cut.setattr(Path, "replace", counted(replace))
        with pytest.raises(Stopped):
            run.to_file(run.Run(str(archive)), target)
    run.to_file(run.Run(str(archive)), target, resume=True)
    assert files_of(tmp_path / "cut") == files_of(tmp_path / "whole")


@pytest.mark.slow
def test_after_kill_9_resume_gives_what_an_unbroken_run_gives(archive: Path, tmp_path: Path) -> None:
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    archive.write_bytes(b"".join(chat(n) for n in range(400)))
    call = [sys.executable, "-m", "nlp.cli", "annotate", str(archive), "--fast", "--workers", "2", "-o"]
    subprocess.run([*call, str(tmp_path / "whole" / "out.jsonl")], check=True, capture_output=True, timeout=500)
    target = tmp_path / "killed" / "out.jsonl"
    with subprocess.Popen([*call, str(target)], stderr=subprocess.DEVNULL, start_new_session=True) as process:
        while not list((tmp_path / "killed").glob("out.jsonl.parts/*.threads.*")) and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    again = subprocess.run([*call, str(target), "--resume"], check=False, capture_output=True, timeout=500)
    assert again.returncode == 0, again.stderr.decode()
    assert target.read_bytes() == (tmp_path / "whole" / "out.jsonl").read_bytes()


def test_a_full_disk_is_told_and_what_is_done_stays(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: object) -> None:
    out, writes, fsync = tmp_path / "out.jsonl", itertools.count(1), os.fsync

    def full(handle: int) -> None:
        if next(writes) > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    with monkeypatch.context() as cut:
        cut.setattr(os, "fsync", full)
        with pytest.raises(DataError, match=r"Datenträger ist voll.*--resume"):
            run.to_file(run.Run(str(archive)), str(out))
    assert not out.exists()
    done = (tmp_path / "out.jsonl.parts" / "done.jsonl").read_bytes().splitlines()
    assert 1 <= len(done) < 7
    annotated: list[int] = []
    monkeypatch.setattr(work, "annotate", lambda part, options: annotated.append(part.number) or quick(part, options))  # type: ignore[operator, func-returns-value]
    run.to_file(run.Run(str(archive)), str(out), resume=True)
    assert annotated == list(range(len(done), 7))
    assert len(out.read_bytes().splitlines()) == 12


def test_an_unfinished_run_is_not_overwritten_nor_mixed_with_another(archive: Path, tmp_path: Path, quick: object) -> None:
    out = str(tmp_path / "out.jsonl")

    def breaking(items: Any, options: Options) -> Iterator[Done]:
        yield work.annotate(next(iter(items)), options)
        raise Stopped

    def begin() -> None:
        with pytest.raises(Stopped):
            run.to_file(run.Run(str(archive), engine=breaking), out)

    begin()
    with pytest.raises(DataError, match="angefangener Lauf"):
        run.to_file(run.Run(str(archive)), out)
    with pytest.raises(DataError, match="andere Optionen"):
        run.to_file(run.Run(str(archive), Options(overwrite=True)), out, resume=True)
    archive.write_bytes(chat(77) + archive.read_bytes())
    with pytest.raises(DataError, match="Eingabe hat sich seit dem Abbruch geändert"):
        run.to_file(run.Run(str(archive)), out, resume=True)


def test_a_part_that_was_damaged_on_the_disk_is_done_again(archive: Path, tmp_path: Path, quick: object) -> None:
    out = tmp_path / "out.jsonl"

    def breaking(items: Any, options: Options) -> Iterator[Done]:
        for part in itertools.islice(items, 3):
            yield work.annotate(part, options)
        raise Stopped

    with pytest.raises(Stopped):
        run.to_file(run.Run(str(archive), engine=breaking), str(out))
    (tmp_path / "out.jsonl.parts" / "0000001.threads.jsonl.zst").write_bytes(b"")
    run.to_file(run.Run(str(archive)), str(out), resume=True)
    assert [json.loads(line)["task"]["id"] for line in out.read_bytes().splitlines()] == [f"A-{n}" for n in range(12)]


def test_two_runs_cannot_write_the_same_output(archive: Path, tmp_path: Path, quick: object) -> None:
    out = str(tmp_path / "out.jsonl")

    def meanwhile(items: Any, options: Options) -> Iterator[Done]:
        with pytest.raises(DataError, match="schon ein anderer Lauf"):
            run.to_file(run.Run(str(archive)), out, resume=True)
        return engines.here(items, options)

    run.to_file(run.Run(str(archive), engine=meanwhile), out)


def test_labels_that_were_overwritten_can_be_taken_back(tmp_path: Path) -> None:
    source, out, back = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "back.jsonl"
    source.write_bytes(chat(1, tags=["lob"], questions=[]) + chat(2, tags=["beschwerde"]) + chat(3))
    run.to_file(run.Run(str(source), Options(overwrite=True)), str(out))
    threads = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert "lob" not in threads[0]["messages"][0]["tags"]
    threads[1]["messages"][0]["tags"] = ["termin"]  # somebody has corrected this since
    out.write_bytes(b"".join(streams.dump(thread) for thread in threads))
    assert undo.take_back(str(out), f"{out}.undo.jsonl", str(back)) == (1, 1)
    after = [json.loads(line)["messages"][0] for line in back.read_bytes().splitlines()]
    assert after[0] == json.loads(chat(1, tags=["lob"], questions=[]))["messages"][0]
    assert after[1]["tags"] == ["termin"]
    assert after[2]["tags"] == threads[2]["messages"][0]["tags"]


def test_labels_of_people_are_kept_without_overwrite(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(chat(1, tags=["lob"], questions=[]))
    for options in (Options(), Options(fast=True)):
        run.to_file(run.Run(str(source), options), str(out))
        assert json.loads(out.read_bytes())["messages"][0]["tags"] == ["lob"]
        assert not Path(f"{out}.undo.jsonl").exists()


def test_a_chat_that_breaks_us_is_rejected_and_the_others_go_on(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def annotate(self, thread: Any, overwrite: bool) -> Any:
            if thread.task.id == "A-3":
                raise ZeroDivisionError
            return thread

    monkeypatch.setattr(work, "_assistant", Broken)
    out = tmp_path / "out.jsonl"
    tallied = run.to_file(run.Run(str(archive)), str(out))
    assert tallied.counts["threads"] == 11
    assert "A-3" in Path(f"{out}.rejected.jsonl").read_text(encoding="utf-8")


class Breaking:
    """A pool that does its parts at once and breaks after so many."""

    def __init__(self, lasts: int) -> None:
        self._left = lasts

    def __enter__(self) -> "Breaking":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, act: Callable[..., Done], *given: Any) -> "Future[Done]":
        if not self._left:
            raise BrokenProcessPool
        self._left -= 1
        done: Future[Done] = Future()
        done.set_result(act(*given))
        return done


@pytest.mark.parametrize("lasts", [(0,), (3,), (6,), (7, 2), (8, 0, 7), (12,)])
def test_a_pool_that_breaks_where_a_part_is_handed_over_loses_none(lasts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch, quick: object) -> None:
    pools = iter([*map(Breaking, lasts), Breaking(99)])
    monkeypatch.setattr(engines, "_single_threaded", lambda workers: next(pools))
    given = (Part(number, (Line(f"x:{number}", chat(number)),)) for number in range(12))
    assert [(done.number, done.threads) for done in engines.processes(2)(given, Options())] == [(number, chat(number)) for number in range(12)]


def test_a_message_that_was_changed_twice_gets_the_first_labels_back(tmp_path: Path) -> None:
    out, changes, back = tmp_path / "out.jsonl", tmp_path / "undo.jsonl", tmp_path / "back.jsonl"
    out.write_bytes(chat(1, tags=["lob"]) + chat(1, tags=["termin"]) + chat(1, tags=["termin"]))
    changes.write_bytes(b"".join(streams.dump({"task": "A-1", "message": "m1", "tags": new, "before": {"tags": old}}) for new, old in ((["lob"], ["addon"]), (["termin"], []))))
    assert undo.take_back(str(out), str(changes), str(back)) == (2, 0)
    assert [json.loads(line)["messages"][0]["tags"] for line in back.read_bytes().splitlines()] == [["addon"], [], ["termin"]]


def test_a_cluster_leaves_no_text_where_it_was_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: object) -> None:
    """With a stand-in for Ray; the real one is tried in test_batch_cluster.py."""
    for name in ("ray", "ray.data"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    cluster = importlib.import_module("nlp.batch.cluster")
    monkeypatch.delitem(sys.modules, "nlp.batch.cluster")
    monkeypatch.setattr(work, "models", lambda options: {})
    monkeypatch.setenv("AUFGABENCHAT_SHARED", str(tmp_path))
    made: list[Path] = []
    monkeypatch.setattr(cluster, "_folder", lambda folder=cluster._folder: made.append(folder()) or made[-1])

    def breaking() -> Iterator[Part]:
        yield Part(0, (Line("x:1", chat(1)),))
        raise Stopped

    with pytest.raises(Stopped):
        list(cluster.engine(2)(breaking(), Options()))
    assert len(made) == 1
    assert list(cluster.engine(2)([], Options())) == []
    assert len(made) == 1
    assert list(tmp_path.iterdir()) == []
