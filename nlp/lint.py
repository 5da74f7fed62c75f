"""All mistakes in the files that drafts are made of, each with file, line and what to do.

Beside what reading them finds: slots used but not declared and the reverse, sources and types that do not fit, answers and tags there are not,
broken regular expressions; then every text is written out for Sie and du, with sample values and for the sample threads, and held to our own rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from functools import partial
from pathlib import Path

from nlp import imports
from nlp.check import findings
from nlp.compose import compose
from nlp.errors import DataError
from nlp.files import parse
from nlp.german import said
from nlp.handbook import DATA, Handbook, handbook, meant, phrases, review_phrases, taxonomy
from nlp.rule import rule_id
from nlp.rules import RULES
from nlp.sandbox import Source
from nlp.snippets import Answers
from nlp.templates import ANSWERS, HOME, SOURCES, AddOn, Library, Phrases, Slot, Snippet, Template, files, read, read_addons, read_phrases
from nlp.thread import Message, Thread, View

SAMPLES = DATA / "samples.jsonl"
VALUES: dict[str, object] = {
    "text": "Die Liste hat zwölf Spalten.", "list": ["liste.xlsx", "fotos.zip"], "date": date(2026, 3, 20), "time": "10:00", "hours": 2.5, "euro": 32, "number": 12,
    "days": ["mo", "mi"],
    "task.title": "Adressliste", "task.assistant": "Nora", "task.assistance": "Nora", "customer.company": "Kern GmbH", "chat.missing": "die Unterlagen",
    "chat.option": "2", "chat.minimum": "mindestens 1 Stunde am Tag", "chat.notice": "2 Wochen", "chat.addon.notice": "2 Wochen",
}  # fmt: skip
"""A sample value of each type, and of sources that say something of their own."""
SPOKEN = ("name", "geehrte", "liebe", "title")
"""Values a phrase may use."""


def mistakes(home: Path = HOME) -> Iterator[DataError]:
    """The mistakes in the templates, answers, phrases and add-ons in ``home``; drafts for the sample threads are tried once there are no others."""
    templates, answers, phrases, addons, found = _read(home)
    texts: list[Template | Snippet] = [*templates.values(), *answers.values()]
    for text in texts:
        found += [*_declared(text, addons), *_patterns(text), *_known(text, answers)] or (_written(text, addons) if addons else [])
    if phrases is not None:
        found += _phrases(phrases, home / "phrases.toml")
    if addons is not None:
        found += _addons(addons, home / "addons.toml")
    yield from found
    if phrases is not None and addons is not None and not found:
        yield from _drafted(Library(templates, answers, phrases, addons))


def unreadable() -> Iterator[DataError]:
    """The mistakes in taxonomy, handbook, wordings and import maps: the first of each file that cannot be read."""
    loads: list[Callable[[], object]] = [taxonomy, handbook, phrases, review_phrases]
    loads += [partial(imports.load, str(path)) for path in sorted(imports.HOME.glob("*.toml"))]
    for load in loads:
        try:
            load()
        except DataError as error:
            yield error


def severities(figures: Handbook) -> Iterator[DataError]:
    """Severities for rules there are not, each with the nearest rule there is."""
    known, path = [rule_id(rule) for rule in RULES], str(DATA / "handbook.toml")
    for name in figures.severity:
        if name not in known:
            yield DataError(f"Die Regel „{name}“ gibt es nicht.", where=f"{path}:{_line(path, name)}", remedy=meant(name, known) or "Siehe „aufgabenchat rules“.")


def notices(figures: Handbook) -> Iterator[DataError]:
    """What is no mistake, but still as it was shipped and has to be set before the software is used in earnest."""
    if re.search(r"//[^/]*\bexample\b", figures.customer_file.link):
        path = str(DATA / "handbook.toml")
        where = f"{path}:{_line(path, 'link')}"
        yield DataError("customer_file.link ist noch das Muster.", where=where, remedy="Tragen Sie die Adresse Ihres Aufgabenchats ein, {id} bleibt stehen.")


def _read(home: Path) -> tuple[dict[str, Template], dict[str, Snippet], Phrases | None, dict[str, AddOn] | None, list[DataError]]:
    """What can be read, and why the rest cannot."""
    broken: list[DataError] = []
    templates: dict[str, Template] = {}
    answers: dict[str, Snippet] = {}
    for path in files(home):
        try:
            templates[path.stem] = read(Template, path)
        except DataError as error:
            broken.append(error)
    for path in files(home / "answers"):
        try:
            answers[path.stem] = read(Snippet, path)
        except DataError as error:
            broken.append(error)
    phrases, addons = None, None
    try:
        phrases = read_phrases(home / "phrases.toml")
    except DataError as error:
        broken.append(error)
    try:
        addons = read_addons(home / "addons.toml")
    except DataError as error:
        broken.append(error)
    return templates, answers, phrases, addons, broken


def _declared(text: Template | Snippet, addons: Mapping[str, AddOn] | None) -> Iterator[DataError]:
    """Names and slots that do not match, and slots whose source there is not or is of another type."""
    try:
        used = text.source.names
    except DataError as error:
        yield error
        return
    for name, line in used.items():
        if name not in text.slots and not (name == ANSWERS and isinstance(text, Template)):
            yield DataError(f"„{name}“ ist nicht unter [slots] genannt.", where=f"{text.source.path}:{line}", remedy="Ergänzen Sie es dort, oder prüfen Sie die Schreibweise.")
    known = {**SOURCES, **{f"addons.{name}": "addon" for name in addons or ()}}
    for name, slot in text.slots.items():
        where = f"{text.source.path}:{_line(text.source.path, name)}"
        if name not in used:
            yield DataError(f"„{name}“ kommt im Text nicht vor.", where=where, remedy="Entfernen Sie die Zeile, oder setzen Sie es in den Text.")
        if slot.source and known.get(slot.source) != slot.type and not (addons is None and slot.source.startswith("addons.")):
            kind = known.get(slot.source)
            what = f"ist vom Typ „{kind}“, nicht „{slot.type}“" if kind else "gibt es nicht"
            yield DataError(f"Die Quelle „{slot.source}“ {what}.", where=where, remedy=f"Es gibt: {', '.join(known)}; ohne source füllt ein Mensch den Wert.")


def _patterns(text: Template | Snippet) -> Iterator[DataError]:
    """Broken regular expressions, and example questions in which no ``about`` word stands, so that they never count."""
    if not isinstance(text, Snippet):
        return
    path = text.source.path
    broken = [error for key in ("about", "unless") for pattern in getattr(text, key) for error in _compiles(pattern, f"{path}:{_line(path, key)}")]
    yield from broken
    for question in text.questions if not broken else ():
        if not any(re.search(pattern, question, re.IGNORECASE) for pattern in text.about):
            where = f"{path}:{_line(path, 'questions')}"
            yield DataError(f"In „{question}“ steht kein Wort aus about, die Frage zählt nicht.", where=where, remedy="Ergänzen Sie about.")


def _compiles(pattern: str, where: str) -> Iterator[DataError]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield DataError(f"„{pattern}“ ist kein regulärer Ausdruck ({error}).", where=where, remedy="Korrigieren Sie ihn.")


def _known(text: Template | Snippet, answers: Mapping[str, Snippet]) -> Iterator[DataError]:
    """Tags and answers that the text names and that are not there."""
    tags, path = taxonomy(), text.source.path
    named = {"tags": (*text.tags, *text.when.tags), "without": text.when.without} if isinstance(text, Template) else {"without": text.without, "only": text.only}
    for key, names in named.items():
        for tag in names:
            if tag not in tags:
                yield DataError(tags.unknown(tag), where=f"{path}:{_line(path, key)}", remedy="Siehe taxonomy.toml.")
    for name in text.covers:
        if name not in answers:
            where = f"{path}:{_line(path, 'covers')}"
            yield DataError(f"Die Antwort „{name}“ gibt es nicht.", where=where, remedy="Nennen Sie Dateien aus answers/, ohne .md.")


def _phrases(phrases: Phrases, path: Path) -> Iterator[DataError]:
    """Phrases that use a value there is not, or do not come out for Sie and du."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for kind in ("greeting", "acknowledgement", "transition", "closing"):
        for each in getattr(phrases, kind):
            line = next((n for n, text in enumerate(lines, 1) if each.text in text), 1)
            source = Source(each.text, str(path), line - 1)
            yield from _compiles(each.said, f"{path}:{line}")
            try:
                for name in source.names:
                    if name not in SPOKEN:
                        yield DataError(f"Den Wert „{name}“ gibt es hier nicht.", where=f"{path}:{line}", remedy=f"Es gibt: {', '.join(SPOKEN)}.")
                for du in (False, True):
                    source.render(dict.fromkeys(SPOKEN, "Kern"), du=du)
                    source.render({name: "Kern" if name in each.needs else None for name in SPOKEN}, du=du)
            except DataError as error:
                yield error


def _addons(addons: Mapping[str, AddOn], path: Path) -> Iterator[DataError]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for addon in addons.values():
        line = next((n for n, text in enumerate(lines, 1) if text.strip() == f"[{addon.id}]"), 1)
        names = [option.id for option in addon.options]
        if len(set(names)) < len(names):
            yield DataError(f"„{addon.id}“ hat zwei Optionen mit demselben Namen.", where=f"{path}:{line}", remedy="Geben Sie jeder einen eigenen.")
        for option in addon.options:
            if (option.time and not re.fullmatch(r"\d\d:\d\d(-\d\d:\d\d)?", option.time)) or not _valid(option.time):
                yield DataError(f"„{option.time}“ ist keine Uhrzeit.", where=f"{path}:{line}", remedy="Schreiben Sie 10:00 oder 10:00-14:00.")


def _valid(text: str) -> bool:
    try:
        return all(time.fromisoformat(part) for part in text.split("-")) if text else True
    except ValueError:
        return False


def _written(text: Template | Snippet, addons: Mapping[str, AddOn]) -> Iterator[DataError]:
    """What does not come out with sample values, or comes out against our own rules."""
    for du in (False, True):
        try:
            written = text.source.render({ANSWERS: VALUES["text"], **{name: _sample(slot, addons) for name, slot in text.slots.items()}}, du=du)
        except DataError as error:
            yield error
            return
        yield from _against_rules(text, written, du)


def _drafted(library: Library) -> Iterator[DataError]:
    """Templates of which no draft can be made for a sample thread."""
    choice = Answers(library.answers)
    for thread in _samples():
        for name in library.templates:
            try:
                compose(thread, library, choice, name)
            except DataError as error:
                yield DataError(f"Im Muster-Chat {thread.task.id}: {error.text}", where=error.where, remedy=error.remedy)


def _sample(slot: Slot, addons: Mapping[str, AddOn]) -> object:
    if slot.type == "addon":
        return addons.get(slot.source.removeprefix("addons."), next(iter(addons.values())))
    if slot.type == "addons":
        return list(addons.values())
    if slot.source == "chat.addon.options":
        return next((addon.options for addon in addons.values() if addon.options), ())
    return said(slot.type, "Nora Beck" if slot.label.startswith("Name") else VALUES.get(slot.source, VALUES[slot.type]))


def _against_rules(text: Template | Snippet, written: str, du: bool) -> Iterator[DataError]:
    """Findings of the written text in a thread in which all that the handbook asks for has happened."""
    register = "du" if du else "sie"
    task = {"id": "M-1", "assistant": "Nora Beck", "customer": {"salutation": "Frau", "first_name": "Petra", "last_name": "Kern", "register": register}}
    said_before = [
        ("customer", "Bitte 12 Termine in eine Liste eintragen.", []), ("team", "Welche Spalten?", ["rueckfrage"]), ("team", "Die Spalten fehlen.", ["erinnerung"]),
        ("team", "Ohne Spalten geht es nicht.", ["erinnerung"]),
    ]  # fmt: skip
    messages = [{"id": f"m{n}", "author": a, "text": t, "tags": tags, "questions": [], "answers": []} for n, (a, t, tags) in enumerate(said_before, 1)]
    thread = Thread.model_validate({"task": task, "messages": messages})
    draft = Message(id="entwurf", author="team", text=written, tags=[], questions=[], answers=[])
    if isinstance(text, Template):
        draft.author, draft.channel, draft.tags = text.author, text.channel, list(text.tags)
    for found in findings(View(Thread(task=thread.task, messages=[*thread.messages, draft]), len(messages))):
        where = f"{text.source.path}:{text.source.line + 1}"
        yield DataError(f"Ausgeschrieben ({register}) beanstandet die Regel {found.rule}: {found.message}", where=where, remedy="Ändern Sie den Wortlaut.")


def _samples() -> Iterator[Thread]:
    """The sample threads, whole and with their first message alone."""
    for number, raw in enumerate(SAMPLES.read_bytes().splitlines(), 1):
        thread = parse(raw, f"{SAMPLES}:{number}", taxonomy())
        yield thread
        yield thread.model_copy(update={"messages": thread.messages[:1]})


def _line(path: str, key: str) -> int:
    """The line in which the key is set, 1 if none is."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next((n for n, text in enumerate(lines, 1) if re.match(rf"{re.escape(key)}\s*=", text)), 1)

