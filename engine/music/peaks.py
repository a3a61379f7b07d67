"""The tones in a clip at each moment: spectral peaks with interpolated frequencies, after E. Gomez, Tonal description
of music audio signals (2006), so that the broad spectra of drums count little."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.music.spectra import RATE, power

WINDOW, HOP = 8192, 1024
FRAMES_PER_SECOND = RATE / HOP
LOWEST, HIGHEST = 32.0, 2200.0  # Hz
FLOOR = 1e-3  # of the loudest peak's amplitude (-60 dB): weaker peaks are not counted
CONTRAST = 2.0  # times the mean of its neighbourhood that a peak must reach, to be a tone
NEIGHBOURHOOD = 31  # bins, 83 Hz


@dataclass(frozen=True, eq=False)
class Peaks:
    """Of each peak its `frame`, `frequency` in Hz and `height`, an amplitude, all (peaks,); `frames` is how many frames
    the clip has."""

    frame: np.ndarray
    frequency: np.ndarray
    height: np.ndarray
    frames: int

    @property
    def key(self) -> np.ndarray:
        """(peaks,) the nearest key as a MIDI number, by the clip's own tuning."""
        pitch = 69 + 12 * np.log2(self.frequency / 440)
        return np.round(pitch - tuning(pitch, self.height)).astype(int)


def tuning(pitch: np.ndarray, height: np.ndarray) -> float:
    """How far, in semitones within +-0.5, pitches weighed by their height lie above the equal-tempered ones."""
    return float(np.angle((height * np.exp(2j * np.pi * pitch)).sum()) / (2 * np.pi)) if len(pitch) else 0.0


def hear_peaks(samples: np.ndarray) -> Peaks:
    """Every tone of samples (N,) at `spectra.RATE`."""
    amplitude = np.sqrt(power(samples, WINDOW, HOP)[:, : int(HIGHEST / RATE * WINDOW) + 2])
    left, middle, right = amplitude[:, :-2], amplitude[:, 1:-1], amplitude[:, 2:]
    sums = np.cumsum(np.pad(middle, ((0, 0), (NEIGHBOURHOOD // 2 + 1, NEIGHBOURHOOD // 2)), mode="reflect"), axis=1)
    around = (sums[:, NEIGHBOURHOOD:] - sums[:, :-NEIGHBOURHOOD]) / NEIGHBOURHOOD
    stands_out = (middle > CONTRAST * around) & (middle > FLOOR * max(middle.max(initial=0), 1e-6))
    frame, bin_ = np.nonzero(stands_out & (middle > left) & (middle >= right))
    below, top, above = (np.log(side[frame, bin_] + 1e-12) for side in (left, middle, right))
    shift = 0.5 * (below - above) / (below - 2 * top + above)
    frequency = (bin_ + 1 + shift) * RATE / WINDOW
    kept = (frequency > LOWEST) & (frequency < HIGHEST)
    return Peaks(frame[kept], frequency[kept], middle[frame, bin_][kept], len(amplitude))
