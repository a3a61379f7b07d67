"""Single operators written and run: what they compute is what torch does."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from engine.eight_bits import BLOCK, dequantised, quantised
from engine.fast.graph import ZERO, Graph, in_blocks


def run(graph, **inputs):
    session = onnxruntime.InferenceSession(graph.build(), providers=["CPUExecutionProvider"])
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})


def layer_of(inputs, bias):
    torch.manual_seed(0)
    return nn.Linear(inputs, 40, bias=bias).requires_grad_(False)


def written(layer, int8):
    graph = Graph(int8)
    graph.output("y", graph.linear(graph.input("x", ["B", layer.in_features]), layer))
    return graph


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("inputs", [2 * BLOCK, BLOCK + 5, 8])
def test_linear_layers(inputs, bias):
    layer, x = layer_of(inputs, bias), torch.randn(3, inputs, generator=torch.Generator().manual_seed(2))
    (exact,), (rounded,) = (run(written(layer, int8), x=x) for int8 in (False, True))
    assert np.allclose(exact, layer(x), atol=1e-5)
    assert 0 < np.linalg.norm(rounded - exact) < 0.02 * np.linalg.norm(exact)


def test_int8_is_a_quarter_as_large():
    layer = layer_of(64 * BLOCK, False)
    exact, rounded = (len(written(layer, int8).build()) for int8 in (False, True))
    assert rounded < 0.3 * exact


def a_weight():
    weight = torch.randn(5, BLOCK + 3, generator=torch.Generator().manual_seed(0))
    weight[2] = 0
    return weight


def test_quantised_weights_come_back_to_half_a_step():
    weight = a_weight()
    numbers, scales = quantised(weight)
    assert numbers.shape == weight.shape and scales.shape == (5, 2)
    back = dequantised(numbers, scales)
    assert (back - weight).abs().max() <= scales.max() / 2 + 1e-6
    assert not back[2].any()


def test_quantising_once_more_changes_nothing():
    numbers, scales = quantised(a_weight())
    again, same = quantised(dequantised(numbers, scales))
    assert torch.equal(again, numbers)
    assert torch.allclose(same, scales, rtol=1e-6, atol=0)


def test_blocks_hold_the_quantised_weights_around_zero():
    numbers, scales = quantised(a_weight())
    blocks, beside = in_blocks(a_weight())
    assert blocks.shape == (5, 2, BLOCK) and torch.equal(beside, scales)
    assert torch.equal(blocks.flatten(1)[:, : BLOCK + 3].short() - ZERO, numbers.short())
    assert (blocks[:, 1, 3:] == ZERO).all()
    assert blocks.min() >= 1  # -127 to 127: the products of two fit into 16 bits in pairs


def test_operators_with_several_outputs_and_shapes():
    graph = Graph(False)
    left, right = graph.split("Split", 2, graph.input("x", ["B", 6]), axis=-1, num_outputs=2)
    graph.output("y", graph.reshape(graph.op("Sub", left, right), -1, 3, 1))
    x = torch.arange(12.0).view(2, 6)
    assert run(graph, x=x)[0].tolist() == [[[-3.0]] * 3] * 2
