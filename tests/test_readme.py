"""What the README shows works."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_code_of_the_readme_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, str(README), "exec"), {})
    assert len(capsys.readouterr().out) > 20


def test_every_command_of_the_readme_exists() -> None:
    from nlp.cli import app

    known = {command.callback.__name__ for command in app.registered_commands if command.callback}
    shown = set(re.findall(r"^\| `aufgabenchat (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert known <= shown <= known | {group.name for group in app.registered_groups}
