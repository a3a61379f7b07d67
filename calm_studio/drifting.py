"""The guard's ear for drift at work: while a take is written, its tempo and key are listened to now and then."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.requests import grid_after, sheet_of, sure
from calm_studio.values import Alarm, Lane
from engine.drift import LOOK_SECONDS, SCALES, Course, Look, course, drifted, look
from engine.music.key import Key
from engine.music.leadsheet import LeadSheet
from engine.take import Take

EVERY_SECONDS = 2.0
"""Of sound between two looks. One is under way at a time, so that fast writing is looked at less often."""


@dataclass(frozen=True)
class Seen:
    """What was `wanted` of a take, what it is to keep of that, and what was wrong when `written` samples were there."""

    wanted: tuple[float | None, Key | None]
    kept: Course
    last: Look
    written: int


def looked_at(take: Take, written: int, tempo: float | None, key: Key | None, before: Seen | None) -> Seen:
    """Listen to the last of the first `written` samples. Slow, so not for the GUI thread."""
    if before is not None and before.wanted == (tempo, key):
        kept = before.kept
    else:  # of another tempo than the prompt's, nothing is asked: it is on purpose
        kept = course(take.samples[:, : take.cut], take.rate, tempo, key)
    return Seen((tempo, key), kept, look(take.samples[:, :written], take.rate, kept), written)


def wanted_tempo(lane: Lane) -> float | None:
    grid = grid_after(lane)
    return None if grid is None else grid.tempo


def wanted_key(lane: Lane) -> Key | None:
    """That of the prompt, unless the chords that are to be followed leave it."""
    key = None if lane.heard is None else sure(lane.heard).key
    sheet, cut = sheet_of(lane.take), lane.take.cut / lane.take.rate
    return None if key is None or (sheet is not None and _leaves(sheet, key, cut)) else key


def _leaves(sheet: LeadSheet, key: Key, cut: float) -> bool:
    """Whether a chord after the cut has two tones outside of the key's scale."""
    scale = SCALES[(key.tonic + 3 * (key.mode == "minor")) % 12]
    ahead = (chord for chord in sheet.chords if chord.start >= cut)
    return any(np.count_nonzero(scale[list(chord.pitches)] == 0) > 1 for chord in ahead)


class Drifting:
    def __init__(self, desk: Desk):
        self._desk = desk
        self._seen: dict[int, Seen] = {}
        self._busy = False
        self._listening = Background("listening", desk.report)

    def look(self) -> None:
        """Called at every tick: have what came since listened to, once there is enough of it."""
        for lane in self._desk.state.lanes:
            if not self._busy and lane.take.state == "writing" and lane.alarm is None and self._due(lane.take):
                self._busy = True
                take, before = lane.take, self._seen.get(lane.take.id)
                work = partial(looked_at, take, take.written, wanted_tempo(lane), wanted_key(lane), before)
                self._listening.run(work, partial(self._on_looked, take.id, before))

    def _due(self, take: Take) -> bool:
        seen = self._seen.get(take.id)
        last = take.cut + (LOOK_SECONDS - EVERY_SECONDS) * take.rate if seen is None else seen.written
        return take.written - last >= EVERY_SECONDS * take.rate

    def _on_looked(self, take_id: int, before: Seen | None, now: Seen) -> None:
        self._busy = False
        self._seen[take_id] = now
        same = before is not None and before.wanted == now.wanted
        kind = drifted(before.last, now.last) if same else None
        lane = self._desk.state.lane_of(take_id)
        if kind is not None and lane is not None and lane.alarm is None:
            sample = before.written - round(LOOK_SECONDS / 2 * lane.take.rate)
            self._desk.show(states.with_alarm(self._desk.state, take_id, Alarm(kind, max(lane.take.cut, sample))))

    def close(self) -> None:
        self._listening.close()
