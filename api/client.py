"""A typed client of the API.

    with Client("http://127.0.0.1:8000", key="ac_…") as client:
        shown = client.suggest(thread, "Guten Tag Frau Kern, ")
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter

from api import schemas
from api.keys import Role
from api.problems import Problem
from nlp.errors import AufgabenchatError
from nlp.send_anyway import text_hash
from nlp.thread import Channel, Thread

T = TypeVar("T", bound=BaseModel)
AGAIN = (429, 503)
LONGEST_WAIT = 10.0


class ApiError(AufgabenchatError):
    """The API refused; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.title} {problem.detail}")
        self.problem = problem


class Client:
    """Calls the API. Where it is busy (429, 503), tries ``retries`` times more, after as long as it asks for."""

    def __init__(
        self, url: str, key: str | None = None, *, timeout: float = 30.0, retries: int = 2, transport: httpx.BaseTransport | None = None
    ) -> None:
        """:param key: An API key or browser token; none for a demo."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)
        self._retries = retries

    def annotate(self, thread: Thread) -> Thread:
        """The thread with its labels; offsets as UTF-16, too."""
        return Thread.model_validate(self._call("POST", "/v1/annotate", thread.to_json()))

    def suggest(self, thread: Thread, draft: str, *, request_seq: int | None = None, **more: Any) -> schemas.SuggestAnswer:
        """What to show beside the draft.

        :param more: ``channel``, ``author``, ``attachments``, ``ignored``, ``sent_at``.
        """
        last = thread.messages[-1].id if thread.messages else ""
        sent = {"request_seq": request_seq, "last_message_id": last or None, "text_hash": text_hash(draft, last)}
        return schemas.SuggestAnswer.model_validate(self._call("POST", "/v1/suggest", _draft(thread, draft, more) | sent))

    def check(self, thread: Thread, draft: str, **more: Any) -> schemas.CheckAnswer:
        """Findings of the draft; ``more`` as for ``suggest``."""
        return schemas.CheckAnswer.model_validate(self._call("POST", "/v1/check", _draft(thread, draft, more)))

    def send_anyway(self, thread: Thread, draft: str, token: str, **more: Any) -> list[str]:
        """Have it written down that the draft is sent although errors stand; their rules.

        :raises ApiError: 409 if the token does not allow it.
        """
        made: list[str] = self._call("POST", "/v1/send-anyway", _draft(thread, draft, more) | {"token": token})["rules"]
        return made

    def compose(
        self, thread: Thread, template: str | None = None, answers: Mapping[str, str] | None = None, *, sent_at: datetime | None = None
    ) -> dict[str, Any]:
        """A draft for the last customer message, to be sent now or at ``sent_at``."""
        when = sent_at.isoformat() if sent_at else None
        body = {"thread": thread.to_json(), "template": template, "answers": answers, "sent_at": when}
        made: dict[str, Any] = self._call("POST", "/v1/compose", body)
        return made

    def review(self, thread: Thread, as_of: date | None = None) -> dict[str, Any]:
        """The task as a contract."""
        day = as_of.isoformat() if as_of else None
        made: dict[str, Any] = self._call("POST", "/v1/review", {"thread": thread.to_json(), "as_of": day})
        return made

    def feedback(self, event: schemas.FeedbackRequest) -> str:
        """Tell what the user did; returns once it is stored. With an ``id`` it may be sent again."""
        made: str = self._call("POST", "/v1/feedback", event.model_dump(mode="json", exclude_unset=True))["id"]
        return made

    def token(self, role: Role = "suggest", seconds: int | None = None) -> schemas.TokenAnswer:
        """A browser token, from a key."""
        return schemas.TokenAnswer.model_validate(self._call("POST", "/v1/tokens", {"role": role, "seconds": seconds}))

    def export(self, customer_id: str) -> schemas.Export:
        """All that is kept of a customer."""
        return schemas.Export.model_validate(self._call("GET", _customer(customer_id)))

    def forget(self, customer_id: str) -> int:
        """Delete all that is kept of a customer; how much it was."""
        return schemas.Deleted.model_validate(self._call("DELETE", _customer(customer_id))).deleted

    def taxonomy(self) -> list[schemas.TagInfo]:
        """The tags."""
        return self._list(schemas.TagInfo, "/v1/taxonomy")

    def templates(self) -> list[schemas.TemplateInfo]:
        """The message templates."""
        return self._list(schemas.TemplateInfo, "/v1/templates")

    def rules(self) -> list[schemas.RuleInfo]:
        """What drafts are checked by."""
        return self._list(schemas.RuleInfo, "/v1/rules")

    def ready(self) -> bool:
        """Whether calls can be served."""
        return self._http.get("/readyz").status_code == 200

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _list(self, model: type[T], path: str) -> list[T]:
        return TypeAdapter(list[model]).validate_python(self._call("GET", path))  # type: ignore[valid-type]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        for again in range(self._retries, -1, -1):
            response = self._http.request(method, path, json=body) if body is not None else self._http.request(method, path)
            if response.status_code not in AGAIN or not again:
                break
            time.sleep(min(LONGEST_WAIT, float(response.headers.get("Retry-After", 1))))
        if response.is_success:
            return response.json()
        raise ApiError(_problem(response))


def _problem(response: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValueError:  # a proxy in between
        return Problem(type="about:blank", title=response.reason_phrase, status=response.status_code, detail="", errors=[])


def _draft(thread: Thread, draft: str, more: Mapping[str, Any]) -> dict[str, Any]:
    when = {"sent_at": more["sent_at"].isoformat()} if more.get("sent_at") else {}
    return {"thread": thread.to_json(), "draft": draft, **more, **when}


def _customer(customer_id: str) -> str:
    return f"/v1/customers/{quote(customer_id, safe='')}/feedback"


__all__ = ["ApiError", "Channel", "Client"]
