"""The places on the timeline that are worth going to, from one to the next. No Qt in here."""

from calm_studio.state import end_of_selected
from calm_studio.values import Lane, State

JUST_PASSED = 0.5
"""Seconds after a station in which, while it plays, "back" means the one before it."""
AT = 0.001
"""Seconds; nearer is there already."""


def stations(state: State) -> list[float]:
    """Seconds of the timeline: both ends of what is selected, its seam, marks, loop and alarm; the edges of the
    selection."""
    found = {0.0, end_of_selected(state)}
    if state.lane is not None:
        found |= _of_lane(state.lane)
    elif state.clip is not None:
        found |= {state.clip.start, state.clip.stop, state.clip.prompt.audio.seconds}
    if state.selection is not None:
        found |= {state.selection.start, state.selection.stop}
    return sorted(found)


def station(state: State, now: float, step: int, playing: bool) -> float:
    """The next one after `now` (1) or before it (-1); `now` where there is none."""
    if step > 0:
        return min((each for each in stations(state) if each > now + AT), default=now)
    before = now - (JUST_PASSED if playing else AT)
    return max((each for each in stations(state) if each < before), default=0.0)


def _of_lane(lane: Lane) -> set[float]:
    samples = [0, *(sample for sample, _ in lane.markers)]
    if lane.loop is not None:
        samples += [lane.loop.start, lane.loop.stop]
    if lane.alarm is not None:
        samples.append(lane.alarm.sample)
    return {lane.begins, *(lane.offset + sample / lane.take.rate for sample in samples)}
