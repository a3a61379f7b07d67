"""What is known of a clip's time and key without listening, because its own file says so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.music.key import Key
from engine.music.pulse import NO_PULSE, Pulse

CERTAIN = 1.0
_NEAR = 1e-3  # seconds: what is no later than this is at the same moment, for parts begin on whole samples


@dataclass(frozen=True)
class Told:
    """`beats` by rising second of the clip, beyond its end too; `bars` are the indices of those that begin a bar.

    `key` is None where the file names none.
    """

    beats: tuple[float, ...]
    bars: tuple[int, ...]
    key: Key | None = None

    def later(self, seconds: float) -> Told:
        """The same of a part of the clip that begins so many seconds into it."""
        return replace(self, beats=tuple(beat - seconds for beat in self.beats)) if seconds else self

    def pulse(self, seconds: float) -> Pulse:
        """The pulse of the clip's first `seconds`: tempo and metre are those at their end, for that is what goes on."""
        beats = np.array(self.beats)
        first, stop = np.searchsorted(beats, [-_NEAR, seconds - _NEAR])
        if stop == first or stop == len(beats):
            return NO_PULSE
        last_bar = int(np.searchsorted(self.bars, stop - 1, side="right")) - 1
        begin, end = self.bars[last_bar], self.bars[last_bar + 1]
        tempo = 60 / float(beats[stop] - beats[stop - 1])
        within = np.maximum(beats[first:stop], 0.0)
        return Pulse(tempo, within, end - begin, int((begin - first) % (end - begin)), CERTAIN)
