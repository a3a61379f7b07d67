"""Writes notes as a Standard MIDI File of type 1 (MIDI Association, RP-001): the tempo map, then the notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mido import Message, MetaMessage, MidiFile, MidiTrack

from engine.export.whole_file import write_whole
from engine.midi_out.notes import Note
from engine.midi_out.tempo_map import TICKS, TempoMap, tempo_map

if TYPE_CHECKING:
    from engine.music.heard import Heard
    from engine.music.key import Key

PIANO = 0  # General MIDI: which instruments play is not heard
PIANO_NAME = "Acoustic Grand Piano"


@dataclass(frozen=True)
class Transcription:
    """What goes into the file, times in seconds from the start of the sound.

    `cut` parts the notes into a track for the prompt and one for the continuation; without it there is one track.
    `markers` are (seconds, label); the cut's own is added. `heard` gives tempo, bars and key, where it is known.
    """

    title: str
    notes: tuple[Note, ...]
    cut: float | None = None
    markers: tuple[tuple[float, str], ...] = ()
    heard: Heard | None = None


def write_midi(path: str | Path, transcription: Transcription) -> Path:
    """Write the file whole or not at all; return its path, numbered if `path` was taken.

    Every note and marker lies within a millisecond of its time. CalmError where the folder does not take the file.
    """
    tempo = tempo_map(transcription.heard)
    file = MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    file.tracks.append(_conductor(transcription, tempo))
    for channel, (name, notes) in enumerate(_parts(transcription)):
        file.tracks.append(_played(name, channel, notes, tempo))
    return write_whole(Path(path), lambda to: file.save(file=to))


def _parts(transcription: Transcription) -> list[tuple[str, list[Note]]]:
    """(name, notes) of each track. A note belongs where it begins."""
    if transcription.cut is None:
        return [(transcription.title, list(transcription.notes))]
    before = [note for note in transcription.notes if note.start < transcription.cut]
    after = [note for note in transcription.notes if note.start >= transcription.cut]
    return [("Prompt", before), ("Continuation", after)]


def _conductor(transcription: Transcription, tempo: TempoMap) -> MidiTrack:
    bar = {"denominator": 4, "clocks_per_click": 24}
    events = [(0, MetaMessage("track_name", name=transcription.title))]
    if tempo.pickup:
        events.append((0, MetaMessage("time_signature", numerator=tempo.pickup, **bar)))
    first_bar = tempo.pickup * TICKS
    events.append((first_bar, MetaMessage("time_signature", numerator=tempo.beats_per_bar, **bar)))
    if transcription.heard is not None and transcription.heard.key is not None:
        events.append((0, MetaMessage("key_signature", key=_signature(transcription.heard.key))))
    events += [(tick, MetaMessage("set_tempo", tempo=length)) for _, tick, length in tempo.tempos]
    cut = () if transcription.cut is None else ((transcription.cut, "Cut"),)
    events += [(tempo.ticks(at), MetaMessage("marker", text=text)) for at, text in (*cut, *transcription.markers)]
    return _track(events)


def _signature(key: Key) -> str:
    """As mido spells it, such as "Fm"."""
    tonic, mode = key.name.split()
    return tonic + ("m" if mode == "minor" else "")


def _played(name: str, channel: int, notes: Iterable[Note], tempo: TempoMap) -> MidiTrack:
    events = [
        (0, MetaMessage("track_name", name=name)),
        (0, MetaMessage("instrument_name", name=PIANO_NAME)),
        (0, Message("program_change", program=PIANO, channel=channel)),
    ]
    for note in notes:
        on = tempo.ticks(note.start)
        off = max(on + 1, tempo.ticks(note.start + note.duration))
        key = {"note": note.pitch, "channel": channel}
        events += [
            (on, Message("note_on", velocity=note.velocity, **key)),
            (off, Message("note_off", velocity=64, **key)),
        ]
    return _track(events)


def _track(events: list[tuple[int, Message | MetaMessage]]) -> MidiTrack:
    """The events in order; at one tick a key is let go before it is struck again."""
    track, now = MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1].type == "note_on")):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(MetaMessage("end_of_track"))
    return track
