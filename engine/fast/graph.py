"""Writing an ONNX graph operator by operator. Values are passed on by their names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from engine.eight_bits import BLOCK, quantised

OPSET, IR_VERSION = 21, 10
CONTRIBUTED = "com.microsoft"  # onnxruntime's own operators
ZERO = 128  # what stands for 0 in the unsigned weights


class Graph:
    """A graph being written. With ``int8``, `linear` multiplies in 8 bits: weights and inputs in blocks of BLOCK with a
    scale each, a row of the inputs never depending on another, so that a batch is what its takes are alone."""

    def __init__(self, int8: bool):
        self._int8 = int8
        self._nodes, self._constants, self._inputs, self._outputs = [], {}, [], []

    def input(self, name: str, shape: Sequence[int | str]) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, name: str, value: str) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))

    def constant(self, value: Tensor | np.ndarray | Sequence[int]) -> str:
        array = value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
        name = f"constant{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes) -> str:
        """The only output of an operator."""
        return self.split(kind, 1, *inputs, domain=domain, **attributes)[0]

    def split(self, kind: str, count: int, *inputs: str, domain: str = "", **attributes) -> list[str]:
        """The ``count`` outputs of an operator."""
        outputs = [f"value{len(self._nodes)}.{index}" for index in range(count)]
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs

    def reshape(self, value: str, *shape: int) -> str:
        """0 stands for a size that stays as it is."""
        return self.op("Reshape", value, self.constant(np.array(shape, np.int64)))

    def linear(self, x: str, layer: nn.Linear) -> str:
        """``layer`` of x (..., in), in 8 bits if the graph is to be."""
        if not self._int8:
            return self.exact_linear(x, layer)
        size = {"K": layer.in_features, "N": layer.out_features, "bits": 8, "block_size": BLOCK}
        weights = [self.constant(part) for part in in_blocks(layer.weight.detach().cpu())]
        y = self.op("MatMulNBits", x, *weights, domain=CONTRIBUTED, accuracy_level=4, **size)
        return self._with_bias(y, layer)

    def exact_linear(self, x: str, layer: nn.Linear) -> str:
        """``layer`` of x (..., in), in float32."""
        return self._with_bias(self.op("MatMul", x, self.constant(layer.weight.T)), layer)

    def _with_bias(self, y: str, layer: nn.Linear) -> str:
        return y if layer.bias is None else self.op("Add", y, self.constant(layer.bias))

    def build(self) -> bytes:
        """The graph as an ONNX file."""
        graph = helper.make_graph(self._nodes, "step", self._inputs, self._outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString()


def in_blocks(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Weight (out, in) -> uint8 (out, blocks, BLOCK) around ZERO, and float32 scales (out, blocks), as MatMulNBits
    takes them."""
    numbers, scales = quantised(weight)
    padded = F.pad(numbers, (0, -weight.shape[1] % BLOCK)).unflatten(1, (-1, BLOCK))
    return (padded.to(torch.int16) + ZERO).to(torch.uint8), scales
