"""Fine-tune the encoder on all tasks at once: tags, questions, answers."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from nlp.training import examples
from nlp.training.examples import IGNORE, Case, Example
from nlp.training.network import Network

BATCH_TOKENS = 1_536
LABEL_SMOOTHING = 0.02
HALF = any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
"""Whether to compute in bfloat16: a processor that cannot takes over twenty times as long with it (AVX2: 24 s a batch against 0.9)."""
LAYER_DECAY = 0.8
"""Rate of a layer beside that of the one above it."""
SMOOTHING = 0.994
"""What the mean of the weights keeps of itself every fourth step; it is as if the last 650 steps were averaged."""
VARIANTS = 3
"""In so many changed versions is a message of a thread seen, one an epoch in turn."""
Progress = Callable[[str, Network], None]


@dataclass(frozen=True, slots=True)
class Item:
    """An example with its states above the frozen layers, fp16 ``[length, hidden]``."""

    example: Example
    states: NDArray[np.float16]


Variants = list[list[Item]]


@torch.no_grad()
def prepare(network: Network, tokenizer: Tokenizer, cases: Iterable[Case], tags: Sequence[str], *, seed: int = 0, versions: int = VARIANTS) -> Variants:
    """The cases in so many changed versions, read by the frozen layers; 0 stands for one, as they are."""
    network.eval()
    rng = random.Random(seed)
    listed = list(cases)
    seen = [[changed for case in listed for changed in examples.variant(case, rng)] for _ in range(versions)] or [listed]
    return [_read(network, [examples.encode(tokenizer, case, tags) for case in version]) for version in seen]


def _read(network: Network, encoded: list[Example]) -> list[Item]:
    items: list[Item | None] = [None] * len(encoded)
    order = sorted(range(len(encoded)), key=lambda n: len(encoded[n].input.ids))
    for at in range(0, len(order), 16):
        chunk = order[at : at + 16]
        ids, _, mask = pad([encoded[n] for n in chunk])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF):
            states = network.lower(ids, mask)
        for row, n in enumerate(chunk):
            items[n] = Item(encoded[n], states[row, : len(encoded[n].input.ids)].to(torch.float16).numpy())
    return [item for item in items if item is not None]


def finetune(
    base: Network, threads: Sequence[Variants], exercises: Sequence[Variants], aside: Variants, *, epochs: int, rate: float = 1.5e-4,
    head_rate: float = 1e-3, seed: int = 0, fresh: bool = True, before: int = 0, report: Progress = lambda *_: None,
) -> Network:  # fmt: skip
    """A trained copy of ``base``, in evaluation mode.

    :param fresh: The heads are new; False goes on with a network that was trained before, whose figures for standardising stay. Then lower layers learn more
        slowly, and the moving average of the weights is returned (Polyak & Juditsky 1992).
    :param before: Epochs that ``base`` was trained for: which version, exercises and sentences come next.
    :param threads: The prepared messages of each thread.
    :param exercises: Those of each exercise; each epoch takes every other one, so that there may be more of them than of threads.
    :param aside: Prepared sentences and question-answer pairs from elsewhere; each epoch takes a third of them.

    Discriminative rates: the layers take ``rate``, the fresh heads ``head_rate``; linear warm-up over a tenth of the steps,
    then cosine decay. bfloat16 autocast where the processor has it.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network = copy.deepcopy(base)
    if fresh:
        measure(network, [thread[0][0] for thread in threads])
    steps_an_epoch = len(_batches(_epoch(threads, exercises, aside, before), rng))
    optimizer, scheduler = _optimizer(network, rate, head_rate, epochs * steps_an_epoch, 1.0 if fresh else LAYER_DECAY)
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(SMOOTHING), use_buffers=True)
    for epoch in range(before, before + epochs):
        network.train()
        losses: list[float] = []
        for batch in _batches(_epoch(threads, exercises, aside, epoch), rng):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF):
                loss = _loss(network, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if not fresh and len(losses) % 4 == 0:
                mean.update_parameters(network)
        report(f"Epoche {epoch + 1}/{before + epochs}: Verlust {np.mean(losses):.3f}", network.eval())
    return network.eval() if fresh else mean.module.eval()


@torch.no_grad()
def measure(network: Network, sample: Sequence[Item]) -> None:
    """Set the figures of the network's ``Standardise`` layers from a sample of messages."""
    network.eval()
    states, pooled = [], []
    for item in sample:
        x, segments, mask, _ = collate([item])
        x = network.upper(x, segments, mask)
        states.append(x[0])
        pooled.append(network.pooled(x, segments, mask))
    network.scale_states.measure(torch.cat(states))
    network.scale_pooled.measure(torch.cat(pooled))


def _epoch(threads: Sequence[Variants], exercises: Sequence[Variants], aside: Variants, epoch: int) -> list[Item]:
    own = [item for thread in (*threads, *exercises[epoch % 2 :: 2]) for item in thread[epoch % len(thread)]]
    return own + aside[0][epoch % 3 :: 3]


def _batches(items: list[Item], rng: random.Random) -> list[list[Item]]:
    """Batches of about ``BATCH_TOKENS`` tokens, padding included, of similar length, in random order."""
    items = sorted(items, key=lambda item: (len(item.example.input.ids), rng.random()))
    batches: list[list[Item]] = [[]]
    for item in items:
        if batches[-1] and (len(batches[-1]) + 1) * len(item.example.input.ids) > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(item)
    rng.shuffle(batches)
    return batches


def _optimizer(
    network: Network, rate: float, head_rate: float, steps: int, decay: float
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    top, heads = len(network.layers) - 1, []
    bodies: list[list[Tensor]] = [[] for _ in network.layers]
    for name, parameter in network.named_parameters():
        layer = int(name.split(".")[1]) if name.startswith("layers.") else None
        if name.startswith(("words.", "positions.", "norm.")) or (layer is not None and layer < network.frozen):
            parameter.requires_grad_(False)
        elif layer is None:
            heads.append(parameter)
        else:
            bodies[layer].append(parameter)
    groups = [{"params": body, "lr": rate * decay ** (top - n)} for n, body in enumerate(bodies) if body]
    groups.append({"params": heads, "lr": head_rate})
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    warm = max(1, steps // 10)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, (n + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, n / max(1, steps))))))
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


def collate(batch: Sequence[Item]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What ``Network.forward`` takes: states, segments, mask, questions asked."""
    _, segments, mask = pad([item.example for item in batch])
    states = torch.zeros(*segments.shape, batch[0].states.shape[-1])
    asked = []
    for row, item in enumerate(batch):
        states[row, : len(item.states)] = torch.from_numpy(item.states).float()
        read = item.example.input
        asked += [(row, first, marker) for first, marker in zip(read.firsts, read.markers, strict=True)]
    return states, segments, mask, torch.tensor(asked, dtype=torch.int64).reshape(-1, 3)


def _token_targets(batch: Sequence[Item], name: str, length: int) -> Tensor:
    out = torch.full((len(batch), length), IGNORE)
    for row, item in enumerate(batch):
        values = torch.from_numpy(getattr(item.example, name))
        out[row, : len(values)] = values
    return out


def _loss(network: Network, batch: Sequence[Item]) -> Tensor:
    states, segments, mask, asked = collate(batch)
    out = {name: logits.float() for name, logits in network(states, segments, mask, asked).items()}
    length = segments.shape[1]
    loss = torch.zeros(())
    rows = [row for row, item in enumerate(batch) if item.example.tags is not None]
    if rows:
        gold = torch.from_numpy(np.stack([item.example.tags for item in batch if item.example.tags is not None]))
        loss = loss + 4 * F.binary_cross_entropy_with_logits(out["tags"][rows], gold * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING)
    for name, share, weights in (("bounds", 1.5, [1.0, 2.0, 1.0]), ("kinds", 0.5, [1.0, 1.5, 1.5, 1.5]), ("topics", 0.3, None)):
        targets = _token_targets(batch, name, length)
        if (targets != IGNORE).any():
            weight = None if weights is None else torch.tensor(weights)
            loss = loss + share * F.cross_entropy(out[name].flatten(0, 1), targets.flatten(), weight, ignore_index=IGNORE)
    return loss + _answer_loss(out, [item.example for item in batch])


def _answer_loss(out: dict[str, Tensor], batch: Sequence[Example]) -> Tensor:
    gold = torch.tensor([status for example in batch for status in example.statuses])
    loss = torch.zeros(())
    if len(gold):
        loss = loss + 1.5 * F.cross_entropy(out["statuses"], gold, torch.tensor([1.0, 2.0, 1.5]))
    spans = [span for example in batch for span in example.pointers]
    pointed = [n for n, span in enumerate(spans) if span is not None]
    if pointed:
        for side, name in enumerate(("starts", "ends")):
            target = torch.tensor([span[side] for span in spans if span is not None])
            loss = loss + 0.2 * F.cross_entropy(out[name][pointed], target)
    return loss
