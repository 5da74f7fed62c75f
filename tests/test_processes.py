"""Worker processes, with a parent that is really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from service.shared import until

PARENT = """
import os, time
from nlp.processes import pool

if __name__ == "__main__":
    with pool(1) as started:
        print(started.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""


def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert alive(worker)
        process.send_signal(signal.SIGKILL)
    until(lambda: not alive(worker), 20)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
