"""The figures and cases of the audit report, as somebody who has to act on them would check them."""

from __future__ import annotations

import importlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nlp import audit
from nlp.artifact import HOME
from nlp.audit.clock import quantile, working_minutes
from nlp.audit.doubt import Doubt
from nlp.audit.known import Known
from nlp.audit.observe import Observed, observe
from nlp.audit.totals import TOP
from nlp.cli import app
from nlp.files import dump
from nlp.handbook import DATA
from nlp.streams import Line, Rejected
from nlp.thread import Thread

TAGS = ("termin", "zeit_kosten", "lob", "addon", "rueckfrage")
AS_OF = datetime(2026, 4, 1, 9)
LABELS: dict[str, Any] = {"tags": [], "tag_scores": {}, "questions": [], "answers": [], "findings": []}


def said(n: int, author: str, text: str, at: str = "2026-03-02T09:00", **labels: Any) -> dict[str, Any]:
    """A message with all its labels, so that nothing is left to predict."""
    return {"id": f"m{n}", "author": author, "text": text, "sent_at": at, **LABELS, **labels}


def asks(quote: str) -> list[dict[str, Any]]:
    return [{"id": "q1", "quote": quote, "kind": "direct"}]


def thread(*messages: dict[str, Any], **task: Any) -> Line:
    return Line("chats.jsonl:1", dump({"task": {"id": "A-1", **task}, "messages": list(messages)}))


def told(*items: Line | Rejected, **options: Any) -> dict[str, Any]:
    """The report on some threads."""
    chosen = audit.Options(AS_OF, **options)
    return audit.report(audit.run(items, chosen), chosen)


def cases(report: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [case for case in report["cases"] if case["kind"] == kind]


QUESTION = thread(
    said(1, "customer", "Hallo Frau Oltmanns, hier Petra Lindner. Was kostet das? Tel. 0441 998877", questions=asks("Was kostet das?")),
    id="A/7 b", title="Liste Lindner", type="recherche", assistant="Jana Oltmanns", customer={"last_name": "Lindner"},
)  # fmt: skip


def test_an_open_question_is_counted_and_shown_where_it_stands() -> None:
    report = told(QUESTION)
    assert report["to_do"][0]["text"] == "1 offene Kundenfrage"
    assert [row["name"] for row in report["questions"]["by_assistant"]] == ["Assistenz 1"]
    assert report["questions"]["by_type"] == [{**report["questions"]["by_assistant"][0], "name": "Recherche"}]
    (case,) = cases(report, "question_open")
    assert case["passage"][1] == "Was kostet das?"
    assert case["link"].endswith("/A%2F7%20b")
    assert cases(told(QUESTION, link="https://desk.example.com/?t={task_id}"), "question_open")[0]["link"] == "https://desk.example.com/?t=A%2F7%20b"


def test_personal_data_is_masked_unless_asked_for() -> None:
    masked, plain = (json.dumps(told(QUESTION, masked=masked), ensure_ascii=False) for masked in (True, False))
    for secret in ("Lindner", "Oltmanns", "Jana", "998877"):
        assert secret not in masked
        assert secret in plain


def test_a_question_that_was_answered_deferred_or_taken_back_is_not_open() -> None:
    answered = thread(
        said(1, "customer", "Was kostet das?", questions=asks("Was kostet das?")),
        said(2, "team", "Rund 96 Euro.", "2026-03-02T11:30", answers=[{"question": "m1.q1", "status": "answered", "quote": "Rund 96 Euro"}]),
    )
    promised = thread(
        said(1, "customer", "Was kostet das?", "2026-03-31T09:00", questions=asks("Was kostet das?")),
        said(2, "team", "Das sage ich Ihnen bis Freitag.", "2026-03-31T10:00", answers=[{"question": "m1.q1", "status": "deferred", "quote": "bis Freitag"}]),
    )
    report = told(answered, promised)
    assert (report["questions"]["asked"], report["questions"]["unanswered"], report["questions"]["deferred"]) == (2, 0, 1)
    assert report["questions"]["median_hours"] == 2.5
    later = audit.Options(datetime(2026, 4, 20))
    assert [each["kind"] for each in audit.report(audit.run([promised], later), later)["to_do"]] == ["question_due"]


def test_a_booking_without_confirmation_and_a_decline_without_reminder_come_up(tmp_path: Path) -> None:
    booking = {"task": {"id": "B-1"}, "messages": [
        {"id": "m1", "author": "team", "text": "Option 1: drei feste Tage. Option 2: Montag bis Freitag, mindestens 1 Stunde am Tag, 2 Wochen Kündigungsfrist.", "tags": ["addon"]},
        {"id": "m2", "author": "customer", "text": "Wir nehmen Option 2, Mo bis Fr um 10 Uhr.", "tags": ["addon"], "questions": []},
    ]}  # fmt: skip
    decline = {"task": {"id": "D-1", "key_data": {"hours_budget": 24}}, "messages": [
        {"id": "m1", "author": "customer", "text": "Bitte die Händler recherchieren.", "tags": ["aufgabenbeschreibung"], "questions": []},
        {"id": "m2", "author": "team", "text": "Welche Umsatzklassen?", "tags": ["rueckfrage"], "sent_at": "2026-02-02T09:00"},
        {"id": "m3", "author": "team", "text": "Da wir nichts von Ihnen gehört haben, lehnen wir die Aufgabe ab.", "tags": ["ablehnung"], "sent_at": "2026-02-05T09:00"},
    ]}  # fmt: skip
    report = told(*(Line("x:1", dump(each)) for each in (booking, decline)))
    assert {"booking_unconfirmed", "decline_early", "decline_unapproved", "decline_unentered"} <= {each["kind"] for each in report["to_do"]}
    assert report["bookings"] == {"total": 1, "unconfirmed": 1, "incomplete": 0, "unentered": 0}
    assert report["declines"] == {"total": 1, "early": 1, "unapproved": 1, "unentered": 1}
    assert "1 Auftrag ohne Buchungsbestätigung" in [each["text"] for each in report["to_do"]]
    early = next(row for row in report["breaches"]["by_rule"] if row["rule"] == "decline-too-early")
    assert (early["severity"], early["count"], early["threads"]) == ("error", 1, 1)
    assert {"month": "2026-02", "rule": "decline-too-early", "count": 1} in report["breaches"]["by_rule_and_month"]


def test_own_messages_to_new_customers_without_tags_are_told() -> None:
    line = json.loads((DATA / "samples.jsonl").read_bytes().splitlines()[0])
    line["task"]["area"] = "neukunde"
    ours = [message["id"] for message in line["messages"] if message["author"] == "team" and message["channel"] == "chat"]
    options = audit.Options(datetime(2026, 7, 1), masked=False)
    report = audit.report(audit.run([Line("x:1", dump(line))], options), options)
    assert [case["message_id"] for case in cases(report, "untagged")] == ours
    assert report["tagged_by_hand"] == 0, "what was predicted is not audited"


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ((2026, 3, 2, 9), (2026, 3, 2, 11), 2),
        ((2026, 3, 6, 18), (2026, 3, 9, 6), 12),  # over a weekend
        ((2026, 3, 7, 9), (2026, 3, 8, 9), 0),  # within it
        ((2026, 4, 2, 12), (2026, 4, 7, 12), 24),  # over Easter
        ((2026, 3, 2, 12), (2026, 3, 12, 12), 8 * 24),
        ((2026, 3, 3, 9), (2026, 3, 2, 9), 0),
    ],
)
def test_working_time_leaves_out_weekends_and_holidays(since: tuple[int, ...], until: tuple[int, ...], hours: int) -> None:
    assert working_minutes(datetime(*since), datetime(*until), "NW") == hours * 60  # type: ignore[arg-type]


def test_quantiles_are_exact() -> None:
    spent = Counter({10: 5, 20: 4, 600: 1})
    assert (quantile(spent, 0.5), quantile(spent, 0.9), quantile(spent, 1.0), quantile(Counter(), 0.5)) == (10, 20, 600, None)


def labelled(count: int, wrong: float, seed: int = 1) -> Iterator[tuple[dict[str, float], frozenset[str], bool]]:
    """(probabilities, given tags, whether the given is wrong) of messages that a fair model has judged."""
    rng = random.Random(seed)
    for _ in range(count):
        true, planted = rng.random() < 0.3, rng.random() < wrong
        score = min(0.99, max(0.01, rng.gauss(0.85 if true else 0.1, 0.12)))
        yield {"termin": score}, frozenset({"termin"} if true != planted else ()), planted


def test_planted_mistakes_are_found_and_little_else() -> None:
    doubt = Doubt(["termin"])
    rows = list(labelled(2_000, 0.05))
    for scores, given, _ in rows:
        doubt.add(scores, given)
    verdict = doubt.verdicts()["termin"]
    sure = [(scores["termin"] if given else 1 - scores["termin"], bool(given), planted) for scores, given, planted in rows]
    flagged = [planted for confidence, given, planted in sure if confidence <= (verdict.doubtful_cut if given else verdict.missing_cut) + 1e-6]
    assert len(flagged) == verdict.missing + verdict.doubtful
    assert sum(flagged) / len(flagged) > 0.9
    assert sum(flagged) / sum(planted for *_, planted in rows) > 0.6


def test_few_messages_give_no_verdict_and_many_keep_memory_bounded() -> None:
    few, many = Doubt(["termin"]), Doubt(["termin"], most=500)
    for scores, given, _ in labelled(12, 0):
        few.add(scores, given)
    for scores, given, _ in labelled(4_000, 0.05):
        many.add(scores, given)
    assert few.verdicts()["termin"].missing == 0
    assert len(many._scores) == 500
    assert 100 < many.verdicts()["termin"].missing + many.verdicts()["termin"].doubtful < 300, "scaled to all 4,000"


def test_doubted_tags_are_ranked_most_likely_wrong_first() -> None:
    lines = [
        thread(said(1, "customer", f"Nachricht {n}", tags=list(given), tag_scores=scores), id=f"A-{n}") for n, (scores, given, _) in enumerate(labelled(300, 0.1))
    ]
    report = told(*lines)
    doubted = cases(report, "tag_missing") + cases(report, "tag_doubtful")
    assert report["tagged_by_hand"] == 300
    row = next(row for row in report["tags"] if row["tag"] == "termin")
    assert sum(case["flagged"] for case in doubted) == row["missing"] + row["doubtful"] > 5
    for kind, sign in (("tag_missing", -1), ("tag_doubtful", 1)):
        scores = [sign * case["score"] for case in cases(report, kind) if case["flagged"]]
        assert scores == sorted(scores)


def test_messages_of_the_corpus_are_judged_by_models_that_did_not_know_them(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    for name in ("encoder", "heads", "current.toml"):
        (tmp_path / name).symlink_to((HOME / name).resolve())
    for path in sorted((HOME / "corpus").glob("*.jsonl"))[:3]:  # part of the corpus will do, and takes seconds
        (tmp_path / "corpus" / path.name).symlink_to(path.resolve())
    learnt = Thread.model_validate_json((HOME / "corpus" / "threads-a.jsonl").read_bytes().splitlines()[0])
    known, message = Known(tmp_path), learnt.messages[0]
    scores = known.scores(learnt, message)
    assert scores is not None
    assert all(0 <= score <= 1 for score in scores.values())
    assert sum(scores[tag] for tag in message.tags or ()) / len(message.tags or ()) > 0.5
    message.text += " Und noch etwas."
    assert known.scores(learnt, message) is None


def test_only_the_foremost_cases_are_kept() -> None:
    lines = [thread(said(1, "customer", "Was kostet das?", f"2026-03-{n % 28 + 1:02}T09:00", questions=asks("Was kostet das?")), id=f"A-{n}") for n in range(200)]
    report = told(*lines)
    shown = cases(report, "question_open")
    assert report["to_do"][0]["text"] == "200 offene Kundenfragen"
    assert len(shown) == TOP
    assert [case["date"] for case in shown] == sorted((case["date"] for case in shown), reverse=True)


@pytest.mark.slow
def test_several_processes_tell_the_same(corpus_lines: list[Line]) -> None:
    options = audit.Options(AS_OF)
    broken = Line("chats.jsonl:9", b"{}")
    here, there = (audit.run([*corpus_lines[:10], broken, *corpus_lines[10:20]], options, workers=workers) for workers in (1, 2))
    assert audit.report(here, options) == audit.report(there, options)
    assert (there.threads, there.rejected) == (20, 1)


def test_a_chat_that_breaks_us_is_rejected_and_the_others_count(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = observe

    def breaking(given: Thread, *more: Any, **options: Any) -> Observed:
        if given.task.id == "A-2":
            raise ZeroDivisionError
        return whole(given, *more, **options)

    monkeypatch.setattr(importlib.import_module("nlp.audit.run"), "observe", breaking)  # nlp.audit.run is the function
    options, rejected = audit.Options(AS_OF), list[Rejected]()
    lines = [thread(said(1, "team", "Danke."), id=f"A-{n}") for n in range(4)]
    totals = audit.run(lines, options, on_rejected=rejected.append)
    assert (totals.threads, totals.rejected) == (3, 1)
    assert '"A-2"' in rejected[0].line
    assert rejected[0].errors == ["chats.jsonl:1: Der Chat lässt sich nicht auswerten (ZeroDivisionError). Melden Sie das bitte."]


def test_nothing_at_all_gives_a_report() -> None:
    report = told()
    assert (report["threads"], report["to_do"], report["cases"]) == (0, [], [])
    assert "kein Aufgabenchat" in audit.page(report)


@pytest.fixture(scope="module")
def corpus_lines() -> list[Line]:
    """Some 5,000 messages with all labels, as an archive that was annotated would have them."""
    return list(archive(5_000))


def archive(messages: int) -> Iterator[Line]:
    rng, count = random.Random(0), 0
    raw: Iterable[bytes] = (line for path in sorted((HOME / "corpus").glob("*.jsonl")) for line in path.read_bytes().splitlines())
    for number, line in enumerate(raw):
        if count >= messages:
            return
        record = json.loads(line)
        record["task"]["id"] = f"X-{number}"
        for message in record["messages"]:
            given = set(message["tags"])
            message["tag_scores"] = {tag: rng.betavariate(8, 2) if (tag in given) != (rng.random() < 0.03) else rng.betavariate(1, 9) for tag in TAGS}
            message["findings"] = [{"rule": d["rule"], "severity": "warning", "message": "Siehe Handbuch.", "quote": d.get("quote", "")} for d in message.pop("defects")]
        count += len(record["messages"])
        yield Line(f"archive:{number}", dump(record))


@pytest.mark.slow
def test_five_thousand_messages_are_told_in_bounded_pages(corpus_lines: list[Line]) -> None:
    options = audit.Options(datetime(2027, 1, 1))
    totals = audit.run(corpus_lines, options)
    assert totals.messages >= 5_000
    report = audit.report(totals, options)
    assert report["questions"]["asked"] > 1_000
    assert len(audit.page(report)) < 4_000_000


def test_the_command_writes_page_and_json_and_keeps_what_is_no_thread(tmp_path: Path) -> None:
    source = tmp_path / "chats.jsonl"
    source.write_bytes(QUESTION.raw + b'{"task": 1}\n')
    done = CliRunner().invoke(app, ["audit", str(source), "-o", str(tmp_path / "b.html"), "--json", str(tmp_path / "b.json"), "--as-of", "2026-04-01"])
    assert done.exit_code == 1, done.output
    assert "1 offene Kundenfrage" in done.stderr
    assert "chats.jsonl:2" in done.stderr
    assert json.loads((tmp_path / "b.json").read_bytes())["rejected"] == 1
    assert json.loads((tmp_path / "b.html.rejected.jsonl").read_bytes())["line"] == '{"task": 1}'
    assert "1 offene Kundenfrage" in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_an_export_is_audited_by_its_map() -> None:
    done = CliRunner().invoke(app, ["audit", "tests/exports/zammad.json", "--map", "zammad", "--json", "-"])
    assert done.exit_code == 1, "one ticket does not fit"
    assert json.loads(done.stdout)["threads"] == 2
