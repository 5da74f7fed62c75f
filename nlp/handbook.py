"""Typed view of the files in ``nlp/data``; a mistake in them is reported with file, line and what to do."""

from __future__ import annotations

import difflib
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from nlp.errors import DataError

DATA = Path(__file__).parent / "data"
Direction = Literal["both", "incoming", "outgoing"]


class Tag(BaseModel):
    """One tag of the taxonomy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    label: str
    definition: str
    not_when: str = ""
    direction: Direction = "both"
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def allows(self, author: str) -> bool:
        """Whether a message by this author may carry the tag."""
        return self.direction == "both" or (self.direction == "incoming") == (author == "customer")


class Taxonomy(dict[str, Tag]):
    """The tags by id, in the order of the file."""

    def unknown(self, tag: str) -> str:
        """German text for a tag that is not in the taxonomy, with the nearest one."""
        near = difflib.get_close_matches(tag, self, n=1)
        guess = f" Gemeint war wohl „{near[0]}“." if near else ""
        return f"Den Tag „{tag}“ gibt es nicht.{guess}"


@cache
def taxonomy(path: Path = DATA / "taxonomy.toml") -> Taxonomy:
    """The tags in ``path``.

    :raises DataError: With file and line, if the file is no TOML or a tag is not described as it should be.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise DataError("Datei fehlt oder ist nicht lesbar.", where=str(path), remedy="Prüfen Sie den Pfad.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"Kein gültiges TOML ({error}).", where=str(path), remedy="Korrigieren Sie die Zeile.") from error
    tags = Taxonomy()
    for name, table in tables.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise DataError(f"„{name}“ ist kein Tag-Name.", where=_line(path, text, name), remedy="Kleinbuchstaben, Ziffern und _.")
        try:
            tags[name] = Tag.model_validate({"id": name, **(table if isinstance(table, dict) else {})})
        except ValidationError as error:
            first = error.errors()[0]
            key = str(first["loc"][0])
            raise DataError(
                _german(key, first["type"], name), where=_line(path, text, name, key), remedy="Erlaubte Schlüssel: " + _keys()
            ) from error
    return tags


def _keys() -> str:
    return ", ".join(name for name in Tag.model_fields if name != "id") + "."


def _german(key: str, kind: str, tag: str) -> str:
    match kind:
        case "missing":
            return f"Beim Tag „{tag}“ fehlt „{key}“."
        case "extra_forbidden":
            return f"Beim Tag „{tag}“ steht der unbekannte Schlüssel „{key}“."
        case _:
            return f"Beim Tag „{tag}“ hat „{key}“ keinen gültigen Wert."


def _line(path: Path, text: str, table: str, key: str = "") -> str:
    """``path:line`` of the key in the table, or of the table's head."""
    head = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() == f"[{table}]":
            head = number
        elif head and line.startswith("["):
            break
        elif head and key and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return f"{path}:{number}"
    return f"{path}:{head or 1}"
