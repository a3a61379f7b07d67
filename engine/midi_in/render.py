"""A MIDI file as sound, played by the computer's sound font or, where there is none, by plain sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.audio import Audio
from engine.midi_in.font_synth import FontUnusable, play_with_font
from engine.midi_in.midi_song import MidiSong, read_song
from engine.midi_in.plain_synth import play_plainly
from engine.midi_in.sound_fonts import find_sound_font
from engine.music.told import Told

RATE = 48_000
LOUDEST_PEAK, RMS = 0.9, 0.1  # full scale 1.0: -20 dB in the mean, as loud as the quieter songs of the training set
PLAINLY = "Played with plain sounds. Install a General MIDI sound font, such as FluidR3 GM, to hear real ones."


def render(path: Path, font: Path | None) -> tuple[Audio, Told]:
    """A MIDI file as stereo at 48 kHz, played with `font` or plainly, and what it says of its time and key.

    The sound begins on a bar line and ends on one. Raises CalmError where the file cannot be played.
    """
    song = read_song(path)
    samples, note = _played(song, font)
    peak, rms = np.abs(samples).max(), np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
    gain = min(LOUDEST_PEAK / peak, RMS / rms) if peak > 0 else 1.0
    return Audio(np.ascontiguousarray(samples * np.float32(gain)), RATE, note), song.told


def render_here(path: Path) -> tuple[Audio, Told]:
    """The same with the sound font that this computer has, if any."""
    return render(path, find_sound_font())


def _played(song: MidiSong, font: Path | None) -> tuple[np.ndarray, str]:
    """(2, samples), and what is to be said about it."""
    if font is not None:
        try:
            return play_with_font(song, font, RATE), f"Played with the sound font {font.stem}."
        except FontUnusable:
            pass
    return play_plainly(song, RATE), PLAINLY
