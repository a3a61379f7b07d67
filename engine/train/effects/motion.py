"""Sound read at a pace that wavers: vibrato, bends, chorus, tape."""

from __future__ import annotations

import numpy as np

from engine.train.compose import Note

CONTROL = 400  # points a second of a delay
CHUNK = 8192  # samples read at a time: they stay in the cache
SEMITONE = np.log(2) / 12
SHORTEST = 0.25  # seconds of a note that is bent


def delayed(audio: np.ndarray, seconds: np.ndarray, rate: int) -> np.ndarray:
    """The sound as it was so many `seconds` (points,) ago, CONTROL points a second; cubic between samples (Catmull and
    Rom), as straight lines would take 1 dB at 10 kHz away."""
    out, samples = np.empty_like(audio), audio.shape[1]
    points, lags = np.arange(len(seconds)) * (rate / CONTROL), seconds * rate
    for first in range(0, samples, CHUNK):
        time = np.arange(first, min(first + CHUNK, samples))
        place = np.clip(time - np.interp(time, points, lags), 1, samples - 3)
        whole = place.astype(np.int64)
        for side, read in zip(audio, out, strict=True):
            read[first : first + CHUNK] = _cubic(side, whole, (place - whole).astype(np.float32))
    return out


def _cubic(sound: np.ndarray, whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Between samples `whole` and the next, `part` of the way."""
    before, here, after, later = (sound.take(whole + step) for step in (-1, 0, 1, 2))
    slope = 0.5 * (after - before)
    bend = before - 2.5 * here + 2 * after - 0.5 * later
    turn = 0.5 * (later - before) + 1.5 * (here - after)
    return ((turn * part + bend) * part + slope) * part + here


def vibrato(notes: list[Note], cents: float, hertz: float, points: int) -> np.ndarray:
    """Seconds of delay (points,) of a vibrato that comes in a quarter of a second after each note begins."""
    time = np.arange(points) / CONTROL
    starts = np.array(sorted(note.start for note in notes))
    since = time - starts[np.maximum(np.searchsorted(starts, time, "right") - 1, 0)]
    # A delay of d sin(2 pi f t) bends by up to 2 pi f d.
    depth = cents / 100 * SEMITONE / (2 * np.pi * hertz) * np.clip((since - 0.1) / 0.3, 0, 1)
    smooth = np.convolve(depth, np.full(24, 1 / 24), "same")
    return smooth * np.sin(2 * np.pi * hertz * time)


def bends(rng: np.random.Generator, notes: list[Note], semitones: float, share: float, points: int) -> np.ndarray:
    """Seconds of delay (points,) that let a share of the longer notes begin too low and slide up within 0.12 s."""
    delay = np.zeros(points)
    for note in notes:
        if note.duration >= SHORTEST and rng.random() < share:
            start, stop = round(note.start * CONTROL), round((note.start + note.duration) * CONTROL)
            falling = semitones * SEMITONE * np.clip(1 - np.arange(stop - start) / (0.12 * CONTROL), 0, 1)
            lag = np.cumsum(falling) / CONTROL
            # Back to no delay, slowly: 7 ms in half a second is a few cents.
            lag *= np.clip((stop - start - np.arange(stop - start)) / (0.6 * (stop - start)), 0, 1)
            end = min(stop, points)
            delay[start:end] = np.maximum(delay[start:end], lag[: end - start])
    return delay


def chorus(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """A copy either side that wavers around 12 ms behind: wide and a little out of tune."""
    time = np.arange(round(audio.shape[1] / rate * CONTROL) + 2) / CONTROL
    hertz, depth = rng.uniform(0.2, 1.2, 2), rng.uniform(0.0005, 0.002)
    lags = [0.012 + depth * np.sin(2 * np.pi * h * time + rng.uniform(0, 6)) for h in hertz]
    middle = audio.mean(axis=0, keepdims=True)
    copies = np.concatenate([delayed(middle, lag, rate) for lag in lags])
    return np.float32(0.7) * (audio + copies)


def wow(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """A worn tape: slow and fast wavering, up to 20 cents."""
    time = np.arange(round(audio.shape[1] / rate * CONTROL) + 2) / CONTROL
    slow = rng.uniform(3, 15) / 100 * SEMITONE / (2 * np.pi * 0.7) * np.sin(2 * np.pi * 0.7 * time)
    fast = rng.uniform(1, 5) / 100 * SEMITONE / (2 * np.pi * 6.3) * np.sin(2 * np.pi * 6.3 * time)
    return delayed(audio, 0.01 + slow + fast, rate)
