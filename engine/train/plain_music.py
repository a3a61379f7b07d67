"""Clips of clicks, loops and chords whose truth is known, by plain synths: music that the composer does not write.

A seed is a clip for ever. Seeds below a million are to learn from, those from a million up to judge by, as with songs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.audio import Audio
from engine.midi_in.voices import WAVES, Voice, click, hat, kick, note, snare
from engine.train.compose.harmony import TONICS
from engine.train.excerpts import Excerpt

RATE = 22_050
SLOWEST, FASTEST = 60.0, 200.0  # beats a minute
SHAPES = {"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7b5": (0, 3, 6, 10)}
# Degrees in semitones above the tonic, with their qualities; a bar each.
PROGRESSIONS = {
    "major": (
        ((0, ""), (5, ""), (7, "7"), (0, "")), ((0, ""), (9, "m"), (2, "m"), (7, "7")),
        ((2, "m"), (7, "7"), (0, ""), (0, "")), ((0, ""), (7, ""), (9, "m"), (5, "")),
        ((0, ""), (5, ""), (0, ""), (7, "7")), ((0, ""), (4, "m"), (5, ""), (7, "")),
    ),
    "minor": (
        ((0, "m"), (5, "m"), (7, "7"), (0, "m")), ((0, "m"), (8, ""), (5, "m"), (7, "7")),
        ((2, "m7b5"), (7, "7"), (0, "m"), (0, "m")), ((0, "m"), (10, ""), (8, ""), (7, "7")),
        ((0, "m"), (5, "m"), (0, "m"), (7, "")), ((0, "m"), (8, ""), (3, ""), (10, "")),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Groove:
    """The beats in a bar, which sixteenths of it each drum plays, and how notes are played: held for a chord, struck
    on every beat, as an arpeggio, with a bass on every beat, or not at all; `fastest` and `slowest` beats a minute."""

    beats_per_bar: int
    drums: dict[str, str]
    playing: str
    slowest: float = SLOWEST
    fastest: float = FASTEST
    swung: bool = False


GROOVES = {
    "clicks": Groove(4, {"click": "x...x...x...x..."}, "none"),
    "accented clicks": Groove(4, {"high click": "x...............", "click": "....x...x...x..."}, "none"),
    "clicks in three": Groove(3, {"high click": "x...........", "click": "....x...x..."}, "none"),
    "four on the floor": Groove(
        4, {"kick": "x...x...x...x...", "snare": "....x.......x...", "hat": "..x...x...x...x."}, "held", 100, 180
    ),
    "off-beat hats alone": Groove(4, {"kick": "x...x...x...x...", "hat": "..x...x...x...x."}, "none", 90, 160),
    "backbeat": Groove(
        4, {"kick": "x.......x.......", "snare": "....x.......x...", "hat": "x.x.x.x.x.x.x.x."}, "struck", 70, 185
    ),
    "half time": Groove(
        4, {"kick": "x.........x.....", "snare": "........x.......", "hat": "x.x.x.x.x.x.x.x."}, "held", 120, 180
    ),
    "breakbeat": Groove(
        4, {"kick": "x.x.......x.....", "snare": "....x..x.x..x..x", "hat": "x.x.x.x.x.x.x.x."}, "none", 90, 180
    ),
    "syncopated": Groove(
        4, {"kick": "x..x..x...x...x.", "snare": "....x.......x...", "hat": "xxxxxxxxxxxxxxxx"}, "bass", 70, 130
    ),
    "swing": Groove(
        4, {"hat": "x...x.x.x...x.x.", "snare": "....o.......o..."}, "bass", 90, 200, True
    ),
    "shuffle": Groove(
        4, {"kick": "x.......x.......", "snare": "....x.......x...", "hat": "x.x.x.x.x.x.x.x."}, "held", 70, 150, True
    ),
    "waltz": Groove(3, {"kick": "x...........", "hat": "....x...x..."}, "struck", 80, 190),
    "drums in three": Groove(
        3, {"kick": "x.........x.", "snare": "....x...x...", "hat": "x.x.x.x.x.x."}, "bass", 80, 180
    ),
    "arpeggio": Groove(4, {}, "arpeggio", 70, 160),
    "struck chords": Groove(4, {}, "struck", 60, 160),
    "pads over a kick": Groove(4, {"kick": "o...o...o...o..."}, "pad", 70, 150),
    "pads over a shaker": Groove(4, {"hat": "x.o.x.o.x.o.x.o."}, "pad", 70, 150),
    "walking bass": Groove(4, {}, "bass", 80, 190),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Loop:
    """A clip in the making: what was drawn for it, and when each sixteenth of it is."""

    draw: np.random.Generator
    groove: Groove
    tempo: float
    tonic: int
    mode: str
    chords: tuple[tuple[int, str], ...]
    cents: float

    def second(self, step: float) -> float:
        """When a sixteenth comes; swung music has its second eighths late, at two thirds of the beat."""
        late = 2 / 3 if self.groove.swung and step % 4 == 2 else 0.0
        return (step + late) * 15 / self.tempo


def kind(seed: int) -> str:
    """The name of a clip's groove."""
    return list(GROOVES)[seed % len(GROOVES)]


def plain_clip(seed: int, seconds: float) -> Excerpt:
    """The clip of a seed; its song has the labels of `compose.Song.labels` that hearing is judged by, and None for
    its key where there are only drums."""
    draw = np.random.default_rng([7, seed])
    groove = GROOVES[kind(seed)]
    mode = str(draw.choice(["major", "minor"]))
    chords = PROGRESSIONS[mode][draw.integers(len(PROGRESSIONS[mode]))]
    tempo = round(float(np.exp(draw.uniform(np.log(groove.slowest), np.log(groove.fastest)))), 2)
    loop = Loop(draw, groove, tempo, int(draw.integers(12)), mode, chords, float(draw.uniform(-30, 30)))
    bar = groove.beats_per_bar * 60 / tempo
    start = draw.uniform(0, 4 * bar)
    bars = int(np.ceil((start + seconds) / bar)) + 1
    sound = _drums(loop, bars) + _notes(loop, bars)
    first = round(start * RATE)
    samples = sound[first : first + round(seconds * RATE)]
    samples = samples + 10 ** draw.uniform(-4.5, -2.5) * draw.standard_normal(len(samples))
    audio = Audio((0.7 / np.abs(samples).max() * samples)[None].astype(np.float32), RATE)
    return Excerpt(audio, start, seconds, _labels(loop, bars))


def _drums(loop: Loop, bars: int) -> np.ndarray:
    """The drums of so many bars, (N,) at RATE; a soft stroke is written `o`."""
    draw = loop.draw
    sounds = {
        "click": click(1500.0, RATE), "high click": click(2000.0, RATE), "kick": kick(draw.uniform(42, 60), RATE),
        "snare": snare(draw, draw.uniform(160, 240), RATE), "hat": hat(draw, draw.uniform(25, 90), RATE),
    }  # fmt: skip
    strokes = []
    for name, pattern in loop.groove.drums.items():
        level = draw.uniform(0.5, 1.0)
        for step in range(bars * len(pattern)):
            loudness = {"x": 1.0, "o": 0.5, ".": 0.0}[pattern[step % len(pattern)]]
            if loudness:
                strokes.append((loop.second(step), level * loudness * draw.uniform(0.85, 1.0) * sounds[name]))
    return _placed(strokes, _end(loop, bars))


def _notes(loop: Loop, bars: int) -> np.ndarray:
    """What is played over the drums, (N,) at RATE."""
    if loop.groove.playing == "none":
        return np.zeros(round(_end(loop, bars) * RATE), np.float32)
    draw, pad = loop.draw, loop.groove.playing == "pad"
    voice = Voice(
        wave=str(draw.choice(list(WAVES))),
        attack=draw.uniform(0.15, 0.5) if pad else draw.uniform(0.003, 0.02),
        decay=0.0 if pad else draw.uniform(0.5, 4.0),
        cents=loop.cents,
    )
    level = draw.uniform(0.4, 1.0)
    played = [(loop.second(step), step, length, pitch) for step, length, pitch in _score(loop, bars)]
    known: dict[tuple[int, float], np.ndarray] = {}  # the same notes come back, and are slow to make
    strokes = []
    for at, step, length, pitch in played:
        name = (pitch, round(loop.second(step + length) - at, 4))
        if name not in known:
            known[name] = level * note(voice, *name, RATE)
        strokes.append((at, known[name]))
    return _placed(strokes, _end(loop, bars))


def _score(loop: Loop, bars: int) -> list[tuple[int, int, int]]:
    """(sixteenth, sixteenths, MIDI pitch) of every note."""
    size, low = 4 * loop.groove.beats_per_bar, int(loop.draw.integers(45, 57))
    fast = 1 if loop.tempo < 110 else 2  # sixteenths a note of an arpeggio
    notes = []
    for bar in range(bars):
        root, tones = _chord(loop, bar)
        chord = [low + (tone - low) % 12 for tone in tones]
        bass = 28 + (root - 28) % 12
        beats = range(bar * size, (bar + 1) * size, 4)
        if loop.groove.playing in ("held", "pad"):
            notes += [(bar * size, size, pitch) for pitch in (bass, *chord)]
        elif loop.groove.playing == "struck":
            notes += [(bar * size, size, bass)] + [(beat, 3, pitch) for beat in beats for pitch in chord]
        elif loop.groove.playing == "bass":
            walk = (bass, bass + 12, 28 + (tones[2] - 28) % 12, bass)
            notes += [(beat, 4, pitch) for beat, pitch in zip(beats, walk, strict=False)]
            notes += [(bar * size, size, pitch) for pitch in chord]
        else:
            up = sorted(chord) + [sorted(chord)[1]]
            steps = range(bar * size, (bar + 1) * size, fast)
            notes += [(bar * size, size, bass)]
            notes += [(step, fast, 12 + up[number % 4]) for number, step in enumerate(steps)]
    return notes


def _chord(loop: Loop, bar: int) -> tuple[int, list[int]]:
    """Root and pitch classes in a bar."""
    degree, quality = loop.chords[bar % len(loop.chords)]
    root = (loop.tonic + degree) % 12
    return root, [(root + interval) % 12 for interval in SHAPES[quality]]


def _end(loop: Loop, bars: int) -> float:
    return loop.second(bars * 4 * loop.groove.beats_per_bar) + 0.5


def _placed(strokes: list[tuple[float, np.ndarray]], seconds: float) -> np.ndarray:
    out = np.zeros(round(seconds * RATE), np.float32)
    for at, sound in strokes:
        part = out[round(at * RATE) :][: len(sound)]
        part += sound[: len(part)]
    return out


def _labels(loop: Loop, bars: int) -> dict:
    size, tonal = loop.groove.beats_per_bar, loop.groove.playing != "none"
    bar = size * 60 / loop.tempo
    harmony = [(*_chord(loop, number), loop.chords[number % len(loop.chords)][1]) for number in range(bars)]
    chords = [
        {"start": number * bar, "duration": bar, "symbol": TONICS[root] + quality, "root": root, "bass": root,
         "pitches": sorted(tones)}
        for number, (root, tones, quality) in enumerate(harmony)
    ]  # fmt: skip
    return {
        "tempo": loop.tempo, "beats_per_bar": size, "beats": [60 / loop.tempo * n for n in range(bars * size)],
        "tonic": loop.tonic if tonal else None, "mode": loop.mode, "chords": chords if tonal else [],
    }  # fmt: skip
