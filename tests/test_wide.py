"""The wide part: what it reads of a message, that neighbours in a batch do not matter, and that what is held out knows nothing of its own labels."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp import artifact, grams
from nlp.assistant import Assistant
from nlp.encoder import WIDE
from nlp.errors import ModelError
from nlp.grams import COLUMNS
from nlp.handbook import taxonomy
from nlp.thread import Message, Task, Thread, View, views
from nlp.training import corpus
from nlp.training.wide import fitted
from nlp.wide import SCALES, Wide


@pytest.fixture(scope="module")
def wide() -> Wide:
    return Wide.load(artifact.current("encoder").path(WIDE))


def asked(text: str, title: str = "") -> View:
    return View(Thread(task=Task(id="t", title=title), messages=[Message(id="m1", author="customer", text=text)]), 0)


def test_it_knows_what_a_clear_message_is_about(wide: Wide) -> None:
    tags = list(taxonomy())
    cost, praise = wide.logits([asked("Was kostet eine Stunde bei Ihnen?"), asked("Vielen Dank, das haben Sie wunderbar gemacht!")])
    assert cost[tags.index("zeit_kosten")] > 0 > praise[tags.index("zeit_kosten")]
    assert praise[tags.index("lob")] > 0 > cost[tags.index("lob")]


@given(st.text(max_size=300), st.text(max_size=30))
def test_any_text_gives_finite_logits_alone_as_among_others(wide: Wide, text: str, title: str) -> None:
    others = [asked("Guten Tag"), asked(text, title), asked("")]
    together = wide.logits(others)
    assert np.isfinite(together).all()
    assert np.array_equal(together[1], wide.logits([others[1]])[0])


def test_a_field_has_the_length_of_its_scale_however_long_the_text_is(wide: Wide) -> None:
    row = wide.table([asked("Bitte schicken Sie mir die Liste bis Freitag. " * 40, "Liste")]).toarray()[0].reshape(len(SCALES), COLUMNS)
    lengths = np.sqrt(np.square(row).sum(1))
    assert lengths[[0, 1, 6]] == pytest.approx([SCALES[0], SCALES[1], SCALES[6]], rel=1e-4)
    assert lengths[3] == 0  # nothing was said before


def test_ngrams_are_those_of_scikit_learn() -> None:
    texts = ["Was kostet das?", "Die Liste kommt am Montag, die Rechnung am 1.", ""]
    ours = grams.counted([grams.of(text) for text in texts], COLUMNS)
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), use_idf=False, norm=None).fit(texts)
    assert np.array_equal(np.asarray(ours.sum(1)).ravel(), np.asarray(theirs.transform(texts).sum(1)).ravel())


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / WIDE).write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"wide.safetensors.*lässt sich nicht laden"):
        Wide.load(tmp_path / WIDE)


def test_the_words_of_a_message_count_in_the_tags_of_the_assistant(assistant: Assistant, make_thread: Callable[..., Thread], monkeypatch: pytest.MonkeyPatch) -> None:
    thread = make_thread(("customer", "Was kostet eine Stunde bei Ihnen?"))
    before = assistant.annotate(thread).messages[0].tag_scores or {}
    tags = list(taxonomy())
    without = np.where(np.arange(len(tags)) == tags.index("zeit_kosten"), -8.0, 0.0).astype(np.float32)
    monkeypatch.setattr(assistant.models.encoder.wide, "logits", lambda seen: np.tile(without, (len(seen), 1)))
    after = assistant.annotate(make_thread(("customer", "Was kostet denn eine Stunde bei Ihnen?"))).messages[0].tag_scores or {}
    assert after["zeit_kosten"] < before["zeit_kosten"]


def test_what_is_held_out_knows_nothing_of_its_own_labels() -> None:
    threads = [item.thread for item in corpus.load(artifact.HOME / "corpus")[:24]]
    parts = [np.arange(0, 24, 2), np.arange(1, 24, 2)]
    mine = [corpus.key(threads[0], message) for message in threads[0].messages]
    _, before = fitted(threads, [], parts, ["rueckfrage"])
    changed = threads[0].model_copy(deep=True)
    for view in views(changed):
        view.message.tags = [] if "rueckfrage" in (view.message.tags or ()) else ["rueckfrage"]
    _, after = fitted([changed, *threads[1:]], [], parts, ["rueckfrage"])
    assert [after[key] for key in mine] == [before[key] for key in mine]
    assert any(after[key] != before[key] for key in before if key not in mine)
