"""Users retrain in a minute, without PyTorch; a new tag works from a handful of examples."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MakeThread

from nlp import artifact
from nlp.assistant import Assistant
from nlp.errors import DataError, ModelError
from nlp.handbook import DATA, taxonomy
from nlp.training import fit

NEW = """

[datenschutz]
label = "Datenschutz"
definition = "fragt nach oder regelt den Umgang mit personenbezogenen Daten"
yes = [
  "Wo werden unsere Kundendaten gespeichert, und wer kann sie sehen?",
  "Vor dem Start brauchen wir noch den Vertrag zur Auftragsverarbeitung.",
  "Die Geburtsdaten der Mitglieder bitte nach Abschluss löschen.",
  "Bitte keine Namen oder Adressen in die Cloud hochladen, wegen der DSGVO.",
  "Unsere Datenschutzbeauftragte möchte wissen, auf welchem Server das liegt.",
  "Alle personenbezogenen Angaben werden bei uns nach 30 Tagen gelöscht.",
]
no = ["Anbei die Liste mit den Preisen.", "Wann können Sie anfangen?", "Die Adressen stehen in Spalte B.", "Danke, das sieht gut aus."]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models whose corpus is one author's threads."""
    home = tmp_path_factory.mktemp("models")
    shutil.copytree(artifact.HOME / "encoder", home / "encoder")
    (home / "corpus").mkdir()
    shutil.copy(artifact.HOME / "corpus" / "threads-a.jsonl", home / "corpus")
    shutil.copy(artifact.HOME / "corpus" / "threads-g.jsonl", home / "corpus")
    shutil.copy(artifact.HOME / "current.toml", home)
    return home


def test_a_new_tag_works_after_training(home: Path, tmp_path: Path, make_thread: MakeThread) -> None:
    file = tmp_path / "taxonomy.toml"
    file.write_text((DATA / "taxonomy.toml").read_text(encoding="utf-8") + NEW, encoding="utf-8")
    tags = taxonomy(file)
    with pytest.raises(ModelError, match=r"datenschutz.*aufgabenchat train"):
        Assistant.load(tags=tags)
    fit.train(home, tags)
    assistant = Assistant.load(home, tags=tags)

    def score(text: str) -> float:
        thread = make_thread(("customer", text))
        thread.task.title = "Liste pflegen"
        return (assistant.annotate(thread).messages[0].tag_scores or {})["datenschutz"]

    asked = score("Wer hat Zugriff auf die personenbezogenen Daten, und wann werden sie gelöscht?")
    others = [score(text) for text in ("Das Logo bitte in Blau.", "Die Liste ist fertig.", "Können Sie am Montag anfangen?", "Danke!")]
    assert asked > 0.5
    assert asked > max(others)
    assert sum(other > 0.5 for other in others) <= 1, "ten examples do not tell everything apart"


def test_training_twice_gives_the_same_models(home: Path) -> None:
    def trained() -> tuple[dict[str, object], dict[str, object]]:
        sealed = artifact.load(fit.train(home))
        return sealed.manifest, {name: value.tolist() for name, value in artifact.arrays(sealed.path(artifact.HEADS)).items()}

    assert trained() == trained()


@pytest.mark.slow
def test_a_new_tag_without_examples_is_told(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "taxonomy.toml"
    file.write_text((DATA / "taxonomy.toml").read_text(encoding="utf-8") + '\n[leer]\nlabel = "Leer"\ndefinition = "nichts"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"„leer“ gibt es keine Beispiele.*taxonomy\.toml"):
        fit.train(home, taxonomy(file))


HIDE_TORCH = """
import sys
class Hide:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hide())
import nlp.cli, nlp.training.fit
"""


def test_what_users_run_needs_no_pytorch() -> None:
    assert subprocess.run([sys.executable, "-c", HIDE_TORCH], env=os.environ, check=False).returncode == 0
