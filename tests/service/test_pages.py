"""What a browser gets from the service."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from service.shared import Make


def test_the_start_page_is_a_demo_in_demo_mode_only(make: Make) -> None:
    demo, plain = make(demo=True), make()
    assert "<aufgabenchat-thread" in demo.get("/").text
    assert "POST /v1/tokens" in plain.get("/").text
    assert len(demo.get("/demo/samples").json()) >= 12
    assert plain.get("/demo/samples").status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"), [("aufgabenchat.js", "text/javascript"), ("demo.js", "text/javascript"), ("demo.css", "text/css"), ("icon.svg", "image/svg+xml")]
)
def test_built_files_come_with_their_type_and_are_revalidated(client: TestClient, name: str, kind: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/..%2fapp.py", "/static/%2e%2e/settings.py", "/static/fehlt.js"])
def test_nothing_else_is_served_or_listed(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/static/aufgabenchat.js"])
def test_pages_run_only_scripts_of_our_own(client: TestClient, path: str) -> None:
    policy = dict(rule.split(" ", 1) for rule in client.get(path).headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"


def test_the_components_can_be_loaded_by_pages_that_are_allowed(make: Make) -> None:
    client = make(origins="https://chat.example.com")
    answers = [client.get("/static/aufgabenchat.js", headers={"Origin": f"https://{host}"}) for host in ("chat.example.com", "evil.example.com")]
    assert [answer.headers.get("access-control-allow-origin") for answer in answers] == ["https://chat.example.com", None]
