"""The guard at work: every take is listened to while it is written, and marked as soon as it collapses."""

from functools import partial
from typing import get_args

from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.drifting import Drifting
from calm_studio.requests import grid_after
from calm_studio.values import Alarm, Lane
from engine.drift import Drift
from engine.guard import LOOK_SECONDS, collapsed, usual
from engine.take import Take

EVERY_SECONDS = 0.5
USUAL_SECONDS = 10.0
"""At the end of the prompt: what the take is compared with."""


def judged(take: Take, written: int) -> Alarm | None:
    """Whether the last of the first `written` samples have collapsed. Slow, so not for the GUI thread."""
    prompt = take.samples[:, max(0, take.cut - round(USUAL_SECONDS * take.rate)) : take.cut]
    kind = collapsed(take.samples[:, :written], take.rate, usual(prompt))
    return None if kind is None else Alarm(kind, max(take.cut, written - round(LOOK_SECONDS * take.rate)))


def last_good(lane: Lane) -> float:
    """The second of the timeline at which the last bar before the alarm begins, or the cut; without a beat, the second
    of the alarm."""
    take, grid, at = lane.take, grid_after(lane), lane.alarm.sample / lane.take.rate
    if grid is not None:
        bar = grid.beats_per_bar * 60 / grid.tempo
        at = grid.downbeat + (at - grid.downbeat) // bar * bar
    return lane.offset + max(at, take.cut / take.rate)


def fallen(alarm: Alarm | None) -> bool:
    """Whether there is nothing worse to be told: a take that has drifted may still collapse."""
    return alarm is not None and alarm.kind not in get_args(Drift)


class Watching:
    def __init__(self, desk: Desk):
        self._desk = desk
        self._heard: dict[int, int] = {}
        self._guarding = Background("guarding", desk.report)
        self._drifting = Drifting(desk)

    def look(self) -> None:
        """Called at every tick: have what came since listened to, once there is enough of it."""
        self._drifting.look()
        for lane in self._desk.state.lanes:
            take, written = lane.take, lane.take.written
            first = self._heard.get(take.id, take.cut + round((LOOK_SECONDS - EVERY_SECONDS) * take.rate))
            if take.state == "writing" and not fallen(lane.alarm) and written - first >= EVERY_SECONDS * take.rate:
                self._heard[take.id] = written
                self._guarding.run(partial(judged, take, written), partial(self._on_judged, take.id))

    def close(self) -> None:
        self._guarding.close()
        self._drifting.close()

    def _on_judged(self, take_id: int, alarm: Alarm | None) -> None:
        lane = self._desk.state.lane_of(take_id)
        if alarm is not None and lane is not None and not fallen(lane.alarm):
            self._desk.show(states.with_alarm(self._desk.state, take_id, alarm))
