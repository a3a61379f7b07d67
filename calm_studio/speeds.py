"""How fast this machine draws with a sampler and its steps, as it was seen in this window. No Qt in here."""

from collections.abc import Mapping
from dataclasses import replace

from calm_studio.values import Pace, State
from engine.events import TakeGrew
from engine.job import SPEED_WINDOW


def with_speed(state: State, growth: TakeGrew) -> State:
    """Knows how fast its controls are, once all the frames over which that was measured were drawn with them."""
    lane, controls = state.lane_of(growth.job), growth.controls
    changes = () if lane is None else lane.take.history.changes  # looked at once: a take may be written anew meanwhile
    if not changes or growth.frame - changes[-1][0] < SPEED_WINDOW:
        return state
    return replace(state, speeds={**state.speeds, (controls.sampler, controls.steps): growth.x_real_time})


def guessed(speeds: Mapping[Pace, float], steps: int) -> float | None:
    """How fast frames of so many steps would be drawn, given the `speeds` of others; None while too little is known.

    Each step is one call of the head with either sampler, so a second of sound costs so much and so much more for each
    step: a line through the two measured numbers of steps that lie nearest.
    """
    costs = {measured: 1 / speed for (_, measured), speed in speeds.items() if speed > 0}
    nearest = sorted(costs, key=lambda measured: abs(measured - steps))[:2]
    if len(nearest) < 2:
        return None
    one, other = nearest
    a_step = (costs[other] - costs[one]) / (other - one)
    cost = costs[one] + a_step * (steps - one)
    return 1 / cost if a_step > 0 and cost > 0 else None
