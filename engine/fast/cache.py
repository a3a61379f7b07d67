"""Converted graphs in the user's cache folder, so that a model is converted once. A file that cannot be read or written
is no error: it is as if there were none. Files are safetensors: reading one runs no code."""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import os
from pathlib import Path
from uuid import uuid4

import numpy as np
import onnxruntime
import platformdirs
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.model.calm import Model

FORMAT = 8  # counted up whenever the same weights are converted into other graphs
KEPT = 4  # files: those of the last models and arithmetics used

Graphs = dict[str, bytes]

log = logging.getLogger(__name__)


def cache_path(model: Model, name: str) -> Path:
    """Where the graphs of ``model`` for the steps ``name`` lie, or would."""
    app = importlib.metadata.version("calm-studio")
    made_of = (model.info["sha256"], name, onnxruntime.__version__, app, str(FORMAT))
    key = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]
    folder = platformdirs.user_cache_path("CALM Studio", appauthor=False) / "graphs"
    return folder / f"{model.info['name']}-{name.replace(' ', '-')}-{key}.safetensors"


def read(path: Path) -> Graphs | None:
    """The graphs in ``path``; None if there are none, or not as they were written."""
    try:
        with safe_open(path, framework="np") as file:
            graphs = {name: file.get_tensor(name).tobytes() for name in file.keys()}
            whole = (file.metadata() or {}).get("sha256") == _digest(graphs)
        if whole:
            os.utime(path)
    except (OSError, SafetensorError):
        return None
    return graphs if whole else None


def write(path: Path, graphs: Graphs) -> None:
    """Put the graphs in ``path``, whole or not at all, and let go of the files that were used longest ago."""
    part = path.parent / f".{uuid4().hex}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {name: np.frombuffer(graph, np.uint8) for name, graph in graphs.items()}
        try:
            part.write_bytes(save(arrays, {"sha256": _digest(graphs)}))
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        for old in sorted(path.parent.glob("*.safetensors"), key=lambda file: -file.stat().st_mtime)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.info("the converted model was not kept: %s", error)


def _digest(graphs: Graphs) -> str:
    digest = hashlib.sha256()
    for name, graph in sorted(graphs.items()):
        digest.update(f"{name} {len(graph)}\n".encode() + graph)
    return digest.hexdigest()
