"""Stores on SQLite and PostgreSQL, a service with a fake assistant, and real servers."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create
from api.settings import Settings, load
from service.fake import FakeAssistant
from service.shared import Make, Serve, free_port, until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own, on a free port, run by user postgres; its URL."""
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed: run .ci/packages")
    port, home = free_port(), Path("/tmp", f"aufgabenchat-postgres-{os.getpid()}")
    home.mkdir(mode=0o700)
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(home, "postgres", "postgres")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data = str(home / "data")
    try:
        run(f"{binaries[-1]}/initdb", "-D", data, "-U", "chat", "--auth=trust", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
        run(f"{binaries[-1]}/pg_ctl", "-D", data, "-w", "-o", options, "-l", str(home / "log"), "start")
        yield f"postgresql+psycopg://chat@127.0.0.1:{port}/postgres"
        run(f"{binaries[-1]}/pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store, on each kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.db"
        return
    import psycopg

    url = request.getfixturevalue("postgres")
    name = f"test_{tmp_path.name.replace('-', '_').lower()}"[:60]
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield url.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A client of a running service with these settings; ``key="admin"`` gives it a key with this role."""
    opened: list[TestClient] = []

    def start(model: Any = None, key: str | None = None, load_model: Any = None, **given: Any) -> TestClient:
        settings: Settings = load(**{"database": f"sqlite:///{tmp_path}/store.db", "key_cache_seconds": 0, **given})
        app = create(settings, load_model or (lambda: model or FakeAssistant()))
        client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        client.__enter__()
        opened.append(client)
        until(lambda: app.state.service.model is not None)
        if key:
            client.headers["Authorization"] = f"Bearer {app.state.service.keys.create('test', key)}"
        return client

    yield start
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make: Make) -> TestClient:
    """A client of a demo."""
    return make(demo=True)


class Server:
    """A real server in processes of its own."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
        self.process, self.url, self.log = process, url, log

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Send the signal to the server, for SIGKILL to its workers as well; its exit code."""
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        return self.process.wait(60)


@pytest.fixture
def serving(tmp_path: Path) -> Serve:
    """Start a server with the fake assistant as a context manager; settings as for ``make``, ``workers`` beside them."""

    @contextmanager
    def start(workers: int = 1, factory: str = "tests.service.fake:app", **given: Any) -> Iterator[Server]:
        port, log = free_port(), tmp_path / "server.log"
        settings = {"demo": "true", "database": f"sqlite:///{tmp_path}/store.db", **given}
        metrics = tmp_path / "metrics"
        metrics.mkdir(exist_ok=True)
        shared = {"AUFGABENCHAT_RUNTIME": str(tmp_path), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        environment = os.environ | shared | {f"AUFGABENCHAT_{name.upper()}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-c", RUN, factory, str(port), str(workers)]
        with log.open("ab") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
        server = Server(process, f"http://127.0.0.1:{port}", log)
        try:
            until(lambda: _ready(server.url))
            yield server
        finally:
            if process.poll() is None:
                server.stop(signal.SIGKILL)

    return start


RUN = (
    "import sys, uvicorn; uvicorn.run(sys.argv[1], factory=True, port=int(sys.argv[2]), workers=int(sys.argv[3]), log_config=None,"
    " access_log=False, timeout_graceful_shutdown=20)"
)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
