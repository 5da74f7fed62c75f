"""A Ray cluster gives what one process gives, also when a node dies in mid-run."""

import json
import warnings
from pathlib import Path

import pytest

ray = pytest.importorskip("ray", reason="extra cluster")

from nlp.batch import engines, parts, run  # noqa: E402
from nlp.batch.parts import Options  # noqa: E402


@pytest.mark.filterwarnings("ignore")
def test_a_node_that_dies_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ray.cluster_utils import Cluster

    monkeypatch.setattr(parts, "THREADS", 4)
    source = tmp_path / "chats.jsonl"
    said = [{"id": "m1", "author": "customer", "text": "Was kostet das, und wer macht es?"}]
    source.write_text("".join(json.dumps({"task": {"id": f"A-{n}"}, "messages": said}) + "\n" for n in range(60)))
    run.to_file(run.Run(str(source), Options(fast=True)), str(tmp_path / "local.jsonl"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        second = cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, log_to_driver=False)
        done: list[int] = []

        def say(*_: object) -> None:
            done.append(1)
            if len(done) == 2:
                cluster.remove_node(second, allow_graceful=False)

        try:
            run.to_file(run.Run(str(source), Options(fast=True), engines.chosen("ray", 2), say=say), str(tmp_path / "ray.jsonl"))
        finally:
            ray.shutdown()
            cluster.shutdown()
    assert len(done) == 15
    assert (tmp_path / "ray.jsonl").read_bytes() == (tmp_path / "local.jsonl").read_bytes()
