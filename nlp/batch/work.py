"""One part annotated: the same code whichever engine runs it, and the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from nlp import artifact
from nlp.assistant import Assistant
from nlp.batch.parts import Done, Options, Part, Tallied
from nlp.errors import OWN
from nlp.fast import Cascade
from nlp.files import parsed
from nlp.handbook import taxonomy
from nlp.streams import Line, Rejected, as_text, dump
from nlp.thread import LABELS, Message, Thread


def models(options: Options) -> dict[str, str]:
    """SHA-256 of the weights that annotate, by name: what a run was done with."""
    names = ("encoder", "heads", "student") if options.fast else ("encoder", "heads")
    return {name: artifact.current(name).digest for name in names}


@cache
def _assistant() -> Assistant:
    return Assistant.load()


@cache
def _cascade(share: float | None) -> Cascade:
    assistant = _assistant()
    return Cascade.load(assistant.models, assistant.encoder_digest, share)


def annotate(part: Part, options: Options) -> Done:
    """The part's threads with labels, in order; what is no thread, or breaks us, is rejected with the reason."""
    tallied = Tallied()
    out, undo, rejected = list[bytes](), list[bytes](), list[Rejected]()
    good: list[tuple[Line, Thread]] = []
    for item in part.items:
        found = parsed(item, taxonomy()) if isinstance(item, Line) else item
        if isinstance(item, Line) and isinstance(found, Thread):
            good.append((item, found))
        elif isinstance(found, Rejected):
            rejected.append(found)
    threads = [thread for _, thread in good]
    for (item, thread), done in zip(good, _labelled(threads, options, tallied), strict=True):
        if isinstance(done, Thread):
            out.append(dump(done.to_json()))
            undo += _compared(thread, done, tallied)
        else:
            rejected.append(Rejected(as_text(item.raw), [f"{item.where}: Der Chat lässt sich nicht annotieren ({done}). Melden Sie das bitte."]))
    tallied.counts += {"threads": len(out), "messages": sum(len(thread.messages) for thread in threads), "rejected": len(rejected)}
    return Done(part.number, b"".join(out), b"".join(dump(item.to_json()) for item in rejected), b"".join(undo), tallied)


def _labelled(threads: Sequence[Thread], options: Options, tallied: Tallied) -> Iterator[Thread | str]:
    """Each thread labelled, or the name of the error it caused."""
    if options.fast:
        try:
            done = _cascade(options.share).annotate(threads, overwrite=options.overwrite)
        except OWN as error:  # one thread must not end a run of millions
            if len(threads) == 1:
                yield type(error).__name__
            else:
                yield from (each for thread in threads for each in _labelled([thread], options, tallied))
            return
        tallied.counts["escalated"] += done.escalated
        yield from done.threads
        return
    for thread in threads:
        try:
            yield _assistant().annotate(thread, overwrite=options.overwrite)
        except OWN as error:
            yield type(error).__name__


def _compared(before: Thread, after: Thread, tallied: Tallied) -> Iterator[bytes]:
    """Count how tags changed; a line for each message that lost or changed a label it had."""
    for old, new in zip(before.messages, after.messages, strict=True):
        where = f"{before.task.id} {old.id}"
        for tag in sorted({*(new.tags or ())} - {*(old.tags or ())}):
            tallied.change(tag, "added", where)
        for tag in sorted({*(old.tags or ())} - {*(new.tags or ())}):
            tallied.change(tag, "removed", where)
        had, has = labels(old), labels(new)
        if any(has.get(key) != value for key, value in had.items()):
            yield dump({"task": before.task.id, "message": old.id, "before": had, "tags": new.tags})


def labels(message: Message) -> dict[str, object]:
    """What anybody or anything said of the message."""
    return {key: value for key, value in message.to_json().items() if key in LABELS}
