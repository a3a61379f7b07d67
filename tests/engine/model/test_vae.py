"""The VAE streams as it works offline, never looks ahead, and its fixed ends are exact where they can be."""

import numpy as np
import pytest
import torch

from engine.config import TINY
from engine.model.spectrum import Spectrum
from engine.weights import random_model

FRAME = TINY.vae.frame_size
FRAMES = 24
CHUNKINGS = [[1] * FRAMES, [3, 1, 8, 5, 7], [23, 1]]


@pytest.fixture(scope="module")
def vae():
    return random_model("tiny").vae.double()


@pytest.fixture(scope="module")
def audio():
    """(1, 2, N) partials that glide and differ in level left to right, over noise."""
    random = np.random.default_rng(0)
    t = np.arange(FRAMES * FRAME) / TINY.vae.sample_rate
    tone = sum(np.sin(2 * np.pi * f * (t + 0.02 * t * t)) / n for n, f in enumerate((220, 447, 901, 2300), 1))
    noise = random.standard_normal((2, len(t)))
    return torch.from_numpy((0.2 * tone * np.array([[1.0], [0.4]]) + 0.02 * noise)[None])


def encoded(vae, audio, chunks):
    state, out = vae.initial_encoder_state(len(audio)), []
    for chunk in audio.split([n * FRAME for n in chunks], dim=-1):
        mean, state = vae.encode(chunk, state)
        out.append(mean)
    return torch.cat(out, dim=1)


def decoded(vae, latents, chunks):
    state, out = vae.initial_decoder_state(len(latents)), []
    for chunk in latents.split(chunks, dim=1):
        audio, state = vae.decode(chunk, state)
        out.append(audio)
    return torch.cat(out, dim=-1)


@pytest.mark.parametrize("chunks", CHUNKINGS, ids=str)
def test_encoding_in_chunks_equals_encoding_at_once(vae, audio, chunks):
    assert torch.allclose(encoded(vae, audio, chunks), encoded(vae, audio, [FRAMES]), atol=1e-4)


@pytest.mark.parametrize("chunks", CHUNKINGS, ids=str)
def test_decoding_in_chunks_equals_decoding_at_once(vae, audio, chunks):
    latents = encoded(vae, audio, [FRAMES])
    assert torch.allclose(decoded(vae, latents, chunks), decoded(vae, latents, [FRAMES]), atol=1e-4)


def test_batch_items_do_not_touch_each_other(vae, audio):
    both = torch.cat([audio, audio.flip(1) * 0.5])
    latents = encoded(vae, both, [FRAMES])
    assert torch.allclose(latents[:1], encoded(vae, audio, [FRAMES]), atol=1e-6)
    assert torch.allclose(decoded(vae, latents, [FRAMES])[:1], decoded(vae, latents[:1], [FRAMES]), atol=1e-6)


def test_encoder_is_causal(vae, audio):
    changed = audio.clone()
    changed[..., 10 * FRAME :] *= -0.3
    before, after = encoded(vae, audio, [FRAMES]), encoded(vae, changed, [FRAMES])
    assert torch.equal(before[:, :10], after[:, :10])
    assert not torch.allclose(before[:, 10], after[:, 10])


def test_decoder_is_causal(vae, audio):
    latents = encoded(vae, audio, [FRAMES])
    changed = latents.clone()
    changed[:, 10:] += 1
    before, after = decoded(vae, latents, [FRAMES]), decoded(vae, changed, [FRAMES])
    assert torch.equal(before[..., : 10 * FRAME], after[..., : 10 * FRAME])
    assert not torch.allclose(before[..., 10 * FRAME : 11 * FRAME], after[..., 10 * FRAME : 11 * FRAME])


def test_spectrum_inverts_exactly_after_its_delay(audio):
    spectrum = Spectrum(TINY.vae)
    padded = torch.nn.functional.pad(audio, (spectrum.overlap, 0))
    back, _ = spectrum.inverse(spectrum.transform(padded), audio.new_zeros(1, 2, spectrum.overlap))
    assert torch.allclose(back[..., spectrum.overlap :], audio[..., : -spectrum.overlap], atol=1e-6)


def test_a_full_scale_sine_is_zero_decibels_and_the_floor_becomes_silence():
    spectrum = Spectrum(TINY.vae)
    bin_width = TINY.vae.sample_rate / TINY.vae.fft_size
    t = torch.arange(8 * TINY.vae.fft_size) / TINY.vae.sample_rate
    sine = torch.sin(2 * torch.pi * 10 * bin_width * t).expand(1, 2, -1)
    levels = spectrum.levels(spectrum.transform(sine))
    assert levels[0, 3, 10].item() == pytest.approx(0, abs=0.1)
    silent = spectrum.levels(spectrum.transform(torch.zeros_like(sine)))
    assert torch.all(silent[..., : spectrum.bands] == TINY.vae.floor)
    outline = spectrum.outline(silent, torch.full((spectrum.bands,), 6.0))
    assert outline.magnitudes.abs().max() == 0
    assert outline.lean.abs().max() == 0


def test_panning_is_kept_in_the_levels():
    spectrum = Spectrum(TINY.vae)
    t = torch.arange(8 * TINY.vae.fft_size) / TINY.vae.sample_rate
    left = 0.5 * torch.sin(2 * torch.pi * 3000 * t)
    spectra = spectrum.transform(torch.stack([left, 0.25 * left])[None])
    magnitudes = spectrum.outline(spectrum.levels(spectra), torch.zeros(spectrum.bands)).magnitudes[0, :, 3]
    peak = magnitudes[0].argmax()
    assert (magnitudes[0, peak] / magnitudes[1, peak]).item() == pytest.approx(4, rel=0.1)


def noises(correlation):
    """(1, 2, N) two noises, equally loud, that correlate so."""
    middle, side = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 40 * TINY.vae.frame_size)))
    mid, apart = ((1 + sign * correlation) / 2 for sign in (1, -1))
    return 0.1 * torch.stack([mid**0.5 * middle + apart**0.5 * side, mid**0.5 * middle - apart**0.5 * side])[None]


def through_levels(vae, audio):
    """What the voice makes of a sound's own levels: all that is lost is what levels do not tell."""
    state = vae.initial_decoder_state()
    outline = vae.spectrum.outline(vae.spectrum.levels(vae.spectrum.transform(audio)), vae.gain)
    return vae.speak(outline, state.frames, state.hops, state)[0][..., vae.delay :]


@pytest.mark.parametrize("correlation", [-1.0, -0.5, 0.0, 0.5, 0.95])
def test_left_and_right_stay_as_far_apart_as_they_are(vae, correlation):
    left, right = through_levels(vae, noises(correlation))[0].numpy()
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(correlation, abs=0.06)


def test_mono_stays_mono(vae):
    left, right = through_levels(vae, noises(1.0))[0]
    assert torch.equal(left, right)


def test_silence_stays_silence(vae):
    assert through_levels(vae, torch.zeros(1, 2, FRAMES * FRAME, dtype=torch.float64)).abs().max() == 0


def test_a_burst_after_silence_is_sharp_and_in_its_place(vae):
    """Within 5 ms of a burst of 2 ms lies 0.99 of its energy; with phases that are only locked, 0.50."""
    start, length, near = 9000, 96, 240
    burst = torch.zeros(1, 2, FRAMES * FRAME, dtype=torch.float64)
    burst[..., start : start + length] = 0.2 * torch.from_numpy(np.random.default_rng(0).standard_normal(length))
    energy = through_levels(vae, burst)[0].square().sum(0)
    middle = start + length // 2 - vae.spectrum.overlap  # the first hop's window begins with the sound
    assert energy[middle - near : middle + near].sum() > 0.9 * energy.sum()


def test_a_wide_sound_leads_in_neither_channel_throughout():
    lead = Spectrum(TINY.vae).lead
    assert lead.abs().min() == 1
    assert abs(lead.mean()) < 0.1


def test_priming_takes_over_the_phase_the_audio_ends_with(vae, audio):
    state = vae.prime(encoded(vae, audio, [FRAMES]), audio)
    last = vae.spectrum.transform(audio[..., -TINY.vae.fft_size :].sum(1))[0, 0]
    strongest = last.abs().topk(20).indices
    assert np.allclose(state.phases.phase[0, strongest], last.angle()[strongest].numpy(), atol=1e-6)


def test_what_is_broad_moves_with_octaves_and_stereo_and_not_with_single_notes():
    spectrum = Spectrum(TINY.vae)
    louder, wider, notes, single = torch.zeros(4, spectrum.features).unbind(0)
    levels, pan, width, pitches = (part.stop for part in _parts(spectrum))
    louder[:levels] = 3.0
    wider[pan:width] = 2.0
    notes[width:pitches] = torch.randn(spectrum.pitches.count, generator=torch.Generator().manual_seed(0))
    single[levels // 2] = 30.0
    groups = louder @ spectrum.broad
    assert torch.allclose(groups[groups != 0], torch.tensor(3.0)) and (groups != 0).sum() >= 6  # octaves
    assert torch.allclose((wider @ spectrum.broad).unique(), torch.tensor([0.0, 2.0]))
    assert (notes @ spectrum.broad == 0).all()
    assert (single @ spectrum.broad).abs().max() < 10


def _parts(spectrum):
    ends = np.cumsum(spectrum.parts)
    return [slice(end - size, end) for end, size in zip(ends, spectrum.parts, strict=True)]
