"""The measures of music, on sounds whose notes are known."""

import numpy as np
import pytest

from engine.train import judge_music as jm

RATE = 48_000
TIMES = (0.5, 0.9, 1.4, 2.0, 2.3, 2.9)
C_MAJOR = (261.63, 329.63, 392.0)


def struck(times=TIMES, frequencies=C_MAJOR, seconds=3.5):
    """Decaying chords that begin at the times given."""
    t = np.arange(round(seconds * RATE)) / RATE
    sound = sum(
        (t >= at) * np.exp(-8 * (t - at).clip(min=0)) * np.sin(2 * np.pi * f * (t - at))
        for at in times
        for f in frequencies
    )
    return np.tile(0.1 * sound, (2, 1)).astype(np.float32)


def test_attacks_are_heard_where_they_are():
    heard = jm.attacks(struck(), RATE)
    assert jm.f_measure(np.array(TIMES), heard) > 0.9
    assert all(np.abs(heard - time).min() < 0.025 for time in TIMES)


def test_attacks_that_moved_are_not_the_same():
    moved = jm.attacks(struck(tuple(time + 0.15 for time in TIMES)), RATE)
    assert jm.f_measure(jm.attacks(struck(), RATE), moved) < 0.2


@pytest.mark.parametrize(
    ("true", "heard", "f"),
    [
        ([], [], 1.0),
        ([1.0], [], 0.0),
        ([], [1.0], 0.0),
        ([1.0, 2.0], [1.04, 2.06], 0.5),
        ([1.0], [0.97, 1.03], 2 / 3),  # each counts once
        ([1.0, 1.06], [1.03, 1.09], 1.0),
        ([1.0, 2.0, 3.0], [0.2, 2.01], 0.4),
    ],
)
def test_f_measure_by_hand(true, heard, f):
    assert jm.f_measure(np.array(true), np.array(heard)) == pytest.approx(f)


def test_notes_of_one_chord_are_one_attack_and_those_outside_the_clip_none():
    starts = (4.99, 5.0, 5.01, 5.04, 5.2, 6.5, 9.0)
    score = {"notes": [[0, start, 0.5, 60, 90] for start in starts]}
    assert jm.score_attacks(score, 5.0, 2.0) == pytest.approx([0.0, 0.2, 1.5])


def test_chroma_is_kept_by_what_keeps_the_notes():
    source = struck()
    assert jm.chroma_kept(source, source, RATE) == pytest.approx(1)
    assert jm.chroma_kept(source, 0.1 * source, RATE) == pytest.approx(1, abs=1e-3)
    assert jm.chroma_kept(source, -source, RATE) == pytest.approx(1)
    other = struck(frequencies=(277.18, 369.99, 466.16))  # no pitch class in common
    assert jm.chroma_kept(source, other, RATE) < 0.5
    silence = np.zeros_like(source)
    assert jm.chroma_kept(silence, silence, RATE) == pytest.approx(1)
    assert jm.chroma_kept(source, silence, RATE) < 0.01


def test_the_scale_is_the_scores():
    c_major, far = ({"tonic": tonic, "mode": "major"} for tonic in (0, 1))
    assert jm.scale_share(struck(), RATE, c_major) > 0.95
    assert jm.scale_share(struck(), RATE, far) < 0.6
