"""From the published weights to our base encoder: 4-bit blocks → safetensors, vocabulary pruned to German.

The weights are read as data; no code of the package that carries them is run. Layout of the file: header,
tokenizer tables, a tensor directory (name, dtype, count, offset), then fp32 tensors and Q4_0 blocks:
a block is one fp16 scale and 32 nibbles, byte *j* holding weight *j* low and weight *j + 16* high,
weight = (nibble - 8) · scale.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from nlp.errors import ModelError

BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
Floats = NDArray[np.float32]


def read_q4(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, int]]:
    """Tensors by name (fp32 as they are; Q4 as raw blocks, uint8 ``[n_blocks, 18]``) and the model's dimensions.

    :raises ModelError: If the file is not of this format or ends too early.
    """
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise ModelError(f"{path}: keine E5-Gewichtsdatei (Kennung {raw[:4]!r}).")
    try:
        return _tensors(raw)
    except (struct.error, ValueError) as error:
        raise ModelError(f"{path}: Datei ist unvollständig ({error}).") from error


def _tensors(raw: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, int]]:
    hidden, layers, heads, inner, vocab, positions, types = struct.unpack_from("<7i", raw, 8)
    at = 8 + 7 * 4 + 4 + 4  # dimensions, epsilon, block size
    pieces, _bos, _eos, _pad, _unk, blob = struct.unpack_from("<5iQ", raw, at)
    at += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    _norms, norm_bytes = struct.unpack_from("<iI", raw, at)
    at += 8 + norm_bytes
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    tensors: dict[str, NDArray[Any]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        _dtype, n, offset, nbytes = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        at += 2 + length + 21
        if nbytes == 4 * n:
            tensors[name] = np.frombuffer(raw, np.float32, n, offset).copy()
        else:
            tensors[name] = np.frombuffer(raw, np.uint8, nbytes, offset).reshape(-1, BLOCK_BYTES).copy()
    shape = {
        "hidden": hidden, "layers": layers, "heads": heads, "inner": inner, "vocab": vocab, "positions": positions, "types": types,
    }  # fmt: skip
    return tensors, shape


def dequantise(blocks: NDArray[np.uint8], columns: int) -> Floats:
    """Q4 blocks ``[rows · columns / 32, 18]`` to weights ``[rows, columns]``."""
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    weights = (np.concatenate([low, high], axis=1).astype(np.float32) - 8) * scale
    return weights.reshape(-1, columns)


def keep_pieces(tokenizer: Tokenizer, texts: Iterable[str], size: int) -> list[int]:
    """Ids to keep, ascending: special tokens, single characters of European text, then what ``texts`` use most.

    Free places go to the likeliest Latin-script pieces of the full vocabulary.
    """
    vocab: list[tuple[str, float]] = json.loads(tokenizer.to_str())["model"]["vocab"]
    used: Counter[int] = Counter()
    batch = list(texts)
    for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
        used.update(encoding.ids)
    special = {0, 1, 2, 3, len(vocab) - 1}
    single = {i for i, (piece, _) in enumerate(vocab) if len(piece.removeprefix("▁")) <= 1 and _european(piece)}
    keep = special | single
    ranked = [i for i, _ in used.most_common()] + [i for i, (piece, _) in enumerate(vocab) if _latin(piece)]
    for i in ranked:
        if len(keep) >= size:
            break
        keep.add(i)
    return sorted(keep)


def _european(piece: str) -> bool:
    return all(ord(c) < 0x500 or 0x1E00 <= ord(c) < 0x2C00 or ord(c) >= 0x1F000 for c in piece)


def _latin(piece: str) -> bool:
    return all(c == "▁" or c.isascii() or c in "äöüÄÖÜßéèê" for c in piece)


def prune_tokenizer(tokenizer: Tokenizer, keep: list[int]) -> Tokenizer:
    """The same tokenizer over the kept pieces only, ids renumbered in order."""
    spec = json.loads(tokenizer.to_str())
    spec["model"]["vocab"] = [spec["model"]["vocab"][i] for i in keep]
    new_id = {old: new for new, old in enumerate(keep)}
    spec["added_tokens"] = [token | {"id": new_id[token["id"]]} for token in spec["added_tokens"]]
    spec["truncation"] = spec["padding"] = None
    return Tokenizer.from_str(json.dumps(spec))


def build(weights: Path, tokenizer: Path, texts: Iterable[str], out: Path, *, size: int = 32_000) -> None:
    """Write ``out/base.safetensors`` (blocks as they were published, pruned) and ``out/tokenizer.json``."""
    tensors, shape = read_q4(weights)
    full = Tokenizer.from_file(str(tokenizer))
    keep = keep_pieces(full, texts, size)
    per_row = shape["hidden"] // BLOCK
    words = tensors["emb.word"].reshape(shape["vocab"], per_row, BLOCK_BYTES)
    tensors["emb.word"] = words[keep].reshape(-1, BLOCK_BYTES)
    shape["vocab"] = len(keep)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "base.safetensors", metadata={key: str(value) for key, value in shape.items()})
    prune_tokenizer(full, keep).save(str(out / "tokenizer.json"))
