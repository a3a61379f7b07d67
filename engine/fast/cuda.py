"""The steps on an NVIDIA GPU: bfloat16 weights and CUDA graphs, so that a frame is a handful of launches.

Eager torch launches about ten kernels a layer; with 52 layers, waiting for the host costs more than reading the weights
does. A graph needs its tensors to stay where they are. So there is one pair of rings, which belongs to the state in use
(`_Writer`), and the position is a tensor: where to write, what is seen and how far to turn all follow from it. A batch
size is recorded when it first comes; a head's call is one graph, replayed as often as there are steps. The times, and
the decoder, whose levels are in dB, stay float32. There is one stream: a decoder's networks are a small part of a frame
and come first; while the host's phase vocoder follows their levels, the device computes the next context.

This has not run on a GPU yet. The functions that are recorded were compared with torch on a CPU, unrecorded, in
float32; what is left is `Recorded._record`.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.controls import Controls, Sampler
from engine.model.attention import rotary, rotate
from engine.model.calm import CalmState, Model
from engine.model.head import Head, TimeEmbedding
from engine.model.spectrum import split
from engine.model.transformer import CausalTransformer, Layer, TransformerState
from engine.model.vae import DecoderState, SpectralVAE
from engine.model.waveform_vae import DecoderState as WaveformState
from engine.model.waveform_vae import WaveformVAE
from engine.steps import Field, at_once

WARM_UPS = 3  # calls before recording, as torch's manual advises: libraries choose their kernels in the first


class CudaSteps:
    """`engine.steps.Steps`, for batches of any size; a new size takes some tenths of a second once.

    ``dtype`` is that of weights, keys and values; the model itself, which hears prompts, is left as it is. A state's
    rings are moved: keep states, never their rings.
    """

    name = "cuda graphs"

    def __init__(self, model: Model, dtype: torch.dtype = torch.bfloat16):
        self._model = model
        self._contexts = [copy.deepcopy(part).to(dtype) for part in (model.calm.backbone, model.calm.short_context)]
        self._heads = {name: _velocity(head, dtype) for name, head in model.calm.heads.items()}
        self._writers: dict[int, _Writer] = {}
        self._velocities: dict[tuple[str, int], Recorded] = {}
        self._speakers: dict[int, Recorded] = {}

    def context(self, latent: Tensor, state: CalmState) -> Tensor:
        batch = len(latent)
        if batch not in self._writers:
            self._writers[batch] = _Writer(self._contexts, state)
        return self._writers[batch](latent, state)

    def lead(self, z: Tensor, past: Tensor, sheet: Tensor, ago: Tensor, controls: Controls) -> Tensor:
        return self._model.calm.led(z, past, sheet, ago, controls)

    def field(self, sampler: Sampler, z: Tensor) -> Field:
        def velocity(x: Tensor, t: Tensor) -> Tensor:
            key = (sampler, len(x))
            if key not in self._velocities:
                self._velocities[key] = Recorded(self._heads[sampler], (x, t, z))
            return self._velocities[key](x, t, z)

        return velocity

    def decode(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        return self.begin_decoding(latents, state)()

    def begin_decoding(self, latents: Tensor, state: DecoderState) -> Callable[[], tuple[Tensor, DecoderState]]:
        vae, batch = self._model.vae, len(latents)
        if not isinstance(vae, SpectralVAE):
            return at_once(self._waveform(latents, state))
        frames = len(state.frames)
        tensors = (latents, *state.frames, *state.hops)
        if batch not in self._speakers:
            self._speakers[batch] = Recorded(_decoder(vae, frames), tensors)
        outline, pasts = split(self._speakers[batch](*tensors))
        # Now: a copy asked for later would wait for the context too.
        heard = outline._replace(curves=outline.curves.cpu(), pitches=outline.pitches.cpu())
        return lambda: vae.speak(heard, pasts[:frames], pasts[frames:], state)

    def _waveform(self, latents: Tensor, state: WaveformState) -> tuple[Tensor, WaveformState]:
        batch, at = len(latents), state.context.position
        tensors = (latents, torch.tensor([at], device=latents.device), state.context.rings, *state.pasts)
        if batch not in self._speakers:
            self._speakers[batch] = Recorded(_speaker(self._model.vae), tensors)
        mono, rings, *pasts = self._speakers[batch](*tensors)
        return mono.expand(-1, 2, -1), WaveformState(TransformerState(at + 1, rings), pasts)


class Recorded:
    """A function of tensors whose shapes never change: on CUDA it is recorded once and then replayed; elsewhere called.

    What it returns is the caller's to keep.
    """

    def __init__(self, work: Callable, like: tuple[Tensor, ...]):
        self._work = work
        self._inputs = [tensor.clone() for tensor in like]
        self._graph, self._outputs = None, ()
        if like[0].device.type == "cuda":
            self._record()

    def __call__(self, *inputs: Tensor):
        if self._graph is None:
            return self._work(*inputs)
        for held, tensor in zip(self._inputs, inputs, strict=True):
            held.copy_(tensor)
        self._graph.replay()
        return _copies(self._outputs)  # the next replay writes over its own

    def _record(self) -> None:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                self._work(*self._inputs)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # other threads may ask for memory meanwhile
            self._outputs = self._work(*self._inputs)
        self._graph = graph


def _copies(outputs: Tensor | tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    return outputs.clone() if isinstance(outputs, Tensor) else tuple(output.clone() for output in outputs)


class _Writer:
    """Backbone and short context of one batch size, as one recorded call."""

    def __init__(self, contexts: list[nn.Module], state: CalmState):
        dtype = contexts[0].embed.weight.dtype
        self._contexts = contexts
        self._rings = [torch.zeros_like(part.rings, dtype=dtype) for part in (state.backbone, state.short)]
        self._holder = lambda: None
        self._write: Recorded | None = None

    def __call__(self, latent: Tensor, state: CalmState) -> Tensor:
        self._hold(state)
        position = torch.tensor([state.position], device=latent.device)
        if self._write is None:
            self._write = Recorded(self._both, (latent, position))
        z = self._write(latent, position)
        state.backbone.position += 1
        state.short.position += 1
        return z

    def _hold(self, state: CalmState) -> None:
        """Make the recorded rings those of ``state``; the state that they were, if it still lives, gets a copy."""
        if state.backbone.rings is self._rings[0]:
            return
        if (last := self._holder()) is not None:
            last.backbone.rings, last.short.rings = (ring.clone() for ring in self._rings)
        for part, ring in zip((state.backbone, state.short), self._rings, strict=True):
            ring.copy_(part.rings)
            part.rings = ring
        self._holder = weakref.ref(state)

    def _both(self, latent: Tensor, position: Tensor) -> Tensor:
        outputs = (
            step(context.transformer, context.embed(latent.to(ring.dtype)), position, ring)
            for context, ring in zip(self._contexts, self._rings, strict=True)
        )
        return sum(output.to(latent.dtype) for output in outputs)


def step(transformer: CausalTransformer, x: Tensor, position: Tensor, rings: Tensor) -> Tensor:
    """One input x (B, 1, width) of a `CausalTransformer` at ``position`` (1,), a tensor -> (B, 1, width).

    Writes rings (layers, 2, B, heads, slots, head_dim) as `engine.model.attention` does, all by index.
    """
    cosine, sine = rotary(position, transformer.head_dim)
    turn = cosine.to(x.dtype), sine.to(x.dtype)
    slots = rings.shape[-2]
    age = (position - torch.arange(slots, device=x.device)) % slots  # how long ago each slot was written
    for layer, ring in zip(transformer.layers, rings, strict=True):
        seen = (age < layer.attention.window) & (age <= position)
        x = _layer(layer, x, turn, position % slots, seen, ring)
    return transformer.norm(x)


def _layer(layer: Layer, x: Tensor, turn: tuple[Tensor, Tensor], slot: Tensor, seen: Tensor, ring: Tensor) -> Tensor:
    """`Layer.forward` for one input whose place in the ring is a tensor; seen (slots,) is what it attends to."""
    attention, (batch, _, width) = layer.attention, x.shape
    shape = (batch, 1, 3, attention.heads, attention.head_dim)
    query, key, value = attention.qkv(layer.norm1(x)).view(shape).permute(2, 0, 3, 1, 4)
    ring.index_copy_(3, slot, torch.stack([rotate(key, *turn), value]))
    y = F.scaled_dot_product_attention(rotate(query, *turn), ring[0], ring[1], attn_mask=seen.view(1, 1, 1, -1))
    x = x + attention.out(y.transpose(1, 2).reshape(batch, 1, width))
    return x + layer.contract(F.gelu(layer.expand(layer.norm2(x))))


class _Times(nn.Module):
    """A `TimeEmbedding` that computes its angles in float32: bfloat16 cannot tell 100 times in [0, pi / 2] apart."""

    def __init__(self, embedding: TimeEmbedding, dtype: torch.dtype):
        super().__init__()
        self.rates, self.mlp = embedding.rates, copy.deepcopy(embedding.mlp).to(dtype)

    def forward(self, t: Tensor) -> Tensor:
        angles = t.float().unsqueeze(-1) * self.rates
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=-1).to(self.mlp[0].weight.dtype))


def _velocity(head: Head, dtype: torch.dtype) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The head computed in ``dtype``, as a function of x (B, dim), t (B,) and Z (B, width) in float32."""
    cast = copy.deepcopy(head).to(dtype)
    cast.time = _Times(head.time, dtype)
    return lambda x, t, z: cast(x.to(dtype), t, z.to(dtype)).to(x.dtype)


def _decoder(vae: SpectralVAE, frames: int) -> Callable[..., tuple[Tensor, ...]]:
    """All of `SpectralVAE.decode` before the vocoder, as a function of tensors alone: latents, then ``frames`` pasts of
    one stack, then those of the other -> the parts of an `Outline`, and the pasts in the same order."""

    def decode(latents: Tensor, *pasts: Tensor) -> tuple[Tensor, ...]:
        levels, after, hops = vae.decode_levels(latents, list(pasts[:frames]), list(pasts[frames:]))
        return *vae.spectrum.outline(levels, vae.gain), *after, *hops

    return decode


def _speaker(vae: WaveformVAE) -> Callable[..., tuple[Tensor, ...]]:
    """`WaveformVAE.decode` as a function of tensors alone: latents, the position (1,) of its Transformer and its rings,
    and the convolutions' pasts -> waveform (B, 1, frame_size), and the new rings and pasts."""

    def speak(latents: Tensor, position: Tensor, rings: Tensor, *pasts: Tensor) -> tuple[Tensor, ...]:
        rings = rings.clone()  # a decoder's state is a value
        y = step(vae.decoder_context, vae.from_latents(latents), position, rings)
        mono, after = vae.decoder(y.transpose(1, 2), list(pasts))
        return mono, rings, *after

    return speak
