"""What happens to the shelf, as functions from one state to the next. No Qt in here."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from calm_studio.values import Clip, RecentFile, State
from engine.errors import CalmError

MOST_MINUTES = 60
"""Of sound that the shelf holds: 1.4 GB in memory at 48 kHz stereo."""


def reading_begun(state: State, paths: Iterable[Path]) -> State:
    return replace(state, reading=(*state.reading, *paths))


def reading_ended(state: State, path: Path) -> State:
    """Of a file that is read twice at a time, once."""
    if path not in state.reading:
        return state
    index = state.reading.index(path)
    return replace(state, reading=state.reading[:index] + state.reading[index + 1 :])


def check_room(state: State, clip: Clip) -> None:
    """Raise CalmError where `clip` would be more than the shelf holds."""
    seconds = sum(each.prompt.audio.seconds for each in (*state.clips, clip))
    if seconds > MOST_MINUTES * 60:
        raise CalmError(
            f"There is no room for {clip.prompt.name}: the shelf holds {MOST_MINUTES} minutes of sound",
            "Take clips off it: Backspace, or their menu",
        )


def clip_placed(state: State, clip: Clip, index: int) -> State:
    """Put `clip` at `index` among the others, counted from the top; beyond the ends there are only the ends."""
    others = [each for each in state.clips if each is not clip]
    index = min(max(index, 0), len(others))
    clips = (*others[:index], clip, *others[index:])
    return state if clips == state.clips else replace(state, clips=clips)


def with_recent(state: State, recent: tuple[RecentFile, ...]) -> State:
    return replace(state, recent=recent)
