"""What is heard: joins the selection and the cursor of the state with the engine's player."""

import numpy as np

from calm_studio.landing import next_bar
from calm_studio.requests import grid_after
from calm_studio.seam_audition import seam_sound, seam_span
from calm_studio.selecting import marked_sound, written_span
from calm_studio.values import Clip, Lane, State
from calm_studio.variations import variations_of
from engine.audio import Audio
from engine.playback import Clip as Sound
from engine.playback import Player, Source

COMPARED: tuple = ("compared",)
"""What is played while takes are compared."""


class Deck:
    """Plays the selected take, or the used part of the prompt when no take is selected; or, while looping, the part of
    it that is marked, or else the take's loop. Of a muted take, time passes and nothing is heard."""

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
        self._play(state, state.cursor)

    def follow(self, state: State, on_the_bar: bool) -> None:
        """Where something else is to be heard than before, go on with that at the second that is heard now. Another
        take comes in without a gap, and another variation, if `on_the_bar`, at the next bar line."""
        if self.seconds is None or self._playing is COMPARED or self._playing == _what(state):
            return
        if self._can_swap(state):
            self._swap(state, on_the_bar)
        else:
            self._play(state, self.seconds)

    def _can_swap(self, state: State) -> bool:
        """Whether a take is to be heard in place of another one that lies at the same place, at a sample it has."""
        (before, repeated, _), lane = self._playing, state.lane
        if lane is None or state.lane_of(before) is None or repeated is not None or _repeated(state) is not None:
            return False
        there = lane.take.state == "writing" or self._player.position < lane.take.written
        return there and (lane.offset, lane.take.rate) == (self._offset, self._rate)

    def _swap(self, state: State, on_the_bar: bool) -> None:
        lane, before = state.lane, self._playing[0]
        varied = before in (each.take.id for each in variations_of(state, state.chosen))
        at = next_bar(lane, self._player.position) if on_the_bar and varied and grid_after(lane) else None
        self._playing = _what(state)
        self._player.swap(_source_of(lane), at)

    def _play(self, state: State, at: float) -> None:
        selected, repeated = state.lane or state.clip, _repeated(state)
        if selected is None:
            return
        self._playing = _what(state)
        if repeated is not None:
            samples, self._offset, self._rate = repeated
            loop, self._period = EndlessLoop(samples, self._rate), samples.shape[1]
            source = Muted(loop) if state.lane and state.lane.marks.muted else loop
            start = round((at - self._offset) * self._rate)
            start = start if 0 <= start < self._period else 0
        else:
            source = _source_of(selected) if isinstance(selected, Lane) else _used_part(selected)
            self._offset, self._rate = selected.offset if isinstance(selected, Lane) else 0.0, source.rate
            self._period = None
            start = min(round((at - self._offset) * self._rate), source.written)
            if start < 0 or (start == source.written and source.state != "writing"):
                start = 0 if isinstance(selected, Lane) else selected.prompt.start
        self._player.play(source, start)

    def compare(self, loop: "EndlessLoop", offset: float) -> None:
        """Play `loop`, which begins at second `offset` of the timeline, until something else is played; or, if another
        one like it sounds, go on in this one at the same place."""
        if self._playing is COMPARED and self.seconds is not None:
            self._player.swap(loop)
            return
        self._playing, self._offset, self._rate, self._period = COMPARED, offset, loop.rate, loop.period
        self._player.play(loop, 0)

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
        self.reader: Player | None = None
        self._samples = samples
        self.period = samples.shape[1]

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        _, span = place
        return self._samples.take(np.arange(span.start, span.stop), axis=1, mode="wrap")


class Muted:
    """Another source, as it grows, but silent. `samples` can be sliced at any place, and only that."""

    def __init__(self, source: Source):
        self.rate = source.rate
        self.samples = self
        self.reader: Player | None = None
        self._source = source

    @property
    def written(self) -> int:
        return self._source.written

    @property
    def full(self) -> bool:
        return self._source.full

    @property
    def state(self) -> str:
        return self._source.state

    @property
    def playhead(self) -> int | None:
        return self._source.playhead

    @playhead.setter
    def playhead(self, sample: int | None) -> None:
        self._source.playhead = sample

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        return np.zeros_like(self._source.samples[place])


def _repeated(state: State) -> tuple[np.ndarray, float, int] | None:
    """Samples that are to be played over and over, where they lie on the timeline, and their rate."""
    if state.auditioning:
        return seam_sound(state)
    if not state.looping:
        return None
    lane, marked = state.lane, marked_sound(state)
    if marked is not None or lane is None or lane.loop is None:
        return marked
    return lane.loop.samples, lane.offset + lane.loop.start / lane.take.rate, lane.take.rate


def _what(state: State) -> tuple:
    """What is to be played, whatever the cursor: another value means another sound."""
    lane = state.lane
    loop = None if lane is None else lane.loop
    repeated = (written_span(state) or loop) if state.looping else None
    if state.auditioning:
        repeated = ("seam", seam_span(state))
    return state.chosen, repeated, lane is not None and lane.marks.muted


def _source_of(lane: Lane) -> Source:
    return Muted(lane.take) if lane.marks.muted else lane.take


def _used_part(clip: Clip) -> Sound:
    """The clip's file up to the cut, so that it ends where the continuation would begin."""
    audio = clip.prompt.audio
    return Sound(Audio(audio.samples[:, : clip.prompt.stop], audio.rate))
