"""Plays a song with a sound font, by tinysoundfont."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from mido import Message

from engine.midi_in.midi_song import MidiSong

DRUMS = 9  # the channel of General MIDI's drums, from 0
KITS = 128  # the bank that they are in
BANK_SELECTS = (0, 32)
BLOCK = 4096  # samples: a call holds all of Python up, for 0.4 ms at this length


class FontUnusable(Exception):
    """tinysoundfont is not installed, or cannot read the font."""


def play_with_font(song: MidiSong, font: Path, rate: int) -> np.ndarray:
    """(2, samples) float32 of the whole song, as loud as the font makes it. Raises FontUnusable.

    Banks other than General MIDI's are left out. Reading a font takes about two seconds, outside of Python's lock.
    """
    synth = _Synth(font, rate)
    out = np.zeros((round(song.seconds * rate), 2), np.float32)
    played = 0
    for seconds, message in song.messages:
        at = min(round(seconds * rate), len(out))
        synth.fill(out[played:at])
        played = at
        synth.do(message)
    synth.fill(out[played:])
    return out.T


class _Synth:
    """Sixteen instruments."""

    def __init__(self, font: Path, rate: int):
        try:
            import tinysoundfont  # there is no build of it for every computer
        except ImportError as error:
            raise FontUnusable from error
        self._synth = tinysoundfont.Synth(samplerate=rate)
        try:
            self._font = self._synth.sfload(str(font))
        except Exception as error:  # noqa: BLE001  it raises plain Exceptions, and any of them leaves us without a font
            raise FontUnusable from error
        for channel in range(16):
            self._choose(channel, 0)

    def _choose(self, channel: int, program: int) -> None:
        """What the font lacks leaves the instrument as it was, or a channel without one."""
        bank = KITS if channel == DRUMS else 0
        try:
            self._synth.program_select(channel, self._font, bank, program, channel == DRUMS)
        except RuntimeError:
            return

    def do(self, message: Message) -> None:
        synth, kind = self._synth, message.type
        if kind == "note_on" and message.velocity:
            synth.noteon(message.channel, message.note, message.velocity)
        elif kind in ("note_on", "note_off"):
            synth.noteoff(message.channel, message.note)
        elif kind == "program_change":
            self._choose(message.channel, message.program)
        elif kind == "pitchwheel":
            synth.pitchbend(message.channel, message.pitch + 8192)
        elif kind == "control_change" and message.control not in BANK_SELECTS:
            synth.control_change(message.channel, message.control, message.value)

    def fill(self, out: np.ndarray) -> None:
        """The next samples into (n, 2) float32."""
        for at in range(0, len(out), BLOCK):
            block = out[at : at + BLOCK]
            self._synth.generate_simple(len(block), memoryview(block).cast("B"))
