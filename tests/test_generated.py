"""Pages that are made from something are as that something is now."""

from nlp import artifact, reference
from nlp.training import card


def test_the_rule_reference_is_current() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run: make docs"


def test_the_model_card_is_current_and_complete() -> None:
    text = (artifact.HOME / "README.md").read_text(encoding="utf-8")
    assert text == card.render(card.load()), "run: aufgabenchat evaluate --write"
    for part in ("## Parts", "## Data", "## Figures", "## Limits", "MIT", "kreuzvalidiert", "nie gesehene Autoren", "Tags macro-F1"):
        assert part in text
