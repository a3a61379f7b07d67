"""Undo and redo. They cover the arrangement: which takes there are, in which order, with which marks and edited moves,
and which clips, trimmed how; takes that were asked for, which come back with what was made of them; the knobs, and what
is to be written next, and with it what a take is told. All else (what the engine tells, what was made since, cursor and
selection) stays. No Qt in here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from calm_studio.edits import with_sheets
from calm_studio.plan import turned_back
from calm_studio.values import Clip, Lane, State
from calm_studio.variations import with_new
from engine.sheets import Told

T = TypeVar("T", Lane, Clip)
LONGEST = 200
"""Edits that can be undone."""
HEAVIEST = 120_000_000
"""Bytes of takes that are nowhere but in what can be undone: five minutes. Beyond, the oldest edits go. LONGEST
edits of use at random come to 120 to 175 MB, and so to this: what the app needs stays the same."""


@dataclass(frozen=True)
class Retold:
    """What a take was to be told `before` an edit, and `after` it, which is known once that is undone."""

    take_id: int
    before: Told
    after: Told = ()

    def undone(self, now: State) -> Retold:
        lane = now.lane_of(self.take_id)
        return self if lane is None else replace(self, after=lane.sheets or lane.take.sheets.changes)


@dataclass(frozen=True, eq=False)
class Edit:
    """What the user did by hand: the state before it and after. Takes of the `jobs` that it asked for are in the state
    after it as soon as they are begun. `retold` is a take that is told something else by it."""

    before: State
    after: State
    jobs: tuple[int, ...] = ()
    retold: Retold | None = None


@dataclass(frozen=True, eq=False)
class History:
    """Oldest first; `undone` is what can be done again, the next one last."""

    done: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()


def edited(history: History, edit: Edit, goes_on: bool = False) -> History:
    """`goes_on` says that this belongs to the last edit, as do the moves of one drag."""
    if goes_on and history.done:
        last = history.done[-1]
        return History((*history.done[:-1], replace(edit, before=last.before, retold=last.retold or edit.retold)))
    return History(_bearable((*history.done, edit)[-LONGEST:], edit.after))


def _bearable(done: tuple[Edit, ...], now: State) -> tuple[Edit, ...]:
    """The last of `done`, as many as memory may hold."""
    kept, seen = 0, {lane.take.id for lane in now.lanes}
    for count, edit in enumerate(reversed(done)):
        for lane in (*edit.after.lanes, *edit.before.lanes):
            if lane.take.id not in seen:
                seen.add(lane.take.id)
                kept += lane.take.samples.nbytes
        if kept > HEAVIEST and count:
            return done[-count:]
    return done


def begun(history: History, lane: Lane, beside: int | None) -> History:
    """The take of a job has begun: it belongs to the edit that asked for it. `beside` as in `Waiting`."""

    def told(edit: Edit) -> Edit:
        if lane.take.id not in edit.jobs:
            return edit
        return replace(edit, after=with_new(edit.after, lane, beside))

    return History(tuple(map(told, history.done)), tuple(map(told, history.undone)))


def undone(history: History, now: State) -> tuple[History, State]:
    """Nothing changes where there is nothing to undo."""
    if not history.done:
        return history, now
    last = _fresh(history.done[-1], now)
    last = replace(last, retold=last.retold and last.retold.undone(now))
    state = rearranged(now, last.after, last.before)
    if last.retold is not None:
        state = with_sheets(state, last.retold.take_id, last.retold.before)
    return History(history.done[:-1], (*history.undone, last)), state


def redone(history: History, now: State) -> tuple[History, State]:
    """Nothing changes where nothing was undone."""
    if not history.undone:
        return history, now
    last = _fresh(history.undone[-1], now)
    state = rearranged(now, last.before, last.after)
    if last.retold is not None:
        state = with_sheets(state, last.retold.take_id, last.retold.after)
    return History((*history.done, last), history.undone[:-1]), state


def _fresh(edit: Edit, now: State) -> Edit:
    """With what is known of its takes by now, for when they come back."""

    def told(state: State) -> State:
        lanes = ((now.lane_of(lane.take.id), lane) for lane in state.lanes)
        return replace(state, lanes=tuple(lane if new is None else _marked(new, lane) for new, lane in lanes))

    return replace(edit, before=told(edit.before), after=told(edit.after))


def rearranged(now: State, left: State, wanted: State) -> State:
    """`now`, arranged not as `left` but as `wanted`. What came after `left` stays, takes at the top, clips at the end;
    what comes back is selected."""
    later, lanes = _merged(now.lanes, left.lanes, wanted.lanes, _take_of, _marked)
    new, clips = _merged(now.clips, left.clips, wanted.clips, _audio_of, _trimmed)
    controls = now.controls if left.controls == wanted.controls else wanted.controls
    plan = turned_back(now.plan, left.plan, wanted.plan)
    state = replace(now, lanes=(*later, *lanes), clips=(*clips, *new), controls=controls, plan=plan)
    return replace(state, chosen=_chosen(now, state, wanted), clip=_clip(now, state, wanted))


def _merged(now: Iterable[T], left: Iterable[T], wanted: Iterable[T], key: Callable, blend: Callable) -> tuple:
    """What came after `left`; and what is wanted, `blend`ed with what it is now where it is still there."""
    before, there = {key(each) for each in left}, {key(each): each for each in now}
    later = [each for each in now if key(each) not in before]
    return later, [blend(there[key(each)], each) if key(each) in there else each for each in wanted]


def _take_of(lane: Lane) -> int:
    return lane.take.id


def _audio_of(clip: Clip) -> int:
    """The same for all trims of a clip."""
    return id(clip.prompt.audio)


def _marked(now: Lane, wanted: Lane) -> Lane:
    return replace(now, marks=wanted.marks, moves=wanted.moves)


def _trimmed(now: Clip, wanted: Clip) -> Clip:
    """Of the same trim, the one that knows what was heard since."""
    return now if now.prompt is wanted.prompt else wanted


def _chosen(now: State, state: State, wanted: State) -> int | None:
    there, before = {_take_of(lane) for lane in state.lanes}, {_take_of(lane) for lane in now.lanes}
    if now.chosen in there | {None} and there <= before:
        return now.chosen
    return wanted.chosen if wanted.chosen in there else None


def _clip(now: State, state: State, wanted: State) -> Clip | None:
    """The clip that was selected, as it is trimmed now; one that came back, or another, where that is gone."""
    there, before = {_audio_of(clip): clip for clip in state.clips}, {_audio_of(clip) for clip in now.clips}
    for clip in (now.clip, wanted.clip) if there.keys() <= before else (wanted.clip, now.clip):
        if clip is not None and _audio_of(clip) in there:
            return there[_audio_of(clip)]
    return None
