"""A ModernBERT encoder as an ONNX graph written node by node, of what ONNX Runtime has whole kernels for.

The exporter of torch writes attention and rotation as some forty small steps a layer, and a mask that one
window at a time never needs. Here a layer is eight products and its few whole steps, and an input is rounded
once for all products that read it: 6.2 ms of one core for a window of 180 tokens, against 8.5
(docs/experiment_log.md).

What narrows a feed-forward layer reads gated values, a few of which are far larger than the rest. So they
are rounded token by token. And the gate is a plain product: each of its columns may be made smaller and the
row of the narrowing weight that reads it larger by as much, which changes nothing but what rounding to eight
bits costs (SmoothQuant, Xiao et al. 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.classifier.encoder import EncoderMember
from triage.classifier.windows import WINDOW

Floats = NDArray[np.float32]
CONTRIB = "com.microsoft"
OPSET, IR = 23, 11
SMOOTHING = 0.75
"""How much of a column's size goes from the gated values to the weight (0: nothing, 1: all of it)."""
PROBED = 64
"""Texts over which the size of the gated values is measured."""


def fits(config: Any) -> bool:
    """Whether this is the kind of network that `write_fused` knows."""
    return (
        config.model_type == "modernbert"
        and set(config.layer_types) == {"full_attention"}
        and config.hidden_activation == "gelu"
        and config.rope_parameters["full_attention"]["rope_type"] == "default"
        and not (config.attention_bias or config.mlp_bias or config.norm_bias)
    )


def write_fused(member: EncoderMember, path: Path, *, texts: Sequence[str] = (), rounded: bool) -> None:
    """Write the graph: `ids` (1 × tokens) → `total` and `highest` (1 × width) over the token vectors.

    `rounded`: 8-bit weights and a half-precision table, smoothed over the first of `texts`; else 32 bits.
    """
    import onnx
    from onnx import TensorProto, helper

    encoder = member.network.encoder
    weights = {name: value.float().numpy() for name, value in encoder.state_dict().items()}
    if rounded:
        weights = smoothed(weights, gated_sizes(member, texts[:PROBED]))
    graph = _Graph(rounded)
    states = _encode(graph, weights, encoder)
    axes = graph.constant("axes", np.array([1], np.int64))
    for kind, name in (("ReduceSum", "total"), ("ReduceMax", "highest")):
        graph.nodes.append(helper.make_node(kind, [states, axes], [name], keepdims=0))
    shape = [1, int(encoder.config.hidden_size)]
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info(one, TensorProto.FLOAT, shape) for one in ("total", "highest")],
        graph.constants,
    )
    versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    onnx.save(helper.make_model(made, opset_imports=versions, ir_version=IR), path)


def gated_sizes(member: EncoderMember, texts: Sequence[str]) -> list[Floats]:
    """By layer, the largest size of each gated value over the texts, read one by one (no padding)."""
    layers = member.network.encoder.layers
    sizes = [np.zeros(layer.mlp.Wo.in_features, np.float32) for layer in layers]

    def keep(number: int) -> Any:
        def hook(_: Any, inputs: Any) -> None:
            sizes[number] = np.maximum(sizes[number], inputs[0].abs().flatten(0, -2).amax(0).numpy())

        return hook

    hooks = [layer.mlp.Wo.register_forward_pre_hook(keep(n)) for n, layer in enumerate(layers)]
    try:
        for text in texts:
            member.logits([text])
    finally:
        for one in hooks:
            one.remove()
    return sizes


def smoothed(weights: Mapping[str, Floats], sizes: Sequence[Floats]) -> dict[str, Floats]:
    """The same network with gated values of like size; weights as torch holds them (outputs × inputs)."""
    changed = dict(weights)
    for number, size in enumerate(sizes):
        wide, narrow = f"layers.{number}.mlp.Wi.weight", f"layers.{number}.mlp.Wo.weight"
        own = np.abs(weights[narrow]).max(axis=0)
        factor = np.maximum(size, 1e-6) ** SMOOTHING / np.maximum(own, 1e-6) ** (1 - SMOOTHING)
        factor = (factor / np.exp(np.log(factor).mean())).astype(np.float32)
        gate = np.concatenate([np.ones_like(factor), factor])
        changed[wide] = weights[wide] / gate[:, None]
        changed[narrow] = weights[narrow] * factor
    return changed


@dataclass
class _Graph:
    """Nodes and constants so far; a value is known by its name."""

    rounded: bool
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], outputs: int = 1, **attributes: Any) -> list[str]:
        from onnx import helper

        name = f"{kind}.{len(self.nodes)}"
        names = [f"{name}.{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, **attributes))
        return names

    def products(self, value: str, weights: Mapping[str, Floats]) -> list[str]:
        """The value times each weight (outputs × inputs), by name; rounded once for all of them."""
        if not self.rounded:
            return [
                self.add("MatMul", [value, self.constant(name, weight.T)])[0]
                for name, weight in weights.items()
            ]
        small, scale, zero = self.add("DynamicQuantizeLinear", [value], 3)
        found = []
        for name, weight in weights.items():
            scales = np.maximum(np.abs(weight).max(axis=1), 1e-12) / 127
            columns = np.rint(weight / scales[:, None]).astype(np.int8).T
            inputs = [
                small,
                self.constant(name, columns),
                scale,
                self.constant(f"{name}.scale", scales),
                zero,
            ]
            found += self.add("MatMulIntegerToFloat", inputs, domain=CONTRIB)
        return found

    def product_by_token(self, value: str, name: str, weight: Floats) -> str:
        """The value times one weight, each token's vector rounded by its own scale."""
        if not self.rounded:
            return self.products(value, {name: weight})[0]
        (size,) = self.add("Abs", [value])
        last = self.constant(f"{name}.axes", np.array([-1], np.int64))
        (most,) = self.add("ReduceMax", [size, last], keepdims=1)
        least = self.constant(f"{name}.least", np.float32(1e-9).reshape(1))
        (most,) = self.add("Max", [most, least])
        (even,) = self.add("Div", [value, most])
        (product,) = self.products(even, {name: weight})
        return self.add("Mul", [product, most])[0]

    def norm(self, value: str, name: str, weight: Floats, epsilon: float) -> str:
        inputs = [value, self.constant(name, weight)]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=epsilon)[0]


def _encode(graph: _Graph, weights: Mapping[str, Floats], encoder: Any) -> str:
    """From `ids` to the token vectors."""
    from onnx import TensorProto

    config, table = encoder.config, weights["embeddings.tok_embeddings.weight"]
    stored = graph.constant("table", table.astype(np.float16) if graph.rounded else table)
    (states,) = graph.add("Gather", [stored, "ids"])
    if graph.rounded:
        (states,) = graph.add("Cast", [states], to=TensorProto.FLOAT)

    def norm(value: str, name: str) -> str:
        found = weights.get(f"{name}.weight")  # the first layer has no norm before attention
        return value if found is None else graph.norm(value, name, found, float(config.norm_eps))

    states = norm(states, "embeddings.norm")
    turns = _turns(graph, encoder)
    for number in range(config.num_hidden_layers):
        layer = f"layers.{number}"
        read = norm(states, f"{layer}.attn_norm")
        attended = _attend(graph, read, weights, f"{layer}.attn", turns, int(config.num_attention_heads))
        (states,) = graph.add("Add", [states, attended])
        read = norm(states, f"{layer}.mlp_norm")
        (states,) = graph.add("Add", [states, _feed_forward(graph, read, weights, f"{layer}.mlp")])
    return norm(states, "final_norm")


def _turns(graph: _Graph, encoder: Any) -> list[str]:
    """First position, cosines and sines of the rotation, for every place of a window."""
    frequency = encoder.rotary_emb.full_attention_inv_freq.float().numpy()
    angles = np.arange(WINDOW, dtype=np.float32)[:, None] * frequency
    return [
        graph.constant("begin", np.zeros(1, np.int64)),
        graph.constant("cosines", np.cos(angles).astype(np.float32)),
        graph.constant("sines", np.sin(angles).astype(np.float32)),
    ]


def _attend(
    graph: _Graph, value: str, weights: Mapping[str, Floats], name: str, turns: Sequence[str], heads: int
) -> str:
    thirds = np.split(weights[f"{name}.Wqkv.weight"], 3)
    query, key, content = graph.products(
        value, {f"{name}.{part}": third for part, third in zip(("q", "k", "v"), thirds, strict=True)}
    )
    turned = [
        graph.add("RotaryEmbedding", [one, *turns], domain=CONTRIB, num_heads=heads)[0]
        for one in (query, key)
    ]
    (mixed,) = graph.add("Attention", [*turned, content], q_num_heads=heads, kv_num_heads=heads)
    return graph.products(mixed, {f"{name}.o": weights[f"{name}.Wo.weight"]})[0]


def _feed_forward(graph: _Graph, value: str, weights: Mapping[str, Floats], name: str) -> str:
    halves = np.split(weights[f"{name}.Wi.weight"], 2)
    raised, gate = graph.products(value, {f"{name}.wide": halves[0], f"{name}.gate": halves[1]})
    (bent,) = graph.add("Gelu", [raised])
    (gated,) = graph.add("Mul", [bent, gate])
    return graph.product_by_token(gated, f"{name}.narrow", weights[f"{name}.Wo.weight"])
