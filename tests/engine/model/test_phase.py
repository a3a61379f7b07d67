"""The phase vocoder turns steady partials at their own frequency."""

import numpy as np
import pytest
import torch

from engine.config import TINY
from engine.model.phase import PhaseState, advance, peak_frequencies
from engine.model.spectrum import Spectrum

CONFIG = TINY.vae
UNTOLD = np.full(20, np.nan)


def spectra_of(frequency, hops=20):
    """(hops, bins) complex spectra of a steady sine at ``frequency`` Hz."""
    spectrum = Spectrum(CONFIG).double()
    n = torch.arange(spectrum.overlap + hops * CONFIG.hop, dtype=torch.float64)
    return spectrum.transform(0.5 * torch.sin(2 * torch.pi * frequency / CONFIG.sample_rate * n)).numpy()


@pytest.mark.parametrize("frequency", [440.0, 1003.7, 3511.0])
def test_finds_the_frequency_between_bins(frequency):
    level = 20 * np.log10(np.abs(spectra_of(frequency)[0]) + 1e-9)
    peaks, frequencies = peak_frequencies(level)
    strongest = level[peaks].argmax()
    assert frequencies[strongest] * CONFIG.sample_rate / CONFIG.fft_size == pytest.approx(frequency, abs=1.5)


@pytest.mark.parametrize("frequency", [440.0, 1003.7, 3511.0])
def test_follows_the_true_phase_of_a_steady_sine(frequency):
    spectra = spectra_of(frequency)
    state = PhaseState(np.angle(spectra[0]))
    for spectrum in spectra[1:]:
        state = advance(20 * np.log10(np.abs(spectrum) + 1e-9), UNTOLD, state, CONFIG.hop)
    peak = np.abs(spectra[-1]).argmax()
    main_lobe = slice(peak - 1, peak + 2)
    error = np.angle(np.exp(1j * (state.phase[main_lobe] - np.angle(spectra[-1][main_lobe]))))
    assert np.abs(error).max() < 1.2  # radians, after 19 hops: the parabola is off by less than a tenth of a bin


def test_a_flat_spectrum_keeps_its_phases():
    state = PhaseState(np.linspace(0, 1, CONFIG.fft_size // 2 + 1))
    assert advance(np.zeros(CONFIG.fft_size // 2 + 1), UNTOLD, state, CONFIG.hop) is state


def test_a_peak_turns_at_the_frequency_that_is_told():
    level = np.full(CONFIG.fft_size // 2 + 1, -80.0)
    level[[10, 50]] = 0.0
    told = np.full(20, np.nan)
    told[10] = 10.4
    after = advance(level, told, PhaseState(np.zeros(len(level))), CONFIG.hop).phase
    turn = 2 * np.pi * CONFIG.hop / CONFIG.fft_size
    assert after[10] == pytest.approx(10.4 * turn % (2 * np.pi))
    assert after[50] == pytest.approx(50 * turn % (2 * np.pi))


def test_a_copy_parts_from_its_original():
    state = PhaseState(np.zeros(4))
    state.copy().phase[:] = 1
    assert state.phase.sum() == 0
