"""The fast path: what it decides, what it leaves, and that nothing depends on what else is in the batch."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlp import artifact
from nlp.artifact import Artifact
from nlp.assistant import Assistant
from nlp.errors import ModelError
from nlp.fast import Cascade, Reader
from nlp.handbook import taxonomy
from nlp.student import Student, clauses
from nlp.thread import Thread
from nlp.training import corpus


@pytest.fixture(scope="module")
def cascade(assistant: Assistant) -> Cascade:
    return Cascade.load(assistant.models, assistant.encoder_digest)


def test_questions_and_tags_of_a_clear_message(cascade: Cascade, make_thread: Callable[..., Thread]) -> None:
    thread = make_thread(("customer", "Guten Tag, was kostet eine Stunde bei Ihnen?\nViele Grüße\nPetra Kern"), ("team", "Die Rechnung kommt am 1. März."))
    asked, replied = cascade.annotate([thread]).threads[0].messages
    assert [question.quote for question in asked.questions or ()] == ["was kostet eine Stunde bei Ihnen?"]
    assert {"kundenfrage", "zeit_kosten"} <= {*(asked.tags or ())}
    assert replied.questions == []
    assert replied.answers is None
    assert replied.findings is None


def test_a_message_is_judged_alike_alone_and_among_others(cascade: Cascade, make_thread: Callable[..., Thread]) -> None:
    texts = ("Wann wären Sie fertig", "ok", "", "Bitte sagen Sie mir, wer das übernimmt und was es kostet.", "Mein Passwort lautet Tee!2026")
    threads = [make_thread(("team", "Guten Tag"), ("customer", text)) for text in texts]
    together = [thread.to_json() for thread in cascade.annotate(threads).threads]
    assert together == [cascade.annotate([thread]).threads[0].to_json() for thread in threads]


def test_what_the_student_doubts_the_encoder_reads(assistant: Assistant, make_thread: Callable[..., Thread]) -> None:
    sealed = artifact.current("student")
    reader = Reader(Student.from_artifact(sealed, assistant.models.encoder.wide), sealed.manifest, taxonomy())
    thread = make_thread(("customer", "Mir ist noch nicht klar, wie die Abrechnung läuft."))
    always = Cascade(reader, assistant.models, escalate_from=0.0).annotate([thread])
    never = Cascade(reader, assistant.models, escalate_from=99.0).annotate([thread])
    assert (always.escalated, never.escalated) == (1, 0)
    full = assistant.annotate(thread).messages[0]
    seen = always.threads[0].messages[0]
    assert (seen.tags, seen.tag_scores) == (full.tags, full.tag_scores)
    assert [q.quote for q in seen.questions or ()] == [q.quote for q in full.questions or ()]


def test_the_share_that_the_encoder_reads_can_be_chosen(assistant: Assistant) -> None:
    threads = [item.thread for item in corpus.load(artifact.HOME / "unseen")[:25]]
    read = [Cascade.load(assistant.models, assistant.encoder_digest, share).annotate(threads, overwrite=True).escalated for share in (0.0, 0.1, None, 0.5, 1.0)]
    assert read[0] == 0
    assert read == sorted(set(read))
    assert read[-1] == sum(len(thread.messages) for thread in threads)


def test_quoted_older_text_asks_nothing(cascade: Cascade, make_thread: Callable[..., Thread]) -> None:
    thread = make_thread(("customer", "Danke, passt so.\n> Wann sollen wir anfangen?\n> Was ist Ihnen lieber?"))
    assert cascade.annotate([thread]).threads[0].messages[0].questions == []


def test_a_tag_the_student_was_not_fitted_for_is_told(assistant: Assistant) -> None:
    sealed = artifact.current("student")
    facts: dict[str, Any] = {**sealed.manifest, "tags": sealed.manifest["tags"][1:]}
    with pytest.raises(ModelError, match=r"kennt aufgabenbeschreibung nicht.*nlp\.training\.student"):
        Reader(Student.from_artifact(sealed, assistant.models.encoder.wide), facts, taxonomy())


@pytest.mark.parametrize("name", ["heads.safetensors", "model.safetensors", "tokenizer.json"])
def test_a_damaged_student_is_told(assistant: Assistant, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(artifact.current("student").folder, tmp_path / "student")
    (folder / name).write_bytes(b"damaged")
    with pytest.raises(ModelError, match=name if name.startswith("heads") else "lässt sich nicht laden"):
        Student.from_artifact(Artifact(folder, {}), assistant.models.encoder.wide)


def test_clauses_cover_what_is_asked() -> None:
    text = "Ich wüsste gern, was das kostet und wer es macht. Danke!"
    assert [text[c.start : c.end] for c in clauses(text)] == ["Ich wüsste gern", "was das kostet", "wer es macht.", "Danke!"]


def test_a_student_of_another_encoder_is_refused(assistant: Assistant) -> None:
    with pytest.raises(ModelError, match="anderen Encoder"):
        Cascade.load(assistant.models, "0" * 64)
