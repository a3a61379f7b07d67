"""Which of the twelve pitch classes sound at each moment, in the bass and above it."""

from __future__ import annotations

import numpy as np

from engine.music.peaks import FRAMES_PER_SECOND, HIGHEST, LOWEST, Peaks

BASS, UPPER = (LOWEST, 200.0), (130.0, HIGHEST)  # Hz
QUIET = 0.05  # of the median: spans below it are taken for rests
SILENT = 1e-3  # summed amplitude, full scale 1


def chroma(peaks: Peaks) -> np.ndarray:
    """(frames, 24) amplitude of the pitch classes from C up, twelve of the BASS, then twelve of the UPPER range."""
    pitch_class = peaks.key % 12
    return np.concatenate([_folded(peaks, pitch_class, span) for span in (BASS, UPPER)], axis=1)


def _folded(peaks: Peaks, pitch_class: np.ndarray, span: tuple[float, float]) -> np.ndarray:
    """(frames, 12) sums of the heights of the peaks inside a span of frequencies."""
    inside = (peaks.frequency > span[0]) & (peaks.frequency < span[1])
    place = 12 * peaks.frame[inside] + pitch_class[inside]
    return np.bincount(place, weights=peaks.height[inside], minlength=12 * peaks.frames).reshape(peaks.frames, 12)


def tones(spans: np.ndarray) -> np.ndarray:
    """(spans, 24) of mean chroma (spans, 24): roots of the amplitudes, bass and upper range each of length 1.

    Rows in which next to nothing sounds, compared with the others, are 0.
    """
    loudness = spans.sum(axis=1)
    halves = np.sqrt(spans).reshape(-1, 2, 12)
    lengths = np.maximum(np.linalg.norm(halves, axis=2, keepdims=True), 1e-6)
    sounding = loudness > max(QUIET * np.median(loudness), SILENT)
    return (halves / lengths).reshape(-1, 24) * sounding[:, None]


def beatwise(columns: np.ndarray, times: np.ndarray, frames_per_second: float = FRAMES_PER_SECOND) -> np.ndarray:
    """(beats, columns) means of (frames, columns) from each of `times` (seconds) to the next, and to the end."""
    edges = np.round(times * frames_per_second).astype(int).clip(0, len(columns) - 1)
    stops = np.append(edges[1:], len(columns)).clip(min=edges + 1)
    sums = np.concatenate([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0)])
    return (sums[stops] - sums[edges]) / (stops - edges)[:, None]
