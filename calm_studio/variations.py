"""Takes that are written side by side from one prompt, as functions of the state. No Qt in here."""

from dataclasses import replace

from calm_studio.values import Lane, State

MOST = 4


def variations_of(state: State, take_id: int | None) -> tuple[Lane, ...]:
    """The takes that were asked for together with this one and are still there, itself among them, the first one first;
    () for one that was asked for alone."""
    lane = state.lane_of(take_id)
    if lane is None or lane.variation is None:
        return ()
    there = (each for each in state.lanes if each.variation and each.variation.group == lane.variation.group)
    return tuple(sorted(there, key=lambda each: each.variation.number))


def variation(state: State, number: int) -> int | None:
    """The id of variation `number` of those the selected take is one of; None if that is not there."""
    there = variations_of(state, state.chosen)
    return next((lane.take.id for lane in there if lane.variation.number == number), None)


def with_new(state: State, lane: Lane, beside: int | None) -> State:
    """Show a take that was just begun: on top and selected; below the variations of it that are there already; or above
    the take with the id `beside`, if it is there."""
    before = variations_of(replace(state, lanes=(lane, *state.lanes)), lane.take.id)[:-1]
    neighbour = state.lane_of(beside)
    if not before and neighbour is None:
        return replace(state, lanes=(lane, *state.lanes), chosen=lane.take.id, taken=state.taken + 1)
    place = state.lanes.index(before[-1]) + 1 if before else state.lanes.index(neighbour)
    return replace(state, lanes=(*state.lanes[:place], lane, *state.lanes[place:]), taken=state.taken + 1)
