"""The join: no step at the cut, exact timing at any rate, and a prediction that never grows."""

import numpy as np
import pytest
import soxr

from engine.join import FADE_SECONDS, HEADROOM, KNEE, join_of, joined, predict, soft_clip
from engine.resampling import Ratio

MODEL_RATE = 48_000
DELAY = 1664
LEAD = 1920


def sine(rate, start, count, frequency=440.0, phase=0.0):
    t = (start + np.arange(count)) / rate
    return np.tile(0.5 * np.sin(2 * np.pi * frequency * t + phase), (2, 1)).astype(np.float32)


def spoken(decoded, join, state, block=1920):
    """All blocks of the take."""
    blocks = []
    for at in range(0, decoded.shape[1], block):
        samples, state = joined(decoded[:, at : at + block], join, state)
        blocks.append(samples)
    return np.concatenate(blocks, axis=1)


def a_join(rate, source_phase=0.0, seconds=0.5, block=1920):
    """A source sine before the cut at time 0 and, from the model, one that is exactly its continuation if the phase
    is 0."""
    lead = sine(MODEL_RATE, -LEAD, LEAD)
    source = sine(rate, -rate, rate, phase=source_phase)
    join, state = join_of(lead, source, DELAY, Ratio(MODEL_RATE, rate))
    decoded = sine(MODEL_RATE, -DELAY, round(seconds * MODEL_RATE) + DELAY)
    return source, spoken(decoded, join, state, block)


@pytest.mark.parametrize("rate", [48_000, 44_100, 96_000, 22_050])
def test_a_sine_goes_on_as_itself(rate):
    _, after = a_join(rate)
    expected = sine(rate, 0, after.shape[1])
    assert after.shape[1] > 0.4 * rate
    assert np.abs(after - expected).max() < 1e-3 * np.abs(expected).max()  # -60 dB, while the prediction fades


@pytest.mark.parametrize("block", [1920, 100, 24_000])
def test_the_size_of_blocks_does_not_matter(block):
    assert np.array_equal(a_join(48_000, block=block)[1], a_join(48_000)[1])


@pytest.mark.parametrize("phase", [0.5, np.pi / 2, np.pi])
def test_no_click_where_model_and_source_disagree(phase):
    source, after = a_join(48_000, source_phase=phase)
    around = np.concatenate([source[:, -4800:], after], axis=1)
    bend = np.abs(np.diff(around[0], n=2))
    cut = 4800
    assert bend[cut - 60 : cut + round(2 * FADE_SECONDS * 48_000)].max() < 2 * bend[: cut - 100].max()


def test_what_is_too_loud_is_rounded_off_and_nothing_else_is_touched():
    audio = np.linspace(-3, 3, 6001, dtype=np.float32)
    bent = soft_clip(audio)
    quiet = np.abs(audio) <= KNEE
    assert np.array_equal(bent[quiet], audio[quiet])
    assert np.abs(bent).max() <= 1 and np.all(np.diff(bent) >= 0)
    assert np.diff(bent).max() < 1.01 * np.diff(audio).max()


def test_a_model_that_shouts_is_turned_down_to_the_prompt():
    source = sine(MODEL_RATE, -MODEL_RATE, MODEL_RATE) * np.float32(0.2)
    join, state = join_of(source[:, -LEAD:], source, DELAY, Ratio(MODEL_RATE, MODEL_RATE))
    after = spoken(sine(MODEL_RATE, -DELAY, 20 * 1920), join, state)
    assert np.abs(after[:, 4 * 1920 :]).max() <= 1.01 * HEADROOM * 0.1


def test_a_model_that_speaks_up_comes_back_to_the_prompts_level_without_a_step():
    source = 0.1 * sine(MODEL_RATE, -MODEL_RATE, MODEL_RATE)
    join, state = join_of(source[:, -LEAD:], source, DELAY, Ratio(MODEL_RATE, MODEL_RATE))
    after = spoken(0.115 * sine(MODEL_RATE, -DELAY, 200 * 1920), join, state)  # 1.2 dB, below the ceiling
    assert np.abs(after[:, -1920:]).max() == pytest.approx(0.05 * 10 ** (0.5 / 20), rel=0.02)
    assert np.abs(np.diff(after, n=2)).max() < 1.2 * np.abs(np.diff(0.115 * sine(MODEL_RATE, 0, 1920), n=2)).max()


def speech(seconds, seed=0):
    """Noise, too quiet to be turned down or rounded off."""
    return 0.1 * np.random.default_rng(seed).uniform(-1, 1, (2, round(seconds * MODEL_RATE))).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 22_050, 32_000, 44_056, 44_100, 48_001, 96_000, 192_000])
def test_piece_by_piece_it_is_what_one_pass_would_give(rate):
    """Past the fade, and before what the last block still holds back."""
    lead, decoded = speech(0.04), np.concatenate([np.zeros((2, DELAY), np.float32), speech(0.7, 1)], axis=1)
    source = soxr.resample(speech(1.0, 2).T, MODEL_RATE, rate, quality="HQ").T  # as loud: it needs no gain
    join, state = join_of(lead, source, DELAY, Ratio(MODEL_RATE, rate))
    after = spoken(decoded, join, state)
    silence = np.zeros((2, MODEL_RATE - lead.shape[1]), np.float32)  # a second in all comes first: whole at any rate
    whole = np.concatenate([silence, lead, decoded[:, DELAY:]], axis=1)
    expected = soxr.resample(whole.T, MODEL_RATE, rate, quality="HQ").T[:, rate:]
    fade = round(FADE_SECONDS * rate)
    assert after.shape[1] > 0.68 * rate
    assert np.abs(after - expected[:, : after.shape[1]])[:, fade:].max() < 1e-6
    assert expected[:, fade:].std() > 0.02


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_state_is_a_value_from_which_one_can_go_on_again(rate):
    join, state = join_of(speech(0.04), np.ones((2, rate), np.float32), DELAY, Ratio(MODEL_RATE, rate))
    for at in range(5):
        _, state = joined(speech(0.04, at), join, state)
    recent, given = state.recent.copy(), state.given
    first, other, again = (spoken(speech(0.2, seed), join, state) for seed in (7, 8, 7))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert np.array_equal(state.recent, recent) and state.given == given
    assert state.recent.shape[1] < 600, "what the resampler needs no more is let go"


def test_prediction_goes_on_with_the_tone():
    history = sine(48_000, 0, 4800)
    ahead = predict(history, 300)
    assert np.abs(ahead - sine(48_000, 4800, 300)).max() < 0.1


def test_what_is_predicted_is_no_louder_than_what_was_heard():
    t = np.arange(9600) / 48_000
    falling = np.sin(2 * np.pi * (200 * t - 450 * t**2)).astype(np.float32)  # as a bass drum does
    assert np.abs(predict(np.stack([falling, 0.5 * falling]), 576)).max(axis=1) == pytest.approx([1, 0.5], abs=1e-3)


@pytest.mark.parametrize(
    "make", [lambda r: r.standard_normal((2, 4800)), lambda r: np.zeros((2, 4800)), lambda r: np.ones((2, 4800))]
)
def test_prediction_stays_finite_and_bounded(make):
    history = make(np.random.default_rng(0)).astype(np.float32)
    ahead = predict(history, 2000)
    assert np.isfinite(ahead).all()
    assert np.abs(ahead).max() <= np.abs(history).max()
