"""The same signals of EBU Tech 3341 as for files, in the blocks in which a window hears them."""

import math

import numpy as np
import pytest

from engine.loudness import measure
from engine.metering import NOTHING, RMS_SECONDS, SILENCE, LiveMeter, Reading
from tests.engine.test_loudness import LOW, RATE, steady, tones

EXACT = 0.1


def heard(samples: np.ndarray, rate: int, seconds: float = 0.033) -> list[Reading]:
    """The reading after every block."""
    meter, size = LiveMeter(rate), round(seconds * rate)
    return [meter.add(samples[:, at : at + size]) for at in range(0, samples.shape[1], size)]


@pytest.mark.parametrize(("level", "rate"), [(-23, 48_000), (-33, 44_100)])
def test_cases_1_and_2_all_three_loudnesses_of_a_steady_tone(level, rate):
    reading = heard(tones((level, 20), rate=rate), rate)[-1]
    for loudness in (reading.momentary, reading.short_term, reading.integrated):
        assert loudness == pytest.approx(level, abs=EXACT)
    assert reading.peaks == reading.highest == pytest.approx((level, level), abs=0.02)
    assert reading.rms == pytest.approx((level - 3.01, level - 3.01), abs=0.02)
    assert reading.true_peak == pytest.approx(level, abs=0.2)


@pytest.mark.parametrize("parts", [
    pytest.param([(-36, 10), (-23, 60), (-36, 10)], id="case 3: relative gate"),
    pytest.param([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], id="case 4: both gates"),
    pytest.param([(-26, 20), (-20, 20.1), (-26, 20)], id="case 5"),
])  # fmt: skip
def test_the_gates(parts):
    assert heard(tones(*parts, rate=LOW), LOW)[-1].integrated == pytest.approx(-23, abs=EXACT)


def test_case_9_the_short_term_stays_level_from_the_third_second_on():
    readings = heard(tones(*[(-20, 1.34), (-30, 1.66)] * 5), RATE)[100:]
    assert {round(reading.short_term, 1) for reading in readings} <= {-23.1, -23.0, -22.9}


def test_cases_10_and_13_the_loudest_is_caught_wherever_it_falls():
    for shift in (0.0, 0.07, 0.15):
        short = heard(tones((-90, 0.5 + shift), (-23, 3.1), (-90, 0.5), rate=LOW), LOW)
        assert max(reading.short_term for reading in short) == pytest.approx(-23, abs=EXACT)
        brief = heard(tones((-90, 0.5 + shift), (-23, 0.5), (-90, 0.5), rate=LOW), LOW)
        assert max(reading.momentary for reading in brief) == pytest.approx(-23, abs=EXACT)


@pytest.mark.parametrize(("divisor", "degrees", "peak", "dbtp"), [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (4, 45, 1.41, 3)])
def test_cases_15_16_and_19_the_peak_between_samples(divisor, degrees, peak, dbtp):
    reading = heard(steady(divisor, degrees, peak), RATE)[-1]
    assert dbtp - 0.4 <= reading.true_peak <= dbtp + 0.2
    if degrees == 45:
        assert reading.true_peak - max(reading.highest) == pytest.approx(3.01, abs=0.3)


def test_any_blocks_give_what_a_file_gives():
    sound = np.random.default_rng(0).normal(0, 0.1, (2, 5 * RATE)).astype(np.float32) * [[1.0], [0.5]]
    whole = measure(sound.astype(np.float32), RATE)
    for seconds in (0.007, 0.1, 0.5):
        reading = heard(sound.astype(np.float32), RATE, seconds)[-1]
        assert reading.integrated == pytest.approx(whole.integrated, abs=0.05)
        assert reading.true_peak == pytest.approx(whole.true_peak, abs=0.1)


def test_peaks_are_of_the_last_block_and_the_highest_of_all():
    sound = np.zeros((2, 1000), np.float32)
    sound[0, 10], sound[1, 20] = 0.5, -0.25
    meter = LiveMeter(RATE)
    first = meter.add(sound)
    assert first.peaks == pytest.approx((-6.02, -12.04), abs=0.01)
    second = meter.add(np.zeros((2, 1000), np.float32))
    assert second.peaks == NOTHING and second.highest == first.highest
    later = [meter.add(np.zeros((2, 1000), np.float32)) for _ in range(round(RMS_SECONDS * RATE / 1000) + 1)]
    assert second.rms[0] > -60 and later[-1].rms == NOTHING


def test_nothing_heard_reads_as_silence():
    meter = LiveMeter(RATE)
    assert meter.add(np.zeros((2, 0), np.float32)) == SILENCE
    assert meter.add(np.zeros((2, RATE), np.float32)) == SILENCE


def test_one_bad_sample_does_not_stop_it():
    bad = tones((-23, 1))
    bad[:, 100] = math.nan
    meter = LiveMeter(RATE)
    meter.add(bad)
    assert meter.add(tones((-23, 4))).momentary == pytest.approx(-23, abs=EXACT)
