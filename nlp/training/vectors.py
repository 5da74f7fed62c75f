"""Vectors of labelled messages, read once for each encoder and kept beside it: minutes the first time, then nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.encoder import Encoder
from nlp.thread import Thread, View, views
from nlp.training import corpus

Floats = NDArray[np.float32]


def lookup(threads: Sequence[Thread], encoder: Encoder, home: Path, digest: str, say: Callable[[str], None] = lambda _: None) -> Callable[[View], Floats]:
    """The vector of any message; those of the threads' labelled ones are kept in ``home/vectors``.

    :param digest: SHA-256 of the encoder, which the kept vectors belong to.
    """
    path = home / "vectors" / f"{digest[:16]}.npz"
    kept = _load(path)
    wanted = {corpus.key(t, view.message): view for t in threads for view in views(t) if view.message.tags is not None}
    fresh = {key: view for key, view in wanted.items() if key not in kept}
    if fresh:
        say(f"{len(fresh)} Nachrichten werden einmal gelesen …")
        kept |= {key: encoder.encode(view).vector for key, view in fresh.items()}
        _save(path, kept)

    def vector(view: View) -> Floats:
        known = kept.get(corpus.key(view.thread, view.message))
        return encoder.encode(view).vector if known is None else known

    return vector


def _load(path: Path) -> dict[str, Floats]:
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(zip(file["keys"].tolist(), file["vectors"].astype(np.float32), strict=True))


def _save(path: Path, found: dict[str, Floats]) -> None:
    """Keep them; where the folder cannot be written to they are read again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"draft-{path.name}")
        np.savez_compressed(draft, keys=np.array(list(found)), vectors=np.stack(list(found.values())).astype(np.float16))
        draft.replace(path)
    except OSError:
        return
