"""Landings: on the bar line, whole bars long, without a click, and dying away as a room does."""

import numpy as np
import pytest

from engine.errors import CalmError
from engine.landing import RING_SECONDS, land, ring
from engine.seam import click_figures
from tests.engine.grooves import grid, groove

RATE = 48_000


def decibels(sound):
    return 10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12)


@pytest.mark.parametrize(("wanted", "stop"), [(6.2, 6.0), (5.1, 6.0), (7.9, 8.0), (100.0, 8.0), (0.3, 0.0)])
def test_lands_on_the_nearest_bar_line_there_is(wanted, stop):
    song = groove(9.0, RATE)
    if not stop:
        with pytest.raises(CalmError, match="no bar line"):
            land(song, RATE, grid(), wanted)
        return
    landing = land(song, RATE, grid(), wanted)
    assert landing.stop == round(stop * RATE)
    assert np.array_equal(landing.samples[:, : landing.stop], song[:, : landing.stop])


@pytest.mark.parametrize("rate", [22_050, 44_100])
@pytest.mark.parametrize(("tempo", "beats", "downbeat"), [(120.0, 4, 0.0), (93.7, 3, 0.2), (61.0, 4, -1.3)])
def test_the_whole_is_bars_long(rate, tempo, beats, downbeat):
    landing = land(groove(9.0, rate, tempo=tempo), rate, grid(tempo, downbeat, beats), 6.0)
    bar = beats * 60 / tempo
    bars = (landing.samples.shape[1] / rate - downbeat) / bar
    assert bars == pytest.approx(round(bars), abs=1e-3)
    assert landing.bars == round(bars) - np.ceil(-downbeat / bar)
    assert landing.samples.shape[1] - landing.stop >= RING_SECONDS * rate


def test_without_a_beat_it_lands_where_it_was_told():
    landing = land(groove(5.0, RATE), RATE, None, 3.21)
    assert landing.stop == round(3.21 * RATE) and landing.bars is None
    assert landing.samples.shape[1] == landing.stop + round(RING_SECONDS * RATE)


@pytest.mark.parametrize("stop", [2.0, 2.004, 2.1, 2.6])
def test_no_click_where_it_stops(stop):
    landing = land(groove(4.0, RATE, hat=0.0), RATE, None, stop)
    figures = click_figures(landing.samples, RATE, landing.stop)
    assert max(figures.step, figures.burst) <= 1


def test_it_rings_out():
    song = groove(4.0, RATE, hat=0.0)
    landing = land(song, RATE, None, 2.5)
    tail = landing.samples[:, landing.stop :]
    before = decibels(song[:, landing.stop - 4800 : landing.stop])
    levels = [decibels(part) for part in np.array_split(tail, 10, axis=1)]
    assert abs(levels[0] - before) < 9
    assert all(later < sooner + 1 for sooner, later in zip(levels, levels[1:], strict=False))
    assert levels[-1] < before - 45
    assert np.abs(tail[:, -10:]).max() < 1e-4
    assert np.abs(tail).max() <= np.abs(song).max()


def test_the_ring_has_the_colour_of_the_last_sound():
    t = np.arange(RATE) / RATE
    tone = np.tile(0.3 * np.sin(2 * np.pi * 660 * t), (2, 1)).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(ring(tone, RATE, RATE)[0][: RATE // 2]))
    assert abs(spectrum.argmax() * 2 - 660) < 10


def test_the_same_take_rings_the_same():
    song = groove(2.0, RATE)
    assert np.array_equal(ring(song, RATE, RATE), ring(song, RATE, RATE))


def test_silence_rings_silently():
    assert not ring(np.zeros((2, RATE), np.float32), RATE, RATE).any()


def test_a_very_short_take_lands_too():
    assert np.isfinite(land(groove(0.05, RATE), RATE, None, 0.05).samples).all()
