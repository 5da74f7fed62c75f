"""Whatever is typed, the encoder answers: in bounded time, with bounded memory, the same for the same text."""

import numpy as np
import pytest

from nlp import artifact, inputs
from nlp.encoder import Encoder, windows
from nlp.thread import Thread, View


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.from_artifact(artifact.current("encoder"))


def alone(text: str) -> View:
    return View(Thread.model_validate({"task": {"id": "A-1"}, "messages": [{"id": "m1", "author": "customer", "text": text}]}), 0)


NASTY = ["", "\x00", "a\x00b", "\ud800", "x\udfffy", "\ufdfa" * 400, "😀" * 300, "a" * 1_000_000, "\n" * 5_000, "wann " * 60_000, "\u202eevil\u0300\u0301"]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_any_text_gives_finite_logits_and_offsets_in_the_text(encoder: Encoder, text: str) -> None:
    encoded = encoder.encode(alone(text), ["wann\ud800", text[:50]])
    assert all(0 <= a <= b <= len(text) for a, b in encoded.offsets)
    assert len(encoded.bounds) == len(encoded.offsets) == len(encoded.evidence)
    assert all(np.isfinite(part).all() for part in (encoded.tags, encoded.vector, encoded.bounds, encoded.statuses))
    assert encoded.statuses.shape == (2, 3)


def test_the_same_text_gives_the_same_logits_whatever_was_read_before(encoder: Encoder) -> None:
    first = encoder.encode(alone("Was kostet das?")).tags
    encoder.encode(alone("etwas ganz anderes " * 40))
    again = Encoder.from_artifact(artifact.current("encoder")).encode(alone("Was kostet das?")).tags
    assert np.array_equal(first, again)


def test_the_last_texts_that_were_read_are_not_read_again(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.encoder.CACHE_SIZE", 3)
    encoder.forget()
    for n in range(5):
        encoder.encode(alone(f"Text {n}"))
    passes = encoder.passes
    encoder.encode(alone("Text 4"))
    assert encoder.passes == passes
    encoder.encode(alone("Text 0"))
    assert encoder.passes == passes + 1


def test_windows_cover_a_long_text_up_to_the_limit() -> None:
    text = "wort " * 1_000
    pieces = list(windows(text))
    assert "".join(piece for _, piece in pieces) == text
    assert all(len(piece) <= inputs.MAX_CHARS for _, piece in pieces)
    assert all(text[start:].startswith(piece) for start, piece in pieces)


def test_more_questions_than_there_is_room_for_are_left_out(encoder: Encoder) -> None:
    assert len(encoder.encode(alone("Ja."), [f"frage {n}" for n in range(40)]).statuses) == inputs.MAX_QUESTIONS
    encoded = encoder.encode(alone("wort " * 200), ["eine sehr lange frage " * 30] * 40)
    assert encoded.offsets[-1][1] >= 800
