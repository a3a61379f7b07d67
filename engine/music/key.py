"""Major and minor keys: their names, and the likeliest one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.music.leadsheet import SCALES

MODES = ("major", "minor")
# Every scale of lead sheets is told apart, for six know better than two how keys of real songs look, then its third.
MODE_OF = {name: "minor" if 3 in scale else "major" for name, scale in SCALES.items()}
_TONICS = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}
_SHARP = {"major": (2, 4, 6, 7, 9, 11), "minor": (1, 4, 6, 8, 11)}  # tonics whose signature is of sharps
_WITH_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_WITH_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Key:
    """A major or minor key; `tonic` is a pitch class, 0 = C to 11 = B."""

    tonic: int
    mode: Literal["major", "minor"]

    @property
    def name(self) -> str:
        """Such as "F minor"."""
        return f"{_TONICS[self.mode][self.tonic]} {self.mode}"

    @property
    def short(self) -> str:
        """Such as "Fmin"."""
        return _TONICS[self.mode][self.tonic] + self.mode[:3]

    def spell(self, pitch_class: int) -> str:
        """The name of a pitch class, with a sharp in keys of sharps and with a flat in the others."""
        sharp = self.tonic in _SHARP[self.mode]
        return (_WITH_SHARPS if sharp else _WITH_FLATS)[pitch_class]


def likeliest_key(scales: np.ndarray) -> tuple[Key, float]:
    """The likeliest key and its probability, of the log-probabilities (12, SCALES) of scales on tonics."""
    by_mode = [np.exp(scales[:, [mode == m for m in MODE_OF.values()]]).sum(axis=1) for mode in MODES]
    chances = np.stack(by_mode, axis=1)
    tonic, mode = divmod(int(chances.argmax()), len(MODES))
    return Key(tonic, MODES[mode]), float(chances.max())
