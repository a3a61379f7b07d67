"""How fast this machine draws with a sampler and its steps, as it was seen in this window. No Qt in here."""

from dataclasses import replace

from calm_studio.values import State
from engine.events import TakeGrew
from engine.job import SPEED_WINDOW


def with_speed(state: State, growth: TakeGrew) -> State:
    """Knows how fast its controls are, once all the frames over which that was measured were drawn with them."""
    lane, controls = state.lane_of(growth.job), growth.controls
    changes = () if lane is None else lane.take.history.changes  # looked at once: a take may be written anew meanwhile
    if not changes or growth.frame - changes[-1][0] < SPEED_WINDOW:
        return state
    return replace(state, speeds={**state.speeds, (controls.sampler, controls.steps): growth.x_real_time})
