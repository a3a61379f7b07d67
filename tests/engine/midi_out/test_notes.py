"""Likelihoods drawn by hand, and what becomes of them."""

import numpy as np
import pytest

from engine.midi_out.notes import LOUDEST, REST, SHORTEST, Note, decode
from engine.midi_out.pitch_model import FRAMES_PER_SECOND, KEYS, Activations

KEY, PITCH = 40, 61


def drawn(*notes, frames=200, level=-20.0) -> Activations:
    """Notes of (key, first frame, frames, how much struck, how much sounding)."""
    heard = Activations(
        np.full((frames, KEYS), 0.05, np.float32),
        np.full((frames, KEYS), 0.02, np.float32),
        np.full(frames, level),
    )
    for key, start, length, struck, sounding in notes:
        heard.sounding[start : start + length, key] = sounding
        heard.struck[start, key] = struck
    return heard


def frames_of(note: Note) -> tuple[int, int]:
    return round(note.start * FRAMES_PER_SECOND), round(note.duration * FRAMES_PER_SECOND)


def test_a_note_has_the_place_length_and_pitch_of_what_sounds():
    (note,) = decode(drawn((KEY, 30, 50, 0.8, 0.7)))
    assert (frames_of(note), note.pitch) == ((30, 50), PITCH)
    assert note.start == pytest.approx(30 * 256 / 22_050)


def test_nothing_sounds_in_nothing():
    assert decode(drawn()) == ()
    assert decode(drawn(frames=0)) == ()


def test_the_end_and_the_beginning_of_the_sound_are_no_obstacle():
    notes = decode(drawn((KEY, 0, 20, 0.9, 0.8), (KEY + 1, 180, 20, 0.9, 0.8)))
    assert [frames_of(note) for note in notes] == [(0, 20), (180, 20)]


def test_a_key_struck_again_ends_its_first_note():
    notes = decode(drawn((KEY, 30, 40, 0.9, 0.7), (KEY, 60, 40, 0.9, 0.8)))
    assert [frames_of(note) for note in notes] == [(30, 30), (60, 40)]


def test_a_weak_stroke_counts_where_the_key_begins_to_sound_and_not_where_it_sounds_already():
    fresh = drawn((KEY, 60, 40, 0.45, 0.6))
    held = drawn((KEY, 30, 70, 0.9, 0.6))
    held.struck[60, KEY] = 0.45
    assert [frames_of(note)[0] for note in decode(fresh)] == [60]
    assert [frames_of(note)[0] for note in decode(held)] == [30]


def test_what_sounds_without_a_stroke_is_no_note():
    assert decode(drawn((KEY, 60, 40, 0.1, 0.9))) == ()


@pytest.mark.parametrize(("gap", "lengths"), [(REST - 1, [50]), (REST, [20])])
def test_a_short_rest_is_bridged_and_a_longer_one_ends_the_note(gap, lengths):
    heard = drawn((KEY, 30, 50, 0.9, 0.8))
    heard.sounding[50 : 50 + gap, KEY] = 0.1
    assert [frames_of(note)[1] for note in decode(heard)] == lengths


@pytest.mark.parametrize(("length", "notes"), [(SHORTEST, 1), (SHORTEST - 1, 0)])
def test_too_short_a_note_is_left_out(length, notes):
    assert len(decode(drawn((KEY, 30, length, 0.99, 0.9)))) == notes


def test_notes_are_in_order_and_chords_rise():
    notes = decode(drawn((50, 90, 20, 0.9, 0.8), (42, 30, 20, 0.9, 0.8), (47, 30, 20, 0.9, 0.8)))
    assert [(frames_of(note)[0], note.pitch) for note in notes] == [(30, 63), (30, 68), (90, 71)]


def test_velocities_follow_the_level_as_synthesisers_play_them():
    heard = drawn((KEY, 30, 20, 0.9, 0.8), (KEY, 90, 20, 0.9, 0.8), (KEY, 150, 20, 0.9, 0.8))
    heard.level[[30, 90, 150]] = -10, -22.04, -120
    assert [note.velocity for note in decode(heard)] == [LOUDEST, round(LOUDEST / 2), 1]
