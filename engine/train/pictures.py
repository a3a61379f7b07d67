"""Pictures of sounds, to be looked at beside the figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from engine.train.listen import spectrogram
from engine.train.mel import mel_matrix, to_mel

WINDOW, HOP, BANDS = 2048, 480, 160
TICKS = (100, 300, 1000, 3000, 10_000, 20_000)  # Hz


def draw_spectrograms(path: Path, sounds: dict[str, np.ndarray], rate: int, cut: float | None = None) -> None:
    """Write a PNG with the mel spectrogram of each (2, N) sound, both channels mixed, under its name: -100 to 0 dB. A
    line marks the second of a ``cut``."""
    figure = Figure(figsize=(10, 3.2 * len(sounds)), layout="constrained")
    for place, (name, audio) in enumerate(sounds.items(), 1):
        power, _ = spectrogram(audio.mean(0), rate, WINDOW, HOP)
        levels = 10 * np.log10(np.maximum(power @ mel_matrix(rate, WINDOW, BANDS), 1e-10))
        axes = figure.add_subplot(len(sounds), 1, place, title=name, ylabel="Hz")
        top = to_mel(rate / 2)
        picture = axes.imshow(
            levels.T, origin="lower", aspect="auto", cmap="magma", vmin=-100, vmax=0,
            extent=(0, audio.shape[1] / rate, 0, top),
        )  # fmt: skip
        ticks = [hertz for hertz in TICKS if hertz < rate / 2]
        axes.set_yticks([to_mel(hertz) for hertz in ticks], ticks)
        if cut is not None:
            axes.axvline(cut, color="white", linestyle=":")
        figure.colorbar(picture, label="dB")
    axes.set_xlabel("seconds")
    figure.savefig(path, dpi=80)
