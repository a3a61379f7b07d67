"""What bends Z to a lead sheet and to earlier bars as a graph: by torch its 60 small operations take as long as two
steps of the head."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto
from torch import nn

from engine.fast.graph import Graph
from engine.model.bend import Bend
from engine.model.calm import Calm
from engine.music.bars_ago import BARS, FIELDS, NEAR
from engine.music.leadsheet import CHORD, FEATURES, FORM, KEY


def write_lead(graph: Graph, calm: Calm) -> None:
    """As `Calm.led`. Inputs: ``z`` (B, width), ``sheet`` (1, features), the strengths ``follow``, ``harmony`` and
    ``form``, and of a model that recalls ``past`` (B, n, dim), ``ago`` (BARS, FIELDS) and ``recall``. Output: ``led``
    (B, width)."""
    z = graph.input("z", ["B", calm.config.backbone.width])
    led = graph.op("Add", z, _followed(graph, calm.follow, z))
    if calm.recall is not None:
        strength = graph.input("recall", [])
        heard, told = _heard_and_told(graph, calm.recall, z, _recalled(graph, calm.config.vae.latent_dim))
        moved = graph.op("Mul", strength, graph.op("Sub", told, heard))
        led = graph.op("Add", led, graph.exact_linear(moved, calm.recall.bend))
    graph.output("led", led)


def _followed(graph: Graph, follow: nn.Module, z: str) -> str:
    """As `Follow`, what is added to Z."""
    sheet = graph.input("sheet", [1, follow.read.in_features])
    strength = graph.input("follow", [])
    heard, told = _heard_and_told(graph, follow, z, sheet)
    moved = graph.op("Mul", strength, graph.op("Sub", told, heard))
    for name, without in (("harmony", _without_harmony), ("form", _without_form)):
        _, plain = _heard_and_told(graph, follow, z, without(graph, sheet))
        firmer = graph.op("Sub", graph.input(name, []), strength)
        moved = graph.op("Add", moved, graph.op("Mul", firmer, graph.op("Sub", told, plain)))
    return graph.exact_linear(moved, follow.bend)


def _without_harmony(graph: Graph, sheet: str) -> str:
    """As `engine.music.leadsheet.without_harmony`, of one frame."""
    rest, key = np.ones(FEATURES, np.float32), np.zeros(FEATURES, np.float32)
    rest[CHORD], rest[KEY], key[KEY] = 0, 0, 1
    known = graph.op("Gather", sheet, graph.constant([CHORD.start]), axis=1)
    return graph.op("Mul", sheet, graph.op("Add", graph.constant(rest), graph.op("Mul", known, graph.constant(key))))


def _without_form(graph: Graph, sheet: str) -> str:
    """As `engine.music.leadsheet.without_form`, of one frame."""
    rest = np.ones(FEATURES, np.float32)
    rest[FORM] = 0
    return graph.op("Mul", sheet, graph.constant(rest))


def _heard_and_told(graph: Graph, bend: Bend, z: str, told: str) -> tuple[str, str]:
    """gelu(A z) and gelu(A z + B told): see `Bend`."""
    heard = graph.exact_linear(z, bend.listen)
    return graph.op("Gelu", heard), graph.op("Gelu", graph.op("Add", heard, graph.exact_linear(told, bend.read)))


def _recalled(graph: Graph, dim: int) -> str:
    """As `engine.model.recall.recalled`, of one frame: (B, recall_features)."""
    past, ago = graph.input("past", ["B", "n", dim]), graph.input("ago", [len(BARS), FIELDS])
    seconds, *alike = graph.split("Split", FIELDS, ago, axis=1, num_outputs=FIELDS)
    here = graph.op("Cast", graph.op("Shape", past, start=1, end=2), to=TensorProto.FLOAT)
    place = graph.op("Sub", here, seconds)
    nearest = graph.op("Round", place)
    begun = graph.op("GreaterOrEqual", nearest, graph.constant(np.float32(-NEAR[0])))
    over = graph.op("Less", nearest, graph.op("Sub", here, graph.constant(np.float32(NEAR[-1]))))
    known = graph.op("And", begun, over)  # (BARS, 1); not so where place is NaN
    nothing = graph.constant(np.float32(0))
    index = graph.op("Where", known, graph.op("Add", nearest, graph.constant(np.float32([NEAR]))), nothing)
    there = graph.op("Gather", past, graph.op("Cast", index, to=TensorProto.INT64), axis=1)  # (B, BARS, NEAR, dim)
    there = graph.op("Where", graph.op("Unsqueeze", known, graph.constant([2])), there, nothing)
    one = graph.constant(np.ones((len(BARS), 1), np.float32))
    others = graph.op("Concat", one, graph.op("Sub", place, nearest), *alike, axis=1)
    others = graph.op("Where", known, others, nothing)
    rows = graph.op("Concat", graph.op("Shape", past, start=0, end=1), graph.constant([1, 1]), axis=0)
    others = graph.op("Expand", graph.op("Unsqueeze", others, graph.constant([0])), rows)
    return graph.reshape(graph.op("Concat", others, graph.reshape(there, 0, len(BARS), -1), axis=2), 0, -1)
