"""A mistake in an editor's file is told with file, line and remedy."""

from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlp import lint
from nlp.cli import app
from nlp.errors import DataError
from nlp.handbook import DATA, CustomerFile, handbook, phrases, review_phrases, taxonomy
from nlp.lint import notices, severities

TAXONOMY = [
    ("[a\n", ":1", "Kein gültiges TOML"),
    ('["Groß"]\nlabel = "x"\ndefinition = "y"\n', ":1", "kein Tag-Name"),
    ('\n[a]\nlabel = "x"\n', ":2", "„a.definition“ fehlt"),
    ('[a]\nlabel = "x"\ndefinition = "y"\nfarbe = "rot"\n', ":4", "„a.farbe“ ist ein unbekannter Schlüssel"),
    ('[a]\nlabel = "x"\ndefinition = "y"\ndirection = "hin"\n', ":4", "'both', 'incoming'"),
]


@pytest.mark.parametrize(("text", "line", "wrong"), TAXONOMY)
def test_taxonomy_mistakes(tmp_path: Path, text: str, line: str, wrong: str) -> None:
    file = tmp_path / "taxonomy.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        taxonomy(file)
    assert wrong in str(caught.value)
    assert f"taxonomy.toml{line}" in str(caught.value) or "line 1" in str(caught.value)


@pytest.mark.parametrize(("link", "told"), [("https://chat.example.com/a/{id}", 1), ("https://chat.agentur.de/example/{id}", 0)])
def test_a_sample_link_is_told_until_it_is_replaced(link: str, told: int) -> None:
    figures = handbook().model_copy(update={"customer_file": CustomerFile(link=link)})
    assert len(list(notices(figures))) == told


def test_handbook_mistakes_name_the_line(tmp_path: Path) -> None:
    good = (DATA / "handbook.toml").read_text(encoding="utf-8")
    file = tmp_path / "handbook.toml"
    file.write_text(good.replace("reminders = 2", "reminders = -1", 1), encoding="utf-8")
    number = next(n for n, line in enumerate(good.splitlines(), 1) if line.startswith("reminders"))
    with pytest.raises(DataError, match=rf"handbook\.toml:{number}.*process\.reminders"):
        handbook(file)


def test_a_rule_can_be_turned_off_and_made_milder_in_the_configuration(tmp_path: Path) -> None:
    from nlp.check import findings, sendable
    from nlp.thread import Thread, View

    def found(extra: str) -> tuple[list[tuple[str, str]], bool]:
        file = tmp_path / f"{abs(hash(extra))}.toml"
        shipped = (DATA / "handbook.toml").read_text(encoding="utf-8")
        file.write_text(shipped.replace("[severity]\n", f"[severity]\n{extra}\n"), encoding="utf-8")
        message = {"id": "m1", "author": "team", "text": "Guten Tag [Name], hier ist die Liste.", "questions": [], "answers": []}
        thread = Thread.model_validate({"task": {"id": "A-1"}, "messages": [message]})
        listed = findings(View(thread, 0), handbook(file))
        return [(f.rule, f.severity) for f in listed if f.rule == "placeholder-left"], sendable(listed)

    assert found("") == ([("placeholder-left", "error")], False)
    assert found('placeholder-left = "hint"') == ([("placeholder-left", "hint")], True)
    assert found('placeholder-left = "off"') == ([], True)


def test_the_shipped_files_are_right() -> None:
    assert len(taxonomy()) == 15
    assert handbook().process.reminders == 2
    assert len(phrases().canned) > 10


def test_a_broken_regular_expression_is_told(tmp_path: Path) -> None:
    file = tmp_path / "stock_phrases.toml"
    good = (DATA / "stock_phrases.toml").read_text(encoding="utf-8")
    file.write_text(good.replace("canned = [", 'canned = [\n  "(offen",', 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"stock_phrases\.toml:\d+.*„\(offen“"):
        phrases(file)


def test_a_severity_for_a_rule_there_is_not_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "handbook.toml"
    shipped = (DATA / "handbook.toml").read_text(encoding="utf-8")
    file.write_text(shipped.replace("[severity]\n", '[severity]\nrepeted-text = "off"\n'), encoding="utf-8")
    assert [str(mistake).partition(": ")[2] for mistake in severities(handbook(file))] == ["Die Regel „repeted-text“ gibt es nicht. Gemeint war wohl „repeated-text“."]
    assert list(severities(handbook())) == []


def test_all_files_that_cannot_be_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(lint.unreadable()) == []
    broken = tmp_path / "broken.toml"
    broken.write_text("[a\n", encoding="utf-8")
    for name, load in (("taxonomy", taxonomy), ("review_phrases", review_phrases)):
        monkeypatch.setattr(lint, name, partial(load, broken))
    monkeypatch.setattr(lint.imports, "HOME", tmp_path)
    done = CliRunner().invoke(app, ["lint"])
    assert done.exit_code == 2
    assert done.stderr.count("broken.toml: Kein gültiges TOML") == 3
