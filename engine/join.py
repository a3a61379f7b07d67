"""The join: from what the model speaks, at its rate and late, to what the take holds, at its own rate from the cut on.

The take's samples before the cut are never touched. The source is carried on past the cut for some milliseconds by
linear prediction, and faded into the model's audio there: no step in level or slope is left to be heard as a click.
"""

from __future__ import annotations

import numpy as np
import soxr

FADE_SECONDS = 0.012
PREDICTION_ORDER = 48
HEADROOM = 1.2  # how far the model may pass the prompt's peak before it is turned down
KNEE = 0.9  # full scale is 1: what the model speaks louder than this is rounded off


def predict(history: np.ndarray, count: int) -> np.ndarray:
    """(C, count) samples that go on from ``history`` (C, N) by linear prediction.

    The autocorrelation method: what it predicts may die away, but never grows.
    """
    return np.stack([_predict_channel(channel.astype(np.float64), count) for channel in history]).astype(np.float32)


def _predict_channel(x: np.ndarray, count: int) -> np.ndarray:
    order = min(PREDICTION_ORDER, len(x) // 4)
    windowed = x * np.hanning(len(x))
    correlation = np.array([windowed[lag:] @ windowed[: len(x) - lag] for lag in range(order + 1)])
    correlation[0] = correlation[0] * (1 + 1e-9) + 1e-12
    lags = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
    weights = np.linalg.solve(correlation[lags], correlation[1:])[::-1]
    line = np.concatenate([x[-order:], np.zeros(count)])
    for index in range(order, order + count):
        line[index] = line[index - order : index] @ weights
    return line[order:]


def soft_clip(audio: np.ndarray) -> np.ndarray:
    """``audio`` unchanged up to KNEE, and bent smoothly so as never to pass full scale beyond it."""
    over = np.maximum(np.abs(audio) - KNEE, 0)
    return np.sign(audio) * (np.minimum(np.abs(audio), KNEE) + (1 - KNEE) * np.tanh(over / (1 - KNEE)))


class Join:
    """Turns decoded blocks (2, n) at ``model_rate``, of which the first ``delay`` samples belong before the cut, into
    blocks for the take. ``lead`` (2, >= delay) is the end of the prompt at the model's rate and ``source`` (2, N) the
    prompt at the take's rate."""

    def __init__(self, lead: np.ndarray, source: np.ndarray, delay: int, model_rate: int, rate: int):
        self._drop = delay
        self._resampler = None if rate == model_rate else soxr.ResampleStream(model_rate, rate, 2, dtype="float32")
        self._skip = round(lead.shape[1] * rate / model_rate)
        self._lead = self._resample(lead)  # so that the resampler hears no edge at the cut
        self._ceiling, self._volume = HEADROOM * np.abs(source).max(), 1.0
        self._fade = predict(source[:, -round(0.1 * rate) :], round(FADE_SECONDS * rate))
        self._gain = np.cos(np.linspace(0, np.pi / 2, self._fade.shape[1] + 2)[1:-1]).astype(np.float32) ** 2

    def __call__(self, audio: np.ndarray) -> np.ndarray:
        """The take's next samples (2, m); m varies and may be 0."""
        kept = audio[:, self._drop :]
        self._drop -= audio.shape[1] - kept.shape[1]
        block = np.concatenate([self._lead, self._resample(kept)], axis=1)
        self._lead = block[:, :0]
        skipped = min(self._skip, block.shape[1])
        self._skip -= skipped
        return self._faded(soft_clip(self._turned_down(block[:, skipped:])))

    def _resample(self, audio: np.ndarray) -> np.ndarray:
        return audio if self._resampler is None else self._resampler.resample_chunk(np.ascontiguousarray(audio.T)).T

    def _turned_down(self, block: np.ndarray) -> np.ndarray:
        """The block at the volume that keeps its peak to the ceiling, reached by a ramp from the last one's volume."""
        volume = min(1.0, self._ceiling / max(np.abs(block).max(initial=0), 1e-9))
        ramp = np.linspace(self._volume, volume, block.shape[1] + 1, dtype=np.float32)[1:]
        self._volume = volume if block.shape[1] else self._volume
        return block * ramp

    def _faded(self, block: np.ndarray) -> np.ndarray:
        count = min(self._fade.shape[1], block.shape[1])
        gain = self._gain[:count]
        mixed = gain * self._fade[:, :count] + (1 - gain) * block[:, :count]
        self._fade, self._gain = self._fade[:, count:], self._gain[count:]
        return np.concatenate([mixed, block[:, count:]], axis=1)
