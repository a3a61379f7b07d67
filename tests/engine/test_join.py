"""The join: no step at the cut, exact timing at any rate, and a prediction that never grows."""

import numpy as np
import pytest

from engine.join import FADE_SECONDS, HEADROOM, KNEE, Join, predict, soft_clip

MODEL_RATE = 48_000
DELAY = 1664
LEAD = 1920


def sine(rate, start, count, frequency=440.0, phase=0.0):
    t = (start + np.arange(count)) / rate
    return np.tile(0.5 * np.sin(2 * np.pi * frequency * t + phase), (2, 1)).astype(np.float32)


def joined(rate, source_phase=0.0, seconds=0.5, block=1920):
    """A source sine before the cut at time 0 and, from the model, one that is exactly its continuation if the phase
    is 0."""
    lead = sine(MODEL_RATE, -LEAD, LEAD)
    source = sine(rate, -rate, rate, phase=source_phase)
    join = Join(lead, source, DELAY, MODEL_RATE, rate)
    decoded = sine(MODEL_RATE, -DELAY, round(seconds * MODEL_RATE) + DELAY)
    blocks = [join(decoded[:, i : i + block]) for i in range(0, decoded.shape[1], block)]
    return source, np.concatenate(blocks, axis=1)


@pytest.mark.parametrize("rate", [48_000, 44_100, 96_000, 22_050])
def test_a_sine_goes_on_as_itself(rate):
    _, after = joined(rate)
    expected = sine(rate, 0, after.shape[1])
    assert after.shape[1] > 0.4 * rate
    assert np.abs(after - expected).max() < 1e-3 * np.abs(expected).max()  # -60 dB, while the prediction fades


@pytest.mark.parametrize("block", [1920, 100, 24_000])
def test_the_size_of_blocks_does_not_matter(block):
    assert np.array_equal(joined(48_000, block=block)[1], joined(48_000)[1])


@pytest.mark.parametrize("phase", [0.5, np.pi / 2, np.pi])
def test_no_click_where_model_and_source_disagree(phase):
    source, after = joined(48_000, source_phase=phase)
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
    join = Join(source[:, -LEAD:], source, DELAY, MODEL_RATE, MODEL_RATE)
    shouted = sine(MODEL_RATE, -DELAY, 20 * 1920)
    spoken = np.concatenate([join(shouted[:, i : i + 1920]) for i in range(0, shouted.shape[1], 1920)], axis=1)
    assert np.abs(spoken[:, 4 * 1920 :]).max() <= 1.01 * HEADROOM * 0.1


def test_prediction_goes_on_with_the_tone():
    history = sine(48_000, 0, 4800)
    ahead = predict(history, 300)
    assert np.abs(ahead - sine(48_000, 4800, 300)).max() < 0.1


@pytest.mark.parametrize(
    "make", [lambda r: r.standard_normal((2, 4800)), lambda r: np.zeros((2, 4800)), lambda r: np.ones((2, 4800))]
)
def test_prediction_stays_finite_and_bounded(make):
    history = make(np.random.default_rng(0)).astype(np.float32)
    ahead = predict(history, 2000)
    assert np.isfinite(ahead).all()
    assert np.abs(ahead).max() <= 1.5 * np.abs(history).max()
