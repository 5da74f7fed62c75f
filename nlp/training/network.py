"""The encoder and its task heads in PyTorch, for training and export only.

A BERT encoder (Devlin et al. 2019, post-norm, GELU), started from multilingual-e5-small (Wang et al. 2024), with one
added input: the segment of a token (context, question, message), whose embedding starts at zero.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor, nn

from nlp.inputs import KINDS, SEGMENTS, STATUSES, TOPICS, BOUNDARIES
from nlp.training.convert import dequantise

EPSILON = 1e-12


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
        return self.norm_output(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Network(nn.Module):
    """Encoder and heads. All heads read the last layer.

    Inputs are ``ids``, ``segments`` and ``mask``, int64 ``[batch, length]``. Outputs, fp32:

    - ``states`` ``[batch, length, hidden]``, ``vector`` ``[batch, hidden]``: mean over the message's tokens
    - ``tags`` ``[batch, n_tags]`` logits
    - ``bounds`` ``[batch, length, 3]`` O/B/I logits, ``kinds`` and ``topics`` ``[batch, length, n]`` logits per token
    - ``statuses`` ``[batch, length, 3]``: status of the answer to the question whose marker stands there
    - ``starts``, ``ends`` ``[batch, length, hidden]`` keys whose product with ``states`` points to the answer
    """

    def __init__(self, shape: dict[str, int], n_tags: int, dropout: float = 0.1) -> None:
        super().__init__()
        hidden = shape["hidden"]
        self.shape = shape
        self.words = nn.Embedding(shape["vocab"], hidden)
        self.positions = nn.Embedding(shape["positions"], hidden)
        self.segments = nn.Embedding(len(SEGMENTS), hidden)
        nn.init.zeros_(self.segments.weight)
        self.norm = nn.LayerNorm(hidden, eps=EPSILON)
        self.dropout = FeatureDropout(dropout)
        self.layers = nn.ModuleList(
            Layer(hidden, shape["heads"], shape["inner"], dropout) for _ in range(shape["layers"])
        )
        self.scale_states, self.scale_pooled = Standardise(hidden), Standardise(2 * hidden)
        self.tags = nn.Linear(2 * hidden, n_tags)
        self.bounds = nn.Linear(hidden, len(BOUNDARIES))
        self.kinds = nn.Linear(hidden, len(KINDS))
        self.topics = nn.Linear(hidden, len(TOPICS))
        self.status_hidden = nn.Linear(hidden, hidden)
        self.statuses = nn.Linear(hidden, len(STATUSES))
        self.starts, self.ends = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        length = ids.shape[1]
        x = self.words(ids) + self.positions.weight[:length] + self.segments(segments)
        x = self.dropout(self.norm(x))
        bias = (1 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        message = (segments == SEGMENTS.index("message")).to(x.dtype) * mask.to(x.dtype)
        vector = (x * message[..., None]).sum(1) / message.sum(1, keepdim=True).clamp(min=1)
        pooled = self.dropout(self.scale_pooled(torch.cat([vector, x[:, 0]], dim=-1)))
        dropped = self.dropout(self.scale_states(x))
        status = self.statuses(torch.tanh(self.status_hidden(dropped)))
        return (
            x, vector, self.tags(pooled), self.bounds(dropped), self.kinds(dropped), self.topics(dropped),
            status, self.starts(dropped), self.ends(dropped),
        )


def load_base(path: Path, n_tags: int, dropout: float = 0.1) -> Network:
    """A network with the published encoder weights and fresh heads."""
    with safe_open(path, "np") as file:
        shape = {key: int(value) for key, value in file.metadata().items()}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    hidden, inner = shape["hidden"], shape["inner"]

    def weight(name: str, columns: int = hidden) -> Tensor:
        return torch.from_numpy(dequantise(tensors[name], columns))

    def plain(name: str) -> Tensor:
        return torch.from_numpy(tensors[name])

    network = Network(shape, n_tags, dropout)
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
