"""Between what the window shows and what a project holds. Slow: sounds are written and peaks are measured, so not for
the GUI thread. No Qt in here."""

from dataclasses import asdict, replace

from calm_studio import state as states
from calm_studio import theme
from calm_studio.state import take_letter
from calm_studio.values import Alarm, Branch, Clip, Keeping, Lane, Marks, Selection, State, Variation
from engine.project.arrangement import (
    AlarmKept,
    Arrangement,
    BranchKept,
    ClipKept,
    LaneKept,
    Marker,
    MarksKept,
    SelectionKept,
    VariationKept,
    View,
)
from engine.project.book import Book
from engine.project.opening import Opened, OpenedTake
from engine.recipe import Move, recipe_of
from engine.sheets import SheetHistory


def keep(book: Book, state: State, info: dict | None) -> None:
    """Have all in `state` kept; `info` is the model's. Raises CalmError where the disk does not take it."""
    names = {lane.take.id: book.follow(lane.take, None if lane.recipe else info) for lane in reversed(state.lanes)}
    clips = tuple(_clip_kept(clip, book.journal.sounds.name_of(clip.prompt.audio)) for clip in state.clips)
    lanes = tuple(_lane_kept(lane, names) for lane in state.lanes)
    book.save(Arrangement(clips, lanes, _view(state, names, book.deleted(names.values()))))


def _view(state: State, names: dict[int, str], deleted: tuple[str, ...]) -> View:
    return View(
        clip=state.clips.index(state.clip) if state.clip in state.clips else None,
        chosen=names.get(state.chosen),
        deleted=deleted,
        taken=state.taken,
        cursor=float(state.cursor),
        selection=state.selection and SelectionKept(state.selection.anchor, state.selection.head),
        looping=state.looping,
        controls=state.controls,
    )


def _clip_kept(clip: Clip, sound: str) -> ClipKept:
    prompt = clip.prompt
    return ClipKept(sound, prompt.name, prompt.start, prompt.stop, clip.source, clip.heard)


def _lane_kept(lane: Lane, names: dict[int, str]) -> LaneKept:
    left = lane.branch
    return LaneKept(
        take=names[lane.take.id],
        name=lane.name,
        note=lane.note,
        marks=MarksKept(**asdict(lane.marks)),
        heard=lane.heard,
        branch=left and BranchKept(names.get(left.take_id, ""), left.lane, left.parent, left.seconds, left.offset),
        recipe=lane.recipe,
        markers=tuple(Marker(*marker) for marker in lane.markers),
        alarm=lane.alarm and AlarmKept(lane.alarm.kind, lane.alarm.sample),
        variation=lane.variation and VariationKept(lane.variation.group, lane.variation.number),
        moves=None if lane.moves is None else tuple(Move(*move) for move in lane.moves),
        sheets=lane.sheets and SheetHistory(lane.sheets).as_told,
    )


def shown(opened: Opened, before: State, keeping: Keeping) -> State:
    """The window with a project in it, in place of what there was `before`; examples and model stay. Takes that the
    project does not list, as a crash came first, lie on top."""
    view = opened.arrangement.view
    ids = {name: each.take.id for name, each in opened.takes.items()}
    listed = [lane for lane in opened.arrangement.lanes if lane.take in ids]
    lanes = tuple(_lane(kept, opened.takes[kept.take], ids) for kept in listed)
    later = [name for name in ids if name not in {kept.take for kept in listed}]
    taken = max(view.taken, len(lanes))
    found = [_found(opened.takes[name], f"Take {take_letter(taken + n)}") for n, name in enumerate(later)]
    clips = tuple(clip for kept in opened.arrangement.clips if (clip := _clip(opened, kept)) is not None)
    chosen = ids.get(view.chosen, found[-1].take.id if found else None)
    return replace(
        State(model=before.model, examples=before.examples, speeds=before.speeds, plan=before.plan, keeping=keeping),
        clips=clips,
        clip=_selected(clips, view.clip),
        lanes=(*reversed(found), *lanes),
        chosen=chosen,
        taken=taken + len(found),
        cursor=max(0.0, view.cursor),
        selection=view.selection and Selection(view.selection.anchor, view.selection.head),
        looping=view.looping,
        controls=view.controls,
    )


def _clip(opened: Opened, kept: ClipKept) -> Clip | None:
    prompt = opened.prompt_of(kept)
    return prompt and replace(states.clip_of(prompt), heard=kept.heard, source=kept.source)


def _selected(clips: tuple[Clip, ...], index: int | None) -> Clip | None:
    if not clips:
        return None
    return clips[index] if index is not None and 0 <= index < len(clips) else clips[-1]


def _lane(kept: LaneKept, opened: OpenedTake, ids: dict[str, int]) -> Lane:
    left, take = kept.branch, opened.take
    branch = left and Branch(left.parent, left.lane, ids.get(left.take, -1), left.seconds, left.offset)
    return Lane(
        name=kept.name,
        take=take,
        heard=kept.heard,
        branch=branch,
        recipe=kept.recipe or _recipe(opened, branch),
        note=kept.note,
        markers=tuple((marker.sample, marker.label) for marker in kept.markers),
        alarm=kept.alarm and Alarm(kept.alarm.kind, kept.alarm.sample),
        variation=kept.variation and Variation(kept.variation.group, kept.variation.number),
        marks=_marks(kept.marks),
        moves=None if kept.moves is None else tuple((move.frame, move.controls) for move in kept.moves),
        sheets=kept.sheets and SheetHistory.of(kept.sheets).changes,
    )


def _marks(kept: MarksKept) -> Marks:
    marks = Marks(**asdict(kept))
    return marks if marks.colour in range(len(theme.LANE_COLOURS)) else replace(marks, colour=None)


def _found(opened: OpenedTake, name: str) -> Lane:
    """A take of which no more is known than how it was made."""
    return Lane(name, opened.take, recipe=_recipe(opened, None), note="recovered")


def _recipe(opened: OpenedTake, branch: Branch | None):
    """That of the model which wrote it: another one may be here now."""
    info = opened.file.info
    return None if info is None else recipe_of(opened.take, info, branch and branch.parent)


def told(state: State) -> tuple:
    """All of a state that a project keeps, to be compared with what it was: by identity, where that will do."""
    lanes = tuple(
        (
            e.take.id,
            e.name,
            e.note,
            e.marks,
            id(e.moves),
            id(e.sheets),
            id(e.heard),
            id(e.branch),
            id(e.recipe),
            e.markers,
            e.alarm,
            e.variation,
        )
        for e in state.lanes
    )
    clips = tuple((id(clip.prompt), id(clip.heard)) for clip in state.clips)
    return clips, lanes, state.taken, state.controls


def seen(state: State) -> tuple:
    """Where the user is: kept too, but not worth a mark."""
    return id(state.clip), state.chosen, state.cursor, state.selection, state.looping


def worth_keeping(state: State) -> bool:
    """Whether there is more than an example on the shelf."""
    examples = {id(clip.prompt.audio) for clip in state.examples}
    return bool(state.lanes) or any(id(clip.prompt.audio) not in examples for clip in state.clips)
