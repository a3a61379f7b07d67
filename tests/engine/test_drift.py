"""The guard's ear for drift, on tunes whose tempo and key are known."""

import numpy as np
import pytest

from engine.drift import LOOK_SECONDS, Course, Look, course, drifted, look
from engine.music.key import Key
from tests.engine.tunes import tune

RATE = 22_050
C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")


@pytest.fixture(scope="module")
def prompt():
    """Ten seconds in C, at 120."""
    return tune(10.0, RATE)


@pytest.fixture(scope="module")
def kept(prompt):
    return course(prompt, RATE, 120.0, C_MAJOR)


def test_a_course_is_what_the_prompt_keeps(kept):
    assert (kept.tempo, kept.scale) == (120.0, 0)
    assert kept.outside < 0.03


def test_minor_and_major_keys_with_the_same_tones_are_one_scale(prompt):
    assert course(prompt, RATE, None, A_MINOR) == course(prompt, RATE, None, C_MAJOR)


def test_a_tempo_that_the_prompt_does_not_have_is_not_asked_of_the_take(prompt):
    assert course(prompt, RATE, 97.0, None) == Course(None, None, 0.0)
    assert course(prompt, RATE, None, None) == Course(None, None, 0.0)


@pytest.mark.parametrize("tempo", [120.0, 60.0, 240.0, 121.0])
def test_what_goes_on_does_not_drift(kept, tempo):
    assert look(tune(12.0, RATE, tempo), RATE, kept) == Look(False, False)


@pytest.mark.parametrize("tempo", [97.0, 140.0])
def test_another_tempo_is_heard(kept, tempo):
    assert look(tune(12.0, RATE, tempo), RATE, kept).tempo
    assert not look(tune(12.0, RATE, tempo), RATE, kept).key


@pytest.mark.parametrize("tonic", [1, 3, 4, 6, 8, 11])
def test_another_key_is_heard(kept, tonic):
    found = look(tune(12.0, RATE, tonic=tonic), RATE, kept)
    assert found.key and not found.tempo


@pytest.mark.parametrize("tonic", [0, 5, 7])
def test_the_next_keys_of_the_circle_are_no_drift(kept, tonic):
    """One tone is another: as much as a chord from outside."""
    assert not look(tune(12.0, RATE, tonic=tonic), RATE, kept).key


def test_a_prompt_that_is_outside_of_its_key_itself_is_no_measure(prompt):
    wrong = course(prompt, RATE, None, Key(6, "major"))
    assert wrong.outside > 0.1
    assert not look(prompt, RATE, wrong).key


def test_only_the_last_seconds_are_heard_and_less_than_that_is_not_judged(kept):
    late = np.concatenate([tune(20.0, RATE, 97.0, 6), tune(LOOK_SECONDS, RATE)], axis=1)
    assert look(late, RATE, kept) == Look(False, False)
    assert look(tune(LOOK_SECONDS - 0.1, RATE, 97.0, 6), RATE, kept) == Look(False, False)


@pytest.mark.parametrize("sound", [np.zeros((2, 12 * RATE), np.float32), 0.1 * np.ones((2, 12 * RATE), np.float32)])
def test_silence_neither_drifts_nor_breaks_anything(kept, sound):
    assert look(sound, RATE, kept) == Look(False, False)
    assert course(sound, RATE, 120.0, C_MAJOR).scale == 0


def test_two_looks_in_a_row_have_to_agree():
    fine, tempo, key, both = Look(False, False), Look(True, False), Look(False, True), Look(True, True)
    assert drifted(tempo, both) == "tempo drift"
    assert drifted(key, both) == "key drift"
    assert drifted(both, both) == "tempo drift", "the worse of the two"
    for pair in ((fine, both), (both, fine), (tempo, key), (fine, fine)):
        assert drifted(*pair) is None
