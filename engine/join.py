"""The join: from what the model speaks, at its rate and late, to what the take holds, at its own rate from the cut on.

The take's samples before the cut are never touched. The source is carried on past the cut for some milliseconds by
linear prediction, and faded into the model's audio there: no step in level or slope is left to be heard as a click.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.audio import is_silent
from engine.leveling import Level, free_level, level_of, listened
from engine.resampling import Ratio, begin_of, part

FADE_SECONDS = 0.012
# Over the 12 ms after 24 cuts of unseen songs, order 48 on 0.1 s leaves a dip of 3.7 dB (median) between source and
# model, this one 1.0 dB, for 20 ms of work. Moving the model's start by up to 2 ms to fit changed that by 0.1 dB.
PREDICTION_ORDER = 512  # 11 ms at 48 kHz: more than one period of any note above 94 Hz
HISTORY_SECONDS = 0.2
HEADROOM = 1.2  # how far the model may pass the prompt's peak before it is turned down
KNEE = 0.9  # full scale is 1: what the model speaks louder than this is rounded off


def predict(history: np.ndarray, count: int) -> np.ndarray:
    """(C, count) samples that go on from ``history`` (C, N) by linear prediction.

    The autocorrelation method: what it predicts dies away in the end. Before that it may swell, where a note ends that
    falls as a bass drum does (of 120 songs in one, to three times full scale): no more than the history's peak is left.
    """
    x = history.astype(np.float64)
    weights = _predictor(x, min(PREDICTION_ORDER, x.shape[1] // 4))[:, ::-1]
    order = weights.shape[1]
    line = np.concatenate([x[:, x.shape[1] - order :], np.zeros((len(x), count))], axis=1)
    for index in range(order, order + count):
        line[:, index] = (line[:, index - order : index] * weights).sum(1)
    peak = np.abs(x).max(axis=1, keepdims=True)
    return line[:, order:].clip(-peak, peak).astype(np.float32)


def _predictor(x: np.ndarray, order: int) -> np.ndarray:
    """(C, order) weights of the last samples, newest first, by the recursion of Levinson (1946) and Durbin (1960)."""
    spectrum = np.fft.rfft(x * np.hanning(x.shape[1]), 2 * x.shape[1])
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)
    error = correlation[:, :1] * (1 + 1e-9) + 1e-12
    weights = np.zeros((len(x), order))
    for lag in range(order):
        known = weights[:, :lag]
        missed = correlation[:, lag + 1] - (known * correlation[:, lag:0:-1]).sum(1)
        reflection = missed[:, None] / error
        weights[:, :lag] = known - reflection * known[:, ::-1]
        weights[:, lag : lag + 1] = reflection
        error = error * (1 - reflection**2)
    return weights


def soft_clip(audio: np.ndarray) -> np.ndarray:
    """``audio`` unchanged up to KNEE, and bent smoothly so as never to pass full scale beyond it."""
    if np.abs(audio).max(initial=0) <= KNEE:
        return audio
    over = np.maximum(np.abs(audio) - KNEE, 0)
    return np.sign(audio) * (np.minimum(np.abs(audio), KNEE) + (1 - KNEE) * np.tanh(over / (1 - KNEE)))


@dataclass(frozen=True, eq=False)
class Join:
    """What stays the same throughout a take: how the source goes on past the cut (2, n), the `ceiling` of the peaks,
    the `delay` by which what is decoded lags, in samples of the model, and the ratio of the two rates."""

    source: np.ndarray
    ceiling: np.float32
    delay: int
    ratio: Ratio


@dataclass(frozen=True, eq=False)
class JoinState:
    """Where the join stands, a value that nothing changes: `heard` samples were decoded and `given` to the take;
    `recent` (2, n) are the last ones before the resampler, the delay cut away, `level` is how loud they are to be, and
    `volume` the last one used."""

    heard: int
    given: int
    recent: np.ndarray
    level: Level
    volume: float | None


def join_of(lead: np.ndarray, source: np.ndarray, delay: int, ratio: Ratio) -> tuple[Join, JoinState]:
    """The join of a take. ``lead`` (2, > the ratio's reach) is the end of the prompt at the model's rate, so that the
    resampler hears no edge at the cut, and ``source`` (2, N) the prompt at the take's. After silence there is no
    ceiling and no level."""
    rate = ratio.new_rate
    ahead = predict(source[:, -round(HISTORY_SECONDS * rate) :], round(FADE_SECONDS * rate))
    silent = is_silent(source)
    ceiling = np.float32(np.inf) if silent else HEADROOM * np.abs(source).max()
    level = free_level() if silent else level_of(source, rate)
    return Join(ahead, ceiling, delay, ratio), JoinState(0, 0, lead, level, None)


def joined(audio: np.ndarray, join: Join, state: JoinState) -> tuple[np.ndarray, JoinState]:
    """Decoded samples (2, n) as the take's next ones (2, m); m varies and may be 0."""
    heard = state.heard + audio.shape[1]
    recent = np.concatenate([state.recent, audio[:, max(0, join.delay - state.heard) :]], axis=1)
    end = max(0, heard - join.delay)  # of what is decoded, counted from the cut as all that follows
    given = join.ratio.ready(end)
    block = part(partial(_read, recent, end), join.ratio, state.given, given)
    level = listened(state.level, block)
    block, volume = _turned(block, level.gain, join.ceiling, state.volume)
    kept = recent[:, max(0, begin_of(join.ratio, given) - end + recent.shape[1]) :]
    return _faded(soft_clip(block), join.source, state.given), JoinState(heard, given, kept, level, volume)


def _read(recent: np.ndarray, end: int, start: int, stop: int) -> np.ndarray:
    """Samples [start, stop) of what ends with `recent` (2, n) at sample `end`, with zeros on both sides."""
    first = end - recent.shape[1]
    inside = recent[:, max(0, start - first) : max(0, stop - first)]
    if inside.shape[1] == stop - start:
        return inside
    before = max(0, first - start)
    return np.pad(inside, ((0, 0), (before, stop - start - before - inside.shape[1])))


def _turned(block: np.ndarray, gain: float, ceiling: np.float32, last: float | None) -> tuple[np.ndarray, float | None]:
    """The block at the volume that is the ``gain``, or less where that would pass the ceiling, reached by a ramp from
    the `last` one's volume."""
    if not block.shape[1]:
        return block, last
    volume = min(gain, ceiling / max(np.abs(block).max(), 1e-9))
    if volume == 1 and last in (None, 1):
        return block, volume
    ramp = np.linspace(volume if last is None else last, volume, block.shape[1] + 1, dtype=np.float32)[1:]
    return block * ramp, volume


def _faded(block: np.ndarray, source: np.ndarray, given: int) -> np.ndarray:
    """The block, of which `given` samples went before, faded in from the source as that dies away."""
    if given >= source.shape[1]:
        return block
    gain = np.cos(np.linspace(0, np.pi / 2, source.shape[1] + 2)[1:-1]).astype(np.float32) ** 2
    count = min(max(0, source.shape[1] - given), block.shape[1])
    here = slice(given, given + count)
    mixed = gain[here] * source[:, here] + (1 - gain[here]) * block[:, :count]
    return np.concatenate([mixed, block[:, count:]], axis=1)
