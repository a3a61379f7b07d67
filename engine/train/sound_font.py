"""Plays songs with the General MIDI sound font FluidR3Mono."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import tinysoundfont

from engine.errors import CalmError
from engine.train.compose import Instrument, Note, Song
from engine.train.mix import mix

RATE = 48000
SOUND_FONT_FOLDERS = (Path("/usr/share/sounds/sf3"), Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
SOUND_FONT_NAME = "FluidR3Mono_GM.sf3"
QUIET_AFTER_RESET = 4096  # samples in which a voice that was cut has faded out


def find_soundfont() -> Path:
    """The FluidR3Mono General MIDI sound font; CalmError when it is not installed."""
    for folder in SOUND_FONT_FOLDERS:
        if (folder / SOUND_FONT_NAME).is_file():
            return folder / SOUND_FONT_NAME
    raise CalmError(
        f"The sound font {SOUND_FONT_NAME} is not installed",
        "Install it with: sudo apt install fluidr3mono-gm-soundfont",
    )


@cache
def _synth(soundfont: Path, rate: int) -> tuple[tinysoundfont.Synth, int]:
    """One synth a process: loading a compressed sound font takes more than a second, resetting it nothing."""
    synth = tinysoundfont.Synth(samplerate=rate)
    return synth, synth.sfload(str(soundfont))


def render(song: Song, soundfont: Path, rate: int = RATE) -> np.ndarray:
    """The finished mix of a song: float32 (2, samples) at `rate` hertz with peaks below 0.98, always the same."""
    return mix(song, [render_track(song, track, soundfont, rate) for track in range(len(song.instruments))], rate)


def render_track(song: Song, track: int, soundfont: Path, rate: int = RATE, cents: float = 0.0) -> np.ndarray:
    """One dry instrument of a song, at its pan, `cents` too high: float32 (2, samples) at `rate` hertz."""
    synth, font = _synth(soundfont, rate)
    instrument = song.instruments[track]
    _sit_down(synth, font, instrument, cents)
    out = np.zeros((round(song.duration * rate), 2), np.float32)
    played = 0
    for at, switch_on, note in _switches([n for n in song.notes if n.track == track], rate):
        stop = min(at, len(out))
        if stop > played:
            synth.generate_simple(stop - played, memoryview(out[played:stop]).cast("B"))
            played = stop
        if switch_on:
            synth.noteon(instrument.channel, note.pitch, note.velocity)
        else:
            synth.noteoff(instrument.channel, note.pitch)
    if played < len(out):
        synth.generate_simple(len(out) - played, memoryview(out[played:]).cast("B"))
    return out.T


def _sit_down(synth: tinysoundfont.Synth, font: int, instrument: Instrument, cents: float) -> None:
    """Silence whatever sounded before and choose the instrument; drum kits are the presets of bank 128."""
    synth.sounds_off()
    synth.generate_simple(QUIET_AFTER_RESET)
    bank = 128 if instrument.drums else 0
    synth.program_select(instrument.channel, font, bank, instrument.program, instrument.drums)
    synth.control_change(instrument.channel, 10, round(64 + 63 * instrument.pan))
    synth.pitchbend(instrument.channel, 8192 + round(cents / 200 * 8192))


def _switches(notes: list[Note], rate: int) -> Iterator[tuple[int, bool, Note]]:
    """(sample, on or off, note) in time order; at the same sample offs come first."""
    switches = []
    for order, note in enumerate(notes):
        on = round(note.start * rate)
        off = max(on + 1, round((note.start + note.duration) * rate))
        switches += [(on, True, order, note), (off, False, order, note)]
    for at, switch_on, _, note in sorted(switches, key=lambda s: s[:3]):
        yield at, switch_on, note
