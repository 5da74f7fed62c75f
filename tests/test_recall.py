"""A call per pause in typing costs one message, and what is remembered of the others is what was said of them."""

from conftest import MakeThread

from nlp.recall import Recall
from nlp.thread import Thread


class Reader:
    """Labels the last message with all that was said up to it."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, thread: Thread) -> Thread:
        last = thread.messages[-1]
        self.read.append(last.id)
        seen = [message.text for message in thread.messages]
        assert all(message.tags is not None for message in thread.messages[:-1])
        labels = {"tags": seen, "questions": [], "answers": [], "findings": []}
        return thread.model_copy(update={"messages": [*thread.messages[:-1], last.model_copy(update=labels)]})


def test_what_was_read_before_is_not_read_again(make_thread: MakeThread) -> None:
    recall, reader = Recall(), Reader()
    thread = make_thread(("customer", "a"), ("team", "b"), ("customer", "c"))
    first = recall.annotated(thread, reader)
    assert recall.annotated(thread, reader) == first
    assert reader.read == ["m1", "m2", "m3"]
    assert (recall.hits, recall.misses) == (3, 3)
    assert first.messages[2].tags == ["a", "b", "c"]
    assert thread.messages[2].tags is None


def test_a_changed_message_gives_it_and_all_after_it_new_labels(make_thread: MakeThread) -> None:
    recall, reader = Recall(), Reader()
    recall.annotated(make_thread(("customer", "a"), ("team", "b"), ("customer", "c")), reader)
    changed = recall.annotated(make_thread(("customer", "a"), ("team", "B"), ("customer", "c")), reader)
    assert reader.read[3:] == ["m2", "m3"]
    assert changed.messages[2].tags == ["a", "B", "c"]
    other = make_thread(("customer", "a"), customer={"last_name": "Kern"})
    recall.annotated(other, reader)
    assert reader.read[5:] == ["m1"], "another customer may mean another judgement"


def test_what_a_human_labelled_is_not_read(make_thread: MakeThread) -> None:
    reader = Reader()
    thread = make_thread(("customer", "a"))
    thread.messages[0] = thread.messages[0].model_copy(update={"tags": ["lob"], "questions": [], "answers": []})
    assert Recall().annotated(thread, reader).messages[0].tags == ["lob"]
    assert reader.read == []


def test_it_keeps_a_bounded_number_of_labels_and_no_text(make_thread: MakeThread) -> None:
    recall, reader = Recall(size=2), lambda thread: thread
    for n in range(5):
        recall.annotated(make_thread(("customer", f"Geheimnis {n}")), reader)
    assert len(recall._labels) == 2
    assert "Geheimnis" not in repr(recall._labels)
