"""The decoder's networks as a graph: one latent in, the outline of five hops out. The phase vocoder and
the FFT stay where they are."""

from __future__ import annotations

import math

import numpy as np
from torch import Tensor

from engine.fast.graph import Graph
from engine.model.layers import CausalConvNeXt, ConvStack
from engine.model.spectrum import MONO, Spectrum
from engine.model.vae import SpectralVAE

DECIBEL = math.log(10) / 10  # of power, as an exponent of e


def write_decoder(graph: Graph, vae: SpectralVAE) -> None:
    """Inputs: ``latent`` (B, 1, dim), not normalised, and the pasts ``frames.N`` and ``hops.N`` (B, memory, width) of
    the stacks' blocks. Outputs: the parts of an `Outline`, and the new pasts ``frames.N.after`` and
    ``hops.N.after``."""
    hops, net = vae.config.hops_per_frame, vae.decoder
    latent = graph.input("latent", ["B", 1, vae.config.latent_dim])
    linear = graph.op("MatMul", latent, graph.constant(vae.synthesis))
    y = _stack(graph, "frames", net["frames"], graph.linear(latent, net["frame_in"]), 1)
    y = graph.reshape(graph.linear(y, net["hop_in"]), 0, hops, -1)
    residual = graph.linear(_stack(graph, "hops", net["hops"], y, hops), net["out"])
    levels = graph.op("Add", graph.reshape(linear, 0, hops, -1), residual)
    levels = graph.op("Add", graph.op("Mul", levels, graph.constant(vae.level_scale)), graph.constant(vae.level_mean))
    _write_outline(graph, vae, levels)


def _stack(graph: Graph, name: str, stack: ConvStack, x: str, length: int) -> str:
    for index, block in enumerate(stack.blocks):
        past = graph.input(f"{name}.{index}", ["B", block.memory, stack.width])
        seen = graph.op("Concat", past, x, axis=1)
        x = _block(graph, block, x, seen, length)
        ends = (graph.constant([part]) for part in (length, length + block.memory, 1))
        graph.output(f"{name}.{index}.after", graph.op("Slice", seen, *ends))
    return x


def _block(graph: Graph, block: CausalConvNeXt, x: str, seen: str, length: int) -> str:
    """The depthwise convolution is a weighted sum over the taps of what each position sees (B, length, taps, width)."""
    taps = np.arange(length)[:, None] + np.arange(block.memory + 1)
    weighted = graph.op("Mul", graph.op("Gather", seen, graph.constant(taps), axis=1), graph.constant(_by_tap(block)))
    y = graph.op("ReduceSum", weighted, graph.constant([2]), keepdims=0)
    y = graph.op("Add", y, graph.constant(block.depthwise.bias))
    weight, bias = (graph.constant(part) for part in (block.norm.weight, block.norm.bias))
    y = graph.op("LayerNormalization", y, weight, bias, axis=-1, epsilon=block.norm.eps)
    y = graph.linear(graph.op("Gelu", graph.linear(y, block.expand)), block.contract)
    return graph.op("Add", x, graph.op("Mul", y, graph.constant(block.scale)))


def _by_tap(block: CausalConvNeXt) -> Tensor:
    return block.depthwise.weight[:, 0].T


def _write_outline(graph: Graph, vae: SpectralVAE, levels: str) -> None:
    """As `Spectrum.outline`."""
    spectrum = vae.spectrum
    mean, pan, width, pitches = graph.split("Split", 4, levels, graph.constant(spectrum.parts), axis=-1)
    curves = graph.op("MatMul", mean, graph.constant(spectrum.synthesis.T))
    graph.output("curves", curves)
    graph.output("pitches", pitches)
    to_left = graph.op("MatMul", pan, graph.constant(spectrum.pan_synthesis.T * DECIBEL))
    louder = graph.op("Add", curves, graph.constant(vae.gain @ spectrum.synthesis.T))
    power = graph.op("Exp", graph.op("Mul", louder, graph.constant(np.float32(DECIBEL))))
    heard = graph.op("Greater", curves, graph.constant(np.float32(vae.config.floor + 1)))
    power = graph.op("Where", heard, power, graph.constant(np.float32(0)))
    sides = [
        graph.op("Unsqueeze", graph.op("Sigmoid", side), graph.constant([1]))
        for side in (to_left, graph.op("Neg", to_left))
    ]
    shared = graph.op("Mul", graph.op("Unsqueeze", power, graph.constant([1])), graph.op("Concat", *sides, axis=1))
    full = graph.constant(math.sqrt(2) / 2 * spectrum.window.sum())
    graph.output("magnitudes", graph.op("Mul", graph.op("Sqrt", shared), full))
    _write_lean(graph, spectrum, graph.op("MatMul", width, graph.constant(spectrum.pan_synthesis.T)))


def _write_lean(graph: Graph, spectrum: Spectrum, width: str) -> None:
    """As `Spectrum` has it; ``width`` (B, hops, bins) in dB."""
    ratio = graph.op("Exp", graph.op("Mul", width, graph.constant(np.float32(DECIBEL / 2))))
    lean = graph.op("Mul", graph.op("Atan", ratio), graph.constant(spectrum.lead))
    wide = graph.op("Greater", width, graph.constant(np.float32(MONO + 1)))
    graph.output("lean", graph.op("Where", wide, lean, graph.constant(np.float32(0))))
