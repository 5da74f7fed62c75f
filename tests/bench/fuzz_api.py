"""Schemathesis against the running service, all checks: ``make fuzz-api``. Needs five minutes; prints the number of cases.

One worker, real models, on a fresh store, with an admin key. Most cases are from the coverage phase, which tries each field's bounds and
mistakes; ``FUZZ_EXAMPLES`` says how many random ones a call gets on top. One thread of cases only: Hypothesis' caches are not safe for more.
Arguments go on to schemathesis.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PORT = 8_766
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "40")
FACTORY = os.environ.get("FUZZ_FACTORY", "")
CONFIG = Path(__file__).with_name("schemathesis.toml")


def main() -> int:
    """Run it; schemathesis' exit code."""
    beside = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        given = {"DATABASE": f"sqlite:///{folder}/fuzz.db", "RATE_PER_MINUTE": "100000000", "LOG_LEVEL": "error"}
        environment = os.environ | {f"AUFGABENCHAT_{name}": value for name, value in given.items()}
        made = subprocess.run([beside / "aufgabenchat", "keys", "create", "fuzz", "--role", "admin"], env=environment, capture_output=True, text=True, check=True)
        serve = [sys.executable, "-m", "uvicorn", "--factory", FACTORY, "--no-access-log"] if FACTORY else [str(beside / "aufgabenchat"), "serve"]
        process = subprocess.Popen([*serve, "--port", str(PORT), "--workers", "1"], env=environment)
        try:
            _wait()
            url = f"http://127.0.0.1:{PORT}"
            command = [str(beside / "schemathesis"), "--config-file", str(CONFIG), "run", f"{url}/openapi.json", "--url", url, "--max-examples", EXAMPLES,
                       "--no-shrink", "--suppress-health-check", "all", "-H", f"Authorization: Bearer {made.stdout.strip()}", "--seed", "1", "--checks", "all"]  # fmt: skip
            return subprocess.run([*command, *sys.argv[1:]], check=False, env=environment | {"NO_COLOR": "1", "COLUMNS": "180"}).returncode
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait() -> None:
    for _ in range(1_500):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the service did not start")


if __name__ == "__main__":
    sys.exit(main())
