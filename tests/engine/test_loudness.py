"""The test signals of EBU Tech 3341 and 3342 that can be made from sines; the numbers of the cases are theirs."""

import itertools
import math

import numpy as np
import pytest
import soxr

from engine.loudness import Meter, k_weighting, measure
from engine.metadata import Loudness

RATE = 48_000
LOW = 8_000  # the weighting holds at any rate, so that the long signals may be short ones
EXACT = 0.1  # LU, the tolerance of both papers


def tones(*parts: tuple[float, float], rate: int = RATE, channels: int = 2) -> np.ndarray:
    """A sine of 1 kHz on all channels; each part is (dBFS of its peak, seconds)."""
    levels = np.concatenate([np.full(round(seconds * rate), 10 ** (level / 20)) for level, seconds in parts])
    sine = levels * np.sin(2 * np.pi * 1000 * np.arange(levels.size) / rate)
    return np.tile(sine, (channels, 1)).astype(np.float32)


@pytest.mark.parametrize(("level", "rate"), [(-23, 8_000), (-33, 11_025), (-23, 44_100), (-33, 48_000), (-23, 96_000)])
def test_cases_1_and_2_hold_at_any_rate(level, rate):
    assert measure(tones((level, 20), rate=rate), rate).integrated == pytest.approx(level, abs=0.01)


@pytest.mark.parametrize("parts", [
    pytest.param([(-36, 10), (-23, 60), (-36, 10)], id="case 3: relative gate"),
    pytest.param([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], id="case 4: both gates"),
    pytest.param([(-26, 20), (-20, 20.1), (-26, 20)], id="case 5"),
])  # fmt: skip
def test_the_gates(parts):
    assert measure(tones(*parts, rate=LOW), LOW).integrated == pytest.approx(-23, abs=EXACT)


def test_case_9_the_short_term_window_is_three_seconds():
    assert measure(tones(*[(-20, 1.34), (-30, 1.66)] * 5), RATE).short_term == pytest.approx(-23, abs=EXACT)


def test_case_12_the_momentary_window_is_two_fifths_of_a_second():
    assert measure(tones(*[(-20, 0.18), (-30, 0.22)] * 25), RATE).momentary == pytest.approx(-23, abs=EXACT)


@pytest.mark.parametrize(("parts", "width"), [
    ([(-20, 20), (-30, 20)], 10),
    ([(-20, 20), (-15, 20)], 5),
    ([(-40, 20), (-20, 20)], 20),
    ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
])  # fmt: skip
def test_loudness_range_cases_1_to_4(parts, width):
    assert measure(tones(*parts, rate=LOW), LOW).spread == pytest.approx(width, abs=EXACT)


def steady(divisor: int, degrees: float, peak: float) -> np.ndarray:
    """One second of a sine at a fraction of the rate, faded in so that its start adds no overshoot of its own."""
    time = np.arange(RATE)
    fade = np.minimum(1, np.minimum(time, time[::-1]) / 4800)
    return np.tile(fade * peak * np.sin(2 * np.pi * time / divisor + math.radians(degrees)), (2, 1)).astype(np.float32)


@pytest.mark.parametrize(("divisor", "degrees", "peak", "dbtp"), [
    pytest.param(4, 0, 0.5, -6, id="case 15"),
    pytest.param(4, 45, 0.5, -6, id="case 16"),
    pytest.param(6, 60, 0.5, -6, id="case 17"),
    pytest.param(8, 67.5, 0.5, -6, id="case 18"),
    pytest.param(4, 45, 1.41, 3, id="case 19"),
])  # fmt: skip
def test_the_peak_of_a_sine_is_found_between_its_samples(divisor, degrees, peak, dbtp):
    found = measure(steady(divisor, degrees, peak), RATE).true_peak
    assert dbtp - 0.4 <= found <= dbtp + 0.2


@pytest.mark.parametrize("offset", range(4))
def test_cases_20_to_23_the_peak_of_a_short_tone_wherever_the_samples_fall(offset):
    """At four times the rate, one period of 1/4 of its amplitude 1 in a tone of half that, then every fourth sample."""
    time = np.arange(4 * RATE)
    tone = np.where(abs(time - 2 * RATE) < 8, 1.0, 0.5) * np.sin(2 * np.pi * time / 16)
    fine = soxr.resample(soxr.resample(tone, 4, 1, quality="VHQ"), 1, 4, quality="VHQ")  # limit its band
    fine /= np.abs(fine).max()
    fade = np.minimum(1, np.minimum(time, time[::-1]) / 19_200)
    found = measure((fine * fade)[offset::4][np.newaxis].astype(np.float32), RATE).true_peak
    assert -0.4 <= found <= 0.2


def test_a_tone_that_oversampling_would_drop_counts_with_its_samples():
    alternating = 0.5 * (-1.0) ** np.arange(RATE)[np.newaxis]
    assert measure(alternating.astype(np.float32), RATE).true_peak >= 20 * math.log10(0.5)


def test_one_channel_at_full_scale_is_3_01_below():
    time = np.arange(5 * RATE) / RATE
    silent = np.zeros_like(time)
    sound = np.stack((np.sin(2 * np.pi * 997 * time), silent)).astype(np.float32)
    assert measure(sound, RATE).integrated == pytest.approx(-3.01, abs=0.01)
    assert measure(sound[:1], RATE).integrated == pytest.approx(-3.01, abs=0.01)


def test_the_weighting_is_that_of_the_tables():
    """BS.1770-5 annex 1, tables 1 and 2, evaluated on the unit circle."""
    frequencies = np.array([10.0, 38, 100, 997, 2000, 5000, 10_000, 20_000])
    z = np.exp(-2j * np.pi * frequencies / 48_000)
    shelf = np.polyval([1.19839281085285, -2.69169618940638, 1.53512485958697], z)
    shelf /= np.polyval([0.73248077421585, -1.69065929318241, 1], z)
    high_pass = (1 - z) ** 2 / np.polyval([0.99007225036621, -1.99004745483398, 1], z)
    np.testing.assert_allclose(k_weighting(frequencies), shelf * high_pass, rtol=2e-6)


def test_blocks_of_any_size_measure_the_same():
    """A deep tone, for it is the filter's lowest notes that ring on from one block into the next."""
    deep = 0.3 * np.sin(2 * np.pi * 30 * np.arange(5 * RATE) / RATE)
    sound = (deep + 0.001 * np.random.default_rng(0).standard_normal((2, 5 * RATE))).astype(np.float32)
    whole, meter = measure(sound, RATE), Meter(RATE, 2)
    edges = [0, 1, 777, *range(1000, sound.shape[1], 3000), sound.shape[1], sound.shape[1]]
    for start, stop in itertools.pairwise(edges):
        meter.add(sound[:, start:stop])
    for name, value in vars(meter.finish()).items():
        assert value == pytest.approx(getattr(whole, name), abs=1e-3), name


def test_silence_and_sounds_too_short_to_measure():
    nothing = -math.inf
    for samples in (np.zeros((2, 5 * RATE)), np.zeros((1, 10)), np.zeros((2, 0))):
        assert measure(samples.astype(np.float32), RATE) == Loudness(nothing, 0.0, nothing, nothing, nothing)
    short = measure(tones((-23, 0.3)), RATE)
    assert (short.integrated, short.momentary, short.short_term) == (nothing, nothing, nothing)
    assert short.true_peak == pytest.approx(-23, abs=0.05)
    brief = measure(tones((-23, 1)), RATE)
    assert brief.integrated == pytest.approx(-23, abs=EXACT)
    assert (brief.short_term, brief.spread) == (nothing, 0.0)
