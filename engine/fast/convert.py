"""A model's networks as ONNX graphs, one for each call of a step."""

from __future__ import annotations

from engine.fast.contexts import write_context
from engine.fast.decoder import write_decoder
from engine.fast.graph import Graph
from engine.fast.head import write_head
from engine.fast.lead import write_lead
from engine.model.calm import Model
from engine.model.vae import SpectralVAE


def convert(model: Model, int8: bool) -> dict[str, bytes]:
    """ONNX files for ``context``, ``consistency``, ``trigflow`` and, where a model has them, ``lead`` for what reads a
    lead sheet and ``decoder`` for a spectral VAE."""
    writers = {"context": lambda graph: write_context(graph, model.calm)}
    for sampler, head in model.calm.heads.items():
        writers[sampler] = lambda graph, head=head: write_head(graph, head)
    if model.calm.follow is not None:
        writers["lead"] = lambda graph: write_lead(graph, model.calm)
    if isinstance(model.vae, SpectralVAE):
        writers["decoder"] = lambda graph: write_decoder(graph, model.vae)
    files = {}
    for name, write in writers.items():
        graph = Graph(int8)
        write(graph)
        files[name] = graph.build()
    return files
