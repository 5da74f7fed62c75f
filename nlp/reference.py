"""The rule reference, made from the rules themselves: for the command line, the API and the page in ``nlp/rules/README.md``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlp.handbook import Handbook, handbook
from nlp.rule import Example, Rule, examples, rule_id
from nlp.rules import RULES

PAGE = Path(__file__).parent / "rules" / "README.md"
_LEVELS = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis", "off": "aus"}
_SCOPES = {"chat": "Nachrichten an den Kunden", "note": "interne Notizen", "both": "Nachrichten und interne Notizen"}
_AUTHORS = {"customer": "Kunde", "assistant": "VPA", "team": "Team"}


def listed(figures: Handbook | None = None) -> list[dict[str, Any]]:
    """All rules as JSON: id, label, severity in force, scope, what the rule is about."""
    levels = (figures or handbook()).severity
    return [
        {
            "id": rule_id(rule), "label": rule.LABEL, "severity": levels.get(rule_id(rule), rule.SEVERITY), "scope": rule.SCOPE,
            "description": " ".join((rule.__doc__ or "").split()),
        }
        for rule in RULES
    ]  # fmt: skip


def page() -> str:
    """The reference as Markdown."""
    parts = ["# Was vor dem Senden geprüft wird", "", "Diese Seite entsteht aus den Regeln selbst (`aufgabenchat rules`).", ""]
    for rule in RULES:
        parts += [f"## {rule.LABEL} (`{rule_id(rule)}`)", "", f"{_LEVELS[rule.SEVERITY]} · gilt für {_SCOPES[rule.SCOPE]}", ""]
        parts += [line.strip() for line in (rule.__doc__ or "").strip().splitlines()]
        parts += ["", *_shown(rule), ""]
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def _shown(rule: Rule) -> list[str]:
    """The first example that is marked and the first that is not."""
    cases = list(examples(rule))
    bad, good = (next((case for case in cases if bool(case.marks) is marked), None) for marked in (True, False))
    return [
        f"{head} {_quoted(case)}\n" for head, case in (("Beanstandet:", bad), ("In Ordnung:", good)) if case is not None
    ]


def _quoted(case: Example) -> str:
    """The message under test, marked passages in bold."""
    message, text = case.view.message, case.view.message.text
    for start, end in sorted(case.marks, reverse=True):
        if end:
            text = f"{text[:start]}**{text[start:end]}**{text[end:]}"
    return f"{_AUTHORS[message.author]}{' (Notiz)' if message.channel == 'note' else ''}: „{' '.join(text.split())}“"


if __name__ == "__main__":
    main()
