"""The phase vocoder turns steady partials at their own frequency, and places attacks where they lie."""

import numpy as np
import pytest
import torch

from engine.config import TINY
from engine.model.phase import find_peaks, frequencies_of, lock, resting, speak
from engine.model.spectrum import Spectrum

CONFIG = TINY.vae
BINS = CONFIG.fft_size // 2 + 1
SILENT = np.full((2, 1, BINS), CONFIG.floor)


def untold(hops, bins):
    return np.full(len(bins), np.nan)


def told_by(frequencies):
    """What tells the frequencies (rows, bins)."""
    return lambda rows, bins: frequencies[rows, bins]


def spectra_of(frequency, hops=20):
    """(hops, bins) complex spectra of a steady sine at ``frequency`` Hz."""
    spectrum = Spectrum(CONFIG).double()
    n = torch.arange(spectrum.overlap + hops * CONFIG.hop, dtype=torch.float64)
    return spectrum.transform(0.5 * torch.sin(2 * torch.pi * frequency / CONFIG.sample_rate * n)).numpy()


@pytest.mark.parametrize("frequency", [440.0, 1003.7, 3511.0])
def test_finds_the_frequency_between_bins(frequency):
    levels = 20 * np.log10(np.abs(spectra_of(frequency)[:1]) + 1e-9)
    hops, bins = np.nonzero(find_peaks(levels))
    frequencies = frequencies_of(levels, hops, bins, untold)
    strongest = levels[hops, bins].argmax()
    assert frequencies[strongest] * CONFIG.sample_rate / CONFIG.fft_size == pytest.approx(frequency, abs=1.5)


@pytest.mark.parametrize("frequency", [440.0, 1003.7, 3511.0])
def test_follows_the_true_phase_of_a_steady_sine(frequency):
    spectra = spectra_of(frequency)
    levels = 20 * np.log10(np.abs(spectra[1:, None]) + 1e-9)
    locked = lock(levels, untold, np.angle(spectra[:1]), CONFIG.hop)
    peak = np.abs(spectra[-1]).argmax()
    main_lobe = slice(peak - 1, peak + 2)
    error = np.angle(np.exp(1j * (locked.phase[-1, 0, main_lobe] - np.angle(spectra[-1][main_lobe]))))
    assert np.abs(error).max() < 1.2  # radians, after 19 hops: the parabola is off by less than a tenth of a bin


def test_a_flat_spectrum_keeps_its_phases():
    phase = np.linspace(0, 1, BINS)[None]
    spoken, after = speak(np.zeros((2, 1, BINS)), untold, resting(phase, SILENT), CONFIG.hop)
    assert np.array_equal(after.phase, phase) and np.allclose(spoken, phase, atol=1e-6)


def test_a_silence_between_two_sounds_rests():
    levels = np.random.default_rng(0).normal(-30, 10, (5, 1, BINS))
    levels[2] = CONFIG.floor
    locked = lock(levels, untold, np.zeros((1, BINS)), CONFIG.hop)
    assert np.array_equal(locked.phase[2], locked.phase[1]) and not np.array_equal(locked.phase[3], locked.phase[2])
    assert not locked.offset[2].any() and np.abs(locked.offset[3]).max() > 0.5


@pytest.mark.parametrize("sizes", [(1,) * 9, (5, 4), (2, 3, 4)])
def test_hops_may_come_in_any_portions(sizes):
    levels = np.random.default_rng(1).normal(-30, 10, (9, 1, BINS)).astype(np.float32)
    levels[4] = CONFIG.floor
    whole, end = speak(levels, untold, resting(np.zeros((1, BINS)), SILENT), CONFIG.hop)
    state, portions = resting(np.zeros((1, BINS)), SILENT), []
    for portion in np.split(levels, np.cumsum(sizes)[:-1]):
        phases, state = speak(portion, untold, state, CONFIG.hop)
        portions.append(phases)
    assert np.array_equal(np.concatenate(portions), whole)
    assert all(np.array_equal(getattr(state, name), getattr(end, name)) for name in ("phase", "spread", "levels"))


def test_a_batch_is_what_its_sounds_are_alone():
    random = np.random.default_rng(2)
    levels, told = random.normal(-30, 10, (6, 3, BINS)).astype(np.float32), random.uniform(5, 15, (18, BINS))
    levels[2, 1] = CONFIG.floor
    start = random.uniform(0, 6, (3, BINS))
    together, end = speak(levels, lambda rows, bins: told[rows, bins], resting(start, np.tile(SILENT, (1, 3, 1))), 64)
    for item in range(3):
        tell = lambda rows, bins, mine=told[item::3]: mine[rows, bins]  # noqa: E731
        alone, last = speak(levels[:, [item]], tell, resting(start[[item]], SILENT), 64)
        assert np.array_equal(alone[:, 0], together[:, item])
        assert np.array_equal(last.phase, end.rows([item]).phase) and np.array_equal(
            last.levels, end.rows([item]).levels
        )


def test_a_peak_turns_at_the_frequency_that_is_told():
    levels = np.full((1, 1, BINS), -80.0)
    levels[..., [10, 50]] = 0.0
    after = lock(levels, lambda rows, bins: np.where(bins == 10, 10.4, np.nan), np.zeros((1, BINS)), CONFIG.hop).phase[
        0, 0
    ]
    turn = 2 * np.pi * CONFIG.hop / CONFIG.fft_size
    assert after[10] == pytest.approx(10.4 * turn % (2 * np.pi))
    assert after[50] == pytest.approx(50 * turn % (2 * np.pi))


def lobes(levels):
    """The samples (fft_size,) of the middle one of three hops, whose lobes, 1.1 kHz wide, have these levels in dB."""
    shape = -np.square((np.arange(BINS) % 48 - 24) / 8)
    curves = np.add.outer(levels, shape)[:, None]
    phases, _ = speak(curves, untold, resting(np.zeros((1, BINS)), SILENT), CONFIG.hop)
    phase = phases[2, 0]  # each is of the hop before
    return np.fft.fftshift(np.fft.irfft(10 ** (shape / 20) * np.exp(1j * phase)))


def place(sound):
    """Its centre of energy, and its spread, in samples from the window's centre."""
    at, share = np.arange(len(sound)) - len(sound) / 2, sound**2 / np.square(sound).sum()
    centre = (at * share).sum()
    return centre, np.sqrt((np.square(at - centre) * share).sum())


@pytest.mark.parametrize("place_of_click", [-500, -120, 0, 333, 600])
def test_a_click_is_placed_where_it_lies(place_of_click):
    """A click t samples from a window's centre is heard by cos(pi t / N)^2 at every hop."""
    hops = place_of_click - CONFIG.hop * np.array([-1, 0, 1])
    levels = 40 * np.log10(np.cos(np.clip(np.pi * hops / CONFIG.fft_size, -1.57, 1.57)))
    assert place(lobes(levels))[0] == pytest.approx(place_of_click, abs=CONFIG.hop / 8)


def test_what_is_steady_stays_in_the_centre_and_fills_a_hop():
    centre, spread = place(lobes([0.0, 0.0, 0.0]))
    assert abs(centre) < 10
    assert CONFIG.hop / 8 < spread < CONFIG.hop / 2


@pytest.mark.parametrize("change", [-1e4, 1e4])
def test_no_change_of_level_places_a_lobe_outside_its_window(change):
    sound = lobes([0.0, 0.0, change])
    assert np.isfinite(sound).all() and abs(place(sound)[0]) < CONFIG.fft_size / 2
