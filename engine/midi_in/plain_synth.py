"""Plays a song where the computer has no sound font: with additive voices, and drums of noise and sines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from mido import Message

from engine.midi_in.font_synth import DRUMS
from engine.midi_in.midi_song import MidiSong
from engine.midi_in.voices import Voice, hat, kick, note, snare

# One for each of General MIDI's sixteen families of eight programs.
PLUCKED, STRUCK, STEADY = 3.0, 2.0, 0.0  # how fast a voice decays
FAMILIES = (
    Voice("soft", 0.003, STRUCK), Voice("soft", 0.002, PLUCKED), Voice("organ", 0.010, STEADY),
    Voice("saw", 0.003, PLUCKED), Voice("soft", 0.006, 1.5), Voice("saw", 0.080, STEADY),
    Voice("saw", 0.120, STEADY), Voice("saw", 0.030, STEADY), Voice("square", 0.030, STEADY),
    Voice("soft", 0.040, STEADY), Voice("square", 0.008, 0.3), Voice("soft", 0.200, STEADY),
    Voice("soft", 0.150, 0.5), Voice("saw", 0.004, PLUCKED), Voice("soft", 0.002, PLUCKED),
    Voice("square", 0.050, STEADY),
)  # fmt: skip
KICKS, SNARES, LONG_METAL = (35, 36), (37, 38, 39, 40), (46, 49, 51, 52, 55, 57, 59)
TOMS = {41: 70.0, 43: 80.0, 45: 95.0, 47: 110.0, 48: 130.0, 50: 150.0}  # hertz
GRID = 0.01  # seconds to which notes are rounded, so that most of them are made once
LONGEST = 20.0  # seconds of one note
SEED = 5


@dataclass(frozen=True)
class Stroke:
    """A note to be played, `start` and how long it sounds in `seconds`; `left` and `right` say how loud."""

    start: float
    seconds: float
    pitch: int
    program: int
    drums: bool
    left: float
    right: float


@dataclass(frozen=True)
class Channel:
    """What holds for the next notes of a channel: values from 0 to 127, as General MIDI begins with."""

    program: int = 0
    volume: int = 100
    expression: int = 127
    pan: int = 64


CONTROLS = {7: "volume", 10: "pan", 11: "expression"}
PEDAL = 64


def play_plainly(song: MidiSong, rate: int) -> np.ndarray:
    """(2, samples) float32 of the whole song. Bends, and controllers that move while a note sounds, are left out."""
    out = np.zeros((2, round(song.seconds * rate)), np.float32)
    known = lru_cache(maxsize=512)(_sound)
    for stroke in strokes_of(song):
        seconds = min(max(round(stroke.seconds / GRID) * GRID, 0.05), LONGEST)
        sound = known(stroke.pitch, round(seconds, 2), stroke.program, stroke.drums, rate)
        part = out[:, round(stroke.start * rate) :][:, : len(sound)]
        part += np.array([[stroke.left], [stroke.right]], np.float32) * sound[: part.shape[1]]
    return out


def strokes_of(song: MidiSong) -> list[Stroke]:
    """Every note, as long as it is held by its key or the pedal."""
    hands = _Hands()
    for now, message in song.messages:
        if message.type == "note_on" and message.velocity:
            hands.strike(now, message)
        elif message.type in ("note_on", "note_off"):
            hands.let_go(now, (message.channel, message.note))
        elif message.type == "program_change":
            hands.set(message.channel, program=message.program)
        elif message.type == "control_change" and message.control == PEDAL:
            hands.press_pedal(now, message.channel, message.value >= 64)
        elif message.type == "control_change" and message.control in CONTROLS:
            hands.set(message.channel, **{CONTROLS[message.control]: message.value})
    hands.rest(song.seconds)
    return hands.done


Key = tuple[int, int]
"""Channel and pitch."""


@dataclass
class _Hands:
    """What is set, held and done so far."""

    done: list[Stroke] = field(default_factory=list)
    _channels: list[Channel] = field(default_factory=lambda: [Channel()] * 16)
    _sounding: dict[Key, tuple[float, Message, Channel]] = field(default_factory=dict)
    _released: set[Key] = field(default_factory=set)  # sounding by the pedal alone
    _pedals: set[int] = field(default_factory=set)

    def set(self, channel: int, **values: int) -> None:
        self._channels[channel] = replace(self._channels[channel], **values)

    def strike(self, now: float, message: Message) -> None:
        key = (message.channel, message.note)
        self._end(now, key)
        self._sounding[key] = (now, message, self._channels[message.channel])

    def let_go(self, now: float, key: Key) -> None:
        if key[0] in self._pedals:
            self._released.add(key)
        else:
            self._end(now, key)

    def press_pedal(self, now: float, channel: int, down: bool) -> None:
        if down:
            self._pedals.add(channel)
            return
        self._pedals.discard(channel)
        for key in [key for key in self._released if key[0] == channel]:
            self._end(now, key)

    def rest(self, now: float) -> None:
        for key in list(self._sounding):
            self._end(now, key)

    def _end(self, now: float, key: Key) -> None:
        self._released.discard(key)
        if key in self._sounding:
            self.done.append(_stroke(*self._sounding.pop(key), now))


def _stroke(start: float, message: Message, channel: Channel, stop: float) -> Stroke:
    """Loudness goes by the square of velocity, volume and expression (General MIDI Level 1, DLS 1)."""
    loud = (message.velocity * channel.volume * channel.expression / 127**3) ** 2
    angle = channel.pan / 127 * np.pi / 2
    drums = message.channel == DRUMS
    program = 0 if drums else channel.program
    return Stroke(start, stop - start, message.note, program, drums, loud * np.cos(angle), loud * np.sin(angle))


def _sound(pitch: int, seconds: float, program: int, drums: bool, rate: int) -> np.ndarray:
    """(N,) of one note; of drums the length is their own."""
    return _drum(pitch, rate) if drums else note(FAMILIES[program // 8], pitch, seconds, rate)


def _drum(pitch: int, rate: int) -> np.ndarray:
    """By General MIDI's percussion map; what is neither skin nor cymbal there is a short hat here."""
    draw = np.random.default_rng(SEED)
    if pitch in KICKS:
        return kick(50.0, rate)
    if pitch in SNARES:
        return snare(draw, 190.0, rate)
    if pitch in TOMS:
        return kick(TOMS[pitch], rate)
    return hat(draw, 18.0 if pitch in LONG_METAL else 60.0, rate)
