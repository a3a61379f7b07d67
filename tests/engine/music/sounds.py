"""Music whose truth is known: drums and chords placed on a grid. Mono float32 (N,)."""

import numpy as np

from engine.audio import Audio

RATE = 44_100


def silence(seconds, rate=RATE):
    return np.zeros(round(seconds * rate), np.float32)


def click(rate=RATE):
    t = np.arange(round(0.03 * rate)) / rate
    return np.sin(2 * np.pi * 1500 * t) * np.exp(-150 * t)


def kick(rate=RATE):
    t = np.arange(round(0.2 * rate)) / rate
    return np.sin(2 * np.pi * (50 * t - 4 * np.exp(-40 * t))) * np.exp(-18 * t)


def snare(rate=RATE):
    t = np.arange(round(0.15 * rate)) / rate
    noise = np.random.default_rng(1).standard_normal(len(t))
    return 0.4 * noise * np.exp(-25 * t) + 0.4 * np.sin(2 * np.pi * 190 * t) * np.exp(-30 * t)


def hat(rate=RATE):
    t = np.arange(round(0.05 * rate)) / rate
    return 0.2 * np.diff(np.random.default_rng(2).standard_normal(len(t) + 1)) * np.exp(-80 * t)


def note(pitch, seconds, rate=RATE):
    """A plucked tone with eight partials."""
    t = np.arange(round(seconds * rate)) / rate
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    partials = [np.sin(2 * np.pi * k * frequency * t) / k for k in range(1, 9) if k * frequency < rate / 2]
    fade = np.minimum(1, np.minimum(t, seconds - t) / 0.01)
    return 0.2 * sum(partials) * np.exp(-1.5 * t) * fade


def placed(strokes, seconds, rate=RATE):
    """Sounds at times: [(second, samples)] as (N,); what reaches over the end is cut."""
    out = silence(seconds, rate)
    for at, sound in strokes:
        start = round(at * rate)
        if 0 <= start < len(out):
            part = sound[: len(out) - start]
            out[start : start + len(part)] += part
    return out


def grid(tempo, seconds, each=1.0, offset=0.0, start=0.0):
    """Times of every `each` beats from beat `offset` on, beat 0 at second `start`."""
    step = 60 / tempo
    return np.arange(start + offset * step, seconds, each * step)


def drums(tempo, seconds, beats_per_bar=4, swing=0.5, start=0.0, rate=RATE):
    """Kick on the first beat (and the third of four), snare on the others, hats on eighths, every second one swung."""
    strokes = []
    for number, at in enumerate(grid(tempo, seconds, start=start)):
        place = number % beats_per_bar
        strokes.append((at, kick(rate) if place == 0 or (place, beats_per_bar) == (2, 4) else 0.8 * snare(rate)))
        if place == 0:
            strokes.append((at, 0.5 * kick(rate)))
        strokes += [(at, hat(rate)), (at + swing * 60 / tempo, 0.7 * hat(rate))]
    return placed(strokes, seconds, rate)


def harmony(chords, length, seconds, rate=RATE, low=48):
    """Chords of (root, semitones above it), `length` seconds each and round again, with their roots in the bass."""
    strokes, number = [], 0
    while number * length < seconds:
        root, shape = chords[number % len(chords)]
        pitches = [low - 12 + root, *(low + 12 + (root + i) % 12 for i in shape)]
        strokes += [(number * length, note(pitch, length, rate)) for pitch in pitches]
        number += 1
    return placed(strokes, seconds, rate)


def audio(*parts, rate=RATE):
    """The mix as a clip with a peak of 0.8."""
    mixed = sum(parts)
    return Audio((0.8 / max(np.abs(mixed).max(), 1e-9) * mixed)[None].astype(np.float32), rate)


def noise(seconds, level, rate=RATE, seed=3):
    return level * np.random.default_rng(seed).standard_normal(round(seconds * rate))
