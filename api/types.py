"""Writes what clients are generated from: ``openapi.json``, and the editor's TypeScript types where Node is installed.

    python -m api.types
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from api.app import create
from api.settings import Settings

DOCUMENT = Path(__file__).parent / "openapi.json"
TYPESCRIPT = Path(__file__).parent / "web" / "src" / "api.d.ts"
GENERATOR = "openapi-typescript@7.13.0"


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    with tempfile.TemporaryDirectory() as folder:
        app = create(Settings.model_validate({"database": f"sqlite:///{folder}/store.db"}))
        made = app.openapi()
        app.state.service.close()
    return made


def digest() -> str:
    """What stands at the top of the types made from the document as it is published."""
    return hashlib.sha256(DOCUMENT.read_bytes()).hexdigest()


def main() -> None:
    """Write both; the types need npx."""
    DOCUMENT.write_text(json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if npx := shutil.which("npx"):
        TYPESCRIPT.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([npx, "--yes", GENERATOR, str(DOCUMENT), "-o", str(TYPESCRIPT)], check=True)
        made = TYPESCRIPT.read_text(encoding="utf-8")
        TYPESCRIPT.write_text(f"// made from api/openapi.json, sha256 {digest()}: make docs\n{made}", encoding="utf-8")


if __name__ == "__main__":
    main()
