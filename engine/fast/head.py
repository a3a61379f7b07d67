"""A head as a graph: one call is one of the sampler's steps."""

from __future__ import annotations

import numpy as np
from torch import nn

from engine.fast.graph import Graph
from engine.model.head import Block, Head


def write_head(graph: Graph, head: Head) -> None:
    """Inputs: ``x`` (B, dim), ``t`` (B,) and ``z`` (B, condition). Output: ``velocity`` (B, dim)."""
    x = graph.input("x", ["B", head.embed.in_features])
    time, z = graph.input("t", ["B"]), graph.input("z", ["B", head.condition.in_features])
    condition = _silu(graph, graph.op("Add", _time(graph, head, time), graph.linear(z, head.condition)))
    h = graph.exact_linear(x, head.embed)
    for block in head.blocks:
        h = _block(graph, block, h, condition)
    shift, scale = graph.split("Split", 2, graph.linear(condition, head.modulation), axis=-1, num_outputs=2)
    graph.output("velocity", graph.exact_linear(_modulated(graph, h, head.norm, shift, scale), head.out))


def _time(graph: Graph, head: Head, t: str) -> str:
    angles = graph.op("Mul", graph.reshape(t, -1, 1), graph.constant(head.time.rates))
    waves = graph.op("Concat", graph.op("Cos", angles), graph.op("Sin", angles), axis=-1)
    return _mlp(graph, waves, head.time.mlp)


def _block(graph: Graph, block: Block, h: str, condition: str) -> str:
    parts = graph.linear(condition, block.modulation)
    shift, scale, gate = graph.split("Split", 3, parts, axis=-1, num_outputs=3)
    y = _mlp(graph, _modulated(graph, h, block.norm, shift, scale), block.mlp)
    return graph.op("Add", h, graph.op("Mul", gate, y))


def _mlp(graph: Graph, x: str, mlp: nn.Sequential) -> str:
    return graph.linear(_silu(graph, graph.linear(x, mlp[0])), mlp[2])


def _modulated(graph: Graph, h: str, norm: nn.LayerNorm, shift: str, scale: str) -> str:
    ones = np.ones(norm.normalized_shape, np.float32)
    weight = graph.constant(ones if norm.weight is None else norm.weight)
    bias = graph.constant(0 * ones if norm.bias is None else norm.bias)
    normed = graph.op("LayerNormalization", h, weight, bias, axis=-1, epsilon=norm.eps)
    more = graph.op("Add", scale, graph.constant(np.float32(1)))
    return graph.op("Add", graph.op("Mul", normed, more), shift)


def _silu(graph: Graph, x: str) -> str:
    return graph.op("Mul", x, graph.op("Sigmoid", x))
