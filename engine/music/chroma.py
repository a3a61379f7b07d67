"""Which of the twelve pitch classes sound at each moment, in the bass and above it.

Spectral peaks with interpolated frequencies, after E. Gomez, Tonal description of music audio signals (2006), so that
the broad spectra of drums count little; the tuning is taken from the peaks themselves.
"""

from __future__ import annotations

import numpy as np

from engine.music.spectra import RATE, power

WINDOW, HOP = 8192, 1024
FRAMES_PER_SECOND = RATE / HOP
BASS, UPPER = (32.0, 200.0), (130.0, 2200.0)  # Hz
FLOOR = 1e-3  # of the loudest peak's amplitude (-60 dB): weaker peaks are not counted
CONTRAST = 2.0  # times the mean of its neighbourhood that a peak must reach, to be a tone
NEIGHBOURHOOD = 31  # bins, 83 Hz
QUIET = 0.05  # of the median: spans below it are taken for rests
SILENT = 1e-3  # summed amplitude, full scale 1


def chroma(samples: np.ndarray) -> np.ndarray:
    """(frames, 24) amplitude of the pitch classes from C up, twelve of the BASS, then twelve of the UPPER range."""
    amplitude = np.sqrt(power(samples, WINDOW, HOP)[:, : int(UPPER[1] / RATE * WINDOW) + 2])
    frame, frequency, height = _peaks(amplitude)
    pitch = 69 + 12 * np.log2(frequency / 440)
    nearest = np.round(pitch - tuning(pitch, height)).astype(int) % 12
    halves = [_folded(frame, nearest, height, frequency, span, len(amplitude)) for span in (BASS, UPPER)]
    return np.concatenate(halves, axis=1)


def tuning(pitch: np.ndarray, height: np.ndarray) -> float:
    """How far, in semitones within +-0.5, pitches weighed by their height lie above the equal-tempered ones."""
    return float(np.angle((height * np.exp(2j * np.pi * pitch)).sum()) / (2 * np.pi)) if len(pitch) else 0.0


def _peaks(amplitude: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frame, frequency in Hz and height of every tone in amplitudes (frames, bins)."""
    left, middle, right = amplitude[:, :-2], amplitude[:, 1:-1], amplitude[:, 2:]
    sums = np.cumsum(np.pad(middle, ((0, 0), (NEIGHBOURHOOD // 2 + 1, NEIGHBOURHOOD // 2)), mode="reflect"), axis=1)
    around = (sums[:, NEIGHBOURHOOD:] - sums[:, :-NEIGHBOURHOOD]) / NEIGHBOURHOOD
    stands_out = (middle > CONTRAST * around) & (middle > FLOOR * max(middle.max(initial=0), 1e-6))
    frame, bin_ = np.nonzero(stands_out & (middle > left) & (middle >= right))
    below, top, above = (np.log(side[frame, bin_] + 1e-12) for side in (left, middle, right))
    shift = 0.5 * (below - above) / (below - 2 * top + above)
    frequency = (bin_ + 1 + shift) * RATE / WINDOW
    kept = (frequency > BASS[0]) & (frequency < UPPER[1])
    return frame[kept], frequency[kept], middle[frame, bin_][kept]


def _folded(frame, pitch_class, height, frequency, span: tuple[float, float], frames: int) -> np.ndarray:
    """(frames, 12) sums of the heights of the peaks inside a span of frequencies."""
    inside = (frequency > span[0]) & (frequency < span[1])
    place = 12 * frame[inside] + pitch_class[inside]
    return np.bincount(place, weights=height[inside], minlength=12 * frames).reshape(frames, 12)


def tones(spans: np.ndarray) -> np.ndarray:
    """(spans, 24) of mean chroma (spans, 24): roots of the amplitudes, bass and upper range each of length 1.

    Rows in which next to nothing sounds, compared with the others, are 0.
    """
    loudness = spans.sum(axis=1)
    halves = np.sqrt(spans).reshape(-1, 2, 12)
    lengths = np.maximum(np.linalg.norm(halves, axis=2, keepdims=True), 1e-6)
    sounding = loudness > max(QUIET * np.median(loudness), SILENT)
    return (halves / lengths).reshape(-1, 24) * sounding[:, None]


def beatwise(pitch_classes: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(beats, columns) means of chroma (frames, columns) from each of `times` (seconds) to the next, and to the end."""
    edges = np.round(times * FRAMES_PER_SECOND).astype(int).clip(0, len(pitch_classes) - 1)
    stops = np.append(edges[1:], len(pitch_classes)).clip(min=edges + 1)
    sums = np.concatenate([np.zeros((1, pitch_classes.shape[1])), np.cumsum(pitch_classes, axis=0)])
    return (sums[stops] - sums[edges]) / (stops - edges)[:, None]
