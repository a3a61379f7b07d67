"""Landing: a take ends on a bar line, and what sounds there rings out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.errors import CalmError
from engine.join import HISTORY_SECONDS, predict
from engine.music.leadsheet import Grid

RING_SECONDS = 2.0  # at least; then on to the next bar line
SOUNDING_SECONDS = 0.4  # before the stop: what rings out
BLEND_SECONDS = 0.03  # from the last sound to its ring
LEVEL = 0.7  # of the ring at the stop, by the last sound
EDGES = (250.0, 1000.0, 4000.0)  # Hz
DECAY_SECONDS = (2.0, 1.8, 1.4, 0.9)  # until 60 dB less, in the bands between EDGES: air takes the high ones first


@dataclass(frozen=True, eq=False)
class Landing:
    """`samples` (C, N): the take until `stop`, bit for bit, then its ring. `bars` from the first bar line to the
    end, None without a beat."""

    samples: np.ndarray
    stop: int
    bars: int | None


def land(samples: np.ndarray, rate: int, grid: Grid | None, seconds: float) -> Landing:
    """End `samples` (C, N) on the bar line nearest to `seconds`; with the ring it is whole bars long.

    Without a `grid` (its seconds counted from sample 0) it ends at `seconds` itself. Raises CalmError if there is no
    bar line between the first sample and the last.
    """
    length = samples.shape[1]
    if grid:
        bar = grid.beats_per_bar * 60 / grid.tempo
        first = np.ceil(-grid.downbeat / bar)  # the number of the first bar line in the take
        last = np.floor((length / rate - grid.downbeat) / bar + 1e-6)
        line = float(np.clip(round((seconds - grid.downbeat) / bar), first, max(first, last)))
        stop = min(round((grid.downbeat + line * bar) * rate), length)
        end = line + np.ceil(RING_SECONDS / bar)
        ring_length, bars = round((grid.downbeat + end * bar) * rate) - stop, int(end - first)
    else:
        stop, ring_length, bars = min(round(seconds * rate), length), round(RING_SECONDS * rate), None
    if stop <= 0:
        raise CalmError("There is no bar line to land on", "Make a longer take, or land without the beat")
    return Landing(np.concatenate([samples[:, :stop], ring(samples[:, :stop], rate, ring_length)], axis=1), stop, bars)


def ring(samples: np.ndarray, rate: int, count: int) -> np.ndarray:
    """(C, count) in which the end of `samples` (C, N) rings out: as in a room, by noise that dies away."""
    last = samples[:, -round(SOUNDING_SECONDS * rate) :]
    wet = _in_a_room(last * np.linspace(0, 1, last.shape[1]), rate, count)
    short = round(0.05 * rate)
    loudness = _rms(last[:, -short:]) / max(_rms(wet[:, :short]), 1e-12)
    wet *= LEVEL * loudness * np.linspace(1, 0, count) ** 0.5  # and nothing at the very end
    blend = min(round(BLEND_SECONDS * rate), count)
    gain = np.cos(np.linspace(0, np.pi / 2, blend)) ** 2
    wet[:, :blend] = gain * predict(samples[:, -round(HISTORY_SECONDS * rate) :], blend) + (1 - gain) * wet[:, :blend]
    return wet.astype(np.float32)


def _in_a_room(sound: np.ndarray, rate: int, count: int) -> np.ndarray:
    """(C, count) that is heard after `sound` (C, n) has stopped, in a room of decaying noise, its own for each side."""
    size = sound.shape[1] + count
    response = np.stack([_decaying_noise(side, rate, size) for side in range(len(sound))])
    wet = np.fft.irfft(np.fft.rfft(sound, 2 * size) * np.fft.rfft(response, 2 * size), 2 * size)
    return wet[:, sound.shape[1] : size]


def _decaying_noise(seed: int, rate: int, count: int) -> np.ndarray:
    """(count,) white noise that dies away by 60 dB in DECAY_SECONDS, band by band."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    band = np.searchsorted(EDGES, np.fft.rfftfreq(count, 1 / rate))
    seconds = np.arange(count) / rate
    return sum(
        np.fft.irfft(spectrum * (band == index), count) * 10 ** (-3 * seconds / decay)
        for index, decay in enumerate(DECAY_SECONDS)
    )


def _rms(sound: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(sound), dtype=np.float64)))
