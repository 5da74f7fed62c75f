"""A small trial of learning: some corpus threads as corpus, others as feedback of reviewers who may lie; nothing is read anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlp import artifact
from nlp.handbook import taxonomy
from nlp.inputs import LEARNT_RULES
from nlp.learning.events import Event, from_row
from nlp.learning.examples import Example
from nlp.learning.learn import Base
from nlp.tags import may_carry
from nlp.thread import Task, Thread, View, views
from nlp.training import corpus, heads, rescoring
from nlp.training.held_out import Prediction

USERS = 7


@dataclass(frozen=True, slots=True)
class Trial:
    """What is learnt from and judged on, and messages to be reviewed; ``said`` by corpus key."""

    base: Base
    pool: list[View]
    said: Mapping[str, Prediction]

    @classmethod
    def drawn(cls, threads: Sequence[Thread], said: Mapping[str, Prediction], start: int, pool: int, seed: int = 0) -> Trial:
        """``start`` threads at random as corpus of two folds, and ``pool`` others; six with each trained rule come first, so that every fold can learn it."""
        order = list(np.random.default_rng(seed).permutation(len(threads)))
        rules = [n for rule in LEARNT_RULES for n in [k for k in order if any(rule in corpus.labels(m) for m in threads[k].messages)][:6]]
        chosen = [threads[n] for n in dict.fromkeys([*rules, *order])]
        first = chosen[:start]
        parts = [np.arange(fold, start, 2) for fold in range(2)]
        data, judged, rescorer = heads.rows(first, said, taxonomy()), heads.judged(first, said), rescoring.fitted(first, rescoring.found(first, said), parts)
        base = Base(artifact.current("encoder"), taxonomy(), first, said, data, judged, rescorer, parts)
        return cls(base, [view for thread in chosen[start : start + pool] for view in views(thread)], said)

    def reviews(self, liars: int = 0, seed: int = 0) -> list[Event]:
        """Each message of the pool reviewed as a whole by one of seven users, of whom the first ``liars`` take right tags off and put wrong ones on."""
        rng = np.random.default_rng(seed)
        return [_review(view, n % USERS, n % USERS < liars, rng) for n, view in enumerate(self.pool)]

    def read(self, example: Example) -> dict[str, Prediction]:
        """What held-out encoders say of a reviewed message and those before it; the event's id is the key in the corpus."""
        task = example.events[0].rsplit(".", 2)[0]
        known = Thread(task=Task(id=task), messages=[])
        return {corpus.key(example.thread, m): {**self.said[corpus.key(known, m)], "answers": {}} for m in example.thread.messages}


def _review(view: View, user: int, lies: bool, rng: np.random.Generator) -> Event:
    tags = sorted(view.message.tags or ())
    if lies:
        others = [tag for tag in taxonomy() if tag not in tags and may_carry(view.message, tag, taxonomy())]
        tags = rng.permutation(others)[: max(1, len(tags))].tolist()
    said = [message.model_dump(mode="json", include={"id", "author", "channel", "text", "sent_at"}, exclude_none=True) for message in (*view.before[-3:], view.message)]
    body = {"task": {"area": view.thread.task.area}, "context": said[:-1], "message": said[-1], "user": f"u{user}", "tags": tags}
    return from_row({"id": corpus.key(view.thread, view.message), "event": "labels_confirmed", "body": body})
