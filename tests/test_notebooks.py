"""The notebooks run from top to bottom, plot, and are stored without what they put out."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pytest
from conftest import MakeThread
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nlp.artifact import HOME
from nlp.thread import Answer, Question
from nlp.training import agreement, breakdown, plots, scoring

FOLDER = HOME.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()


def test_there_are_five_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_plots(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    plotted = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.splitlines()[-1].startswith("plots.")]
    assert not any(cell.outputs or cell.execution_count for cell in notebook.cells if cell.cell_type == "code"), "clear the outputs before storing it"
    executed(notebook)
    assert plotted
    for cell in plotted:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source


@pytest.mark.filterwarnings("ignore")
def test_a_notebook_that_raises_is_told() -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        executed(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]))


def test_two_annotators_agree_on_the_corpus_as_measured() -> None:
    tallies = agreement.tallies()
    assert len(tallies) == 52
    assert scoring.macro(np.sum([tally.tags for tally in tallies], axis=0)) == pytest.approx(0.934, abs=0.001)
    by_tag = agreement.by_tag()
    assert by_tag["rueckfrage"][1:] == (1.0, 1.0)
    assert all(kappa < f1 or f1 == 1 for _, f1, kappa in by_tag.values())


def test_answers_are_compared_on_the_same_questions() -> None:
    for first, second in agreement.pairs():
        asked = {f"{message.id}.{question.id}" for message in first.messages for question in message.questions or ()}
        assert {answer.question for message in second.messages for answer in message.answers or ()} <= asked


def test_a_table_is_read_from_the_page() -> None:
    text = "# A\n\n## 4 · B\n\nSaid.\n\n| a | b |\n|---|---|\n| 1 | x / y |\n\n## 5\n\n| c |\n|---|\n| 2 |\n"
    assert plots.table(text, "## 4 ·") == [{"a": "1", "b": "x / y"}]


def test_questions_and_answers_are_broken_down(make_thread: MakeThread) -> None:
    gold = make_thread(("customer", "Was kostet das? Wer macht es?"), ("team", "Frau Kern."))
    said = gold.model_copy(deep=True)
    gold.messages[0].questions = [Question(id="q1", quote="Was kostet das?", kind="direct", topic="kosten"), Question(id="q2", quote="Wer macht es?", kind="direct", topic="person")]
    said.messages[0].questions = [Question(id="q1", quote="Wer macht es?", kind="direct", topic="person", start=16, end=29, score=0.8)]
    gold.messages[1].answers = [Answer(question="m1.q1", status="missed"), Answer(question="m1.q2", status="answered")]
    said.messages[1].answers = [Answer(question="m1.q2", status="deferred")]
    pairs = [(gold, said)]
    assert [(row["topic"], row["found"]) for row in breakdown.asked(pairs)] == [("kosten", 0), ("person", 1)]
    assert list(breakdown.found(pairs)) == [{"score": 0.8, "right": 1}]
    assert list(breakdown.answered(pairs)) == [{"gold": "missed", "said": "unsaid"}, {"gold": "answered", "said": "deferred"}]
