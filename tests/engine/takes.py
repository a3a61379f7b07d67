"""Real takes of the tiny random model, and the files that they are saved to."""

import struct
import threading
from datetime import datetime
from pathlib import Path

import numpy as np

from engine.audio import Audio, read
from engine.controls import ControlBox, Controls
from engine.describe import metadata_of
from engine.export import ExportSettings, Piece, export
from engine.generate import generate
from engine.metadata.read import list_chunks
from engine.metadata.riff import chunk
from engine.recipe import Parent, Recipe, recipe_of
from engine.request import Prompt, Request
from engine.take import Take

CREATED = datetime(2026, 2, 3, 4, 5, 6)


def clip(rate: int = 48_000, seconds: float = 1.0) -> Audio:
    """A decaying beat of two tones, on the 24-bit grid as a file would give it."""
    t = np.arange(round(seconds * rate)) / rate
    sound = np.stack([0.4 * np.exp(-8 * (t % 0.25)) * np.sin(2 * np.pi * f * t) for f in (220, 331)])
    return Audio((np.rint(sound * 2**23) / 2**23).astype(np.float32), rate)


def made(
    model,
    prompt: Prompt | None = None,
    seconds: float = 0.6,
    controls: Controls | None = None,
    moves: dict[int, Controls] | None = None,
    frames: int | None = None,
    **request,
) -> Take:
    """A take, with the controls set anew before the frames in `moves`, stopped after `frames` frames."""
    audio = clip()
    prompt = prompt or Prompt(audio, "clip", 0, audio.samples.shape[1])
    take = Take(Request(prompt, seconds, 7, controls or Controls(), **request), 3)
    box, moves = ControlBox(take.request.controls), moves or {}
    for frame in generate(model, take, box, threading.Event()):
        box.set(moves.get(frame.index + 1, frame.controls))
        if frame.index + 1 == frames:
            break
    return take


def saved(take: Take, model, path: Path, parent: Parent | None = None, **settings) -> Recipe:
    """Export the take with its recipe, which is returned."""
    recipe = recipe_of(take, model.info, parent)
    about = metadata_of(take, recipe, CREATED)
    settings = {"format": path.suffix[1:], **settings}
    export(Piece(take.audio.samples, about), ExportSettings(**settings), path)
    return recipe


def parts(path: Path) -> list[tuple[bytes, bytes]]:
    """The chunks of a WAV file: (name, content)."""
    data = path.read_bytes()
    return [(found.name, data[found.start : found.start + found.size]) for found in list_chunks(path)]


def put_together(path: Path, parts: list[tuple[bytes, bytes]]) -> Path:
    body = b"".join(chunk(name, content) for name, content in parts)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)
    return path


def edited(file, path, change):
    """The file with the bytes of its chunks as `change`, given and giving a list of (name, content), makes them."""
    return put_together(path, change(parts(file)))


def resaved(file, path, change):
    """The file with its samples (N, 2) as `change` makes them, all other chunks as they were."""
    samples = np.ascontiguousarray(change(read(file).samples.T))
    steps = np.rint(samples * 2**23).clip(-(2**23), 2**23 - 1).astype("<i4")
    data = steps.view(np.uint8).reshape(*steps.shape, 4)[:, :, :3].tobytes()
    return edited(file, path, lambda chunks: [(name, data if name == b"data" else content) for name, content in chunks])
