"""The file, as midicsv and TinySoundFont, which share no code with its writer, read it back."""

import csv
import subprocess
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from tinysoundfont import midi

from engine.errors import CalmError
from engine.midi_out import Note, Transcription, write_midi
from engine.music.heard import Heard, Key

BEATS = tuple(float(beat) for beat in 0.3 + np.cumsum(0.55 + np.random.default_rng(3).normal(0, 0.02, 60)))
HEARD = Heard(109.0, BEATS, 3, 0, 0.9, Key(5, "minor"), 0.8, ())
NOTES = (
    Note(0.0, 0.5, 60, 100),
    Note(1.2345, 0.1, 64, 1),
    Note(1.2345, 2.0, 67, 127),
    Note(7.9, 1.0, 48, 80),
    Note(8.0, 0.25, 21, 60),
    Note(8.25, 0.25, 21, 61),
    Note(95.4321, 3.0, 108, 33),
)


@pytest.fixture
def write(tmp_path):
    def write(**transcription) -> Path:
        return write_midi(tmp_path / "take.mid", Transcription(**{"title": "take", "notes": NOTES, **transcription}))

    return write


def rows(path: Path) -> list[list[str]]:
    """(track, tick, kind, values ...) of every event, by midicsv."""
    done = subprocess.run(["midicsv", path], capture_output=True, check=True)
    assert not done.stderr
    return [
        [cell.strip() for cell in row]
        for row in csv.reader(done.stdout.decode("latin-1").splitlines(), skipinitialspace=True)
    ]


def of_kind(path: Path, kind: str) -> list[list[str]]:
    return [[row[0], row[1], *row[3:]] for row in rows(path) if row[2] == kind]


def played(path: Path) -> list[tuple[float, float, int, int, int]]:
    """(start, duration, pitch, velocity, channel) in seconds of the tempo map, by TinySoundFont."""
    sounding, notes = defaultdict(list), []
    for event in midi.load(str(path)):
        if isinstance(event.action, midi.NoteOn) and event.action.velocity:
            sounding[event.channel, event.action.key].append((event.t, event.action.velocity))
        elif isinstance(event.action, midi.NoteOn | midi.NoteOff):
            start, velocity = sounding[event.channel, event.action.key].pop()
            notes.append((start, event.t - start, event.action.key, velocity, event.channel))
    assert not any(sounding.values())
    return sorted(notes)


def second(path: Path, tick: int) -> float:
    """When `tick` comes by the tempos that midicsv lists."""
    tempos = [(int(row[1]), int(row[2])) for row in of_kind(path, "Tempo")]
    ends = [*(at for at, _ in tempos[1:]), tick]
    spans = [max(0, min(end, tick) - at) * length for (at, length), end in zip(tempos, ends, strict=True)]
    return sum(spans) / 960 / 1e6


def test_a_player_sounds_the_same_notes_at_the_same_times(write):
    found = played(write())
    assert [row[2:4] for row in found] == [(note.pitch, note.velocity) for note in NOTES]
    for (start, duration, *_), note in zip(found, NOTES, strict=True):  # TinySoundFont counts whole milliseconds
        assert start == pytest.approx(note.start, abs=0.0015)
        assert start + duration == pytest.approx(note.start + note.duration, abs=0.0015)


@pytest.mark.parametrize("heard", [None, HEARD], ids=["tempo unknown", "tempo wanders"])
def test_times_hold_through_every_change_of_tempo(write, heard):
    path = write(heard=heard)
    for kind, times in (
        ("Note_on_c", [note.start for note in NOTES]),
        ("Note_off_c", sorted(note.start + note.duration for note in NOTES)),
    ):
        assert [second(path, int(row[1])) for row in of_kind(path, kind)] == pytest.approx(times, abs=0.001)
    assert len(of_kind(path, "Tempo")) == (1 if heard is None else pytest.approx(60, abs=10))


def test_the_cut_parts_the_notes_into_two_tracks(write):
    path = write(cut=8.0, heard=HEARD)
    assert [row[4] for row in played(path)] == [0, 0, 0, 0, 1, 1, 1]
    assert [row[2] for row in of_kind(path, "Title_t")] == ["take", "Prompt", "Continuation"]
    assert {(row[0], row[2]) for row in of_kind(path, "Note_on_c")} == {("2", "0"), ("3", "1")}


def test_without_a_cut_there_is_one_track_and_no_marker(write):
    path = write()
    assert [row[2] for row in of_kind(path, "Title_t")] == ["take", "take"]
    assert not of_kind(path, "Marker_t")


def test_the_file_is_of_type_1_and_names_its_programs(write):
    path = write(cut=8.0)
    assert rows(path)[0] == ["0", "0", "Header", "1", "3", "960"]
    assert [row[2] for row in of_kind(path, "Instrument_name_t")] == ["Acoustic Grand Piano"] * 2
    assert [row[2:] for row in of_kind(path, "Program_c")] == [["0", "0"], ["1", "0"]]


def test_markers_stand_at_the_cut_and_at_branches(write):
    path = write(cut=8.0, markers=((9.5, "Branch 1"), (4.0, "Verse")))
    assert of_kind(path, "Marker_t") == [
        ["1", str(4 * 1920), "Verse"],
        ["1", str(8 * 1920), "Cut"],
        ["1", str(round(9.5 * 1920)), "Branch 1"],
    ]


def test_names_in_any_script_are_kept(write):
    path = write(title="Überleitung 序曲", cut=8.0)
    assert "Überleitung 序曲".encode() in path.read_bytes()


def test_metre_and_key_are_those_heard(write):
    path = write(heard=HEARD)
    assert [row[1:4] for row in of_kind(path, "Time_signature")] == [["0", "2", "2"], ["1920", "3", "2"]]
    assert of_kind(path, "Key_signature") == [["1", "0", "-4", "minor"]]


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_every_key_has_the_signature_of_its_scale(write, tonic, mode):
    heard = Heard(120.0, (0.5, 1.0), 4, 0, 1.0, Key(tonic, mode), 1.0, ())
    ((_, _, sharps, said),) = of_kind(write(heard=heard), "Key_signature")
    major = (tonic + (3 if mode == "minor" else 0)) % 12
    assert (int(sharps) * 7 % 12, said) == (major, mode)


def test_no_notes_are_no_error(write):
    path = write(notes=(), cut=3.0)
    assert played(path) == []
    assert [row[2] for row in of_kind(path, "Title_t")] == ["take", "Prompt", "Continuation"]


def test_nothing_is_overwritten(write):
    first = write()
    before = first.read_bytes()
    assert write(cut=1.0).name == "take_2.mid"
    assert first.read_bytes() == before


def test_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(CalmError, match="does not exist"):
        write_midi(tmp_path / "gone" / "take.mid", Transcription("take", NOTES))
