"""The measure of heard notes, on notes whose figures can be counted by hand, and on a rendered song."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from engine.midi_out import Note
from engine.train import evaluate_notes, sound_font
from engine.train.compose import compose
from engine.train.evaluate_notes import compare, kind_of, score_of

SOLO_SEED, SECONDS = 1_004_055, 12.0


def note(start, pitch=60, duration=1.0) -> Note:
    return Note(start, duration, pitch, 80)


def test_what_is_heard_right_is_all_right():
    notes = [note(0), note(1, 62), note(2)]
    assert compare(notes, notes, with_offset=True) == evaluate_notes.Score(1.0, 1.0, 1.0)


@pytest.mark.parametrize(("late", "right"), [(0.049, 1), (-0.049, 1), (0.051, 0)])
def test_a_note_may_be_50_ms_off(late, right):
    assert compare([note(1)], [note(1 + late)], with_offset=False).f_measure == right


@pytest.mark.parametrize(("duration", "right"), [(1.19, 1), (0.81, 1), (1.21, 0), (0.79, 0)])
def test_its_end_may_be_a_fifth_off_where_ends_count(duration, right):
    assert compare([note(1)], [note(1, duration=duration)], with_offset=True).f_measure == right
    assert compare([note(1)], [note(1, duration=duration)], with_offset=False).f_measure == 1


def test_short_notes_may_end_50_ms_off():
    assert compare([note(1, duration=0.1)], [note(1, duration=0.149)], with_offset=True).f_measure == 1


def test_an_octave_is_wrong():
    assert compare([note(1)], [note(1, 72)], with_offset=False).f_measure == 0


def test_a_note_is_paired_once():
    score = compare([note(1)], [note(1), note(1.01), note(1.02)], with_offset=False)
    assert (score.precision, score.recall, score.f_measure) == (pytest.approx(1 / 3), 1.0, 0.5)


def test_pairs_are_chosen_so_that_most_are_right():
    """The nearest pair first would leave the other two alone."""
    assert compare([note(1.0), note(1.06)], [note(1.03), note(1.1)], with_offset=False).recall == 1


@pytest.mark.parametrize(("score", "heard"), [([], [note(1)]), ([note(1)], []), ([], [])])
def test_nothing_is_never_right(score, heard):
    assert compare(score, heard, with_offset=False) == evaluate_notes.Score(0.0, 0.0, 0.0)


def labels(channels, notes=()) -> dict:
    return {"instruments": [{"channel": channel} for channel in channels], "notes": list(notes)}


def test_kinds_of_song():
    assert kind_of(labels([0])) == "solo"
    assert kind_of(labels([0, 9])) == kind_of(labels([0, 1])) == "mix"
    assert kind_of(labels([9])) is None


def test_drums_are_no_notes_and_unisons_are_one():
    rows = [[0, 1.0, 0.5, 60, 90], [1, 1.02, 1.0, 60, 100], [2, 1.0, 0.1, 36, 99], [0, 2.0, 0.5, 60, 70]]
    assert score_of(labels([0, 1, 9], rows)) == [Note(1.0, 1.02, 60, 100), Note(2.0, 0.5, 60, 70)]


@pytest.fixture
def songs(tmp_path) -> Path:
    """The first seconds of one solo, rendered as the training songs are."""
    song = compose(SOLO_SEED)
    song = replace(song, duration=SECONDS + 1.0, notes=tuple(note for note in song.notes if note.start < SECONDS))
    sound = sound_font.render(song, sound_font.find_soundfont())
    soundfile.write(tmp_path / f"{SOLO_SEED}.wav", sound.T, sound_font.RATE, "PCM_16")
    (tmp_path / f"{SOLO_SEED}.json").write_text(json.dumps(song.labels()))
    return tmp_path


def test_a_solo_is_heard_well_enough(songs, capsys):
    evaluate_notes.main([str(songs), "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(table) == {"solo", "solo, with_offset"} and table["solo"]["songs"] == 1
    assert table["solo"]["f_measure"] >= 0.6
    assert 0 < table["solo, with_offset"]["f_measure"] < table["solo"]["f_measure"]
