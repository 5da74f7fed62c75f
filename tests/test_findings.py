"""The list of findings that shows what a change of a rule does."""

from pathlib import Path

from conftest import MakeThread

from nlp.rule import rule_id
from nlp.rules import RULES
from nlp.training import findings

LIST = Path(__file__).parent / "findings.txt"


def test_a_line_says_which_rule_where_and_how_grave_and_no_word_of_the_chat(make_thread: MakeThread) -> None:
    thread = make_thread(("customer", "Was kostet das"), ("team", "Guten Tag [Name], die Datei lege ich bei."), ("team", "Guten Tag [Name]."))
    lines = findings.lines(findings.given([thread]))
    assert "placeholder-left A-1 m2 error" in lines
    assert lines == sorted(lines)
    assert not any("Name" in line for line in lines)


def test_the_list_of_the_corpus_names_only_rules_that_there_are() -> None:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines), "run: make findings"
    assert {line.split()[0] for line in lines} <= {rule_id(rule) for rule in RULES}, "run: make findings"
