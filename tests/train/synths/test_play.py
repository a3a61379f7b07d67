"""Notes on our own synths begin and end without a click, when and as loud as written."""

import numpy as np
import pytest

from engine.train.compose import Note
from engine.train.compose.general_midi import PERCUSSION
from engine.train.synths.families import ALL_FAMILIES, DRUM_MACHINE, FAMILIES, UNSEEN
from engine.train.synths.play import play

RATE = 48000


def played(notes, family, role="lead", seed=3, cents=0.0, seconds=2.0):
    return play(notes, family, role, seed, cents, round(seconds * RATE), RATE)


def level(samples):
    return float(np.sqrt(np.mean(np.square(samples))))


@pytest.mark.parametrize("family", ALL_FAMILIES)
@pytest.mark.parametrize("role", ["lead", "pad"])
def test_a_note_begins_on_time_and_ends_without_a_click(family, role):
    sound = played([Note(0, 0.5, 0.4, 57, 100)], family, role)
    assert sound.shape == (1, 2 * RATE) and sound.dtype == np.float32
    assert not sound[0, : RATE // 2].any() and level(sound[0, RATE // 2 : RATE]) > 1e-3
    assert not sound[0, round(1.75 * RATE) :].any(), "over when its release is"
    last = np.flatnonzero(sound[0])[-1]
    assert np.abs(sound[0, last - 20 : last + 1]).max() < 1e-3
    assert np.abs(sound[0, RATE // 2]) < 0.02


@pytest.mark.parametrize("family", FAMILIES)
def test_hard_notes_are_louder(family):
    soft, hard = (level(played([Note(0, 0.0, 1.0, 60, velocity)], family)) for velocity in (50, 110))
    assert hard > 2 * soft


def test_notes_of_one_pitch_are_as_long_as_each_is():
    sound = played([Note(0, 0.0, 0.1, 60, 90), Note(0, 1.0, 0.9, 60, 90)], "unison")
    assert not sound[0, round(0.4 * RATE) : RATE].any()
    assert level(sound[0, round(1.5 * RATE) : round(1.8 * RATE)]) > 1e-3


def test_a_tuning_moves_all_pitches():
    def peak(cents):
        spectrum = np.abs(np.fft.rfft(played([Note(0, 0.0, 2.0, 69, 90)], "fm", cents=cents)[0], 16 * RATE))
        near = slice(16 * 420, 16 * 460)
        return (near.start + spectrum[near].argmax()) / 16

    assert 1200 * np.log2(peak(40.0) / peak(0.0)) == pytest.approx(40, abs=5)


def test_the_same_seed_plays_the_same_and_another_otherwise():
    notes = [Note(0, 0.1 * n, 0.2, 50 + n, 60 + 5 * n) for n in range(8)]
    assert np.array_equal(played(notes, "voice"), played(notes, "voice"))
    assert not np.array_equal(played(notes, "voice"), played(notes, "voice", seed=4))


def test_notes_past_the_end_are_left_out():
    sound = played([Note(0, 1.9, 5.0, 60, 90), Note(0, 2.5, 1.0, 64, 90)], "unison")
    assert sound.shape == (1, 2 * RATE)


@pytest.mark.parametrize("machine", [DRUM_MACHINE, UNSEEN])
@pytest.mark.parametrize("piece", PERCUSSION)
def test_every_drum_sounds_and_ends_in_silence(machine, piece):
    for velocity in (40, 120):
        sound = played([Note(0, 0.1, 0.1, PERCUSSION[piece], velocity)], machine, "drums", seconds=3.0)
        assert np.isfinite(sound).all() and 0.01 < np.abs(sound).max() < 3
        last = np.flatnonzero(sound[0])[-1]
        assert last < 2.9 * RATE and np.abs(sound[0, last]) < 0.01


def test_kicks_are_low_and_hats_are_high():
    def centre(piece):
        power = np.abs(np.fft.rfft(played([Note(0, 0.0, 0.1, PERCUSSION[piece], 110)], DRUM_MACHINE, "drums")[0])) ** 2
        return (power * np.arange(len(power))).sum() / power.sum() / 2

    assert centre("kick") < 400 < 5000 < centre("hat")
    assert centre("tom low") < centre("tom high") < centre("snare")
