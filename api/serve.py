"""Starting and stopping the service: checks first, then workers that share one port."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from api.settings import PREFIX, ConfigurationError, load


def serve(host: str, port: int, workers: int, *, demo: bool) -> None:
    """Serve until stopped; SIGTERM and SIGINT let running calls finish.

    :raises ConfigurationError: If it must not run like this: a demo for others, or no key that could call it.
    :raises ModelError, StoreError: If model or store cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="aufgabenchat-") as runtime:
        # read by the workers, and by prometheus_client when it is imported; so first of all
        os.environ.setdefault(f"{PREFIX}RUNTIME", runtime)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(Path(runtime, "metrics"))
        Path(runtime, "metrics").mkdir()
        if demo:
            os.environ[f"{PREFIX}DEMO"] = "true"
        _check(host)
        import uvicorn
        from uvicorn.config import STARTUP_FAILURE
        from uvicorn.supervisors import Multiprocess

        from api.logs import configure

        configure(load().log_level)
        config = uvicorn.Config(
            "api.app:create", factory=True, host=host, port=port, workers=workers, log_config=None, access_log=False, server_header=False,
            timeout_graceful_shutdown=load().shutdown_seconds, timeout_keep_alive=30, timeout_worker_healthcheck=60,  # a start on a busy machine takes its time
            h11_max_incomplete_event_size=32_768, backlog=256,
        )  # fmt: skip
        listening = config.bind_socket()
        # asyncio does so by itself for one worker only; without it each answer waits 40 ms for an acknowledgement (RFC 896, RFC 1122)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):
            if workers > 1:
                Multiprocess(config, sockets=[listening]).run()
            else:
                server.run(sockets=[listening])
        if workers == 1 and not server.started:
            sys.exit(STARTUP_FAILURE)


def _check(host: str) -> None:
    from api.keys import KeyRing
    from api.store import Store
    from nlp import artifact

    settings = load()
    for model in ("encoder", "heads"):
        artifact.current(model)
    store = Store(settings.database.get_secret_value())  # migrates, before the workers start
    try:
        KeyRing(store, settings)  # makes the secrets
        if settings.demo and not loopback(host):
            raise ConfigurationError("Ohne Schlüssel läuft der Dienst nur auf 127.0.0.1. Lassen Sie --host weg, oder legen Sie Schlüssel an.")
        if not settings.demo and not any(key.revoked_at is None for key in store.all_keys()):
            raise ConfigurationError(
                "Es gibt noch keinen Schlüssel. Legen Sie einen an („aufgabenchat keys create NAME --role admin“), oder starten Sie mit --demo."
            )
    finally:
        store.close()


def show(url: str) -> None:
    """Open the page in a browser once the service is ready, if there is a screen; on a terminal alone nothing happens."""
    if sys.platform not in ("darwin", "win32") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return  # a text browser would take the terminal over

    def wait() -> None:
        import httpx

        for _ in range(120):
            with suppress(httpx.HTTPError):
                if httpx.get(f"{url}/readyz").status_code == 200:
                    webbrowser.open(url)
                    return
            time.sleep(0.5)

    threading.Thread(target=wait, daemon=True).start()


def loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
