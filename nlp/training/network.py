"""The encoder and its task heads in PyTorch, for training and export only.

A BERT encoder (Devlin et al. 2019, post-norm, GELU by its tanh formula), started from multilingual-e5-small (Wang et al. 2024), with one
added input: the segment of a token (context, question, message), whose embedding starts at zero.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor, nn

from nlp.inputs import BOUNDARIES, KINDS, SEGMENTS, STATUSES, TOPICS
from nlp.training.convert import dequantise

EPSILON = 1e-12
MIDDLE = 6
"""The lower layers, up to where tokens are told their segments."""
FROZEN, FROZEN_LATER = 6, 2
"""Layers that are not trained at first: half of the cost of training, and little is lost (Lee et al. 2019, arXiv:1911.03090); and when an encoder goes on."""


class FeatureDropout(nn.Module):
    """Dropout of whole features, the same for all tokens of a text (Gal & Ghahramani 2016): nearly free on a CPU."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        shape = (x.shape[0], *[1] * (x.dim() - 2), x.shape[-1])
        return x * (torch.rand(shape) >= self.p).to(x.dtype) / (1 - self.p)


class Standardise(nn.Module):
    """Features to mean 0 and variance 1, by figures measured once; the raw ones share a large common part."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))

    def measure(self, x: Tensor) -> None:
        """Take the figures from a sample, ``[n, features]``."""
        self.mean, self.deviation = x.mean(0), x.std(0) + 1e-4

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.deviation


class Layer(nn.Module):
    """One transformer layer; shapes ``[batch, length, hidden]``."""

    def __init__(self, hidden: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm_attention = nn.LayerNorm(hidden, eps=EPSILON)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.norm_output = nn.LayerNorm(hidden, eps=EPSILON)
        self.dropout = FeatureDropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, hidden = x.shape
        q, k, v = (
            t.reshape(batch, length, self.heads, hidden // self.heads).transpose(1, 2) for t in self.qkv(x).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-1, -2) / (hidden // self.heads) ** 0.5 + mask
        attended = scores.softmax(-1).to(v.dtype) @ v
        attended = attended.transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm_attention(x + self.dropout(self.out(attended)))
        return self.norm_output(x + self.dropout(self.down(F.gelu(self.up(x), approximate="tanh"))))


class Network(nn.Module):
    """Encoder and heads. The first ``frozen`` layers, at most ``MIDDLE``, stay as published, so that what they say of a text is computed once
    for all epochs and folds (``lower``); the others and the heads are trained (``forward``). All heads read the last layer.
    """

    def __init__(self, shape: dict[str, int], n_tags: int, dropout: float = 0.1, frozen: int = FROZEN) -> None:
        super().__init__()
        self.frozen = frozen
        hidden = shape["hidden"]
        self.shape = shape
        self.words = nn.Embedding(shape["vocab"], hidden)
        self.positions = nn.Embedding(shape["positions"], hidden)
        self.norm = nn.LayerNorm(hidden, eps=EPSILON)
        self.segments = nn.Embedding(len(SEGMENTS), hidden)
        nn.init.zeros_(self.segments.weight)
        self.dropout = FeatureDropout(dropout)
        self.layers = nn.ModuleList(Layer(hidden, shape["heads"], shape["inner"], dropout) for _ in range(shape["layers"]))
        self.scale_states, self.scale_pooled = Standardise(hidden), Standardise(2 * hidden)
        self.tags = nn.Linear(2 * hidden, n_tags)
        self.bounds = nn.Linear(hidden, len(BOUNDARIES))
        self.kinds = nn.Linear(hidden, len(KINDS))
        self.topics = nn.Linear(hidden, len(TOPICS))
        self.match = nn.Linear(hidden, hidden)
        nn.init.eye_(self.match.weight)
        self.status_hidden = nn.Linear(3 * hidden, hidden)
        self.statuses = nn.Linear(hidden, len(STATUSES))
        self.starts, self.ends = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids and mask ``[batch, length]`` to the states above the frozen layers, ``[batch, length, hidden]``."""
        x = self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]])
        for layer in self.layers[: self.frozen]:
            x = layer(x, attention_bias(mask, x))
        return x

    def upper(self, x: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        """The last layer's states from those of ``lower``."""
        for n, layer in enumerate(self.layers[self.frozen :], self.frozen):
            x = layer(x + self.segments(segments) if n == MIDDLE else x, attention_bias(mask, x))
        return x

    def pooled(self, x: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        """Mean over the message's tokens beside the first token, ``[batch, 2 · hidden]``."""
        inside = (segments == SEGMENTS.index("message")).to(x.dtype) * mask.to(x.dtype)
        vector = (x * inside[..., None]).sum(1) / inside.sum(1, keepdim=True).clamp(min=1)
        return torch.cat([vector, x[:, 0]], dim=-1)

    def forward(self, x: Tensor, segments: Tensor, mask: Tensor, asked: Tensor) -> dict[str, Tensor]:
        """Logits of all heads.

        :param x: States of ``lower``, ``[batch, length, hidden]``.
        :param asked: ``[m, 3]``: row of the batch, first token and closing separator of each question.
        :returns: ``tags`` ``[batch, n_tags]``; ``bounds``, ``kinds``, ``topics`` ``[batch, length, n]``; ``statuses`` ``[m, 3]``;
            ``starts``, ``ends`` ``[m, length]``, very low outside the message.
        """
        x = self.upper(x, segments, mask)
        pooled = self.dropout(self.scale_pooled(self.pooled(x, segments, mask)))
        states = self.dropout(self.scale_states(x))
        out = {name: getattr(self, name)(states) for name in ("bounds", "kinds", "topics")}
        return {"tags": self.tags(pooled), **out, **self._answers(states, segments, asked)}

    def _answers(self, states: Tensor, segments: Tensor, asked: Tensor) -> dict[str, Tensor]:
        """Each question beside the tokens of the message that are nearest to it."""
        row, first, marker = asked.unbind(1)
        place = torch.arange(states.shape[1])
        inside = ((place >= first[:, None]) & (place < marker[:, None])).to(states.dtype)
        message = states[row]
        outside = (segments[row] != SEGMENTS.index("message")).to(states.dtype) * -1e4
        question = torch.einsum("ml,mlh->mh", inside / inside.sum(1, keepdim=True).clamp(min=1), message)
        scale = states.shape[-1] ** -0.5
        share = (torch.einsum("mh,mlh->ml", self.match(question), message) * scale + outside).softmax(-1)
        near = torch.einsum("ml,mlh->mh", share.to(states.dtype), message)
        closing = states[row, marker]
        features = torch.cat([closing, question * near, (question - near).abs()], dim=-1)
        pointers = {
            name: torch.einsum("mh,mlh->ml", getattr(self, name)(closing + question), message) * scale + outside for name in ("starts", "ends")
        }
        return {"statuses": self.statuses(F.gelu(self.status_hidden(features))), **pointers}


def attention_bias(mask: Tensor, like: Tensor) -> Tensor:
    """What is added to attention scores so that padding is not read, ``[batch, 1, 1, length]``."""
    return (1 - mask[:, None, None, :].to(like.dtype)) * -1e4


def load_base(path: Path, n_tags: int, dropout: float = 0.1, frozen: int = FROZEN) -> Network:
    """A network with the published encoder weights and fresh heads, of which so many layers are ``frozen``."""
    with safe_open(path, "np") as file:
        shape = {key: int(value) for key, value in file.metadata().items()}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    hidden, inner = shape["hidden"], shape["inner"]

    def weight(name: str, columns: int = hidden) -> Tensor:
        return torch.from_numpy(dequantise(tensors[name], columns))

    def plain(name: str) -> Tensor:
        return torch.from_numpy(tensors[name])

    network = Network(shape, n_tags, dropout, frozen)
    with torch.no_grad():
        network.words.weight.copy_(weight("emb.word"))
        network.positions.weight.copy_(plain("emb.pos").reshape(-1, hidden) + plain("emb.type")[:hidden])
        network.norm.weight.copy_(plain("emb.ln.w"))
        network.norm.bias.copy_(plain("emb.ln.b"))
        for n, layer in enumerate(network.layers):
            at = f"l{n}."
            layer.qkv.weight.copy_(torch.cat([weight(f"{at}{c}.w") for c in "qkv"]))
            layer.qkv.bias.copy_(torch.cat([plain(f"{at}{c}.b") for c in "qkv"]))
            for module, name, columns in ((layer.out, "ao", hidden), (layer.up, "fi", hidden), (layer.down, "fo", inner)):
                module.weight.copy_(weight(f"{at}{name}.w", columns))
                module.bias.copy_(plain(f"{at}{name}.b"))
            for module, name in ((layer.norm_attention, "aln"), (layer.norm_output, "oln")):
                module.weight.copy_(plain(f"{at}{name}.w"))
                module.bias.copy_(plain(f"{at}{name}.b"))
    return network
