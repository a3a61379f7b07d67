"""What would be heard of the harmony of songs that are composed and not rendered: to learn keys from, of which a song
tells one, where rendering and listening would take fifty times as long.

Only what the notes say is made: how loud each pitch class is in each beat, with overtones, levels of the instruments
and noise that differ from song to song. With these songs alone keys are heard better than from a fifth as many rendered
ones: see `engine.train.fit_hearing`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.music.chroma import BASS, UPPER, tones
from engine.music.pulse import Pulse
from engine.train.compose.composer import compose
from engine.train.compose.song import Song

FIRST_SEED = 4_000_000  # of none that anything is judged by
HIGHEST_BASS, LOWEST_UPPER = (69 + 12 * np.log2(edge / 440) for edge in (BASS[1], UPPER[0]))  # as MIDI keys
OVERTONES = {7: 0.35, 4: 0.2}  # semitones above, octaves left out: the most of the third and the fifth partial
BELOW = 0.3  # of a note too low for the upper range, what its second partial puts there
LEVELS = (0.3, 1.5)  # of instruments
NOISE = (0.0, 0.003, 0.01)


@dataclass(frozen=True, eq=False)
class Harmony:
    """The tones (spans, 24) that sound in spans of a beat, what a change of chord costs at each (spans,), and what is
    right: the tonic, and the scale by name."""

    tones: np.ndarray
    change: np.ndarray
    tonic: int
    mode: str


def composed(number: int, seconds: float) -> Harmony | None:
    """So many seconds from somewhere in the song ``number``; None where there are too few beats, or no tones."""
    song, random = compose(FIRST_SEED + number), np.random.default_rng(number)
    beats = np.array(song.beats)
    start = random.uniform(0, max(beats[-1] - seconds, 0.1))
    inside = (beats >= start) & (beats < start + seconds)
    if inside.sum() < song.beats_per_bar:
        return None
    first_downbeat = int(-np.argmax(inside)) % song.beats_per_bar
    pulse = Pulse(song.tempo, beats[inside] - start, song.beats_per_bar, first_downbeat, 1.0)
    edges, change = pulse.spans(seconds)
    sounds = tones(heard(song, start + edges, random))
    return Harmony(sounds, change, song.tonic, song.mode) if sounds.any() else None


def heard(song: Song, edges: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mean amplitudes (spans, 24) of the pitch classes, bass and upper range, between ``edges`` in the song's
    seconds."""
    levels, brightness = random.uniform(*LEVELS, len(song.instruments)), random.uniform()
    sums = np.zeros((len(edges) - 1, 24))
    for note in song.notes:
        if "drums" in song.instruments[note.track].roles:
            continue
        stop = note.start + note.duration
        shares = (np.minimum(edges[1:], stop) - np.maximum(edges[:-1], note.start)).clip(min=0) / np.diff(edges)
        loud = shares * levels[note.track] * (note.velocity / 127) ** 2
        if note.pitch < HIGHEST_BASS:
            sums[:, note.pitch % 12] += loud
        sums[:, 12 + note.pitch % 12] += loud * (1 if note.pitch > LOWEST_UPPER else BELOW)
        for interval, most in OVERTONES.items():
            sums[:, 12 + (note.pitch + interval) % 12] += loud * most * brightness
    return sums + random.exponential(1.0, sums.shape) * random.choice(NOISE)
