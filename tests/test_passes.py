"""While a draft is typed only what is around the change is read again, and nothing of that is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import artifact, passes
from nlp.encoder import Encoder
from nlp.inputs import Input
from nlp.passes import Drafts, Known, Shape
from nlp.thread import Thread, View

SHAPE = Shape(layers=2, heads=3, size=4, lower=1)
WORDS = "Guten Tag Frau Kern, die Unterlagen sind da und ich beginne am Montag mit der Liste. Die Anrufe folgen am Dienstag. " * 4


def text(ids: list[int], first: int = 6) -> Input:
    """Title and context, one question from 3 to 5, the message from ``first``."""
    return Input(ids, [0] * first + [2] * (len(ids) - first), first, [(n, n + 1) for n in range(len(ids) - first)], [3], [5])


def read(ids: list[int]) -> Known:
    """What tokens are known by is their id, so that it shows where each comes from."""
    states = np.array(ids, np.float32)[:, None].repeat(12, 1)
    return Known(ids, states, states, [states.reshape(1, 1, len(ids), 3, 4).transpose(0, 1, 3, 2, 4).repeat(2, 0)] * SHAPE.layers)


TOKENS = st.lists(st.integers(10, 14), max_size=150)


@given(TOKENS, TOKENS, TOKENS, TOKENS)
def test_known_and_new_tokens_together_are_the_text(start: list[int], old: list[int], new: list[int], end: list[int]) -> None:
    before = [0, 1, 2, 7, 8, 9]
    built = text([*before, *start, *new, *end, 2])
    feed = passes.around(built, read([*before, *start, *old, *end, 2]), lower=1)
    if feed is None:
        assert max(len(new), len(old)) + 2 * passes.AROUND > passes.MOST
        return
    assert {0, 3, 4, 5, *feed["places"].tolist()} <= {*feed["upper"].tolist()}
    assert np.array_equal(np.array(built.ids)[feed["places"]], feed["ids"])
    risen = np.concatenate([feed["known_middle"][:, 0], feed["ids"]])[feed["risen"]]
    assert np.array_equal(np.array(built.ids)[feed["upper"]], risen)
    assert np.concatenate([feed["known"][:, 0], risen])[feed["order"]].tolist() == built.ids
    for layer, known in enumerate(("known_middle", "known")):
        assert feed[f"past{layer}"][1, 0, 2, :, 0].tolist() == feed[known][:, 0].tolist()


def test_the_whole_text_is_read_where_much_has_changed() -> None:
    same = [1] * 6
    assert passes.around(text([*same, *range(10, 300)]), read([*same, *range(500, 790)]), lower=1) is None
    assert passes.around(text([*same, *range(10, 30)]), read([*same, *range(10, 300)]), lower=1) is None


def test_drafts_are_kept_up_to_a_number_of_tokens() -> None:
    drafts = Drafts(room=100)
    texts = [text([n] * 6 + [5] * 34) for n in range(4)]
    for built in texts:
        drafts.keep(built, 0, read(built.ids))
    assert [drafts.known(built, 0) is not None for built in texts] == [False, False, True, True]


def test_a_draft_that_is_being_changed_is_kept_longer_than_one_that_is_not() -> None:
    drafts = Drafts(room=100)
    first, second, third = (text([n] * 6 + [5] * 34) for n in range(3))
    drafts.keep(first, 0, read(first.ids))
    drafts.keep(second, 0, read(second.ids))
    assert drafts.known(first, 0)
    drafts.keep(third, 0, read(third.ids))
    assert drafts.known(first, 0)
    assert not drafts.known(second, 0)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.from_artifact(artifact.current("encoder"))


def draft(words: str) -> View:
    asked = {"id": "m1", "author": "customer", "text": "Wann beginnen Sie, und was kostet es?"}
    return View(Thread.model_validate({"task": {"id": "A-1", "title": "Anrufe"}, "messages": [asked, {"id": "m2", "author": "team", "text": words}]}), 1)


def test_a_draft_in_which_a_word_changed_is_read_around_it_and_said_to_be_much_the_same(encoder: Encoder) -> None:
    changed = draft(WORDS.replace("Montag", "Freitag", 1))
    encoder.encode(draft(WORDS), ["Wann beginnen Sie"], typed=True)
    typed = encoder.encode(changed, ["Wann beginnen Sie"], typed=True)
    whole = encoder.encode(changed, ["Wann beginnen Sie"])
    assert typed.offsets == whole.offsets
    assert not np.array_equal(typed.tags, whole.tags)
    assert np.abs(typed.tags - whole.tags).mean() < 0.3
    assert np.corrcoef(typed.statuses[0], whole.statuses[0])[0, 1] > 0.9


def test_of_a_long_draft_only_the_window_with_the_change_is_read_in_part(encoder: Encoder) -> None:
    long = WORDS * 5
    encoder.encode(draft(long), typed=True)
    kept = {id(known) for known in encoder._drafts._drafts.values()}
    encoder.encode(draft(long.replace("Montag", "Freitag", 1)), typed=True)
    assert {id(known) for known in encoder._drafts._drafts.values()} == kept


def test_what_was_typed_before_does_not_change_what_a_check_says(encoder: Encoder) -> None:
    fresh = Encoder.from_artifact(artifact.current("encoder")).encode(draft(WORDS + "Ja."))
    encoder.encode(draft(WORDS), typed=True)
    encoder.encode(draft(WORDS + "Ja."), typed=True)
    assert np.array_equal(encoder.encode(draft(WORDS + "Ja.")).tags, fresh.tags)
