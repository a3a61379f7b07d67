"""The families of synths by name, and what General MIDI would call their sounds: lead sheets and captions say that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.train.compose.general_midi import KITS, PROGRAMS
from engine.train.synths.additive import additive
from engine.train.synths.breath import breath
from engine.train.synths.drums import drum_machine
from engine.train.synths.fm import fm
from engine.train.synths.phase_distortion import phase_distortion
from engine.train.synths.plucked import plucked
from engine.train.synths.unison import unison
from engine.train.synths.voice import voice

DRUM_MACHINE, UNSEEN = "drum machine", "phase distortion"


class Synth(Protocol):
    """A patch of any family."""

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray: ...


@dataclass(frozen=True)
class Family:
    """How a patch is drawn, and the General MIDI sounds nearest to it as a bass, as a pad, and as anything else.

    `takes` notes of one pitch are made before the first comes again.
    """

    draw: Callable[[np.random.Generator], Synth]
    bass: str
    pad: str
    other: str
    takes: int = 1

    def program(self, role: str) -> int:
        return PROGRAMS[self.bass if role == "bass" else self.pad if role == "pad" else self.other]


FAMILIES = {
    "unison": Family(unison, "synth bass 1", "polysynth pad", "saw lead"),
    "additive": Family(additive, "synth bass 2", "drawbar organ", "vibraphone"),
    "fm": Family(fm, "synth bass 2", "metallic pad", "electric piano 2"),
    "plucked": Family(plucked, "picked bass", "harp", "steel guitar"),
    "voice": Family(voice, "synth voice", "choir", "voice oohs", takes=3),
    "breath": Family(breath, "blown bottle", "bowed pad", "pan flute", takes=2),
}
ALL_FAMILIES = FAMILIES | {UNSEEN: Family(phase_distortion, "synth bass 2", "sweep pad", "square lead")}
MACHINE_KIT = KITS["electronic"]


def drum_patch(name: str, rng: np.random.Generator):
    """A kit of the family with that name."""
    return phase_distortion(rng) if name == UNSEEN else drum_machine(rng)
