"""The lead sheet: what the music does next, told to the model frame by frame beside the latents.

Five groups of features, each preceded by a 1 where it is known; an unknown group is all zeros, so that every part of a
sheet may be left out, anywhere. In training it is read off the score, in use it is heard in the prompt or written by
the user. All times are in seconds from one zero: in training the song's start, in use the prompt's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.errors import CalmError

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
SECTIONS = ("intro", "A", "B", "C", "break", "ending")
STYLES = (
    "lo-fi", "house", "techno", "synthwave", "ambient", "funk", "soul", "rock", "ballad", "jazz trio", "bossa", "folk",
    "chamber", "trap", "cinematic", "pop", "latin", "breakbeat",
)  # fmt: skip
FAMILIES = 17  # the sixteen of General MIDI, eight programs each, then drums
BEAT_HARMONICS, BAR_HARMONICS = (1, 2, 4), (1, 2, 3)

# The groups in their order, with the number of features of each, its "known" included.
GROUPS = {
    "beat": 2 + 2 * len(BEAT_HARMONICS) + 2 * len(BAR_HARMONICS),
    "chord": 1 + 3 * 12,
    "key": 1 + 2 * 12,
    "form": 2 + len(SECTIONS),
    "song": 1 + len(STYLES) + FAMILIES,
}
FEATURES = sum(GROUPS.values())


CHORD = slice(GROUPS["beat"], GROUPS["beat"] + GROUPS["chord"])
KEY = slice(CHORD.stop, CHORD.stop + GROUPS["key"])
FORM = slice(KEY.stop, KEY.stop + GROUPS["form"])


def without_harmony(features):
    """A copy of features (..., FEATURES), an array or a tensor, that says nothing of chords, and where there were none
    nothing of the key."""
    kept = features + 0
    kept[..., KEY] *= features[..., CHORD][..., :1]
    kept[..., CHORD] = 0
    return kept


def without_form(features):
    """A copy of features (..., FEATURES), an array or a tensor, that says nothing of sections."""
    kept = features + 0
    kept[..., FORM] = 0
    return kept


def check(right: bool, what: str) -> None:
    """Sheets come in files too: what makes no sense must be said before it is drawn upon."""
    if not right:
        raise CalmError(f"The lead sheet makes no sense: {what}", "Write another, or continue without one")


@dataclass(frozen=True)
class Grid:
    """Steady time: `tempo` in beats a minute, the second of one `downbeat`, and the beats in a bar.

    Of several grids each takes over at its own downbeat; the first also counts before it.
    """

    tempo: float
    downbeat: float
    beats_per_bar: int

    def __post_init__(self):
        check(self.tempo > 0 and self.beats_per_bar > 0, "the tempo or metre")

    def beat(self, seconds: np.ndarray) -> np.ndarray:
        """Beats since `downbeat`, whole ones on the beat, negative before it."""
        return (seconds - self.downbeat) * self.tempo / 60

    def second(self, beat: float) -> float:
        return self.downbeat + beat * 60 / self.tempo


@dataclass(frozen=True)
class SheetChord:
    """A chord from `start` to `stop` in seconds: pitch classes of `root`, `bass` and all `pitches`, 0 = C."""

    start: float
    stop: float
    symbol: str
    root: int
    bass: int
    pitches: tuple[int, ...]

    def __post_init__(self):
        check(all(0 <= pitch < 12 for pitch in (self.root, self.bass, *self.pitches)), f"the chord {self.symbol!r}")


@dataclass(frozen=True)
class SheetSection:
    """A part of the form from `start` to `stop` in seconds: a name of SECTIONS, and how full it is, 0 to 1."""

    start: float
    stop: float
    name: str
    energy: float

    def __post_init__(self):
        check(self.name in SECTIONS, f"the section {self.name!r}")
        check(0 <= self.energy <= 1, f"an energy of {self.energy}")


@dataclass(frozen=True)
class LeadSheet:
    """All that is known, or wished for; None and empty mean unknown. `tonic` is a pitch class, `mode` a key of SCALES,
    `families` numbers of General MIDI families (16 = drums)."""

    grids: tuple[Grid, ...] = ()
    tonic: int | None = None
    mode: str = "major"
    chords: tuple[SheetChord, ...] = ()
    sections: tuple[SheetSection, ...] = ()
    style: str | None = None
    families: tuple[int, ...] = ()

    def __post_init__(self):
        check(self.tonic in (None, *range(12)) and self.mode in SCALES, "the key")
        check(self.style in (None, *STYLES), f"the style {self.style!r}")
        check(all(0 <= family < FAMILIES for family in self.families), "the instruments")

    def later(self, seconds: float) -> LeadSheet:
        """The same, by a clock that is so many seconds ahead."""
        return replace(
            self,
            grids=tuple(replace(grid, downbeat=grid.downbeat + seconds) for grid in self.grids),
            chords=tuple(replace(c, start=c.start + seconds, stop=c.stop + seconds) for c in self.chords),
            sections=tuple(replace(s, start=s.start + seconds, stop=s.stop + seconds) for s in self.sections),
        )

    def features(self, seconds: np.ndarray) -> np.ndarray:
        """What the model is told of the moments ``seconds`` (T,): float32 (T, FEATURES)."""
        groups = (self._beat, self._chord, self._key, self._form, self._song)
        return np.concatenate([group(seconds) for group in groups], axis=1).astype(np.float32)

    def energy(self, seconds: np.ndarray) -> np.ndarray:
        """(T,) that of the sections which the moments ``seconds`` (T,) lie in, nan outside of them."""
        told = np.array([np.nan, *(section.energy for section in self.sections)])
        return told[_which(self.sections, seconds) + 1]

    def _beat(self, seconds: np.ndarray) -> np.ndarray:
        told = np.zeros((len(seconds), GROUPS["beat"]))
        counted = np.searchsorted([grid.downbeat for grid in self.grids[1:]], seconds, side="right")
        for number, grid in enumerate(self.grids):
            here = counted == number
            beat = grid.beat(seconds[here])
            angles = [beat * k for k in BEAT_HARMONICS] + [beat / grid.beats_per_bar * k for k in BAR_HARMONICS]
            waves = [wave(2 * np.pi * angle) for angle in angles for wave in (np.cos, np.sin)]
            told[here] = np.stack([np.ones_like(beat), np.full_like(beat, np.log2(grid.tempo / 120)), *waves], axis=1)
        return told

    def _chord(self, seconds: np.ndarray) -> np.ndarray:
        rows = np.zeros((len(self.chords) + 1, GROUPS["chord"]))
        for row, chord in zip(rows[1:], self.chords, strict=True):
            row[[0, 1 + chord.root, 13 + chord.bass]] = 1
            row[[25 + pitch for pitch in chord.pitches]] = 1
        return rows[_which(self.chords, seconds) + 1]

    def _key(self, seconds: np.ndarray) -> np.ndarray:
        told = np.zeros((len(seconds), GROUPS["key"]))
        if self.tonic is not None:
            told[:, [0, 1 + self.tonic]] = 1
            told[:, [13 + (self.tonic + step) % 12 for step in SCALES[self.mode]]] = 1
        return told

    def _form(self, seconds: np.ndarray) -> np.ndarray:
        rows = np.zeros((len(self.sections) + 1, GROUPS["form"]))
        for row, section in zip(rows[1:], self.sections, strict=True):
            row[[0, 2 + SECTIONS.index(section.name)]] = 1
            row[1] = section.energy
        return rows[_which(self.sections, seconds) + 1]

    def _song(self, seconds: np.ndarray) -> np.ndarray:
        told = np.zeros((len(seconds), GROUPS["song"]))
        if self.style or self.families:
            told[:, 0] = 1
            told[:, [1 + len(STYLES) + family for family in self.families]] = 1
        if self.style:
            told[:, 1 + STYLES.index(self.style)] = 1
        return told


def _which(spans: tuple[SheetChord, ...] | tuple[SheetSection, ...], seconds: np.ndarray) -> np.ndarray:
    """For each moment the number of the span it lies in, -1 for none; spans lie in the order of time."""
    starts, stops = np.array([s.start for s in spans]), np.array([s.stop for s in spans] + [-np.inf])
    index = np.searchsorted(starts, seconds, side="right") - 1
    return np.where(seconds < stops[index], index, -1)
