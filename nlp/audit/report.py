"""The totals as JSON: what the page shows, with its figures as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from nlp.audit.case import BREACH_KINDS, KINDS, RULE_LABELS, Case, label
from nlp.audit.clock import quantile
from nlp.audit.doubt import Verdict
from nlp.audit.run import Options
from nlp.audit.totals import Group, Totals
from nlp.handbook import handbook, taxonomy

MEASURE = "Zeit an Werktagen: Montag bis Freitag ohne Feiertage ({land}), 24 Stunden je Tag"
BUCKETS = ((60, "<\u00a01 Std."), (240, "1–4 Std."), (480, "4–8 Std."), (1440, "8–24 Std."), (2880, "1–2 Tage"), (7200, "2–5 Tage"))
LONGER = ">\u00a05 Tage"
DOUBTED = 400
"""Doubted tags in the list of cases, at most."""
NOBODY = "nicht zugewiesen"
TYPES = {
    "recherche": "Recherche", "dateneingabe": "Dateneingabe", "kundensupport": "Kundensupport", "buchhaltung": "Buchhaltung", "terminplanung": "Terminplanung",
    "reiseplanung": "Reiseplanung", "social_media": "Social Media", "text_lektorat": "Text & Lektorat", "uebersetzung": "Übersetzung", "telefonie": "Telefonie",
    "webseite": "Webseite", "praesentation": "Präsentation", "personal": "Personal", "privat": "Privates", "sonstiges": "Sonstiges",
}  # fmt: skip
SEVERITIES = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}
Json = dict[str, Any]


def report(totals: Totals, options: Options, source: str = "") -> Json:
    """All figures and the foremost cases; assistants by number where personal data is masked."""
    names = _names(totals, masked=options.masked)
    verdicts = totals.doubt.verdicts()
    months = sorted(month for month in totals.months if month)
    cases = _cases(totals, verdicts, names)
    matters = _matters(totals, verdicts)
    return {
        "source": source, "as_of": options.as_of.isoformat(timespec="minutes"), "masked": options.masked, "threads": totals.threads, "messages": totals.messages,
        "rejected": totals.rejected, "first_month": months[0] if months else None, "last_month": months[-1] if months else None,
        "to_do": [_to_do(kind, matters[kind], totals.affected[kind]) for kind in KINDS if matters.get(kind)],
        "questions": _questions(totals, names), "tags": _tags(totals, verdicts), "tagged_by_hand": totals.given, "breaches": _breaches(totals, months),
        "bookings": _parts(totals, "booking", {"unconfirmed": "booking_unconfirmed", "incomplete": "booking_incomplete", "unentered": "booking_unentered"}),
        "declines": _parts(totals, "decline", {"early": "decline_early", "unapproved": "decline_unapproved", "unentered": "decline_unentered"}),
        "cases": cases,
    }  # fmt: skip


def _names(totals: Totals, *, masked: bool) -> dict[str, str]:
    """What each assistant is called, in the order they turned up."""
    known = [name for name in totals.assistants if name]
    return {"": NOBODY} | {name: f"Assistenz {n}" if masked else name for n, name in enumerate(known, 1)}


def _matters(totals: Totals, verdicts: Mapping[str, Verdict]) -> dict[str, int]:
    """How many cases of each kind there are; of doubted tags, as many as confident learning takes for errors."""
    found = dict(totals.matters)
    found["tag_missing"] = sum(verdict.missing for verdict in verdicts.values())
    found["tag_doubtful"] = sum(verdict.doubtful for verdict in verdicts.values())
    return found


def _to_do(kind: str, count: int, threads: int) -> Json:
    one, several, advice = KINDS[kind]
    return {"kind": kind, "count": count, "threads": threads if not kind.startswith("tag_") else None, "text": f"{_german(count)} {one if count == 1 else several}", "advice": advice}


def _german(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _questions(totals: Totals, names: Mapping[str, str]) -> Json:
    everyone = totals.everyone
    buckets = dict.fromkeys([*(name for _, name in BUCKETS), LONGER], 0)
    for spent, times in everyone.spent.items():
        buckets[next((name for limit, name in BUCKETS if spent < limit), LONGER)] += times
    return {
        "measure": MEASURE.format(land=handbook().process.holidays), **_group(everyone),
        "median_hours_by_calendar": _hours(quantile(totals.calendar, 0.5)), "p90_hours_by_calendar": _hours(quantile(totals.calendar, 0.9)),
        "time_to_answer": [{"within": name, "count": times} for name, times in buckets.items()],
        "by_assistant": _ranked({names[name]: group for name, group in totals.assistants.items()}),
        "by_type": _ranked({TYPES.get(name, name): group for name, group in totals.types.items()}),
    }  # fmt: skip


def _ranked(groups: Mapping[str, Group]) -> list[Json]:
    rows: list[Json] = [{"name": name, **_group(group)} for name, group in groups.items() if group.questions]
    return sorted(rows, key=lambda row: (-row["unanswered"], -row["asked"]))


def _group(group: Group) -> Json:
    count = group.questions
    return {
        "threads": group.threads, "asked": count.total(), "unanswered": count["open"] + count["due"], "open": count["open"], "overdue": count["due"],
        "deferred": count["deferred"], "median_hours": _hours(quantile(group.spent, 0.5)), "p90_hours": _hours(quantile(group.spent, 0.9)),
    }  # fmt: skip


def _hours(minutes: int | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 1)


def _tags(totals: Totals, verdicts: Mapping[str, Verdict]) -> list[Json]:
    rows = []
    for tag in taxonomy().values():
        verdict, count = verdicts.get(tag.id, Verdict()), totals.tags[tag.id]
        share = round(count / totals.messages, 4) if totals.messages else 0.0
        rows.append({"tag": tag.id, "label": tag.label, "count": count, "share": share, "missing": verdict.missing, "doubtful": verdict.doubtful})
    return sorted(rows, key=lambda row: -int(row["count"]))


def _breaches(totals: Totals, months: list[str]) -> Json:
    rules: dict[str, Json] = {}
    for (rule, severity, _), times in totals.breaches.items():
        row = rules.setdefault(rule, {"rule": rule, "label": RULE_LABELS.get(rule, rule), "severity": severity, "count": 0})
        row["count"] += times
        row["severity"] = min(row["severity"], severity, key=list(SEVERITIES).index)
        row["threads"] = totals.affected[BREACH_KINDS.get(rule, rule)]
    by_month = [{"month": month, "rule": rule, "count": times} for (rule, _, month), times in sorted(totals.breaches.items()) if month]
    broken = Counter[str]()
    for (_, _, month), times in totals.breaches.items():
        broken[month] += times
    return {
        "total": totals.breaches.total(), "by_rule": sorted(rules.values(), key=_by_severity), "by_rule_and_month": by_month,
        "by_month": [{"month": month, "count": broken[month], "messages": totals.months[month]} for month in months],
    }  # fmt: skip


def _by_severity(row: Json) -> tuple[int, int]:
    return list(SEVERITIES).index(row["severity"]), -row["count"]


def _parts(totals: Totals, whole: str, kinds: Mapping[str, str]) -> Json:
    return {"total": totals.matters[whole]} | {name: totals.affected[kind] for name, kind in kinds.items()}


def _cases(totals: Totals, verdicts: Mapping[str, Verdict], names: Mapping[str, str]) -> list[Json]:
    kinds = [*(kind for kind in KINDS if not kind.startswith("tag_")), *(rule for rule in RULE_LABELS if rule not in BREACH_KINDS)]
    doubted = [replace(case, flagged=_flagged(case, verdicts.get(case.tag, Verdict()))) for case in totals.cases(("tag_missing", "tag_doubtful"))]
    doubted.sort(key=lambda case: (-case.flagged, -float(case.rank[0])))
    return [_case(case, names) for case in (*totals.cases(kinds), *doubted[:DOUBTED])]


def _flagged(case: Case, verdict: Verdict) -> bool:
    cut = verdict.missing_cut if case.kind == "tag_missing" else verdict.doubtful_cut
    return 1 - float(case.rank[0]) <= cut + 1e-6


def _case(case: Case, names: Mapping[str, str]) -> Json:
    row = asdict(case)
    del row["rank"]
    tag = taxonomy()[case.tag].label if case.tag else ""
    return row | {"label": label(case.kind), "tag_label": tag, "assistant": names[case.assistant], "type_label": TYPES.get(case.task_type, case.task_type)}
