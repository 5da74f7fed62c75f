"""One pass of the encoder over a message with its context, on the CPU through onnxruntime.

A batch is always one text: nothing is padded, and a result depends on nothing but its own input. Results are kept in a
bounded cache keyed by the input's content. Only of a draft that is being typed may a part be read (``nlp.passes``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlp import inputs, passes
from nlp.artifact import Artifact
from nlp.errors import ModelError
from nlp.inputs import Input
from nlp.passes import Drafts, Known, Shape
from nlp.thread import View
from nlp.wide import Wide

Floats = NDArray[np.float32]
CACHE_SIZE = 1_024
MAX_WINDOWS = 16
"""Of a message that needs more windows than this (some 22,000 characters) only the first ones are read."""
LOGITS = ("vector", "tags", "evidence", "bounds", "kinds", "topics", "statuses", "starts", "ends")
WIDE = "wide.safetensors"
SLOW = "SkipLayerNormFusion"
"""Fuses what the graph keeps apart, for it is faster so."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder says of a message; ``n`` its tokens, ``m`` the questions it was given.

    Logits, fp32: ``tags`` ``[n_tags]``, ``bounds`` ``[n, 3]``, ``kinds`` ``[n, 4]``, ``topics`` ``[n, 11]``, ``statuses``
    ``[m, 3]``, ``starts`` and ``ends`` ``[m, n]``. ``evidence`` ``[n, n_tags]``: what each token adds to each tag's logit.
    ``vector`` ``[hidden]``: mean over tokens. ``offsets``: tokens in characters. ``wide`` ``[n_tags]``: logits of ``nlp.wide``, empty without it.
    """

    vector: Floats
    tags: Floats
    evidence: Floats
    bounds: Floats
    kinds: Floats
    topics: Floats
    statuses: Floats
    starts: Floats
    ends: Floats
    offsets: list[tuple[int, int]]
    wide: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


class Encoder:
    """The fine-tuned encoder. Thread-safe; one instance a process is enough."""

    def __init__(self, model: Path, tokenizer: Path, wide: Wide | None = None, *, threads: int = 1) -> None:
        """Load model and tokenizer.

        :param wide: What reads each message beside it.
        :param threads: Threads of onnxruntime; 1 is best where several requests or workers share the machine.
        :raises ModelError: If either cannot be read.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW])
            self.tokenizer = Tokenizer.from_file(str(tokenizer))
            self._shape = Shape.of(self._session)
        except Exception as error:  # both libraries raise bare Exception types of their own
            raise ModelError(f"{model.parent}: Der Encoder lässt sich nicht laden ({type(error).__name__}).") from error
        self.wide = wide
        self._kept = ["middle", "states", *(f"present{n}" for n in range(self._shape.layers))]
        self._cache: OrderedDict[bytes, dict[str, Floats]] = OrderedDict()
        self._drafts = Drafts()
        self.passes = 0
        """How many there were."""

    @classmethod
    def from_artifact(cls, artifact: Artifact, *, threads: int = 1) -> Encoder:
        """The encoder in a checked model folder."""
        return cls(artifact.path("encoder.onnx"), artifact.path("tokenizer.json"), Wide.load(artifact.path(WIDE)), threads=threads)

    def encode(self, view: View, questions: Sequence[str] = (), *, typed: bool = False) -> Encoded:
        """The view's message, read after its context and beside the open ``questions`` (their quotes).

        :param typed: It is being typed: if its last version was read, only what is around the change is read again. The result is close to that of a
            whole pass and not the same.
        """
        parts = [self._window(view, questions, start, text, typed) for start, text in windows(view.message.text)]
        encoded = parts[0] if len(parts) == 1 else _joined(parts)
        return replace(encoded, wide=self.wide.logits([view])[0]) if self.wide else encoded

    def forget(self) -> None:
        """Forget what was read."""
        self._cache.clear()
        self._drafts = Drafts()

    def _window(self, view: View, questions: Sequence[str], start: int, text: str, typed: bool) -> Encoded:
        built = inputs.build(self.tokenizer, view, questions, text)
        out = self._typed(built, start) if typed else self._whole(built)
        inside = slice(built.first, built.first + len(built.offsets))
        rows = {name: out[name][inside] for name in ("evidence", "bounds", "kinds", "topics")}
        columns = {name: out[name][:, inside] for name in ("starts", "ends")}
        offsets = [(a + start, b + start) for a, b in built.offsets]
        return Encoded(out["vector"], out["tags"], statuses=out["statuses"], offsets=offsets, **rows, **columns)

    def _whole(self, built: Input) -> dict[str, Floats]:
        key = _key(built)
        if (said := self._cache.get(key)) is None:
            said = self._run(passes.whole(built, self._shape), LOGITS)
            self._remember(key, said)
        return said

    def _typed(self, built: Input, start: int) -> dict[str, Floats]:
        key = _key(built)
        if (said := self._cache.get(key)) is not None:
            return said
        if (known := self._drafts.known(built, start)) is not None and (feed := passes.around(built, known, self._shape.lower)) is not None:
            return self._run(feed, LOGITS)
        out = self._run(passes.whole(built, self._shape), [*LOGITS, *self._kept])
        middle, states, *past = (out.pop(name) for name in self._kept)
        self._drafts.keep(built, start, Known(built.ids, middle, states, past))
        self._remember(key, out)
        return out

    def _run(self, feed: passes.Feed, names: Sequence[str]) -> dict[str, Floats]:
        self.passes += 1
        return dict(zip(names, self._session.run(names, feed), strict=True))

    def _remember(self, key: bytes, result: dict[str, Floats]) -> None:
        self._cache[key] = result
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)


def _key(built: Input) -> bytes:
    return b"|".join(np.array(part, np.int64).tobytes() for part in (built.ids, built.segments, built.firsts, built.markers))


def windows(text: str) -> Iterator[tuple[int, str]]:
    """(start, piece) of a message in windows of at most ``inputs.MAX_CHARS``, cut at white space where there is some."""
    start = 0
    for _ in range(MAX_WINDOWS):
        end = min(len(text), start + inputs.MAX_CHARS)
        if end < len(text):
            cut = max(text.rfind("\n", start + 1, end), text.rfind(" ", start + 1, end))
            end = cut + 1 if cut > start else end
        yield start, text[start:end]
        start = end
        if start >= len(text):
            return


def _joined(parts: Sequence[Encoded]) -> Encoded:
    """Windows of one message as one: tokens side by side, the strongest logit a tag, the surest answer a question."""
    answered = np.stack([part.statuses for part in parts])
    surest = answered[..., 2].argmin(axis=0)
    return Encoded(
        vector=np.mean([part.vector for part in parts], axis=0),
        tags=np.max([part.tags for part in parts], axis=0),
        statuses=answered[surest, np.arange(answered.shape[1])],
        offsets=[offset for part in parts for offset in part.offsets],
        **{name: np.concatenate([getattr(p, name) for p in parts]) for name in ("evidence", "bounds", "kinds", "topics")},
        **{name: np.concatenate([getattr(p, name) for p in parts], axis=1) for name in ("starts", "ends")},
    )
