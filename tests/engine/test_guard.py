"""What the guard says of music, and of what it may collapse into."""

import numpy as np
import pytest

from engine.guard import LOOK_SECONDS, Usual, collapsed, flatness, loudest, sameness, unsteadiness, usual
from engine.music.spectra import RATE
from tests.engine.grooves import groove

SOUND_RATE = 44_100
SECONDS = 6.0


@pytest.fixture(scope="module")
def music():
    """Chords and drums at 120 bpm, float32 (2, N)."""
    return groove(12.0, SOUND_RATE, 120.0)


def noise(level: float, pink: bool = False, seconds: float = SECONDS) -> np.ndarray:
    count = round(seconds * SOUND_RATE)
    white = np.random.default_rng(7).standard_normal((2, count))
    if pink:
        spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(1, np.arange(count // 2 + 1)))
        white = np.fft.irfft(spectrum, count)
    return (level / white.std() * white).astype(np.float32)


def looped(music: np.ndarray, seconds: float) -> np.ndarray:
    """The first `seconds` after a bar line over and over."""
    start, length = 4 * SOUND_RATE, round(seconds * SOUND_RATE)
    return np.tile(music[:, start : start + length], (1, 2 + round(SECONDS / seconds)))[
        :, : round(SECONDS * SOUND_RATE)
    ]


def after(music: np.ndarray, tail: np.ndarray) -> np.ndarray:
    return np.concatenate([music, tail.astype(np.float32)], axis=1)


def heard(music: np.ndarray, tail: np.ndarray):
    return collapsed(after(music, tail), SOUND_RATE, usual(music))


def test_music_is_music_wherever_it_is_looked_at(music):
    before = usual(music)
    ends = range(round(LOOK_SECONDS * SOUND_RATE), music.shape[1], SOUND_RATE // 4)
    assert {collapsed(music[:, :end], SOUND_RATE, before) for end in ends} == {None}


@pytest.mark.parametrize("level", [0.0, 1e-5, 10 ** (-50 / 20) * 0.1])
def test_silence_and_hiss_are_silence(music, level):
    assert heard(music / music.std() * 0.1, noise(1.0) * np.float32(level)) == "silence"


@pytest.mark.parametrize("rest", [2.0, 3.6, 3.9, 3.97, 3.98, 3.99])
def test_what_has_just_fallen_silent_is_not_taken_for_noise(music, rest):
    nothing = np.zeros((2, round(rest * SOUND_RATE)))
    ends = range(4 * SOUND_RATE, 6 * SOUND_RATE, SOUND_RATE // 16)
    assert {heard(music[:, :end], nothing) for end in ends} <= {None, "silence"}


def test_a_quiet_prompt_goes_on_quietly(music):
    quiet = music * np.float32(0.003)
    assert heard(quiet, quiet) is None


@pytest.mark.parametrize("seconds", [0.04, 0.1, 0.1037, 0.2])
def test_a_short_loop_is_stuck(music, seconds):
    assert heard(music, looped(music, seconds)) == "stuck"


def test_a_loop_that_is_not_quite_itself_is_stuck(music):
    loop = looped(music, 0.1)
    assert heard(music, loop + noise(10 ** (-25 / 20) * loop.std())) == "stuck"


def test_a_drone_is_stuck_but_a_chord_that_decays_is_not(music):
    time = np.arange(round(SECONDS * SOUND_RATE)) / SOUND_RATE
    drone = 0.2 * sum(np.sin(2 * np.pi * pitch * time) for pitch in (110.0, 165.0, 220.0)) * np.ones((2, 1))
    assert heard(music, drone) == "stuck"
    assert heard(music, drone * 10 ** (-3 * time / 20)) is None


def test_whole_bars_may_be_repeated(music):
    assert heard(music, looped(music, 2.0)) is None


@pytest.mark.parametrize("pink", [False, True])
def test_noise_is_noise(music, pink):
    assert heard(music, noise(float(music.std()), pink)) == "noise"


def test_clipping_is_measured_against_the_prompt(music):
    loud = np.clip(8 * music / np.abs(music).max(), -1, 1)
    assert heard(music, loud) == "clipping"
    assert heard(loud, loud) is None, "a loud master goes on as it was"


def test_less_than_a_look_is_not_judged():
    short = np.zeros((2, round(LOOK_SECONDS * SOUND_RATE) - 1), np.float32)
    assert collapsed(short, SOUND_RATE, Usual(0.1, 0.0)) is None


def test_only_the_last_seconds_count(music):
    assert collapsed(after(after(music, noise(0.1)), music), SOUND_RATE, usual(music)) is None


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_any_rate_is_heard(rate):
    sound = groove(8.0, rate, 120.0)
    assert collapsed(sound, rate, usual(sound)) is None
    assert collapsed(sound * np.float32(0), rate, usual(sound)) == "silence"


def test_a_digitally_silent_prompt_breaks_nothing():
    nothing = np.zeros((2, 5 * SOUND_RATE), np.float32)
    assert usual(nothing).clipped == 0.0
    assert collapsed(nothing, SOUND_RATE, usual(nothing)) == "silence"
    assert collapsed(noise(0.01), SOUND_RATE, usual(nothing)) == "noise"


def test_flatness_lies_between_a_tone_and_white_noise():
    time = np.arange(4 * RATE) / RATE
    assert flatness(np.sin(2 * np.pi * 440 * time)) < 0.01
    assert flatness(np.random.default_rng(1).standard_normal(4 * RATE)) > 0.9


def test_sameness_finds_a_loop_of_any_length_within_its_reach():
    random = np.random.default_rng(2).standard_normal(RATE)
    for seconds in (0.03, 0.15, 0.29):
        loop = np.tile(random[: round(seconds * RATE)], 200)[: 4 * RATE]
        assert sameness(loop) == pytest.approx(1.0, abs=1e-6)
    assert sameness(np.tile(random[: round(0.5 * RATE)], 10)[: 4 * RATE]) < 0.5, "half a second may be a beat"
    assert sameness(np.random.default_rng(3).standard_normal(4 * RATE)) < 0.2


def test_levels_are_in_decibels():
    full = np.ones((2, RATE), np.float32)
    assert loudest(full) == pytest.approx(0.0, abs=1e-6)
    assert loudest(0.1 * full) == pytest.approx(-20.0, abs=1e-4)
    steps = np.repeat([1.0, 1.0, 0.5, 1.0], RATE)
    assert unsteadiness(steps) == pytest.approx(6.02, abs=0.01)
