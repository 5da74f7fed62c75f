"""``aufgabenchat serve`` and ``aufgabenchat keys``; what is heavy is imported when it is needed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from api.keys import KeyRing
    from api.store import Store

keys = typer.Typer(help="API-Schlüssel anlegen, auflisten und sperren.", no_args_is_help=True)
err = Console(stderr=True)


class Role(StrEnum):
    """What a key may do."""

    suggest = "suggest"
    feedback = "feedback"
    admin = "admin"


def serve(
    host: Annotated[str, typer.Option(help="Adresse.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65_535)] = 8_000,
    workers: Annotated[int, typer.Option(help="Prozesse, die sich den Port teilen.", min=1, max=64)] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Ohne Schlüssel, nur auf diesem Rechner.")] = False,
    show: Annotated[bool, typer.Option("--open", help="Die Seite im Browser öffnen, sobald der Dienst bereit ist.")] = False,
) -> None:
    """Die API starten. Einstellungen: Umgebungsvariablen AUFGABENCHAT_…, siehe README."""
    from api import serve as service

    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"  # RFC 3986: IPv6 in brackets
    if demo:
        err.print(f"Demo auf {url}/ – ohne Schlüssel, erreichbar nur von diesem Rechner.", style="yellow")
    if show:
        service.show(url)
    service.serve(host, port, workers, demo=demo)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Wofür der Schlüssel ist.")],
    role: Annotated[Role, typer.Option(help="Was er darf.")] = Role.suggest,
    days: Annotated[int | None, typer.Option(help="Nach so vielen Tagen läuft er ab.", min=1, max=36_500)] = None,
    rate: Annotated[int | None, typer.Option(help="Anfragen in der Minute.", min=1, max=1_000_000)] = None,
) -> None:
    """Einen Schlüssel anlegen. Er wird nur dieses eine Mal gezeigt."""
    _, ring = _opened()
    print(ring.create(name, role.value, days=days, rate_per_minute=rate))


@keys.command("list")
def list_keys() -> None:
    """Alle Schlüssel, ohne ihr Geheimnis."""
    from api.store import iso

    store, _ = _opened()
    table = Table("Id", "Name", "Rolle", "angelegt", "läuft ab", "gesperrt")
    for key in store.all_keys():
        ends = [iso(at) if at is not None else "–" for at in (key.expires_at, key.revoked_at)]
        table.add_row(key.id, key.name, key.role, iso(key.created_at), *ends)
    Console().print(table)


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID", help="Die Id aus „keys list“.")]) -> None:
    """Einen Schlüssel und alle Browser-Token daraus sperren."""
    _, ring = _opened()
    if not ring.revoke(key_id):
        err.print("Einen gültigen Schlüssel mit dieser Id gibt es nicht.", style="red")
        raise typer.Exit(1)
    err.print("Gesperrt.")


def _opened() -> tuple[Store, KeyRing]:
    from api.keys import KeyRing
    from api.settings import load
    from api.store import Store

    settings = load()
    store = Store(settings.database.get_secret_value())
    return store, KeyRing(store, settings)
