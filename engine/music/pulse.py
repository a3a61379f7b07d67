"""The musical time of a clip: tempo, beats and bars together, and the spans of time in which harmony is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.music.bars import hear_bars
from engine.music.beats import hear_beats
from engine.music.onsets import strength
from engine.music.tempo import hear_tempo

SPAN = 0.5  # seconds of a span where there are no beats
AT_BAR, AT_HALF, AT_BEAT = 0.75, 1.5, 2.5  # nepers that a new chord costs: where a bar begins, in its middle, elsewhere


@dataclass(frozen=True, eq=False)
class Pulse:
    """`tempo` in beats a minute (None: no pulse), `beats` (beats,) in seconds, the index of the first downbeat."""

    tempo: float | None
    beats: np.ndarray
    beats_per_bar: int
    first_downbeat: int
    confidence: float

    def spans(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Edges (spans + 1,) of the spans of a clip, a beat each, and what new chords cost at their starts (spans,)."""
        if self.tempo is None:
            starts = np.arange(0, seconds, SPAN)
            return np.append(starts, seconds), np.full(len(starts), AT_HALF)
        place = (np.arange(len(self.beats)) - self.first_downbeat) % self.beats_per_bar
        cost = np.select([place == 0, 2 * place == self.beats_per_bar], [AT_BAR, AT_HALF], AT_BEAT)
        upbeat = int(self.beats[0] > 0)  # 1 if the clip starts between two beats
        return np.concatenate([[0.0] * upbeat, self.beats, [seconds]]), np.concatenate([[AT_BEAT] * upbeat, cost])


NO_PULSE = Pulse(None, np.zeros(0), 4, 0, 0.0)


def hear_pulse(regions: np.ndarray, pitch_classes: np.ndarray, seconds: float) -> Pulse:
    """The pulse in onset curves (frames, 4) and chroma (frames, 24) of a clip of so many seconds."""
    rough, confidence = hear_tempo(regions)
    if rough is None:
        return NO_PULSE
    beats, tempo = hear_beats(strength(regions), rough, seconds)
    beats, beats_per_bar, first = hear_bars(regions, pitch_classes, beats)
    return Pulse(tempo, beats, beats_per_bar, first, confidence)
