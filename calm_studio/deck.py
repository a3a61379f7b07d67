"""What is heard: joins the selection and the cursor of the state with the engine's player."""

import numpy as np

from calm_studio.values import Clip, Lane, State
from engine.audio import Audio
from engine.playback import Clip as Sound
from engine.playback import Player


class Deck:
    """Plays the selected take or its loop, or the used part of the prompt when no take is selected."""

    def __init__(self, player: Player):
        self._player = player
        self._offset, self._rate = 0.0, 1
        self._period: int | None = None
        self._playing: tuple | None = None

    @property
    def seconds(self) -> float | None:
        """Where on the timeline the sound now heard lies; None while nothing plays."""
        position = self._player.position
        if position is None:
            return None
        return self._offset + (position if self._period is None else position % self._period) / self._rate

    def play(self, state: State) -> None:
        """Play from the cursor. Ahead of a take that is being written, that is what is written next; outside of
        anything else, its start."""
        selected = state.lane or state.clip
        if selected is None:
            return
        self._playing = _what(state)
        if isinstance(selected, Lane) and state.looping and selected.loop is not None:
            self._play_loop(selected, state.cursor)
            return
        source = selected.take if isinstance(selected, Lane) else _used_part(selected)
        self._offset, self._rate = selected.offset if isinstance(selected, Lane) else 0.0, source.rate
        self._period = None
        start = min(round((state.cursor - self._offset) * self._rate), source.written)
        if start < 0 or (start == source.written and source.state != "writing"):
            start = 0 if isinstance(selected, Lane) else selected.prompt.start
        self._player.play(source, start)

    def _play_loop(self, lane: Lane, cursor: float) -> None:
        source = EndlessLoop(lane.loop.samples, lane.take.rate)
        self._rate, self._period = source.rate, lane.loop.samples.shape[1]
        self._offset = lane.offset + lane.loop.start / self._rate
        start = round((cursor - self._offset) * self._rate)
        self._player.play(source, start if 0 <= start < self._period else 0)

    def follow(self, state: State) -> None:
        """Go on in the loop, or out of it, when that was asked for while a take sounds."""
        if self.seconds is not None and self._playing is not None and self._playing != _what(state):
            self.play(state)

    def stop(self) -> None:
        self._player.stop()

    def close(self) -> None:
        self._player.close()


class EndlessLoop:
    """A source for the player: float32 (2, L) over and over. `samples` can be sliced at any place, and only that."""

    full = True
    state = "finished"
    written = 2**62

    def __init__(self, samples: np.ndarray, rate: int):
        self.rate = rate
        self.samples = self
        self.playhead: int | None = None
        self._samples = samples

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        _, span = place
        return self._samples.take(np.arange(span.start, span.stop), axis=1, mode="wrap")


def _what(state: State) -> tuple:
    """What is to be played, whatever the cursor: another value means another sound."""
    lane = state.lane
    return state.chosen, id(lane.loop) if lane and state.looping and lane.loop else None


def _used_part(clip: Clip) -> Sound:
    """The clip's file up to the cut, so that it ends where the continuation would begin."""
    audio = clip.prompt.audio
    return Sound(Audio(audio.samples[:, : clip.prompt.stop], audio.rate))
