"""What the user does by hand to takes that are there, as functions from one state to the next. No Qt in here."""

from dataclasses import replace

from calm_studio.moves import Moves
from calm_studio.values import Lane, Marks, State
from engine.sheets import Told

LONGEST_TITLE = 60
"""Characters."""
LONGEST_NOTES = 160
"""Characters, so that the 256 of a WAV's description (EBU Tech 3285, clause 2.3) hold the seed as well."""


def titled(state: State, take_id: int, title: str) -> State:
    """Call a take `title`; what is empty, or its own name, gives it that back."""
    title = _one_line(title, LONGEST_TITLE)
    return _marked(state, take_id, title="" if title == state.lane_of(take_id).name else title)


def noted(state: State, take_id: int, notes: str) -> State:
    return _marked(state, take_id, notes=_one_line(notes, LONGEST_NOTES))


def star_toggled(state: State, take_id: int) -> State:
    return _marked(state, take_id, starred=not state.lane_of(take_id).marks.starred)


def mute_toggled(state: State, take_id: int) -> State:
    return _marked(state, take_id, muted=not state.lane_of(take_id).marks.muted)


def coloured(state: State, take_id: int, colour: int | None) -> State:
    return _marked(state, take_id, colour=colour)


def placed(state: State, take_id: int, index: int) -> State:
    """Put a take at `index` among the others, counted from the top; beyond the ends there are only the ends."""
    moved = state.lane_of(take_id)
    others = [lane for lane in state.lanes if lane is not moved]
    index = min(max(index, 0), len(others))
    lanes = (*others[:index], moved, *others[index:])
    return state if lanes == state.lanes else replace(state, lanes=lanes)


def index_of(state: State, take_id: int) -> int:
    return [lane.take.id for lane in state.lanes].index(take_id)


def without_selected(state: State) -> State:
    """Take the selected lane away; the neighbour is selected next."""
    index = index_of(state, state.chosen)
    lanes = state.lanes[:index] + state.lanes[index + 1 :]
    neighbour = lanes[min(index, len(lanes) - 1)].take.id if lanes else None
    return replace(state, lanes=lanes, chosen=neighbour)


def with_moves(state: State, take_id: int, moves: Moves | None) -> State:
    """The take is to be made with these moves of its knobs; None, or the same as it was, for nothing else."""
    lane = state.lane_of(take_id)
    new = None if moves == lane.take.history.changes else moves
    if new == lane.moves:
        return state
    return replace(state, lanes=tuple(replace(each, moves=new) if each is lane else each for each in state.lanes))


def with_sheets(state: State, take_id: int, told: Told) -> State:
    """The take is to be told this when it is made once more; what is still written is told at once, by the engine."""
    lane = state.lane_of(take_id)
    if lane is None:
        return state
    new = None if lane.take.state == "writing" or told == lane.take.sheets.changes else told
    return replace(state, lanes=tuple(replace(each, sheets=new) if each is lane else each for each in state.lanes))


def as_it_was(state: State, take_id: int) -> State:
    """Nothing of the take is to be another when it is made once more."""
    return with_sheets(with_moves(state, take_id, None), take_id, state.lane_of(take_id).take.sheets.changes)


def starred(state: State) -> tuple[Lane, ...]:
    return tuple(lane for lane in state.lanes if lane.marks.starred)


def heard_ones(state: State) -> tuple[Lane, ...]:
    """All takes but the muted ones."""
    return tuple(lane for lane in state.lanes if not lane.marks.muted)


def parent_of(state: State, take_id: int | None) -> int | None:
    """The take that this one branches off, while it is there."""
    lane = state.lane_of(take_id)
    parent = None if lane is None or lane.branch is None else state.lane_of(lane.branch.take_id)
    return None if parent is None else parent.take.id


def branches_of(state: State, take_id: int | None) -> tuple[int, ...]:
    """The takes that branch off this one, from the top."""
    lanes = (lane for lane in state.lanes if lane.branch is not None and lane.branch.take_id == take_id)
    return tuple(lane.take.id for lane in lanes)


def _marked(state: State, take_id: int, **marks) -> State:
    lane = state.lane_of(take_id)
    new: Marks = replace(lane.marks, **marks)
    if new == lane.marks:
        return state
    return replace(state, lanes=tuple(replace(each, marks=new) if each is lane else each for each in state.lanes))


def _one_line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest].rstrip()
