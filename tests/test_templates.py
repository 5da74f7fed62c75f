"""The files that drafts are made of: what ships is in order, and what an editor gets wrong is told with file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nlp.errors import DataError
from nlp.lint import mistakes
from nlp.templates import HOME, Template, library, read

Change = Callable[[str, str, str], list[str]]

TEMPLATE = """+++
title = "Gruß"
version = 1
tags = ["lob"]
[slots]
tag = {type = "date", label = "der Tag"}
+++
Am {{ tag }} geht es los.

Das ist alles.
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two templates and two answers of those that ship, with phrases and add-ons."""
    home = tmp_path_factory.mktemp("templates")
    (home / "answers").mkdir()
    for name in ("antwort.md", "addon-schicht-optionen.md", "phrases.toml", "addons.toml", *(f"answers/{name}.md" for name in COVERED)):
        shutil.copy(HOME / name, home / name)
    return home


COVERED = ("addon-schicht", "addon-uebersicht", "addon-mindestzeit", "addon-kuendigen")


@pytest.fixture
def told(few: Path, tmp_path: Path) -> Change:
    """What lint says once ``old`` reads ``new`` in a file; places are short, as ``antwort.md:3``."""

    def change(name: str, old: str, new: str) -> list[str]:
        home = tmp_path / "templates"
        shutil.copytree(few, home)
        text = (home / name).read_text(encoding="utf-8") if (home / name).exists() else ""
        assert old in text
        (home / name).write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
        return [str(mistake).replace(f"{home}/", "") for mistake in mistakes(home)]

    return change


def test_all_that_ships_is_in_order() -> None:
    assert [str(mistake) for mistake in mistakes()] == []
    texts = library()
    assert len(texts.templates) >= 30
    assert len(texts.answers) >= 40


def test_a_file_name_is_an_id_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "gruss.md"
    path.write_text(TEMPLATE, encoding="utf-8")
    template = read(Template, path)
    assert (template.id, template.source.names, template.slots["tag"].label) == ("gruss", {"tag": 8}, "der Tag")


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("+++\ntitle", "title", "gruss.md:1", "Kopf"),
        ('title = "Gruß"\n', "", "gruss.md", "title"),
        ("version = 1", "version = 0", "gruss.md:3", "version"),
        ("version = 1", "version = eins", "gruss.md", "line 3"),
        ("version = 1", 'version = 1\nfarbe = "rot"', "gruss.md:4", "farbe"),
        ('type = "date"', 'type = "datum"', "gruss.md:", "date"),
    ],
)
def test_a_head_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, place: str, says: str) -> None:
    path = tmp_path / "gruss.md"
    path.write_text(TEMPLATE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=says) as error:
        read(Template, path)
    assert place in error.value.where


def test_the_few_are_in_order(few: Path) -> None:
    assert [str(mistake) for mistake in mistakes(few)] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("neu.md", "", TEMPLATE.replace("{{ tag }}", "{{ tga }}"), "neu.md:8: „tga“ ist nicht unter"),
        ("neu.md", "", TEMPLATE.replace("{{ tag }}", "{{ tga }}"), "neu.md:6: „tag“ kommt im Text nicht vor"),
        ("neu.md", "", TEMPLATE.replace('label = "der Tag"', 'label = "der Tag", source = "key_data.frist"'), "neu.md:6: Die Quelle „key_data.frist“ gibt es nicht"),
        ("neu.md", "", TEMPLATE.replace('label = "der Tag"', 'label = "der Tag", source = "key_data.rate_eur"'), "neu.md:6: Die Quelle „key_data.rate_eur“ ist vom Typ „euro“"),
        ("neu.md", "", TEMPLATE.replace('["lob"]', '["lop"]'), "neu.md:4: "),
        ("neu.md", "", TEMPLATE.replace('["lob"]', '["lob"]\ncovers = ["nichts"]'), "neu.md:5: Die Antwort „nichts“ gibt es nicht"),
        ("neu.md", "", TEMPLATE.replace("alles.", "alles, {{ 7 * 7 }}."), "neu.md:10: „Mul“ ist in Vorlagen nicht erlaubt"),
        ("neu.md", "", TEMPLATE.replace("alles.", "{{ alles."), "neu.md:10: Das ist keine gültige Vorlage"),
        ("neu.md", "", TEMPLATE.replace("alles.", '{{ "Ihr" / "dein" }} Werk, falls du magst.'), "Ausgeschrieben (sie) beanstandet die Regel"),
        ("neu.md", "", TEMPLATE.replace("alles.", "[Name] Bescheid."), "beanstandet die Regel placeholder-left"),
        ("answers/addon-schicht.md", 'about = ["', 'about = ["(", "', "ist kein regulärer Ausdruck"),
        ("answers/addon-schicht.md", "questions = [", 'questions = ["wo ist der Bahnhof",', "steht kein Wort aus about"),
        ("phrases.toml", "text = \"", "text = \"{{ vorname }} ", "Den Wert „vorname“ gibt es hier nicht"),
        ("addons.toml", 'id = "2"', 'id = "1"', "„feste-schicht“ hat zwei Optionen mit demselben Namen"),
        ("addons.toml", 'time = "10:00-14:00"', 'time = "10:00-26:00"', "„10:00-26:00“ ist keine Uhrzeit"),
        ("addons.toml", 'price = "es gilt der normale Stundensatz"', "", "price"),
    ],
)
def test_each_mistake_is_told_where_it_is(told: Change, name: str, old: str, new: str, says: str) -> None:
    found = told(name, old, new)
    assert any(says in mistake for mistake in found), found
    assert all(mistake.startswith(name) for mistake in found), found
