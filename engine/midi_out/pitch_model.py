"""The pitch model: from sound to the likelihood of every piano key, and of its being struck, 86 times a second.

It is Basic Pitch by Spotify (Bittner et al., "A Lightweight Instrument-Agnostic Model for Polyphonic Note Transcription
and Multipitch Estimation", ICASSP 2022), 230 kB, Apache-2.0. Only the weights are used: the package itself would bring
TensorFlow, so it is installed without its dependencies and never imported.
"""

from __future__ import annotations

import importlib.metadata
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.audio import Audio, resample
from engine.errors import CalmError

RATE = 22_050
FRAME = 256  # samples
FRAMES_PER_SECOND = RATE / FRAME
KEYS = 88
LOWEST_PITCH = 21  # MIDI: the piano's lowest A
LEVEL_FRAMES = 8  # 93 ms

_WINDOW = 43_844  # samples that the model hears at once, for 172 frames
_EDGE = 15  # frames on each side that hear too little of what is around them
_KEPT = 142  # frames of a window: whole frames from one window to the next, so that none drifts off its time

Progress = Callable[[int, int], None]
"""Called with the windows of 1.6 s that are done, and all that there are."""


@dataclass(frozen=True, eq=False)
class Activations:
    """Likelihoods 0..1, float32 (frames, KEYS), FRAMES_PER_SECOND of them: `sounding`, and `struck` just then.

    `level` is (frames,): the RMS in dB of the LEVEL_FRAMES that begin there, -120 for silence.
    """

    sounding: np.ndarray
    struck: np.ndarray
    level: np.ndarray


def installed_model() -> Path:
    """The model's file. Raises CalmError, which says how to install it, when it is not there."""
    try:
        package = importlib.metadata.distribution("basic-pitch")
    except importlib.metadata.PackageNotFoundError:
        path = None
    else:
        path = Path(package.locate_file("basic_pitch/saved_models/icassp_2022/nmp.onnx"))
    if path is None or not path.is_file():
        raise CalmError(
            "The model that hears notes is not installed",
            f'Install it (0.8 MB) with: "{sys.executable}" -m pip install --no-deps basic-pitch==0.4.0',
        )
    return path


def activations(audio: Audio, progress: Progress, stop: threading.Event) -> Activations | None:
    """Listen to all of `audio`; None soon after `stop` is set. Raises CalmError when the model is not installed."""
    run = _session(installed_model())
    mono = resample(audio.samples.mean(0, keepdims=True), audio.rate, RATE)[0]
    frames = -(-mono.size // FRAME)
    windows = -(-frames // _KEPT)
    before = _EDGE * FRAME
    padded = np.pad(mono, (before, (windows - 1) * _KEPT * FRAME + _WINDOW - before - mono.size))
    heard = []
    for window in range(windows):
        if stop.is_set():
            return None
        likelihoods = run(padded[window * _KEPT * FRAME :][:_WINDOW])
        heard.append(likelihoods[:, _EDGE : _EDGE + _KEPT])
        progress(window + 1, windows)
    sounding, struck = np.concatenate(heard, axis=1)[:, :frames]
    return Activations(sounding, struck, _level(mono, frames))


def _level(mono: np.ndarray, frames: int) -> np.ndarray:
    padded = np.pad(mono.astype(np.float64), (0, (frames + LEVEL_FRAMES) * FRAME - mono.size))
    power = np.square(padded.reshape(-1, FRAME)).mean(1)
    return 10 * np.log10(sliding_window_view(power, LEVEL_FRAMES)[:frames].mean(1) + 1e-12)


def _session(model: Path) -> Callable[[np.ndarray], np.ndarray]:
    """A function from (_WINDOW,) samples to (2, 172, KEYS) likelihoods: sounding, struck.

    One thread, because a take may be written meanwhile; on the processor, which is fast enough.
    """
    import onnxruntime  # not before it is needed: it is heavy

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    sounding_and_struck = ["StatefulPartitionedCall:1", "StatefulPartitionedCall:2"]

    def run(heard: np.ndarray) -> np.ndarray:
        return np.concatenate(session.run(sounding_and_struck, {"serving_default_input_2:0": heard[None, :, None]}))

    return run
