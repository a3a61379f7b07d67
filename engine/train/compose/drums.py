"""Makes a song's own drum part out of a written groove, bar by bar."""

from dataclasses import dataclass
from random import Random

from engine.train.compose.general_midi import PERCUSSION
from engine.train.compose.grooves import Groove

STRENGTH = {"X": 112, "x": 94, "o": 72, "g": 46}


@dataclass(frozen=True)
class Stroke:
    """One drum stroke: sixteenth `step` in its bar, General MIDI percussion `pitch`, `velocity` 1..127."""

    step: int
    pitch: int
    velocity: int


def personal(groove: Groove, rng: Random) -> Groove:
    """A song's own version of a groove: an extra kick here, a ghost there, now and then another cymbal."""
    own = dict(groove)
    steps = len(next(iter(own.values())))
    if "kick" in own and own["kick"].count(".") > steps // 2 and rng.random() < 0.5:
        own["kick"] = _mark(own["kick"], rng.randrange(steps // 2 + 1, steps), "o")
    if "snare" in own and rng.random() < 0.5:
        own["snare"] = _mark(own["snare"], rng.choice(range(1, steps, 2)), "g")
    if "hat" in own and rng.random() < 0.2:
        own["ride"] = own.pop("hat")
    return own


def _mark(line: str, step: int, char: str) -> str:
    return line if line[step] != "." else line[:step] + char + line[step + 1 :]


def bar(groove: Groove, rng: Random, energy: float, fill: Groove | None, crash: bool) -> list[Stroke]:
    """One bar of a groove. A `fill` takes over its last eight sixteenths; quiet music drops some ghost notes."""
    steps = len(next(iter(groove.values())))
    start = steps if fill is None else steps - 8
    lines = [(piece, 0, line[:start] if piece != "kick" else line) for piece, line in groove.items()]
    lines += [(piece, start, line) for piece, line in (fill or {}).items()]
    strokes = [
        Stroke(offset + step, PERCUSSION[piece], _velocity(char, energy, rng))
        for piece, offset, line in lines
        for step, char in enumerate(line)
        if char != "." and not (char == "g" and rng.random() > 0.4 + 0.6 * energy)
    ]
    if crash:
        strokes.append(Stroke(0, PERCUSSION["crash"], _velocity("x", energy, rng)))
    return strokes


def _velocity(char: str, energy: float, rng: Random) -> int:
    return max(1, min(127, round(STRENGTH[char] * (0.75 + 0.3 * energy) + rng.gauss(0, 5))))


def kicks(groove: Groove) -> tuple[int, ...]:
    """The steps of a bar on which the kick drum sounds, for the bass to follow; the first where there is none."""
    return tuple(step for step, char in enumerate(groove.get("kick", "X")) if char in "Xx")
