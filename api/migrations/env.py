"""Alembic's entry: migrates through the connection it is given, or writes the SQL with ``AUFGABENCHAT_DATABASE``."""

from alembic import context

from api.database import Base, connect
from api.settings import load


def run(connection: object) -> None:
    """Run the migrations."""
    # batch mode: SQLite alters a table by making it anew
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)  # type: ignore[arg-type]
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with connect(load().database.get_secret_value()).begin() as opened:
        run(opened)
