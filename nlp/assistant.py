"""All that the command line and the API need, behind one object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact
from nlp.annotate import Models, annotate, annotate_last
from nlp.answers import AnswerMatcher
from nlp.compose import Draft, compose
from nlp.encoder import Encoder
from nlp.errors import ModelError
from nlp.handbook import Taxonomy, taxonomy
from nlp.missed import offer
from nlp.rank import best
from nlp.recall import Recall
from nlp.rescoring import Rescorer
from nlp.review import Review, review
from nlp.situation import Situation
from nlp.snippets import Answers
from nlp.suggest import Suggestion, suggest
from nlp.tags import TagClassifier
from nlp.templates import library
from nlp.thread import Author, Channel, Message, Thread, View, now
from nlp.trees import Trees

DRAFT = "entwurf"
"""Id of a message that is being written."""


class Assistant:
    """Loaded once; annotates threads. Safe to share between threads of a process."""

    def __init__(self, models: Models, encoder_digest: str = "") -> None:
        """:param encoder_digest: SHA-256 of the encoder."""
        self._models, self._recall, self.encoder_digest = models, Recall(), encoder_digest
        self._snippets = Answers(library().answers)

    @classmethod
    def load(cls, home: Path = artifact.HOME, *, tags: Taxonomy | None = None, threads: int = 1) -> Assistant:
        """The models that are in force in ``home``.

        :param tags: Another taxonomy than the one that ships.
        :param threads: Threads the encoder may use.
        :raises ModelError: If one is missing, changed, or does not fit the others.
        """
        encoder, heads = artifact.current("encoder", home), artifact.current("heads", home)
        if heads.manifest["encoder"] != encoder.digest:
            raise ModelError(f"{heads.folder}: Die Tag-Modelle gehören zu einem anderen Encoder. Führen Sie „aufgabenchat train“ aus.")
        state = artifact.arrays(heads.path(artifact.HEADS))
        classifier = TagClassifier(state, heads.manifest, tags or taxonomy(), encoder.manifest["tags"])
        matcher = AnswerMatcher(Trees.of(state, "answers"), classifier.heard, heads.manifest["missed_from"])
        rescorer = Rescorer.of(state, heads.manifest)
        return cls(Models(Encoder.from_artifact(encoder, threads=threads), classifier, matcher, rescorer), heads.manifest["encoder"])

    @property
    def models(self) -> Models:
        """What annotates."""
        return self._models

    def check(self, thread: Thread, draft: str, *, channel: Channel = "chat", author: Author = "team", typed: bool = False, **more: Any) -> Message:
        """The draft as the message it would be, with its labels and findings, judged after all messages of the thread.

        :param typed: It is being typed and was read before: only what is around the change is read again (``Encoder.encode``).
        :param more: Further keys of the message: ``attachments``, ``ignored``, ``sent_at`` (now, if not given).
        """
        view = self._written(thread, draft, channel=channel, author=author, **more)
        return self._judged(view, typed=typed).message

    def suggest(self, thread: Thread, draft: str, *, channel: Channel = "chat", author: Author = "team", **more: Any) -> Suggestion:
        """What to show beside a draft while it is written; ``more`` as for ``check``.

        Costs one message, if the others were seen before, and the tokens around the change, if the draft was; labels are then close to those of ``check``.
        """
        view = self._written(thread, draft, channel=channel, author=author, **more)
        situation = Situation(thread.model_copy(update={"messages": view.before}), library().addons, view.message.sent_at)
        templates = best(situation, library().templates)
        if draft.strip():
            view = self._judged(view, typed=True)
        return suggest(view, self._models.tags.taxonomy, templates)

    def watched(self, watch: Callable[[Message, NDArray[np.float32]], None] | None) -> None:
        """Tell ``watch`` of each message that is labelled from now on, and its vector; not of drafts. None ends it."""

        def told(message: Message, vector: NDArray[np.float32]) -> None:
            if watch and message.id != DRAFT:
                watch(message, vector)

        self._models = replace(self._models, watch=told if watch else None)

    def recalled(self) -> tuple[int, int]:
        """How many messages of threads with drafts were known before, and how many had to be read."""
        return self._recall.hits, self._recall.misses

    def _written(self, thread: Thread, draft: str, **given: Any) -> View:
        """The draft as the last message of the thread, whose others are labelled."""
        known = self._recall.annotated(thread, lambda longer: annotate_last(longer, self._models))
        message = Message.model_validate({"id": DRAFT, "text": draft, "sent_at": now(), **given})
        return View(known.model_copy(update={"messages": [*known.messages, message]}), len(known.messages))

    def _judged(self, view: View, *, typed: bool = False) -> View:
        """The draft with its labels, its findings, and what may be put in for a question it leaves out; ``typed`` as for ``Encoder.encode``."""
        judged = View(annotate_last(view.thread, self._models, typed=typed), view.index)
        offer(judged, library(), self._snippets)
        return judged

    def annotate(self, thread: Thread, *, overwrite: bool = False) -> Thread:
        """A copy of the thread with tags, questions, answers and findings; what a human set is kept unless ``overwrite``."""
        return annotate(thread, self._models, overwrite=overwrite, filled=self._recall.filled)

    def compose(
        self, thread: Thread, template: str | None = None, answers: Mapping[str, Any] | None = None, *, now: datetime | None = None, sender: str | None = None
    ) -> Draft:
        """A personalised draft of our next message; parameters and errors as ``nlp.compose.compose``."""
        known = self._recall.annotated(thread, lambda longer: annotate_last(longer, self._models))
        return compose(known, library(), self._snippets, template, answers, now=now, sender=sender)

    def review(self, thread: Thread, as_of: datetime | str | None = None) -> Review:
        """The task as a contract, as of a moment: what is missing, agreed, booked, open, and what is due next; missing labels are filled in first.

        :param as_of: Without it the thread's own ``as_of`` or ``review.as_of``, else now.
        :raises DataError: If it is a text that names no moment.
        """
        untagged = [message.id for message in thread.messages if not message.tags]
        return review(self.annotate(thread), as_of, untagged=untagged)
