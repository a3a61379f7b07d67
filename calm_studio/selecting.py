"""The part of the timeline that is marked, as functions from one state to the next, and in words. No Qt in here."""

from dataclasses import replace

import numpy as np

from calm_studio.requests import sheet_of, sure
from calm_studio.state import end_of_selected
from calm_studio.values import Lane, Selection, State
from engine.audio import stereo

STEP = 0.1
"""Seconds that an arrow key goes where no beat is known."""
SHORTEST = 0.005
"""Seconds; less is a click and marks nothing."""


def select(state: State, anchor: float, head: float) -> State:
    """Mark the timeline from `anchor` to `head`; next to nothing marks nothing."""
    anchor, head = max(0.0, anchor), max(0.0, head)
    return replace(state, selection=Selection(anchor, head) if abs(head - anchor) >= SHORTEST else None)


def clear(state: State) -> State:
    return replace(state, selection=None)


def extend(state: State, seconds: float) -> State:
    """Mark up to `seconds`: from where the marking began, or else from the cursor."""
    anchor = state.cursor if state.selection is None else state.selection.anchor
    return select(state, anchor, seconds)


def extend_by_steps(state: State, steps: int) -> State:
    """The same, so many beats on."""
    head = state.cursor if state.selection is None else state.selection.head
    return extend(state, head + steps * step_seconds(state))


def begin_at(state: State, seconds: float) -> State:
    """Mark from `seconds` to where the selection ended, or else to the end."""
    stop = end_of_selected(state) if state.selection is None else state.selection.stop
    return select(state, seconds, stop if stop > seconds else max(seconds, end_of_selected(state)))


def end_at(state: State, seconds: float) -> State:
    """Mark up to `seconds` from where the selection began, or else from the start."""
    lane = state.lane
    first = 0.0 if lane is None else lane.offset
    start = first if state.selection is None else state.selection.start
    return select(state, start if start < seconds else min(first, seconds), seconds)


def step_seconds(state: State) -> float:
    """A beat, where one is known for sure."""
    beat = _beat(state)
    return STEP if beat is None else beat[0]


def length_words(state: State) -> str:
    """Such as "4.00 s \N{MIDDLE DOT} 2 bars"; "" where nothing is marked."""
    if state.selection is None:
        return ""
    seconds, beat = state.selection.stop - state.selection.start, _beat(state)
    if beat is None:
        return f"{seconds:.2f} s"
    bars = seconds / (beat[0] * beat[1])
    return f"{seconds:.2f} s \N{MIDDLE DOT} {bars:.2f}".rstrip("0").rstrip(".") + f" bar{'s' * (round(bars, 2) != 1)}"


def marked_part(state: State) -> tuple[float, float] | None:
    """What is marked of the selected take, in its own seconds and as far as it is written; None if that is nothing."""
    span = None if state.lane is None else marked_span(state)
    return None if span is None else (span[0] / state.lane.take.rate, span[1] / state.lane.take.rate)


def marked_span(state: State) -> tuple[int, int] | None:
    """The same in samples, also of a clip's file when no take is selected."""
    selected = state.lane or state.clip
    if state.selection is None or selected is None:
        return None
    if isinstance(selected, Lane):
        offset, rate, end = selected.offset, selected.take.rate, selected.take.written
    else:
        audio = selected.prompt.audio
        offset, rate, end = 0.0, audio.rate, audio.samples.shape[1]
    start, stop = (round((at - offset) * rate) for at in (state.selection.start, state.selection.stop))
    start, stop = max(0, start), min(stop, end)
    return (start, stop) if start < stop else None


def marked_sound(state: State) -> tuple[np.ndarray, float, int] | None:
    """Samples (2, n) of what is marked, the second of the timeline at which they begin, and their rate. None if that is
    nothing, or if not all of it is written yet."""
    span, lane = written_span(state), state.lane
    if span is None:
        return None
    if lane is None:
        audio = state.clip.prompt.audio
        return stereo(audio.samples[:, slice(*span)]), span[0] / audio.rate, audio.rate
    return lane.take.samples[:, slice(*span)], lane.offset + span[0] / lane.take.rate, lane.take.rate


def written_span(state: State) -> tuple[int, int] | None:
    """`marked_span`, but None while some of it is still to be written."""
    lane = state.lane
    if lane is not None and lane.take.state == "writing" and state.selection is not None:
        return marked_span(state) if state.selection.stop <= end_of_selected(state) else None
    return marked_span(state)


def _beat(state: State) -> tuple[float, int] | None:
    """Seconds of a beat, and beats in a bar: those of the take's lead sheet, or as heard for sure."""
    lane = state.lane
    sheet = None if lane is None else sheet_of(lane.take)
    if sheet is not None and sheet.grids:
        return 60 / sheet.grids[-1].tempo, sheet.grids[-1].beats_per_bar
    heard = None if state.heard is None else sure(state.heard)
    return None if heard is None or heard.tempo is None else (60 / heard.tempo, heard.beats_per_bar)
