"""Tempo, beats and bars of clicks and loops whose truth is known, and of sound that has no pulse."""

import numpy as np
import pytest

from engine.music import tempo
from engine.music.beats import hear_beats
from engine.music.heard import hear
from engine.music.onsets import FRAMES_PER_SECOND
from tests.engine.music.sounds import audio, click, drums, grid, kick, noise, placed

CASES = {  # name: tempo, clip
    "clicks at 60": (60, lambda: audio(placed([(t, click()) for t in grid(60, 12)], 12))),
    "clicks at 93.7": (93.7, lambda: audio(placed([(t, click()) for t in grid(93.7, 12)], 12))),
    "clicks at 120": (120, lambda: audio(placed([(t, click()) for t in grid(120, 10)], 10))),
    "clicks at 140 in noise": (140, lambda: audio(placed([(t, click()) for t in grid(140, 10)], 10), noise(10, 0.1))),
    "clicks at 200": (200, lambda: audio(placed([(t, click()) for t in grid(200, 8)], 8))),
    "clicks at 77.77, late": (77.77, lambda: audio(placed([(t, click()) for t in grid(77.77, 12, start=0.31)], 12))),
    "drums at 85": (85, lambda: audio(drums(85, 10))),
    "drums at 104.3 in noise": (104.3, lambda: audio(drums(104.3, 10), noise(10, 0.03))),
    "drums at 128": (128, lambda: audio(drums(128, 8))),
    "drums at 174": (174, lambda: audio(drums(174, 8))),
    "swung drums at 90": (90, lambda: audio(drums(90, 10, swing=0.66))),
    "swung drums at 132.5": (132.5, lambda: audio(drums(132.5, 10, swing=0.62))),
    "a waltz at 96": (96, lambda: audio(drums(96, 15, beats_per_bar=3))),
    "a waltz at 150": (150, lambda: audio(drums(150, 12, beats_per_bar=3))),
    "five seconds of drums at 111": (111, lambda: audio(drums(111, 5))),
    "three seconds of drums at 124": (124, lambda: audio(drums(124, 3.1))),
    "drums at 120 and 8 kHz": (120, lambda: audio(drums(120, 8, rate=8000), rate=8000)),
    "drums at 100 and 96 kHz": (100, lambda: audio(drums(100, 8, rate=96_000), rate=96_000)),
}


@pytest.fixture(scope="module")
def heard():
    """By case what was heard, and the ratio of its tempo to the true one."""
    found = {name: (hear(clip()), tempo) for name, (tempo, clip) in CASES.items()}
    return {name: (result, (result.tempo or 0) / tempo) for name, (result, tempo) in found.items()}


def test_every_tempo_is_right_and_one_at_most_is_taken_for_half_or_double(heard):
    ratios = {name: ratio for name, (_, ratio) in heard.items()}
    octaves = {name: min((0.5, 1, 2), key=lambda o: abs(ratio / o - 1)) for name, ratio in ratios.items()}
    assert all(abs(ratio / octaves[name] - 1) < 0.002 for name, ratio in ratios.items()), ratios
    assert sum(octave != 1 for octave in octaves.values()) <= 1, octaves


@pytest.mark.parametrize("name", ["drums at 128", "clicks at 93.7", "swung drums at 90", "drums at 100 and 96 kHz"])
def test_beats_lie_on_the_attacks(heard, name):
    result, _ = heard[name]
    true = grid(CASES[name][0], result.beats[-1] + 0.1)
    assert np.abs(np.array(result.beats) - true[: len(result.beats)]).max() < 0.012
    assert len(result.beats) == len(true)


def test_a_soft_kick_under_a_pad_is_a_pulse():
    t = np.arange(10 * 44_100) / 44_100
    pad = sum(np.sin(2 * np.pi * f * t + np.sin(3 * t)) for f in (220, 277.2, 329.6)) / 3
    result = hear(audio(pad, placed([(at, 0.2 * kick()) for at in grid(112, 10)], 10)))
    assert result.tempo == pytest.approx(112, rel=0.01)


def test_strays_do_not_bend_the_tempo_of_a_short_clip():
    strays = np.array([0.0, 0.0, 0.05, -0.04, 0.06, -0.05, 0.0, 0.05])
    curve = np.zeros(round(4.8 * FRAMES_PER_SECOND))
    curve[np.round((0.3 + 0.6 * np.arange(8) + strays) * FRAMES_PER_SECOND).astype(int)] = 10.0
    times, found = hear_beats(curve, 100.0, 4.8)
    assert found == 100.0
    assert np.allclose(np.diff(times), 0.6)
    assert np.abs(times - 0.3 - 0.6 * np.arange(8)).max() < 0.07


def test_the_likeness_of_regions_tells_where_one_follows_the_other():
    """A curve that lags another by a beat is like it at that lag, and the other way round at the rest of the period."""
    regions = np.zeros((1000, 4))
    regions[::100, 0], regions[50::100, 1] = 1.0, 1.0
    crossed = tempo._crossed(regions)
    assert crossed.shape == (4, 4, 1000)
    assert crossed[0, 1, 50] == pytest.approx(1.0, abs=0.1)
    assert crossed[0, 1, 0] < 0.1 and crossed[0, 0, 50] < 0.1
    assert tempo.autocorrelation(regions[:, 0])[100] == pytest.approx(1.0, abs=0.1)
    assert np.allclose(crossed[0, 0], tempo.autocorrelation(regions[:, 0]))
