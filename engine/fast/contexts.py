"""Backbone and short context as one graph: one latent in, Z and the new keys and values out.

The rings are inputs that stay where they are: what the latent sees of them is said by a mask, its own key and value
are attended to beside them, and the caller writes those into their slot afterwards. So nothing is moved or copied.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from engine.fast.graph import CONTRIBUTED, Graph
from engine.model.attention import CausalAttention, rotary_rates
from engine.model.calm import Calm
from engine.model.transformer import CausalTransformer, Layer


def write_context(graph: Graph, calm: Calm) -> None:
    """Inputs: ``latent`` (B, dim), its ``position`` (1,), and for layer N of each STACK, ``backbone`` and ``short``,
    its ring: ``STACK.keys.N`` and ``STACK.values.N`` (B, heads, slots, head_dim).

    Outputs: ``z`` (B, width), ``backbone.new`` and ``short.new`` (B, heads, layers * 2, head_dim)."""
    latent = graph.input("latent", ["B", calm.config.vae.latent_dim])
    position = graph.input("position", [1])
    parts = [
        _stack(graph, name, stack.transformer, graph.exact_linear(latent, stack.embed), position)
        for name, stack in (("backbone", calm.backbone), ("short", calm.short_context))
    ]
    graph.output("z", graph.op("Add", *parts))


def _stack(graph: Graph, name: str, stack: CausalTransformer, x: str, position: str) -> str:
    turn, shape, new = _turn(graph, stack, position), ["B", stack.heads, stack.slots, stack.head_dim], []
    windows = dict.fromkeys(layer.attention.window for layer in stack.layers)
    masks = {window: _mask(graph, window, stack.slots, position) for window in windows}  # onnxruntime makes each anew
    for index, layer in enumerate(stack.layers):
        ring = [graph.input(f"{name}.{part}.{index}", shape) for part in ("keys", "values")]
        x, key_value = _layer(graph, layer, x, turn, [masks[layer.attention.window], *ring], stack.slots)
        new += key_value
    graph.output(f"{name}.new", graph.op("Concat", *new, axis=2))
    return _rms_norm(graph, x, stack.norm)


def _turn(graph: Graph, stack: CausalTransformer, position: str) -> list[str]:
    """The rotary cosine and sine (1, head_dim / 2), as `engine.model.attention.rotary`."""
    angles = graph.op("Mul", position, graph.constant(rotary_rates(stack.head_dim)[None]))
    return [graph.op(wave, angles) for wave in ("Cos", "Sin")]


def _mask(graph: Graph, window: int, slots: int, position: str) -> str:
    """(slots,): 0 for a slot whose position is seen, else -inf. In the position's own slot lies what was there a whole
    ring before."""
    since = graph.op("Add", position, graph.constant(np.arange(slots - 1, -1, -1, dtype=np.float32)))
    between = graph.op("Mod", since, graph.constant(np.float32(slots)), fmod=1)  # positions between it and this one
    seen = graph.op("Less", between, graph.op("Min", position, graph.constant(np.float32(window - 1))))
    return graph.op("Where", seen, graph.constant(np.float32(0)), graph.constant(np.float32(-np.inf)))


def _layer(
    graph: Graph, layer: Layer, x: str, turn: list[str], seen: list[str], slots: int
) -> tuple[str, list[str]]:  # fmt: skip
    """The layer's output (B, width), and the key and the value (B, heads, 1, head_dim) of this position."""
    heads, size = layer.attention.heads, layer.attention.head_dim
    qkv = graph.reshape(
        graph.linear(_rms_norm(graph, x, layer.norm1), _scaled(layer.attention)), -1, 3 * heads, 1, size
    )
    query_key, value = graph.split("Split", 2, qkv, graph.constant([2 * heads, heads]), axis=1)
    query, key = graph.split("Split", 2, _rotate(graph, query_key, turn), axis=1, num_outputs=2)
    y = graph.reshape(_attend(graph, query, key, value, seen, slots), -1, heads * size)
    x = graph.op("Add", x, graph.linear(y, layer.attention.out))
    inner = graph.op("Gelu", graph.linear(_rms_norm(graph, x, layer.norm2), layer.expand))
    x = graph.op("Add", x, graph.linear(inner, layer.contract))
    return x, [key, value]


def _scaled(attention: CausalAttention) -> nn.Linear:
    """The projection to queries, keys and values, with the scale of the products in it: for heads of 64 that is a power
    of 2, so that nothing is rounded otherwise."""
    scaled = copy.deepcopy(attention.qkv)
    scaled.weight.data[: attention.heads * attention.head_dim] *= attention.head_dim**-0.5
    return scaled


def _rotate(graph: Graph, x: str, turn: list[str]) -> str:
    """As `engine.model.attention.rotate`, for x (B, heads, 1, head_dim): at place 0 of a table of one row."""
    return graph.op("RotaryEmbedding", x, graph.constant([0]), *turn, domain=CONTRIBUTED)


def _attend(graph: Graph, query: str, key: str, value: str, seen: list[str], slots: int) -> str:
    """(B, heads, 1, head_dim): one softmax over the slots of the ring and, last, the position itself."""
    mask, keys, values = seen
    # The keys lie as they are turned: as keys times query this took twice as long, a context of one row 1.13 times, of
    # four rows 1.22 times.
    past = graph.op("Add", graph.op("FusedMatMul", query, keys, domain=CONTRIBUTED, transB=1), mask)
    own = graph.op("ReduceSum", graph.op("Mul", query, key), graph.constant([-1]), keepdims=1)
    weights = graph.op("Softmax", graph.op("Concat", past, own, axis=-1), axis=-1)
    past, own = graph.split("Split", 2, weights, graph.constant([slots, 1]), axis=-1)
    return graph.op("Add", graph.op("MatMul", past, values), graph.op("Mul", own, value))


def _rms_norm(graph: Graph, x: str, norm: nn.RMSNorm) -> str:
    eps = torch.finfo(torch.float32).eps  # what torch takes where none is given
    return graph.op("SimplifiedLayerNormalization", x, graph.constant(norm.weight), axis=-1, epsilon=eps)
