"""Who may call what: every call, every role, every kind of credential that must not work."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from api.keys import AUDIENCE, KeyRing
from api.openapi import described
from api.settings import load
from api.store import Store
from service.shared import THREAD, Make

MESSAGE = {"id": "m2", "author": "team", "text": "Gern."}
CALLS: dict[tuple[str, str], tuple[str | None, Any]] = {
    ("POST", "/v1/annotate"): ("suggest", THREAD),
    ("POST", "/v1/suggest"): ("suggest", {"thread": THREAD, "draft": ""}),
    ("POST", "/v1/check"): ("suggest", {"thread": THREAD, "draft": ""}),
    ("POST", "/v1/compose"): ("suggest", {"thread": THREAD}),
    ("POST", "/v1/review"): ("suggest", {"thread": THREAD}),
    ("GET", "/v1/taxonomy"): ("suggest", None),
    ("GET", "/v1/templates"): ("suggest", None),
    ("GET", "/v1/rules"): ("suggest", None),
    ("POST", "/v1/feedback"): ("feedback", {"event": "tag_added", "tag": "lob", "message": MESSAGE}),
    ("POST", "/v1/send-anyway"): ("feedback", {"thread": THREAD, "draft": "", "token": "x"}),
    ("POST", "/v1/tokens"): ("suggest", {}),
    ("GET", "/v1/customers/{customer_id}/feedback"): ("admin", None),
    ("DELETE", "/v1/customers/{customer_id}/feedback"): ("admin", None),
    ("GET", "/metrics"): ("suggest", None),
    ("GET", "/healthz"): (None, None),
    ("GET", "/readyz"): (None, None),
}
"""Each call with the role it needs and a body it takes."""
RANKS = ["suggest", "feedback", "admin"]
SHOWN = ["none", "garbage", "unknown", "expired key", "revoked key", "expired token", "token of a revoked key", "foreign token", "token without signature",
         "token above its key", *(f"{role} {kind}" for role in RANKS for kind in ("key", "token"))]  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A running service and credentials of all kinds."""
    from api.app import create
    from service.fake import FakeAssistant
    from service.shared import until

    home = tmp_path_factory.mktemp("access")
    settings = load(database=f"sqlite:///{home}/store.db", key_cache_seconds=0)
    app = create(settings, FakeAssistant)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        until(lambda: app.state.service.model is not None)
        yield client, _credentials(app.state.service.keys, app.state.service.store)


def _credentials(ring: KeyRing, store: Store) -> dict[str, str | None]:
    keys = {role: ring.create(role, role) for role in RANKS}  # type: ignore[arg-type]
    callers = {role: ring.caller(key) for role, key in keys.items()}
    tokens = {role: ring.mint(caller, caller.role, 600) for role, caller in callers.items() if caller}
    revoked = ring.create("revoked", "admin")
    caller = ring.caller(revoked)
    assert caller
    of_revoked = ring.mint(caller, "admin", 600)
    assert ring.revoke(caller.key_id)
    expired = ring.create("expired", "admin", days=0)
    admin = callers["admin"]
    assert admin
    claims = {"sub": admin.key_id, "role": "admin", "iat": int(time.time()), "exp": int(time.time()) + 600, "aud": AUDIENCE}
    known: dict[str, str | None] = {
        "none": None, "garbage": "ä b", "unknown": f"ac_{'0' * 12}_{'A' * 43}", "expired key": expired, "revoked key": revoked,
        "expired token": ring.mint(admin, "admin", -1), "token of a revoked key": of_revoked,
        "foreign token": jwt.encode(claims, "x" * 32, algorithm="HS256"), "token without signature": jwt.encode(claims, None, algorithm="none"),
        "token above its key": ring.mint(callers["suggest"], "admin", 600),  # type: ignore[arg-type]
    }  # fmt: skip
    return known | {f"{role} key": key for role, key in keys.items()} | {f"{role} token": token for role, token in tokens.items()}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call))
def test_every_call_lets_in_whom_it_should(service: Any, call: tuple[str, str], shown: str) -> None:
    client, credentials = service
    method, path = call
    role, body = CALLS[call]
    credential = credentials[shown]
    headers = {} if credential is None else {"Authorization": b"Bearer " + credential.encode()}
    answer = client.request(method, path.format(customer_id="K-0"), json=body, headers=headers)
    rank = RANKS.index(shown.split()[0]) if shown.split()[0] in RANKS else None
    if role is None:
        assert answer.status_code == 200
    elif rank is None:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    elif rank < RANKS.index(role) or (path == "/v1/tokens" and shown.endswith("token")):
        assert answer.status_code == 403
    else:
        assert answer.status_code in (200, 202, 409)


def test_the_matrix_holds_every_call(service: Any) -> None:
    document = service[0].get("/openapi.json").json()
    assert {(method.upper(), path) for path, calls in document["paths"].items() for method in calls} == set(CALLS)
    assert described()


def test_a_page_gets_a_token_that_does_less_and_not_for_long(service: Any) -> None:
    client, credentials = service
    admin = {"Authorization": f"Bearer {credentials['admin key']}"}
    made = client.post("/v1/tokens", json={"role": "suggest", "seconds": 3_600}, headers=admin).json()
    assert made["expires_in"] == 900
    page = {"Authorization": f"Bearer {made['token']}"}
    assert client.get("/v1/rules", headers=page).status_code == 200
    assert client.get("/v1/customers/K-0/feedback", headers=page).status_code == 403
    suggest = {"Authorization": f"Bearer {credentials['suggest key']}"}
    assert client.post("/v1/tokens", json={"role": "admin"}, headers=suggest).status_code == 403


def test_a_key_has_its_rate(make: Make) -> None:
    client = make()
    key = client.app.state.service.keys.create("langsam", "suggest", rate_per_minute=12)  # type: ignore[attr-defined]
    answers = [client.get("/v1/rules", headers={"Authorization": f"Bearer {key}"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 5


def test_a_key_is_kept_as_a_hash(make: Make) -> None:
    client = make()
    ring, store = client.app.state.service.keys, client.app.state.service.store  # type: ignore[attr-defined]
    key = ring.create("Editor", "suggest")
    kept = store.key(key.split("_")[1])
    assert key.split("_", 2)[2] not in str(vars(kept))
    assert ring.caller(key[:-1] + ("A" if key[-1] != "A" else "B")) is None


def test_only_listed_pages_may_call(make: Make) -> None:
    client = make(demo=True, origins="https://chat.example.com, https://team.example.com")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for origin, allowed in (("https://team.example.com", True), ("https://evil.example.com", False)):
        answer = client.options("/v1/suggest", headers={"Origin": origin, **asked})
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


def test_a_demo_does_not_answer_to_other_names(make: Make) -> None:
    client = make(demo=True)
    assert client.get("/v1/rules").status_code == 200
    assert client.get("/v1/rules", headers={"Host": "evil.example.com"}).status_code == 400
    assert client.get("/v1/customers/K-1/feedback").status_code == 403
