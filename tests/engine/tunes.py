"""Plain tunes whose tempo and key are known: chords over a beat."""

import numpy as np

CHORDS = ((0, 4, 7), (2, 5, 9), (5, 9, 12), (7, 11, 14))
"""I, ii, IV and V of a major key, two beats each, in semitones from the tonic; with vi it could be minor as well."""


def tune(seconds: float, rate: int, tempo: float = 120.0, tonic: int = 0) -> np.ndarray:
    """Float32 (2, N): a kick on every beat, a hat between, and the chords of a major key, `tonic` semitones above C."""
    t = np.arange(round(seconds * rate)) / rate
    beat = t * tempo / 60
    since = (beat % 1) * 60 / tempo
    drums = np.exp(-18 * (beat % 1)) * np.sin(2 * np.pi * 60 * since)
    noise = np.random.default_rng(0).standard_normal(len(t))
    drums = drums + 0.2 * noise * np.exp(-40 * ((beat + 0.5) % 1))
    chord = np.array(CHORDS)[(beat // 2).astype(int) % len(CHORDS)] + tonic
    pitch = 261.63 * 2 ** (chord / 12)
    phase = 2 * np.pi * np.cumsum(pitch, axis=0) / rate
    sound = (np.sin(phase) + 0.3 * np.sin(2 * phase)).sum(axis=1) * np.exp(-1.5 * (beat % 2))
    return np.tile(0.15 * drums + 0.05 * sound, (2, 1)).astype(np.float32)
