"""What a human set is kept, the rest is filled in, and nothing is judged by what came later."""

from conftest import MakeThread
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.annotate import annotate
from nlp.assistant import DRAFT, Assistant
from nlp.thread import Thread

ASKED = ("customer", "Guten Tag, wir suchen Hilfe bei 200 Visitenkarten. Was kostet das ungefähr und bis wann schaffen Sie es")
REPLY = ("team", "Guten Tag Frau Kern, das sind etwa vier Stunden zu 30 € und am Freitag, 6. März ist alles fertig. Welche Spalten wünschen Sie?")
EMPTY = ("team", "Vielen Dank für Ihre Nachricht. Wir melden uns zeitnah bei Ihnen.")


def test_a_thread_is_annotated_from_end_to_end(assistant: Assistant, make_thread: MakeThread) -> None:
    done = assistant.annotate(make_thread(ASKED, REPLY))
    asked, reply = done.messages
    assert "kundenfrage" in (asked.tags or ())
    assert [q.quote for q in asked.questions or ()] == [asked.text[q.start : q.end] for q in asked.questions or ()]
    assert len(asked.questions or ()) == 2
    assert {q.status for q in asked.questions or ()} == {"answered"}
    assert "rueckfrage" in (reply.tags or ())
    assert reply.register == "sie"
    assert done.task.customer.register == "sie"


def test_an_empty_promise_leaves_the_questions_open(assistant: Assistant, make_thread: MakeThread) -> None:
    done = assistant.annotate(make_thread(ASKED, EMPTY))
    assert [a.status for a in done.messages[1].answers or ()] == ["missed", "missed"]
    assert "unanswered-question" in [f.rule for f in done.messages[1].findings or ()]
    assert [d.rule for d in done.messages[1].defects or ()] == [f.rule for f in done.messages[1].findings or ()]


def test_what_a_human_set_is_kept_and_used(assistant: Assistant, make_thread: MakeThread) -> None:
    thread = make_thread(ASKED, EMPTY)
    thread.messages[0].tags = ["lob"]
    thread.messages[0].questions = []
    done = assistant.annotate(thread)
    assert done.messages[0].tags == ["lob"]
    assert done.messages[0].questions == []
    assert done.messages[1].answers == []
    again = assistant.annotate(done, overwrite=True)
    assert again.messages[0].tags != ["lob"]
    assert len(again.messages[0].questions or ()) == 2


def test_the_thread_that_came_in_is_not_changed(assistant: Assistant, make_thread: MakeThread) -> None:
    thread = make_thread(ASKED, REPLY)
    before = thread.to_json()
    assistant.annotate(thread)
    assistant.check(thread, "Hallo")
    assert thread.to_json() == before


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=st.lists(st.sampled_from([ASKED, REPLY, EMPTY, ("team note", "Kundin rief an.")]), max_size=3))
def test_later_messages_change_nothing_of_earlier_ones(assistant: Assistant, make_thread: MakeThread, later: list[tuple[str, str]]) -> None:
    def judged(thread: Thread) -> list[object]:
        return [(m.tags, m.tag_scores, [q.quote for q in m.questions or ()], m.answers, m.findings) for m in thread.messages[:2]]

    assert judged(assistant.annotate(make_thread(ASKED, REPLY, *later))) == judged(assistant.annotate(make_thread(ASKED, REPLY)))


def test_annotating_twice_gives_the_same(assistant: Assistant, make_thread: MakeThread) -> None:
    once = assistant.annotate(make_thread(ASKED, REPLY, EMPTY))
    assert assistant.annotate(once).to_json() == once.to_json()
    assert Thread.model_validate(once.to_json()).to_json() == once.to_json()


def test_empty_thread_and_empty_message_are_no_mistake(assistant: Assistant, make_thread: MakeThread) -> None:
    assert assistant.annotate(make_thread()).messages == []
    done = assistant.annotate(make_thread(("customer", ""), ("team", "")))
    assert [m.tags for m in done.messages] == [[], []]


def test_a_megabyte_is_annotated_in_bounded_time(assistant: Assistant, make_thread: MakeThread) -> None:
    done = assistant.annotate(make_thread(("customer", "a" * 1_000_000), ("team", "wann? " * 160_000)))
    assert all(message.tags is not None for message in done.messages)


def test_a_draft_is_checked_as_one_more_message(assistant: Assistant, make_thread: MakeThread) -> None:
    thread = assistant.annotate(make_thread(ASKED))
    bad = assistant.check(thread, "Vielen Dank für Ihre Nachricht. Wir melden uns zeitnah.")
    good = assistant.check(thread, REPLY[1])
    assert bad.id == good.id == DRAFT
    assert "unanswered-question" in [f.rule for f in bad.findings or ()]
    assert "unanswered-question" not in [f.rule for f in good.findings or ()]


def test_an_ignored_finding_stays_ignored_while_other_words_change(assistant: Assistant, make_thread: MakeThread) -> None:
    thread = assistant.annotate(make_thread(ASKED))
    draft = "Guten Tag [Name], das kostet 90 Euro und ist am Freitag, 6. März fertig."
    keys = [f.key for f in assistant.check(thread, draft).findings or () if f.rule == "placeholder-left"]
    assert keys
    longer = assistant.check(thread, draft + " Melden Sie sich gern, wenn sich an den Karten bis dahin noch etwas ändert.", ignored=keys)
    assert "placeholder-left" not in [f.rule for f in longer.findings or ()]
    moved = assistant.check(thread, "Das kostet 90 Euro, sagt [Name].", ignored=keys)
    assert "placeholder-left" in [f.rule for f in moved.findings or ()]


def test_only_the_message_that_is_new_is_read_and_the_labels_are_the_same(assistant: Assistant, make_thread: MakeThread) -> None:
    said = [ASKED, EMPTY, ("team note", "Kundin rief an."), ("customer", "Und wer macht das dann bei Ihnen?"), REPLY]
    fresh = annotate(make_thread(*said, title="Karten"), assistant.models)
    before = assistant.annotate(make_thread(*said[:4], title="Karten"))
    passes = assistant.models.encoder.passes
    for question in before.messages[0].questions or ():
        question.quote = "what becomes of a result is nobody's business"
    known, read = assistant.recalled()
    assert assistant.annotate(make_thread(*said, title="Karten")).to_json() == fresh.to_json()
    assert assistant.models.encoder.passes == passes, "the encoder keeps what it read itself"
    assert assistant.recalled() == (known + 4, read + 1)


def test_labels_of_a_human_count_beside_what_was_seen_before(assistant: Assistant, make_thread: MakeThread) -> None:
    assistant.annotate(make_thread(ASKED, REPLY))
    corrected = make_thread(ASKED, REPLY)
    corrected.messages[0].questions = []
    done = assistant.annotate(corrected)
    assert done.to_json() == annotate(corrected, assistant.models).to_json()
    assert done.messages[1].answers == []


def test_a_draft_is_judged_the_same_whether_the_thread_was_seen_before_or_not(make_thread: MakeThread) -> None:
    thread = make_thread(ASKED, EMPTY, ("customer", "Und wer macht das dann bei Ihnen?"))
    one, other = Assistant.load(), Assistant.load()
    other.annotate(thread)
    other.check(thread, "Das macht")
    now = {"sent_at": "2026-03-04T09:00"}
    assert one.check(thread, REPLY[1], **now).to_json() == other.check(thread, REPLY[1], **now).to_json()


def test_a_file_without_a_word_answers_no_question(assistant: Assistant, make_thread: MakeThread) -> None:
    thread = make_thread(ASKED, ("team", ""))
    thread.messages[1].attachments = ["angebot.pdf"]
    asked, reply = assistant.annotate(thread).messages
    assert reply.answers == []
    assert {question.status for question in asked.questions or ()} == {"open"}
