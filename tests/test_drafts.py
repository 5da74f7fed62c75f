"""Which draft comes in which situation: what a colleague would write next, and never what the chat has already settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from nlp.compose import Draft, compose
from nlp.errors import DataError
from nlp.snippets import Answers
from nlp.templates import library
from nlp.thread import Thread

MONDAY = datetime(2026, 3, 2, 9)


def thread(*said: tuple[str, str] | tuple[str, str, dict[str, Any]], **task: Any) -> Thread:
    """Messages (author, text, further keys), a day apart."""
    messages = [
        {"id": f"m{n}", "author": author, "channel": "chat", "sent_at": (MONDAY + timedelta(days=n - 1)).isoformat(), "text": text, "tags": [], **dict(*more)}
        for n, (author, text, *more) in enumerate(said, 1)
    ]
    customer = {"salutation": "Frau", "first_name": "Petra", "last_name": "Kern", "register": "sie"}
    return Thread.model_validate({"task": {"id": "t", "title": "Katalog", "assistant": "Jan", "customer": customer, "key_data": {}, **task}, "messages": messages})


def draft(chat: Thread, days: float = 0, **more: Any) -> Draft:
    """The draft so many days after the last message."""
    texts = library()
    last = chat.messages[-1].sent_at
    assert last
    return compose(chat, texts, Answers(texts.answers), now=last + timedelta(days=days), **more)


ASKED = ("team", "Guten Tag Frau Kern, wir brauchen noch die Preisliste. Können Sie uns die schicken?", {"tags": ["rueckfrage", "arbeitsmaterial"]})
AGAIN = ("team", "Guten Tag Frau Kern, die Preisliste fehlt uns noch. Bekommen wir sie diese Woche?", {"tags": ["erinnerung", "rueckfrage", "arbeitsmaterial"]})
START = ("customer", "Bitte den Katalog neu setzen.", {"tags": ["aufgabenbeschreibung"]})


@pytest.mark.parametrize("text", ["Danke!", "👍", "Einverstanden.", "Ist überwiesen."])
def test_where_nothing_speaks_for_a_template_none_is_guessed(text: str) -> None:
    made = draft(thread(START, ("team", "Der Katalog ist gesetzt.", {"tags": ["ergebnis"]}), ("customer", text)))
    assert made.template == "frei"
    assert [gap.key for gap in made.open] == ["inhalt"]


def test_who_puts_us_off_is_neither_reminded_nor_thanked_for_what_has_not_come() -> None:
    later = ("customer", "Die Preisliste kommt noch, ich schicke sie heute Abend.", {"tags": ["termin"]})
    assert draft(thread(START, ASKED, later)).template == "warten"
    assert draft(thread(START, ASKED, later), days=14).template == "erinnerung-1"


def test_a_decline_waits_for_the_days_of_the_handbook_and_for_approval() -> None:
    chat = thread(START, ASKED, AGAIN, AGAIN, key_data={"hours_budget": 3})
    assert draft(chat).template == "erinnerung-2"
    assert draft(chat, days=14).template == "ablehnung-keine-reaktion"
    long = thread(START, ASKED, AGAIN, AGAIN, key_data={"hours_budget": 30})
    assert (draft(long, days=14).template, draft(long, days=14).channel) == ("freigabe-notiz", "note")


def test_what_has_come_is_not_waited_for() -> None:
    both = ("team", "Wir brauchen einen Zugang zum Shop und die Preisliste. Schicken Sie uns beides?", {"tags": ["rueckfrage", "zugangsdaten", "arbeitsmaterial"]})
    came = ("customer", "Die Einladung zum Shop ist raus.", {"tags": ["zugangsdaten"]})
    chat = thread(START, both, came, AGAIN)
    assert "auf die Unterlagen warten" in draft(chat, days=14).text


def test_a_declined_task_is_not_declined_again_and_is_taken_up_when_the_customer_returns() -> None:
    no = ("team", "Da wir keine Antwort haben, lehnen wir die Aufgabe heute ab.", {"tags": ["ablehnung"]})
    chat = thread(START, ASKED, AGAIN, AGAIN, no)
    assert draft(chat, days=9).template == "frei"
    back = ("customer", "Ich lag im Krankenhaus, hier ist die Preisliste.", {"tags": ["arbeitsmaterial"], "attachments": ["liste.xlsx"]})
    made = draft(thread(START, ASKED, AGAIN, AGAIN, no, back))
    assert made.template == "wiederaufnahme"
    assert "danke für die Dateien" in made.text
    again = ("team", "Gern nehmen wir den Katalog wieder auf. Bis wann brauchen Sie ihn?", {"tags": ["rueckfrage", "termin"]})
    assert draft(thread(START, ASKED, AGAIN, AGAIN, no, back, again), days=9).template == "erinnerung-1"


def test_a_result_is_not_handed_over_twice() -> None:
    done = ("assistant", "Der Katalog ist fertig und liegt im Ordner.", {"tags": ["ergebnis"]})
    assert draft(thread(START, done), days=3).template != "ergebnis"


def test_what_was_never_booked_is_not_cancelled() -> None:
    offer = ("team", "Es gibt die feste Schicht: Option 1 an drei Tagen, Option 2 jeden Werktag. Welche möchten Sie?", {"tags": ["addon", "rueckfrage"]})
    made = draft(thread(START, offer, ("customer", "Das ist mir zu teuer, dann lassen wir das.", {"tags": ["addon", "ablehnung"]})))
    assert "Kündigung" not in made.text


def test_key_data_of_a_finished_task_answer_nothing_about_the_next() -> None:
    asks = {"tags": ["kundenfrage", "zeit_kosten"], "questions": [{"id": "q1", "quote": "Was kostet das insgesamt?", "kind": "direct", "topic": "kosten"}]}
    done = ("assistant", "Der Katalog ist fertig.", {"tags": ["ergebnis"]})
    known = {"hours_budget": 5, "rate_eur": 32}
    assert "160" in draft(thread(("customer", "Bitte den Katalog neu setzen. Was kostet das insgesamt?", asks), key_data=known)).text
    made = draft(thread(START, done, ("customer", "Jetzt bitte jeden Monat. Was kostet das insgesamt?", asks), key_data=known))
    assert "160" not in made.text
    assert [gap.kind for gap in made.open if gap.key == "m3.q1"] == ["question"]


def test_a_password_in_the_chat_is_taken_up() -> None:
    made = draft(thread(START, ("customer", "Zugang zum Shop: Benutzer kern, Passwort: Hund!2024xy", {"tags": ["zugangsdaten"]})))
    assert "Passwort-Tresor" in made.text
    assert "Hund!2024xy" not in made.text


def test_a_question_is_not_named_for_what_it_is_not() -> None:
    quotes = ("Ist der denn viel teurer?", "Und?")
    asks = {"tags": ["kundenfrage"], "questions": [{"id": f"q{n}", "quote": quote, "kind": "direct", "topic": "status"} for n, quote in enumerate(quotes, 1)]}
    made = draft(thread(START, ("team", "Der Ökostrom geht auch."), ("customer", "Ist der denn viel teurer? Und?", asks)))
    assert "Zum Stand" not in made.text
    assert made.text.count("⟦") == 1
    assert next(block for block in made.blocks if "m3.q1" in block.questions).questions == ["m3.q1", "m3.q2"]


@pytest.mark.parametrize("given", [["x"], "", {"a": 1}])
def test_an_answer_that_is_no_text_is_told(given: object) -> None:
    asks = {"tags": ["kundenfrage"], "questions": [{"id": "q1", "quote": "Geht das?", "kind": "direct", "topic": "sonstiges"}]}
    with pytest.raises(DataError, match="ein Text"):
        draft(thread(("customer", "Geht das?", asks)), answers={"m1.q1": given})
