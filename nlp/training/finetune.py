"""Fine-tune the encoder on all tasks at once: tags, questions, answers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from nlp.thread import Thread
from nlp.training import examples
from nlp.training.examples import IGNORE, Case, Example
from nlp.training.network import Network, load_base

BATCH_TOKENS = 1_536
LABEL_SMOOTHING = 0.02
Progress = Callable[[str], None]


def finetune(
    base: Path, tokenizer: Tokenizer, threads: Sequence[Thread], tags: Sequence[str], *, epochs: int = 6, rate: float = 1e-4,
    sentences: Sequence[tuple[str, bool]] = (), seed: int = 0, report: Progress = lambda _: None,
) -> Network:  # fmt: skip
    """The base encoder trained on ``threads`` (and single ``sentences``: question or not), in evaluation mode.

    Discriminative rates: the word embeddings stay as they are, the layers take ``rate``, the heads five times as much;
    linear warm-up over a tenth of the steps, then cosine decay. Gradients in bfloat16 autocast.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network = load_base(base, len(tags))
    all_cases = [case for thread in threads for case in examples.cases(thread)]
    steps_an_epoch = len(_batches(_epoch(all_cases, sentences, tokenizer, tags, random.Random(seed)), rng))
    optimizer, scheduler = _optimizer(network, rate, epochs * steps_an_epoch)
    network.train()
    for epoch in range(epochs):
        losses = []
        for batch in _batches(_epoch(all_cases, sentences, tokenizer, tags, rng), rng):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = _loss(network, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        report(f"Epoche {epoch + 1}/{epochs}: Verlust {np.mean(losses):.3f}")
    return network.eval()


def _epoch(
    cases: Sequence[Case], sentences: Sequence[tuple[str, bool]], tokenizer: Tokenizer, tags: Sequence[str], rng: random.Random
) -> list[Example]:
    """Every message once, roughened by chance, and replies also in a version that misses something."""
    questions = [question for case in cases for question, _, _ in case.asked]
    chosen = []
    for case in cases:
        chosen.append(examples.roughen(examples.strange(case, questions, rng) if rng.random() < 0.2 else case, rng))
        if case.asked and rng.random() < 0.35:
            chosen.append(examples.forget(case, rng))
    for text, question in rng.sample(list(sentences), min(len(sentences), len(cases) // 2)):
        chosen.append(examples.roughen(examples.sentence_case(text, question=question), rng))
    return [examples.encode(tokenizer, case, tags) for case in chosen]


def _batches(items: list[Example], rng: random.Random) -> list[list[Example]]:
    """Batches of about ``BATCH_TOKENS`` tokens, padding included, of similar length, in random order."""
    items = sorted(items, key=lambda e: (len(e.input.ids), rng.random()))
    batches: list[list[Example]] = [[]]
    for item in items:
        if batches[-1] and (len(batches[-1]) + 1) * len(item.input.ids) > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(item)
    rng.shuffle(batches)
    return batches


def _optimizer(
    network: Network, rate: float, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    network.words.weight.requires_grad_(False)
    body = [p for name, p in network.named_parameters() if name.startswith(("layers.", "norm.", "positions."))]
    heads = [p for name, p in network.named_parameters() if not name.startswith(("layers.", "norm.", "positions.", "words."))]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": heads, "lr": 5 * rate}], weight_decay=0.01, fused=True
    )
    warm = max(1, steps // 10)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, n / max(1, steps)))))
    )
    return optimizer, scheduler


def pad(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, segments and mask of a batch, ``[batch, length]``."""
    length = max(len(e.input.ids) for e in batch)
    ids, segments, mask = (torch.zeros(len(batch), length, dtype=torch.int64) for _ in range(3))
    for row, example in enumerate(batch):
        n = len(example.input.ids)
        ids[row, :n] = torch.tensor(example.input.ids)
        segments[row, :n] = torch.tensor(example.input.segments)
        mask[row, :n] = 1
    return ids, segments, mask


def _token_targets(batch: Sequence[Example], name: str, length: int) -> Tensor:
    out = torch.full((len(batch), length), IGNORE)
    for row, example in enumerate(batch):
        values = torch.from_numpy(getattr(example, name))
        out[row, : len(values)] = values
    return out


def _loss(network: Network, batch: Sequence[Example]) -> Tensor:
    ids, segments, mask = pad(batch)
    states, _, tags, bounds, kinds, topics, statuses, starts, ends = network(ids, segments, mask)
    length = ids.shape[1]
    loss = tags.new_zeros((), dtype=torch.float32)
    rows = [row for row, example in enumerate(batch) if example.tags is not None]
    if rows:
        gold = torch.from_numpy(np.stack([example.tags for example in batch if example.tags is not None]))
        gold = gold * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING
        loss = loss + 4 * F.binary_cross_entropy_with_logits(tags[rows].float(), gold)
    for logits, name, weights in (
        (bounds, "bounds", torch.tensor([1.0, 3.0, 1.0])),
        (kinds, "kinds", torch.tensor([1.0, 1.5, 1.5, 1.5])),
        (topics, "topics", None),
        (statuses, "statuses", torch.tensor([1.0, 2.5, 2.0])),
    ):
        gold = _token_targets(batch, name, length)
        if (gold != IGNORE).any():
            share = {"bounds": 1.5, "kinds": 0.5, "topics": 0.3, "statuses": 1.0}[name]
            loss = loss + share * F.cross_entropy(logits.float().flatten(0, 1), gold.flatten(), weights, ignore_index=IGNORE)
    pointed = [(row, *pointer) for row, example in enumerate(batch) for pointer in example.pointers]
    if pointed:
        row, marker, start, end = (torch.tensor(column) for column in zip(*pointed, strict=True))
        message = (segments[row] != 2) * -1e4
        for keys, gold in ((starts, start), (ends, end)):
            scores = torch.einsum("nh,nlh->nl", keys[row, marker].float(), states[row].float()) / keys.shape[-1] ** 0.5
            loss = loss + 0.3 * F.cross_entropy(scores + message, gold)
    return loss
