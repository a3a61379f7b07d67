"""MIDI files as other programs write them."""

from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack, bpm2tempo

QUARTER = 480


def write_midi(path: Path, *events: tuple[float, Message | MetaMessage], kind: int = 0, quarter: int = QUARTER) -> Path:
    """One track of (quarter notes from the start, message) in any order."""
    file, track, now = MidiFile(type=kind, ticks_per_beat=quarter), MidiTrack(), 0
    file.tracks.append(track)
    for at, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=round(at * quarter) - now))
        now = round(at * quarter)
    file.save(path)
    return path


def note(at: float, pitch: int = 60, length: float = 1.0, channel: int = 0, velocity: int = 100) -> list:
    """A note, in quarter notes."""
    on = Message("note_on", note=pitch, velocity=velocity, channel=channel)
    return [(at, on), (at + length, Message("note_off", note=pitch, channel=channel))]


def tempo(beats_a_minute: float, at: float = 0.0) -> tuple[float, MetaMessage]:
    return at, MetaMessage("set_tempo", tempo=round(bpm2tempo(beats_a_minute)))


def metre(numerator: int, denominator: int = 4, at: float = 0.0) -> tuple[float, MetaMessage]:
    return at, MetaMessage("time_signature", numerator=numerator, denominator=denominator)


def key(name: str, at: float = 0.0) -> tuple[float, MetaMessage]:
    return at, MetaMessage("key_signature", key=name)


def write_sketch(path: Path, bars: int = 4) -> Path:
    """Chords in D minor at 92 beats a minute in 4/4, with a kick on each beat."""
    chords = ((50, 53, 57), (55, 58, 62), (48, 52, 55), (57, 61, 64))
    harmony = [event for bar in range(bars) for pitch in chords[bar % 4] for event in note(4 * bar, pitch, 3.9)]
    drums = [event for beat in range(4 * bars) for event in note(beat, 36, 0.5, channel=9)]
    return write_midi(path, tempo(92), metre(4), key("Dm"), *harmony, *drums)
