"""Songs with fewer players, single lines, other sounds, or silence in them. Labels stay true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.train.compose import Note, Song
from engine.train.compose.general_midi import KITS
from engine.train.compose.song import DRUM_CHANNEL

ANOTHER = 0.5  # of the instruments of the sound font are exchanged for another of their family
SHORTEST_NOTE = 0.04  # seconds
Gaps = tuple[tuple[float, float], ...]


def tracks_of(song: Song, roles: tuple[str, ...]) -> list[int]:
    """The tracks that have one of these roles."""
    return [track for track, each in enumerate(song.instruments) if set(each.roles) & set(roles)]


def only(song: Song, tracks: list[int]) -> Song:
    """The song with these tracks alone, numbered anew."""
    place = {track: number for number, track in enumerate(tracks)}
    return replace(
        song,
        instruments=tuple(song.instruments[track] for track in tracks),
        notes=tuple(replace(note, track=place[note.track]) for note in song.notes if note.track in place),
    )


def single_line(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """One voice: of notes that begin within 50 ms the highest, each over when the next begins."""
    line: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.start, -n.pitch)):
        if line and note.start - line[-1].start < 0.05:
            continue
        if line:
            line[-1] = replace(line[-1], duration=min(line[-1].duration, round(note.start - line[-1].start, 5)))
        line.append(note)
    return tuple(line)


def with_program(song: Song, track: int, program: int) -> Song:
    """The song with another General MIDI sound on one track."""
    instruments = list(song.instruments)
    instruments[track] = replace(instruments[track], program=program)
    return replace(song, instruments=tuple(instruments))


def another_sound(rng: np.random.Generator, program: int, channel: int) -> int:
    """Now and then another kit, or another General MIDI program of the same eight; sound effects stay out."""
    if rng.random() > ANOTHER:
        return program
    if channel == DRUM_CHANNEL:
        return int(rng.choice(list(KITS.values())))
    return program // 8 * 8 + int(rng.integers(8)) if program < 112 else program


def choose_gaps(rng: np.random.Generator, song: Song) -> Gaps:
    """One to three (start, seconds) from bar lines on, half a bar to two bars long, apart from each other."""
    bar = song.beats_per_bar * 60 / song.tempo
    bars = len(song.beats) // song.beats_per_bar
    possible = np.arange(0, bars - 3, 4)
    starts = np.sort(rng.choice(possible, min(int(rng.integers(1, 4)), len(possible)), replace=False))
    return tuple((round(float(at) * bar, 5), round(float(rng.choice((0.5, 1, 2))) * bar, 5)) for at in starts)


def silenced(song: Song, gaps: Gaps) -> Song:
    """The song in which nobody plays in the gaps; notes that reach into one end there."""
    notes = song.notes
    for start, seconds in gaps:
        notes = tuple(_cut(note, start) for note in notes if not start - SHORTEST_NOTE <= note.start < start + seconds)
    return replace(song, notes=notes)


def _cut(note: Note, moment: float) -> Note:
    reaches = note.start < moment < note.start + note.duration
    return replace(note, duration=round(moment - note.start, 5)) if reaches else note
