"""The moves of the knobs in a take, as points of one curve for each knob, and what can be done to these. No Qt here."""

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

from engine.controls import MAX_FOLLOW, MAX_HARMONY, MAX_RECALL, MAX_STEPS, MAX_TEMPERATURE, MAX_TEXT_STRENGTH, Controls

Moves = tuple[tuple[int, Controls], ...]
"""(frame, controls in effect from there on) by rising frame, the first at 0."""
Points = tuple[tuple[int, float], ...]
"""(frame, value from there on) of one knob, likewise."""


@dataclass(frozen=True)
class Knob:
    """The live control `field` of Controls, called `name`: its values as written by `form`, in steps of `step` by the
    arrow keys, and the name of its colour. `wide`: equal ratios are equally far apart."""

    field: str
    name: str
    form: str
    least: float
    most: float
    step: float
    colour: str
    wide: bool = False

    def value(self, controls: Controls) -> float:
        return getattr(controls, self.field)

    def allowed(self, value: float) -> float:
        """The nearest value that can be set, as fine as it is written."""
        kept = min(max(value, self.least), self.most)
        return round(kept) if self.form == ".0f" else round(kept, int(self.form[1]))

    def share(self, value: float) -> float:
        """0 for the least value, 1 for the most."""
        if self.wide:
            return math.log(value / self.least) / math.log(self.most / self.least)
        return (value - self.least) / (self.most - self.least)

    def at_share(self, share: float) -> float:
        share = min(max(share, 0.0), 1.0)
        if self.wide:
            return self.allowed(self.least * (self.most / self.least) ** share)
        return self.allowed(self.least + share * (self.most - self.least))


KNOBS = (
    Knob("temperature", "Temperature", ".2f", 0.0, MAX_TEMPERATURE, 0.05, "VIOLET"),
    Knob("text_strength", "Text strength", ".1f", 0.0, MAX_TEXT_STRENGTH, 0.1, "AMBER"),
    Knob("steps", "Steps", ".0f", 1.0, MAX_STEPS, 1.0, "AMBER", wide=True),
    Knob("follow", "Follow sheet", ".1f", 0.0, MAX_FOLLOW, 0.1, "TEAL"),
    Knob("harmony", "Follow chords", ".1f", 0.0, MAX_HARMONY, 0.1, "TEAL"),
    Knob("recall", "Recall", ".1f", 0.0, MAX_RECALL, 0.1, "TEAL"),
)


def points_of(moves: Moves, knob: Knob) -> Points:
    """Where the knob itself was moved."""
    points: list[tuple[int, float]] = []
    for frame, controls in moves:
        if not points or points[-1][1] != knob.value(controls):
            points.append((frame, knob.value(controls)))
    return tuple(points)


def put(moves: Moves, knob: Knob, frame: int, value: float) -> Moves:
    """From `frame` to its next point the knob has another value."""
    points = dict(points_of(moves, knob))
    points[max(0, frame)] = knob.allowed(value)
    return _with_points(moves, knob, points)


def moved(moves: Moves, knob: Knob, point: int, frame: int, value: float) -> Moves:
    """The point at frame `point` goes to another frame and value, no further than to its neighbours; the first one
    stays at its frame."""
    frames = [each for each, _ in points_of(moves, knob)]
    place = frames.index(point)
    most = frames[place + 1] - 1 if place + 1 < len(frames) else frame
    frame = 0 if place == 0 else min(max(frame, frames[place - 1] + 1), most)
    points = {each: old for each, old in points_of(moves, knob) if each != point}
    return _with_points(moves, knob, points | {frame: knob.allowed(value)})


def erased(moves: Moves, knob: Knob, frames: frozenset[int]) -> Moves:
    """Without the points at `frames`; what was before them goes on. The first one stays."""
    points = {frame: value for frame, value in points_of(moves, knob) if frame == 0 or frame not in frames}
    return _with_points(moves, knob, points)


def _with_points(moves: Moves, knob: Knob, points: dict[int, float]) -> Moves:
    """The moves of all other knobs, and these."""
    frames, made = sorted(points), []
    for frame in sorted({*frames, *(frame for frame, _ in moves)}):
        value = points[frames[bisect_right(frames, frame) - 1]]
        controls = replace(_at(moves, frame), **{knob.field: int(value) if knob.field == "steps" else value})
        if not made or made[-1][1] != controls:
            made.append((frame, controls))
    return tuple(made)


def _at(moves: Moves, frame: int) -> Controls:
    return moves[bisect_right(moves, frame, key=lambda move: move[0]) - 1][1]
