"""What is heard: joins the selection and the cursor of the state with the engine's player."""

from calm_studio.state import Clip, Lane, State
from engine.audio import Audio
from engine.playback import Clip as Sound
from engine.playback import Player


class Deck:
    """Plays the selected take, or the used part of the prompt when no take is selected."""

    def __init__(self, player: Player):
        self._player = player
        self._offset, self._rate = 0.0, 1

    @property
    def seconds(self) -> float | None:
        """Where on the timeline the sound now heard lies; None while nothing plays."""
        position = self._player.position
        return None if position is None else self._offset + position / self._rate

    def play(self, state: State) -> None:
        """Play from the cursor. Ahead of a take that is being written, that is what is written next; outside of
        anything else, its start."""
        selected = state.lane or state.clip
        if selected is None:
            return
        source = selected.take if isinstance(selected, Lane) else _used_part(selected)
        self._offset, self._rate = selected.offset if isinstance(selected, Lane) else 0.0, source.rate
        start = min(round((state.cursor - self._offset) * self._rate), source.written)
        if start < 0 or (start == source.written and source.state != "writing"):
            start = 0 if isinstance(selected, Lane) else selected.prompt.start
        self._player.play(source, start)

    def stop(self) -> None:
        self._player.stop()

    def close(self) -> None:
        self._player.close()


def _used_part(clip: Clip) -> Sound:
    """The clip's file up to the cut, so that it ends where the continuation would begin."""
    audio = clip.prompt.audio
    return Sound(Audio(audio.samples[:, : clip.prompt.stop], audio.rate))
