import numpy as np
import pytest
import soxr

from engine.errors import CalmError
from engine.export import ExportSettings, Piece
from engine.export.render import BLOCK, rendered
from engine.metadata import Metadata

RATE = 48_000
LONG = 2 * BLOCK + 777  # neither one block nor whole blocks


def noise(frames=LONG, channels=2) -> np.ndarray:
    return np.random.default_rng(3).uniform(-1, 1, (channels, frames)).astype(np.float32)


def sound(samples, own_rate=RATE, **settings) -> np.ndarray:
    piece = Piece(samples, Metadata(rate=own_rate, frames=samples.shape[1], channels=samples.shape[0]))
    return np.concatenate(list(rendered(piece, ExportSettings(**settings))), axis=1)


def test_with_nothing_asked_for_every_bit_stays():
    samples = noise()
    samples[0, :2] = (-0.0, 1e-42)
    assert sound(samples).tobytes() == samples.tobytes()


def test_mono_is_the_mean_and_exact_where_both_channels_agree():
    samples = noise()
    np.testing.assert_array_equal(sound(samples, mono=True), (samples[:1] + samples[1:]) / 2)
    same = noise(1000, 1)
    np.testing.assert_array_equal(sound(np.repeat(same, 2, axis=0), mono=True), same)
    np.testing.assert_array_equal(sound(same, mono=True), same)


@pytest.mark.parametrize("head", [0.5, 1.6])
def test_fades_start_and_end_in_silence_and_leave_the_middle_alone(head):
    """1.6 s is longer than a block."""
    samples, faded = np.ones((2, LONG), np.float32), sound(np.ones((2, LONG), np.float32), fade_in=head, fade_out=0.25)
    first, last = round(head * RATE), LONG - round(0.25 * RATE)
    np.testing.assert_array_equal(faded[:, first:last], samples[:, first:last])
    assert (faded[:, 0] == 0).all()
    assert (faded[:, -1] == 0).all()
    assert (np.diff(faded[0, : first + 1]) >= 0).all()
    assert (np.diff(faded[0, last - 1 :]) <= 0).all()
    assert faded[0, first // 2] == pytest.approx(0.5, abs=1e-4)  # half way up half way through
    assert np.abs(np.diff(faded[0])).max() < 2 / (0.25 * RATE)  # no jump anywhere


def test_fades_may_meet_but_not_cross():
    samples = noise(RATE)
    assert sound(samples, fade_in=0.5, fade_out=0.5).shape == samples.shape
    with pytest.raises(CalmError, match="The fades are longer than the sound"):
        sound(samples, fade_in=0.5, fade_out=0.51)


@pytest.mark.parametrize(("rate", "wanted"), [(44_100, 48_000), (48_000, 44_100), (48_000, 96_000), (96_000, 44_100)])
def test_another_rate_is_the_same_as_resampling_in_one_go(rate, wanted):
    samples = noise() / 2
    found = sound(samples, rate, rate=wanted)
    np.testing.assert_allclose(found, soxr.resample(samples.T, rate, wanted, quality="VHQ").T, atol=2e-7)


@pytest.mark.parametrize(("rate", "wanted"), [(44_100, 96_000), (96_000, 44_100)])
def test_a_sine_stays_in_place_and_clean_at_another_rate(rate, wanted):
    def sine(at):
        return np.sin(2 * np.pi * 1000 * np.arange(at) / at)

    found = sound(sine(rate)[np.newaxis].astype(np.float32), rate, rate=wanted)[0]
    inside = slice(wanted // 10, -wanted // 10)
    assert np.abs(found - sine(wanted))[inside].max() < 1e-6  # -120 dB


def test_folding_comes_before_the_rate_so_that_both_may_be_asked_for():
    assert sound(noise(RATE), mono=True, rate=44_100, fade_in=0.1).shape == (1, 44_100)
