"""Dependencies of the calls: the service, and a caller who may make this call now."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.body import StrictRoute
from api.keys import Caller, Role
from api.problems import ProblemError
from api.service import Service

bearer = HTTPBearer(auto_error=False, scheme_name="Schlüssel", description="API-Schlüssel (`ac_…`) oder ein daraus ausgestelltes Browser-Token.")
DEMO_ROLE: Role = "feedback"


def service_of(request: Request) -> Service:
    """The worker's service."""
    service: Service = request.app.state.service
    return service


class ModelRoute(StrictRoute):
    """A route whose calls need the model: with a full queue they are refused before their body costs anything."""

    def admit(self, request: Request) -> None:
        if self.body_field is not None:
            service_of(request).admit()


ServiceDep = Annotated[Service, Depends(service_of)]


def needs(role: Role) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A dependency that lets callers with the role pass, within their rate."""

    async def check(
        request: Request, service: ServiceDep, shown: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
    ) -> Caller:
        caller = await _caller(service, shown.credentials if shown else None)
        request.state.key_id = caller.key_id
        if wait := service.rate.wait(caller.key_id, caller.rate_per_minute):
            raise ProblemError(429, f"Versuchen Sie es in {wait} s noch einmal.", headers={"Retry-After": str(wait)})
        if not caller.may(role):
            raise ProblemError(403, f"Dafür braucht der Schlüssel die Rolle {role}.")
        return caller

    return check


async def _caller(service: Service, credential: str | None) -> Caller:
    if credential is None and service.settings.demo:
        return Caller("demo", DEMO_ROLE, service.settings.rate_per_minute)
    caller = None if credential is None else await service.stored(lambda: service.keys.caller(credential))
    if caller is None:
        detail = "Senden Sie Authorization: Bearer mit einem gültigen Schlüssel oder Token."
        raise ProblemError(401, detail, headers={"WWW-Authenticate": "Bearer"})
    return caller


Suggesting = Annotated[Caller, Depends(needs("suggest"))]
Feeding = Annotated[Caller, Depends(needs("feedback"))]
Administering = Annotated[Caller, Depends(needs("admin"))]
