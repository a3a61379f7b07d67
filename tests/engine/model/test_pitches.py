"""The grid of pitches tells where a partial lies far more finely than the FFT's bins do."""

import numpy as np
import pytest
import torch

from engine.config import STUDIO
from engine.model.pitches import HIGHEST, LOWEST, Pitches, offsets
from engine.model.spectrum import Spectrum

CONFIG = STUDIO.vae
BIN = CONFIG.sample_rate / CONFIG.fft_size
SPECTRUM = Spectrum(CONFIG)
PITCHES = SPECTRUM.pitches


def spectra_of(*frequencies, left=1.0, hops=3):
    """(2, hops, bins) of steady sines of a tenth of full scale, R as loud, L ``left`` times that."""
    t = torch.arange(SPECTRUM.overlap + hops * CONFIG.hop, dtype=torch.float64) / CONFIG.sample_rate
    tone = sum(0.1 * torch.sin(2 * torch.pi * f * t) for f in frequencies)
    return SPECTRUM.transform(torch.stack([left * tone, tone])).to(torch.complex64)


def levels_of(*frequencies, **sound):
    return PITCHES.levels(spectra_of(*frequencies, **sound), SPECTRUM.window.sum() / 2)


def strongest(levels, bin):
    """The frequency told of that bin in each hop, in bins."""
    hops = np.arange(len(levels))
    return PITCHES.strongest(levels.numpy(), hops, np.full_like(hops, bin))


@pytest.mark.parametrize("offset", [-0.5, -0.2, 0.0, 0.35])
def test_a_bin_knows_how_far_off_its_partial_lies(offset):
    found = offsets(spectra_of((40 + offset) * BIN)[0, 0])
    assert found[39 - 1 : 42 - 1].tolist() == pytest.approx([1 + offset, offset, offset - 1], abs=0.02)


@pytest.mark.parametrize("frequency", [62.0, 110.0, 261.6, 440.0, 1500.0])
def test_the_strongest_pitch_is_that_of_the_partial(frequency):
    found = strongest(levels_of(frequency), round(frequency / BIN)) * BIN
    assert 1200 * np.abs(np.log2(found / frequency)).max() < 15  # cents; a bin is 700 of them at 62 Hz


def test_a_neighbouring_bin_tells_the_same_partial():
    frequency = 20.4 * BIN
    below, above = (strongest(levels_of(frequency), bin)[0] for bin in (20, 21))
    assert below == above


def test_two_partials_are_told_apart():
    levels = levels_of(440.0, 554.4)
    found = [strongest(levels, round(f / BIN))[0] * BIN for f in (440.0, 554.4)]
    assert found == pytest.approx([440.0, 554.4], rel=0.01)


def test_silence_tells_nothing():
    quiet = levels_of(440.0) * 0 + CONFIG.floor
    assert all(np.isnan(strongest(quiet, bin)).all() for bin in range(PITCHES.bins))


def test_what_lies_above_the_grid_is_not_told():
    assert np.isnan(strongest(levels_of(1990.0), PITCHES.bins)).all()


def test_levels_are_the_power_of_both_channels_in_the_mean():
    """A tenth of full scale is -20 dB; the main lobe of a Hann window has 1.5 times the power of its top."""
    both, one = (10 ** (levels_of(440.0, left=left) / 10) for left in (1.0, 0.0))
    assert 10 * both.sum(-1).log10().mean().item() == pytest.approx(-20 + 1.76, abs=0.3)
    assert (both.sum(-1) / one.sum(-1)).mean().item() == pytest.approx(2, rel=0.01)


def test_the_grid_spans_the_music_below_what_the_bins_tell():
    hertz = PITCHES.frequencies * BIN
    assert hertz[0] == pytest.approx(LOWEST)
    assert 0.95 * HIGHEST < hertz[-1] < HIGHEST
    assert len(hertz) == PITCHES.count == Pitches(CONFIG).count
