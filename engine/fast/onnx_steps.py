"""One frame's four calls by onnxruntime. States are the same as torch's, so either goes on where the other stopped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from engine.controls import Controls, Sampler
from engine.fast import cache
from engine.model.calm import CalmState, Model
from engine.model.spectrum import Outline, split
from engine.model.transformer import TransformerState
from engine.model.vae import DecoderState
from engine.steps import Field, at_once


def onnx_steps(name: str, model: Model, told: Callable[[str], None]) -> OnnxSteps:
    """The steps "onnxruntime fp32" or "onnxruntime int8", out of the cache if they are there; a model of random numbers
    has no checksum to find them by. ``told`` hears what takes long."""
    path = cache.cache_path(model, name) if model.info["sha256"] else None
    if path and (graphs := cache.read(path)):
        return OnnxSteps(name, model, graphs)
    told("fitting the model to this processor, once")
    from engine.fast.convert import convert  # only now: onnx is needed to write graphs, not to run them

    graphs = convert(model, int8=name == "onnxruntime int8")
    if path:
        cache.write(path, graphs)
    return OnnxSteps(name, model, graphs)


class OnnxSteps:
    """Runs ``graphs``, ONNX files by name as `engine.fast.convert.convert` writes them, with one thread.

    Bound inputs and outputs (onnxruntime's IO binding) were no faster: 2.64 against 2.67 ms for a context.
    """

    def __init__(self, name: str, model: Model, graphs: dict[str, bytes]):
        self.name = name
        self._model = model
        self._runs = {part: _session(graph) for part, graph in graphs.items()}

    def context(self, latent: Tensor, state: CalmState) -> Tensor:
        stacks = {"backbone": state.backbone, "short": state.short}
        inputs = {"latent": latent[:, 0].numpy(), "position": np.array([state.position], np.float32)}
        for name, past in stacks.items():
            for index, (keys, values) in enumerate(past.rings.numpy()):
                inputs[f"{name}.keys.{index}"], inputs[f"{name}.values.{index}"] = keys, values
        z, *new = self._runs["context"].run(["z", *(f"{name}.new" for name in stacks)], inputs)
        for past, key_values in zip(stacks.values(), new, strict=True):
            _remember(past, key_values)
        return torch.from_numpy(z).unsqueeze(1)

    def lead(self, z: Tensor, past: Tensor, sheet: Tensor, ago: Tensor, controls: Controls) -> Tensor:
        inputs = {"z": z[:, 0].numpy(), "sheet": sheet.numpy()}
        strengths = ["follow", "harmony", "form"]
        if self._model.calm.recall is not None:
            begun = past if past.shape[1] else past.new_zeros(len(past), 1, past.shape[2])  # too short to be recalled
            inputs |= {"past": begun.numpy(), "ago": ago[0].numpy()}
            strengths.append("recall")
        inputs |= {name: np.array(getattr(controls, name), np.float32) for name in strengths}
        return torch.from_numpy(self._runs["lead"].run(["led"], inputs)[0]).unsqueeze(1)

    def field(self, sampler: Sampler, z: Tensor) -> Field:
        run, condition = self._runs[sampler].run, z.numpy()

        def velocity(x: Tensor, t: Tensor) -> Tensor:
            return torch.from_numpy(run(["velocity"], {"x": x.numpy(), "t": t.numpy(), "z": condition})[0])

        return velocity

    def decode(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        if "decoder" not in self._runs:
            return self._model.vae.decode(latents, state)
        pasts = {f"frames.{n}": past for n, past in enumerate(state.frames)}
        pasts |= {f"hops.{n}": past for n, past in enumerate(state.hops)}
        inputs = {"latent": latents.numpy()} | {name: past.numpy() for name, past in pasts.items()}
        drawn = self._runs["decoder"].run([*Outline._fields, *(f"{name}.after" for name in pasts)], inputs)
        outline, after = split(map(torch.from_numpy, drawn))
        count = len(state.frames)
        return self._model.vae.speak(outline, after[:count], after[count:], state)

    def begin_decoding(self, latents: Tensor, state: DecoderState) -> Callable[[], tuple[Tensor, DecoderState]]:
        return at_once(self.decode(latents, state))


def _session(graph: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _remember(past: TransformerState, key_values: np.ndarray) -> None:
    """Write the keys and values (B, heads, layers * 2, head_dim) of one position, and move on."""
    rings = past.rings.numpy()
    layers, both, batch, heads, slots, size = rings.shape
    rings[..., past.position % slots, :] = key_values.transpose(2, 0, 1, 3).reshape(layers, both, batch, heads, size)
    past.position += 1
