"""What a musician hears in a clip: its tempo, beats and bars, its key, its chords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.audio import Audio
from engine.music.chords import HeardChord, hear_chords
from engine.music.chroma import beatwise, chroma, tones
from engine.music.key import Key, likeliest_key
from engine.music.onsets import rises
from engine.music.peaks import hear_peaks
from engine.music.pulse import hear_pulse
from engine.music.spectra import mono
from engine.music.told import CERTAIN, Told

__all__ = ["Heard", "HeardChord", "Key", "hear"]

LONGEST = 60.0  # seconds: of a longer clip the end is listened to, for that is what is continued


@dataclass(frozen=True)
class Heard:
    """All that `hear` found, times in seconds from the start of the clip, pitch classes from 0 = C.

    `tempo` is in beats a minute, None without a pulse; `beats` are then empty. `first_downbeat` is the index in
    `beats` of the first that begins a bar. Confidences are probabilities 0..1; that of the tempo counts half and double
    as wrong. Where no chord sounds, `chords` have a gap.
    """

    tempo: float | None
    beats: tuple[float, ...]
    beats_per_bar: int
    first_downbeat: int
    tempo_confidence: float
    key: Key | None
    key_confidence: float
    chords: tuple[HeardChord, ...]

    def beat_at(self, seconds: float) -> float:
        """Beats since the first downbeat: whole on a beat, negative before it, at the tempo outside the beats.

        Raises ValueError where no pulse was heard.
        """
        if self.tempo is None:
            raise ValueError("a clip without a pulse has no beats")
        first, last = self.beats[0], self.beats[-1]
        inside = np.interp(seconds, self.beats, range(len(self.beats)))
        outside = (min(seconds - first, 0.0) + max(seconds - last, 0.0)) * self.tempo / 60
        return float(inside + outside) - self.first_downbeat


def hear(audio: Audio, told: Told | None = None) -> Heard:
    """Listen to a clip of any rate, best 2 to 60 s long; of a longer one the last LONGEST seconds are heard.

    What is `told` about it, by a file that knows, is not listened for.
    """
    skipped = max(0, audio.samples.shape[1] - round(LONGEST * audio.rate))
    part, offset = Audio(audio.samples[:, skipped:], audio.rate), skipped / audio.rate
    return _hear(mono(part), part.seconds, offset, told and told.later(offset))


def _hear(samples: np.ndarray, seconds: float, offset: float, told: Told | None) -> Heard:
    """What is in so many seconds of sound that begin `offset` seconds into the clip."""
    from engine.music.harmony import MOMENTS_PER_SECOND, hear_harmony  # it loads torch, which the window opens before

    regions, peaks = rises(samples), hear_peaks(samples)
    pitch_classes = chroma(peaks)
    pulse = hear_pulse(regions, pitch_classes, seconds) if told is None else told.pulse(seconds)
    edges, change = pulse.spans(seconds)
    sounds = tones(beatwise(pitch_classes, edges[:-1]))
    scales, chances = hear_harmony(peaks)
    key, key_confidence = likeliest_key(scales) if sounds.any() else (None, 0.0)
    if told is not None and told.key is not None:
        key, key_confidence = told.key, CERTAIN
    by_span = beatwise(chances, edges[:-1], MOMENTS_PER_SECOND)
    return Heard(
        tempo=None if pulse.tempo is None else float(pulse.tempo),
        beats=tuple(float(beat) for beat in pulse.beats + offset),
        beats_per_bar=pulse.beats_per_bar,
        first_downbeat=pulse.first_downbeat,
        tempo_confidence=pulse.confidence,
        key=key,
        key_confidence=key_confidence,
        chords=hear_chords(sounds, by_span, edges + offset, change, key),
    )
