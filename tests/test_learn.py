"""Feedback becomes examples, wrong feedback is not believed, and only what is better and nowhere clearly worse comes into force."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp import artifact
from nlp.assistant import Assistant
from nlp.errors import DataError
from nlp.handbook import DATA, taxonomy
from nlp.learning import gate
from nlp.learning.events import Event, from_row, read
from nlp.learning.examples import Example, build
from nlp.learning.gate import Outcomes
from nlp.learning.learn import Base, learn, prepared
from nlp.tags import labels
from nlp.thread import Thread
from nlp.training import corpus, held_out, versions
from nlp.training.held_out import Prediction

NAMES = labels(taxonomy())


def event(name: str, text: str = "Bis wann brauchen Sie das?", user: str = "u1", at: str = "1", **body: Any) -> Event:
    message = {"id": "m1", "author": "team", "text": text, **body.pop("message", {})}
    return from_row({"id": f"{name}-{user}-{at}-{text[:9]}", "at": at, "event": name, "body": {"message": message, "user": user, **body}})


def settled(*events: Event) -> dict[str, bool]:
    examples, wrong = build(events, taxonomy())
    assert not wrong
    return {label: vote.holds for example in examples for label, vote in example.settled()}


def test_only_what_was_judged_is_known_negatives_included() -> None:
    assert settled(event("tag_accepted", tag="rueckfrage"), event("tag_rejected", tag="termin"), event("tag_added", tag="lob")) == {
        "rueckfrage": True, "termin": False, "lob": True,
    }  # fmt: skip
    assert settled(event("finding_ignored", finding={"rule": "vague-promise"}), event("block_kept", suggested="x")) == {}
    assert settled(event("finding_false_alarm", finding={"rule": "vague-promise"})) == {"vague-promise": False}


def test_a_reviewed_message_is_known_as_a_whole() -> None:
    found = settled(event("labels_confirmed", tags=["rueckfrage"]))
    assert [tag for tag, holds in found.items() if holds] == ["rueckfrage"]
    assert "kundenfrage" not in found  # no tag of ours
    assert len(found) == len(taxonomy()) - 1


def test_who_changes_their_mind_contradicts_nobody_but_two_people_do() -> None:
    first, second = event("tag_accepted", tag="termin"), event("tag_removed", tag="termin", at="2")
    assert settled(first, second) == {"termin": False}
    assert settled(first, replace(second, user="u2")) == {}
    conflict = next(build([first, replace(second, user="u2")], taxonomy())[0][0].conflicts())
    assert (conflict.label, [(vote.user, vote.holds) for vote in conflict.votes]) == ("termin", [("u1", True), ("u2", False)])


def test_a_message_is_the_same_whether_or_not_its_names_are_hidden() -> None:
    plain, hidden = "Guten Tag Frau Oltmanns, bis wann brauchen Sie die Liste?", "Guten Tag Frau Hartmann, bis wann brauchen Sie die Liste?"
    examples, _ = build([event("tag_added", plain, tag="termin"), event("tag_rejected", hidden, tag="lob")], taxonomy())
    assert len(examples) == 1


def test_a_corrected_answer_finds_its_question() -> None:
    asked = {"id": "m1", "author": "customer", "text": "bis wann waere das fertig", "questions": [{"id": "q1", "quote": "bis wann waere das fertig", "kind": "direct"}]}
    corrected = event("answer_corrected", "Bis Freitag.", message={"id": "m2"}, context=[asked], corrected={"question": "m1.q1", "status": "answered", "quote": "Bis Freitag"})
    example = build([corrected], taxonomy())[0][0]
    assert [(question, answer.status) for question, answer in example.settled_answers()] == [("m1.q1", "answered")]


def test_bad_feedback_is_told_and_the_rest_is_used() -> None:
    good = json.dumps({"event": "tag_added", "tag": "lob", "message": {"id": "m1", "author": "customer", "text": "Danke!"}})
    found = list(read([b"{", b'{"event": "geraten"}', b'{"event": "tag_added"}', good.encode(), b"\n"], "f.jsonl"))
    assert [type(item).__name__ for item in found] == ["DataError", "DataError", "DataError", "Event"]
    assert str(found[1]).startswith("f.jsonl:2: „geraten“ ist keine Rückmeldung.")
    _, wrong = build([event("answer_corrected", corrected={"question": "m1.q1", "status": "vielleicht"})], taxonomy())
    assert "status" in str(wrong[0])


def outcomes(right: float, threads: int = 300, seed: int = 0, spoilt: int | None = None) -> Outcomes:
    """Ten labels of which a share is hit; label ``spoilt`` is always missed."""
    rng = np.random.default_rng(seed)
    hit = (rng.random((threads, 10)) < right).astype(float)
    if spoilt is not None:
        hit[:, spoilt] = 0
    return Outcomes(np.stack([hit, 0 * hit, 1 - hit], axis=2), np.ones((threads, 2, 2)))


@pytest.mark.parametrize(
    ("champion", "challenger", "promoted", "why"),
    [
        (outcomes(0.6), outcomes(0.7), True, "Tags macro-F1 ist besser"),
        (outcomes(0.6), outcomes(0.6, seed=1), False, "Nicht sicher besser"),
        (outcomes(0.6), outcomes(0.9, spoilt=3), False, "tag3 ist klar schlechter"),
        (outcomes(0.7), outcomes(0.6), False, "Nicht sicher besser"),
    ],
)
def test_only_what_is_better_and_nowhere_clearly_worse_is_promoted(champion: Outcomes, challenger: Outcomes, promoted: bool, why: str) -> None:
    overall, single = gate.compare(champion, challenger, [f"tag{n}" for n in range(10)], {"Neukunden": np.arange(300) < 100})
    decision, reasons = gate.verdict(overall, single, 0.95)
    assert decision is promoted
    assert any(why in reason for reason in reasons)


def test_a_group_that_becomes_worse_stops_a_promotion() -> None:
    champion, challenger = outcomes(0.6), outcomes(0.95)
    challenger.tags[:60] = [0.0, 0.0, 1.0]
    overall, single = gate.compare(champion, challenger, [f"tag{n}" for n in range(10)], {"Anrede du": np.arange(300) < 60})
    assert gate.verdict(overall, [], 0.95)[0]
    decision, reasons = gate.verdict(overall, single, 0.95)
    assert not decision
    assert "Anrede du ist klar schlechter" in reasons[-1]


def test_luck_among_many_comparisons_is_not_called_worse() -> None:
    """Forty tags that are alike: without correction two of them would be called worse by chance."""
    rng = np.random.default_rng(3)
    sides = []
    for _ in range(2):
        hit = (rng.random((300, 40)) < 0.6).astype(float)
        sides.append(Outcomes(np.stack([hit, 0 * hit, 1 - hit], axis=2), np.ones((300, 2, 2))))
    _, single = gate.compare(*sides, [str(n) for n in range(40)], {})
    assert any(c.p_worse <= 0.05 for c in single)
    assert not any(c.clearly_worse for c in single)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models whose corpus is two authors' threads."""
    home = tmp_path_factory.mktemp("models")
    for name in ("encoder", "heads"):
        shutil.copytree(artifact.current(name).folder, home / name / "1")
    (home / "corpus").mkdir()
    for author in "ag":
        shutil.copy(artifact.HOME / "corpus" / f"threads-{author}.jsonl", home / "corpus")
    versions.put_in_force(home, encoder="1", heads="1")
    return home


@pytest.fixture(scope="module")
def base(home: Path) -> Base:
    return prepared(home, taxonomy())


def reviewed(author: str, wrong: float = 0.0) -> tuple[list[Event], Any]:
    """An author's threads reviewed by three users, a share of the tags wrongly by the third; and what held-out encoders say of them."""
    rng, said = np.random.default_rng(0), held_out.load(artifact.current("encoder").path("held_out.jsonl"))
    events, predictions = [], {}
    for item in corpus.load(artifact.HOME / "corpus" / f"threads-{author}.jsonl"):
        for n, message in enumerate(item.thread.messages):
            user = f"u{n % 3}"
            tags = set(message.tags or ())
            if user == "u2" and rng.random() < wrong:
                tags ^= {tag for tag in taxonomy() if taxonomy()[tag].allows(message.author) and rng.random() < 0.5}
            given = {"id": message.id, "author": message.author, "channel": message.channel, "text": message.text}
            name = f"{item.thread.task.id}.{message.id}"
            events.append(from_row({"id": name, "event": "labels_confirmed", "body": {"message": given, "user": user, "tags": sorted(tags)}}))
            predictions[name] = said[corpus.key(item.thread, message)]

    def read_stored(example: Example) -> dict[str, Prediction]:
        return {corpus.key(example.thread, example.message): predictions[example.events[0]]}

    return events, read_stored


def test_a_user_who_is_wrong_counts_less_than_the_others(home: Path, base: Base) -> None:
    events, read_stored = reviewed("c", wrong=1.0)
    report = learn(home, events, base=base, read=read_stored, promote=False)
    weights = {user.user: user.weight for user in report.users}
    assert weights["u2"] < 0.5
    assert min(weights["u0"], weights["u1"]) > 0.9
    assert report.doubted > 0


def test_a_comparison_says_what_it_rests_on_and_changes_nothing_on_request(home: Path, base: Base) -> None:
    events, read_stored = reviewed("c")
    report = learn(home, events, base=base, read=read_stored, promote=False)
    assert report.examples > 200
    assert report.threads == len(base.threads)
    assert report.labels["termin"][0] > 0 < report.labels["termin"][1]
    assert {"Anrede sie", "Neukunden", "Bestandskunden"} <= {c.name for c in report.single}
    assert report.version is None
    assert versions.in_force(home)["heads"] == "1"


def test_feedback_on_a_thread_of_the_corpus_does_not_count_where_that_thread_is_judged(base: Base) -> None:
    from nlp.learning.dataset import rows

    thread = base.threads[0]
    known = event("tag_added", thread.messages[0].text, tag="termin", message={"author": "customer"})
    strange = event("tag_added", "Diesen Satz gibt es im Korpus nirgends, er steht nur hier.", tag="termin")
    said: Prediction = {"tags": [0.0] * len(base.known), "wide": [0.0] * len(taxonomy()), "asks": 0.0, "questions": [], "answers": {}}
    more, _ = rows(build([known, strange], taxonomy())[0], lambda example: {corpus.key(example.thread, example.message): said}, base.threads, taxonomy())
    assert sorted(more.groups.tolist()) == [0, len(base.threads)]


def test_without_feedback_nothing_is_learnt(home: Path, base: Base) -> None:
    report = learn(home, [], base=base)
    assert not report.promoted
    assert "noch keine Rückmeldungen" in report.reasons[0]


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
]
no = ["Anbei die Liste mit den Preisen.", "Wann können Sie anfangen?"]
"""


@pytest.mark.slow
def test_a_new_tag_from_five_examples_is_usable_and_said_to_be_unsure(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "taxonomy.toml"
    file.write_text((DATA / "taxonomy.toml").read_text(encoding="utf-8") + NEW, encoding="utf-8")
    tags = taxonomy(file)
    report = learn(home, [], tags=tags)
    assert report.version == "2"
    (newcomer,) = report.newcomers
    assert newcomer.examples == 5
    assert not newcomer.certain
    value, low, high = newcomer.recall
    assert 0 <= low <= value <= high <= 1
    assert high - low > 0.3  # five examples cannot tell more
    thread = Thread.model_validate({"task": {"id": "A-1"}, "messages": [{"id": "m1", "author": "customer", "text": "Wer sieht unsere personenbezogenen Daten?"}]})
    assert (Assistant.load(home, tags=tags).annotate(thread).messages[0].tag_scores or {})["datenschutz"] > 0.3
    assert versions.rollback(home) == "1"


def test_the_encoder_is_only_learnt_with_pytorch(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nlp.learning import encoder

    monkeypatch.setattr(encoder.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"PyTorch.*aufgabenchat\[training\]"):
        encoder.learn(home, [])


def test_what_the_encoder_learns_from_was_reviewed_as_a_whole() -> None:
    from nlp.learning.encoder import threads

    whole = event("labels_confirmed", "Danke, das passt so.", tags=["lob"], message={"author": "customer"}, questions=[])
    unmarked = event("labels_confirmed", "Und wann ist das fertig?", tags=[], message={"author": "customer"})
    partial = event("tag_added", "Gern, bis Freitag.", tag="termin")
    (thread,) = threads(build([whole, unmarked, partial], taxonomy())[0], taxonomy())
    assert (thread.messages[0].text, thread.messages[0].tags) == ("Danke, das passt so.", ["lob"])

