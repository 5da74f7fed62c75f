"""Weights to ONNX: one pass over one text or over a part of it, no padding, no mask.

The graph is written out by hand with operators of onnxruntime that are fast on one core: Attention and FastGelu are fused,
sums and norms are not (SkipLayerNormalization takes five times as long as its parts). A batch is always one text, so a vector
never depends on its neighbours, not even when activations are quantised.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlp.inputs import Input
from nlp.passes import Shape, whole
from nlp.training.network import MIDDLE

EPSILON = 1e-12
OUTPUTS = {
    "vector": ["hidden"],
    "tags": ["n_tags"],
    "evidence": ["length", "n_tags"],
    "bounds": ["length", "n_bounds"],
    "kinds": ["length", "n_kinds"],
    "topics": ["length", "n_topics"],
    "statuses": ["markers", "n_statuses"],
    "starts": ["markers", "length"],
    "ends": ["markers", "length"],
    "middle": ["length", "hidden"],
    "states": ["length", "hidden"],
}
Weights = dict[str, NDArray[np.float32]]
SMOOTHING = 0.65
"""Share of the activations' range that goes into the weights."""


class _Graph:
    """Collects nodes and initialisers; ``add`` returns the name of the node's output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.initialisers.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def add(self, op: str, *inputs: str, out: str = "", also: tuple[str, ...] = (), domain: str = "", **attributes: Any) -> str:
        out = out or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [out, *also], domain=domain, name=f"n{len(self.nodes)}", **attributes))
        return out

    def linear(self, x: str, weights: Weights, name: str, out: str = "") -> str:
        product = self.add("MatMul", x, self.constant(f"{name}.w", weights[f"{name}.weight"].T))
        return self.add("Add", product, self.constant(f"{name}.b", weights[f"{name}.bias"]), out=out)


def to_onnx(weights: Weights, shape: dict[str, int]) -> onnx.ModelProto:
    """The network's weights (names and shapes of ``Network.state_dict()``) as an fp32 graph.

    Inputs, int64: ``ids``, ``places`` ``[new]``: the tokens that the lower layers read and where they stand in the text; ``upper`` ``[above]``: the places of those
    that the upper layers read; ``segments`` ``[length]`` of the whole text; ``firsts``, ``markers`` ``[markers]``: first token and closing separator of each question.
    What is known of the other tokens, fp32: ``known_middle`` ``[old, hidden]``, their states between lower and upper layers, ``known`` ``[above_old, hidden]``, those of the
    last layer, and for each layer ``past<n>`` ``[2, 1, heads, old, size]``, their keys and values; ``risen`` ``[above]`` and ``order`` ``[length]`` say where in known
    and new states, one after the other, each token is. Outputs as in ``OUTPUTS``: logits, ``evidence``: what each token of the message adds to each tag's logit, and the
    states; and ``present<n>``: keys and values of all tokens, known ones first.
    """
    g = _Graph()
    heads, hidden = shape["heads"], shape["hidden"]
    x = _embed(g, weights)
    axis = g.constant("axis0", np.array([0], np.int64))
    for n in range(shape["layers"]):
        if n == MIDDLE:
            middle = g.add("Concat", "known_middle", g.add("Squeeze", x, axis), axis=0, out="middle")
            segments = g.add("Gather", g.constant("segment_table", weights["segments.weight"]), g.add("Gather", "segments", "upper"))
            x = g.add("Unsqueeze", g.add("Add", g.add("Gather", middle, "risen", axis=0), segments), axis)
        x = _layer(g, weights, n, x, shape)
    new = g.add("Squeeze", x, axis)
    states = g.add("Gather", g.add("Concat", "known", new, axis=0), "order", axis=0, out="states")
    _tags(g, weights, states, hidden)
    _tokens_and_answers(g, weights, states, hidden)

    def layers(name: str, tokens: str) -> list[onnx.ValueInfoProto]:
        dims = [[2, 1, heads, tokens if n < MIDDLE else f"above_{tokens}", hidden // heads] for n in range(shape["layers"])]
        return [helper.make_tensor_value_info(f"{name}{n}", TensorProto.FLOAT, dim) for n, dim in enumerate(dims)]

    integers = {"ids": "new", "places": "new", "upper": "above", "risen": "above", "segments": "length", "order": "length", "firsts": "markers", "markers": "markers"}
    graph = helper.make_graph(
        g.nodes,
        "encoder",
        [
            *(helper.make_tensor_value_info(name, TensorProto.INT64, [tokens]) for name, tokens in integers.items()),
            helper.make_tensor_value_info("known_middle", TensorProto.FLOAT, ["old", hidden]),
            helper.make_tensor_value_info("known", TensorProto.FLOAT, ["above_old", hidden]),
            *layers("past", "old"),
        ],
        [*(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in OUTPUTS.items()), *layers("present", "length")],
        g.initialisers,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _embed(g: _Graph, weights: Weights) -> str:
    words = g.add("Gather", g.constant("words", weights["words.weight"].astype(np.float16)), "ids")
    words = g.add("Cast", words, to=TensorProto.FLOAT)
    positions = g.add("Gather", g.constant("positions", weights["positions.weight"]), "places")
    batch = g.add("Unsqueeze", g.add("Add", words, positions), g.constant("first_axis", np.array([0], np.int64)))
    norm = [g.constant(f"norm.{part}", weights[f"norm.{part}"]) for part in ("weight", "bias")]
    return g.add("LayerNormalization", batch, *norm, axis=-1, epsilon=EPSILON)


def _layer(g: _Graph, weights: Weights, layer: int, x: str, shape: dict[str, int]) -> str:
    at = f"layers.{layer}"

    def constant(name: str, transpose: bool = False) -> str:
        value = weights[f"{at}.{name}"]
        return g.constant(f"{at}.{name}", value.T if transpose else value)

    def normed(x: str, product: str, bias: str, norm: str) -> str:
        total = g.add("Add", x, g.add("Add", product, constant(bias)))
        return g.add("LayerNormalization", total, constant(f"{norm}.weight"), constant(f"{norm}.bias"), axis=-1, epsilon=EPSILON)

    given = [x, constant("qkv.weight", True), constant("qkv.bias"), "", f"past{layer}"]
    attended = g.add("Attention", *given, also=(f"present{layer}",), domain="com.microsoft", num_heads=shape["heads"])
    x = normed(x, g.add("MatMul", attended, constant("out.weight", True)), "out.bias", "norm_attention")
    up = g.add("MatMul", x, constant("up.weight", True))
    active = g.add("FastGelu", up, constant("up.bias"), domain="com.microsoft")
    return normed(x, g.add("MatMul", active, constant("down.weight", True)), "down.bias", "norm_output")


def _standardised(g: _Graph, weights: Weights, name: str, x: str, part: slice, tag: str) -> str:
    mean, deviation = (weights[f"{name}.{figure}"][part] for figure in ("mean", "deviation"))
    return g.add("Mul", g.add("Sub", x, g.constant(f"{tag}.mean", mean)), g.constant(f"{tag}.scale", 1 / deviation))


def _tags(g: _Graph, weights: Weights, states: str, hidden: int) -> None:
    inside = g.add("Equal", "segments", g.constant("message", np.array(2, np.int64)))
    inside = g.add("Unsqueeze", g.add("Cast", inside, to=TensorProto.FLOAT), g.constant("last_axis", np.array([1], np.int64)))
    count = g.add("Max", g.add("ReduceSum", inside, keepdims=0), g.constant("at_least", np.array(1, np.float32)))
    share = g.add("Div", inside, count)
    rows = g.constant("over_rows", np.array([0], np.int64))
    g.add("ReduceSum", g.add("Mul", states, share), rows, keepdims=0, out="vector")
    table = weights["tags.weight"].T
    own = _standardised(g, weights, "scale_pooled", states, slice(hidden), "own")
    evidence = g.add("MatMul", g.add("Mul", own, share), g.constant("tags.own", table[:hidden]), out="evidence")
    first = g.add("Gather", states, g.constant("begin", np.array(0, np.int64)), axis=0)
    first = _standardised(g, weights, "scale_pooled", first, slice(hidden, None), "first")
    rest = g.add("MatMul", first, g.constant("tags.first", table[hidden:]))
    total = g.add("Add", g.add("ReduceSum", evidence, rows, keepdims=0), rest)
    g.add("Add", total, g.constant("tags.b", weights["tags.bias"]), out="tags")


def _tokens_and_answers(g: _Graph, weights: Weights, raw: str, hidden: int) -> None:
    states = _standardised(g, weights, "scale_states", raw, slice(None), "states")
    for name in ("bounds", "kinds", "topics"):
        g.linear(states, weights, name, out=name)
    transposed = g.add("Transpose", states, perm=[1, 0])
    scale = g.constant("scale", np.array(hidden**-0.5, np.float32))
    outside = g.add("Not", g.add("Equal", "segments", "message"))
    outside = g.add("Mul", g.add("Cast", outside, to=TensorProto.FLOAT), g.constant("far", np.array(-1e4, np.float32)))

    def scores(rows: str) -> str:
        return g.add("Add", g.add("Mul", g.add("MatMul", rows, transposed), scale), outside)

    question = g.add("MatMul", _inside(g), states)
    near = g.add("MatMul", g.add("Softmax", scores(g.linear(question, weights, "match")), axis=-1), states)
    closing = g.add("Gather", states, "markers", axis=0)
    gap = g.add("Abs", g.add("Sub", question, near))
    features = g.add("Concat", closing, g.add("Mul", question, near), gap, axis=-1)
    active = g.add("Gelu", g.linear(features, weights, "status_hidden"), domain="com.microsoft")
    g.linear(active, weights, "statuses", out="statuses")
    asked = g.add("Add", closing, question)
    for name in ("starts", "ends"):
        g.add("Identity", scores(g.linear(asked, weights, name)), out=name)


def _inside(g: _Graph) -> str:
    """``[markers, length]``: the mean over each question's tokens as weights."""
    last = g.constant("as_column", np.array([1], np.int64))
    length = g.add("Squeeze", g.add("Shape", "segments"))
    places = g.add("Range", g.constant("zero", np.array(0, np.int64)), length, g.constant("one", np.array(1, np.int64)))
    places = g.add("Unsqueeze", places, g.constant("as_row", np.array([0], np.int64)))
    after = g.add("GreaterOrEqual", places, g.add("Unsqueeze", "firsts", last))
    before = g.add("Less", places, g.add("Unsqueeze", "markers", last))
    inside = g.add("Cast", g.add("And", after, before), to=TensorProto.FLOAT)
    count = g.add("ReduceSum", inside, g.constant("over_places", np.array([1], np.int64)), keepdims=1)
    return g.add("Div", inside, g.add("Max", count, g.constant("one_at_least", np.array(1, np.float32))))


def smoothed(model: onnx.ModelProto, sample: Sequence[Input]) -> onnx.ModelProto:
    """The same function with the large channels of activations moved into the weights, so that int8 holds both (SmoothQuant, Xiao
    et al. 2023, arXiv:2211.10438, with an explicit product, since the residual path needs the activations as they were).

    :param sample: What to measure the activations on; some hundred messages.
    """
    smooth = onnx.ModelProto()
    smooth.CopyFrom(model)
    weights = {tensor.name: tensor for tensor in smooth.graph.initializer}
    peaks = _peaks(model, sample)
    nodes = []
    for node in smooth.graph.node:
        if node.name in peaks:
            table = numpy_helper.to_array(weights[node.input[1]])
            scale = np.maximum(peaks[node.name], 1e-3) ** SMOOTHING / np.maximum(np.abs(table).max(1), 1e-5) ** (1 - SMOOTHING)
            weights[node.input[1]].CopyFrom(numpy_helper.from_array(table * scale[:, None], node.input[1]))
            inverse, product = f"{node.input[1]}.smooth", f"{node.name}_smooth"
            smooth.graph.initializer.append(numpy_helper.from_array((1 / scale).astype(np.float32), inverse))
            nodes.append(helper.make_node("Mul", [node.input[0], inverse], [product], name=f"{product}_node"))
            node.input[0] = product
        nodes.append(node)
    del smooth.graph.node[:]
    smooth.graph.node.extend(nodes)
    return smooth


def _peaks(model: onnx.ModelProto, sample: Sequence[Input]) -> dict[str, NDArray[np.float32]]:
    """The largest magnitude of each input channel, ``[in]``, by name of the node that multiplies it with a layer's weights."""
    tapped = onnx.ModelProto()
    tapped.CopyFrom(model)
    multiplying = {node.name: node.input[0] for node in _in_layers(model)}
    names = sorted(set(multiplying.values()))
    tapped.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(tapped.SerializeToString(), providers=["CPUExecutionProvider"])
    largest = {name: np.zeros(1, np.float32) for name in names}
    shape = Shape.of(session)
    for built in sample:
        for name, value in zip(names, session.run(names, whole(built, shape)), strict=True):
            largest[name] = np.maximum(largest[name], np.abs(value).reshape(-1, value.shape[-1]).max(0))
    return {node: largest[name] for node, name in multiplying.items()}


def _in_layers(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes that multiply with a layer's weights."""
    return [n for n in model.graph.node if n.op_type in ("MatMul", "Attention") and n.input[1].startswith("layers.")]


def quantised(model: onnx.ModelProto, sample: Sequence[Input]) -> onnx.ModelProto:
    """The model with int8 weights and activations in its layers, smoothed first by a ``sample`` of messages."""
    return dynamic(smoothed(model, sample))


def dynamic(model: onnx.ModelProto) -> onnx.ModelProto:
    """int8 weights with one scale a channel; activations are quantised as they come.

    The heads stay fp32: they are small, and their logits are what is measured.
    """
    layers = [node.name for node in _in_layers(model)]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        save(model, source)
        quantize_dynamic(
            source, target, nodes_to_quantize=layers, per_channel=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Attention"], extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )  # fmt: skip
        return onnx.load(str(target))


def weights(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """What ``quantised(to_onnx(...))`` was made from, as far as int8 holds it: names and shapes of ``Network.state_dict()``."""
    tables = {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in model.graph.initializer}
    found = {"words.weight": tables["words"], "positions.weight": tables["positions"], "segments.weight": tables["segment_table"]}
    for name, table in tables.items():
        if name.startswith(("layers.", "norm.")) and name.endswith((".weight", ".bias")):
            found[name] = table
        elif name.endswith(".weight_quantized"):
            layer = name.removesuffix("_quantized")
            found[layer] = (table * tables[f"{layer}_scale"] * tables[f"{layer}.smooth"][:, None]).T
    for name in ("bounds", "kinds", "topics", "match", "status_hidden", "statuses", "starts", "ends"):
        found |= {f"{name}.weight": tables[f"{name}.w"].T, f"{name}.bias": tables[f"{name}.b"]}
    own, first = ({part: tables[f"{side}.{part}"] for part in ("mean", "scale")} for side in ("own", "first"))
    found |= {"tags.weight": np.concatenate([tables["tags.own"], tables["tags.first"]]).T, "tags.bias": tables["tags.b"]}
    found |= {"scale_pooled.mean": np.concatenate([own["mean"], first["mean"]]), "scale_pooled.deviation": 1 / np.concatenate([own["scale"], first["scale"]])}
    return found | {"scale_states.mean": tables["states.mean"], "scale_states.deviation": 1 / tables["states.scale"]}


def save(model: onnx.ModelProto, path: Path) -> None:
    """Write the model."""
    onnx.save(model, str(path))
