"""Which spans stay questions, with the trees that ship."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import artifact
from nlp.assistant import Assistant
from nlp.errors import DataError, ModelError
from nlp.rescoring import FEATURES, Rescorer, features
from nlp.thread import Kind, Question, Thread
from nlp.training import rescoring, trees, versions
from nlp.trees import Trees


def spans(text: str, *found: tuple[str, float], kind: Kind = "direct") -> list[Question]:
    places = [(text.index(quote), quote, score) for quote, score in found]
    return [Question(id=f"q{n}", quote=quote, kind=kind, start=at, end=at + len(quote), score=score) for n, (at, quote, score) in enumerate(places, 1)]


@pytest.mark.parametrize(
    ("text", "fragment", "question"),
    [
        ("Und brauchen Sie die Fotos in Farbe?", "Und", "brauchen Sie die Fotos in Farbe?"),
        ("Ferner wüsste ich gern, ob das Verzeichnis schon vollständig ist.", "wüsste ich gern", "ob das Verzeichnis schon vollständig ist"),
        ("ok und wer kommt dann zu uns", "ok", "wer kommt dann zu uns"),
    ],
)
def test_a_fragment_beside_its_question_is_none_of_its_own(assistant: Assistant, text: str, fragment: str, question: str) -> None:
    kept = assistant.models.rescorer.rescored(text, spans(text, (fragment, 0.6), (question, 0.97)))
    assert [(q.id, q.quote) for q in kept] == [("q1", question)]


def test_two_questions_of_one_sentence_stay_two(assistant: Assistant) -> None:
    text = "Was kostet das im Monat und bis wann wären Sie damit fertig?"
    found = spans(text, ("Was kostet das im Monat", 0.98), ("bis wann wären Sie damit fertig?", 0.99))
    assert [q.quote for q in assistant.models.rescorer.rescored(text, found)] == [q.quote for q in found]


def test_work_requests_are_left_as_they_are(assistant: Assistant) -> None:
    found = spans("Und", ("Und", 0.1), kind="work_request")
    assert assistant.models.rescorer.rescored("Und", found) == found


@given(text=st.text(min_size=1, max_size=80), cuts=st.lists(st.tuples(st.integers(0, 79), st.integers(1, 20), st.floats(0, 1)), max_size=6))
def test_what_stays_was_there_in_order_and_is_numbered(assistant: Assistant, text: str, cuts: list[tuple[int, int, float]]) -> None:
    found = [
        Question(id=f"q{n}", quote=text[at : at + length], kind="direct", start=at, end=min(len(text), at + length), score=score)
        for n, (at, length, score) in enumerate(sorted(cuts), 1)
        if at < len(text)
    ]
    kept = assistant.models.rescorer.rescored(text, found)
    assert [q.id for q in kept] == [f"q{n}" for n in range(1, len(kept) + 1)]
    places = iter([(q.start, q.end) for q in found])
    assert all((q.start, q.end) in places for q in kept)
    assert all(0 <= (q.score or 0) <= 1 for q in kept)


def test_every_span_of_a_page_without_a_full_stop_is_weighed() -> None:
    clause = "was kostet das und wann kommt das, "
    text = clause * 600
    found = [Question(id="q", quote=text[at : at + 14], kind="direct", start=at, end=at + 14, score=0.9) for at in range(0, len(text), len(clause))]
    assert features(text, found).shape == (600, FEATURES)
    assert features("", []).shape == (0, FEATURES)


def test_older_heads_are_refused_with_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "models"
    shutil.copytree(artifact.HOME, home, ignore=shutil.ignore_patterns("corpus", "drills", "unseen", "base", "student", "agreement"))
    manifest = home / "heads" / artifact.current("heads").folder.name / "manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(facts | {"format": 2}), encoding="utf-8")
    with pytest.raises(ModelError, match="aufgabenchat train"):
        Assistant.load(home)
    with pytest.raises(DataError, match="älteren Fassung"):
        versions.rollback(home, manifest.parent.name)


def thread(*messages: tuple[str, list[tuple[str, Kind]]]) -> Thread:
    return Thread.model_validate({
        "task": {"id": "T"},
        "messages": [
            {"id": f"m{n}", "author": "customer", "text": text, "questions": [{"id": f"q{k}", "quote": quote, "kind": kind} for k, (quote, kind) in enumerate(asked, 1)]}
            for n, (text, asked) in enumerate(messages, 1)
        ],
    })  # fmt: skip


ASKED = ("Was kostet das? Könnten Sie es morgen schicken? Und wer macht das", [("Was kostet das", "direct"), ("Könnten Sie es morgen schicken", "work_request"), ("wer macht das", "direct")])


def test_spans_are_right_wrong_or_neutral_and_misses_count() -> None:
    text, asked = ASKED
    found = spans(text, ("Was kostet das?", 0.9), ("Könnten Sie es morgen schicken?", 0.8), ("Und", 0.5))
    data = rescoring.candidates([thread((text, asked))], {(0, "m1"): found})
    assert data.real.tolist() == [True, False, False]
    assert data.neutral.tolist() == [False, True, False]
    assert data.lost.tolist() == [0]


def test_messages_without_labels_keep_their_spans_and_teach_nothing() -> None:
    labelled, plain = thread(ASKED), thread(ASKED)
    plain.messages[0].questions = None
    found = spans(ASKED[0], ("Was kostet das?", 0.9), ("Und", 0.5))
    given = {(n, "m1"): found for n in range(4)}
    threads = [labelled, labelled, labelled, plain]
    assert len(rescoring.candidates(threads, given).real) == 6
    kept = rescoring.kept(threads, given, [np.array([0, 3]), np.array([1, 2])])
    assert kept[3, "m1"] == found


def test_one_kind_of_span_is_too_little_to_learn_from() -> None:
    data = rescoring.candidates([thread(ASKED)], {(0, "m1"): spans(ASKED[0], ("Was kostet das?", 0.9))})
    with pytest.raises(DataError, match="zu wenige Beispiele"):
        rescoring.fit(data)


def test_the_cut_is_where_f1_is_best() -> None:
    shares = np.linspace(0, 1, 101, dtype=np.float32)
    none = np.zeros(0, np.int64)
    data = rescoring.Candidates(np.zeros((101, FEATURES), np.float32), shares > 0.5, np.zeros(101, bool), np.zeros(101, np.int64), none)
    assert rescoring.keep_from(shares, data) == pytest.approx(0.5, abs=0.05)


def test_trees_learn_what_two_features_say_together_and_come_back_from_a_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(400, 6)).astype(np.float32)
    gold = table[:, 0] * table[:, 1] > 0.1
    grown = trees.fit(table, gold)
    said = grown.probabilities(table)
    assert ((said > 0.5) == gold).mean() > 0.9
    artifact.keep(grown.named("questions"), tmp_path / "heads.safetensors")
    again = Rescorer.of(artifact.arrays(tmp_path / "heads.safetensors"), {"keep_from": 0.4}).trees
    assert again.probabilities(table) == pytest.approx(said)
    assert [float(again.probabilities(row[None])[0]) for row in table[:5]] == pytest.approx(said[:5])


def test_trees_over_bins_weigh_rows_and_are_the_same_together_as_alone() -> None:
    rng = np.random.default_rng(0)
    table = np.concatenate([rng.normal(size=(900, 4)), rng.integers(2, size=(900, 1))], axis=1).astype(np.float32)
    gold = table[:, 0] * table[:, 1] + table[:, 4] > 0.5
    binned, everything = trees.Binned.of(table), np.ones(900, bool)
    grown = binned.fit(everything, gold, np.ones(900, np.float32))
    assert ((grown.probabilities(table) > 0.5) == gold).mean() > 0.9
    lied = rng.random(900) < 0.3
    believed = binned.fit(everything, gold ^ lied, np.where(lied, 0.01, 1).astype(np.float32))
    assert ((believed.probabilities(table) > 0.5) == gold).mean() > 0.9
    both = Trees.together([grown, believed]).logits(table)
    assert np.array_equal(both, np.stack([grown.logits(table), believed.logits(table)], axis=1))
