"""The paper's VAE keeps to the interface of the spectral one: it streams as it works offline and never looks ahead."""

import dataclasses
import json
import threading

import numpy as np
import pytest
import torch

from engine import weights
from engine.audio import Audio
from engine.config import PAPER, PRESETS, STUDIO, TINY, TransformerConfig, WaveformConfig, from_dict, to_dict
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate, reconstruct
from engine.model.vae import SpectralVAE
from engine.model.vaes import build_vae
from engine.model.waveform_vae import CausalConv, CausalUpsample, Residual, WaveformVAE
from engine.request import Prompt, Request
from engine.take import Take

SMALL = WaveformConfig(
    sample_rate=8_000,
    ratios=(5, 4, 4, 4),
    latent_dim=8,
    channels=4,
    transformer=TransformerConfig(width=32, layers=2, heads=2, window=6),
)
FRAME = SMALL.frame_size
FRAMES = 20  # three times what the Transformers look back on in a layer
CHUNKINGS = [[1] * FRAMES, [3, 1, 9, 7], [19, 1]]


@pytest.fixture(scope="module")
def vae():
    torch.manual_seed(0)
    vae = WaveformVAE(SMALL).double().eval().requires_grad_(False)
    for parameter in vae.parameters():  # strong enough for every part to be noticed
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5)
    return vae


@pytest.fixture(scope="module")
def audio():
    """(1, 2, N) noise, different left and right."""
    noise = np.random.default_rng(0).standard_normal((1, 2, FRAMES * FRAME))
    return torch.from_numpy(0.3 * noise)


def encoded(vae, audio, chunks):
    state, out = vae.initial_encoder_state(len(audio)), []
    for chunk in audio.split([n * FRAME for n in chunks], dim=-1):
        mean, state = vae.encode(chunk, state)
        out.append(mean)
    return torch.cat(out, dim=1)


def decoded(vae, latents, chunks, state=None):
    state, out = state or vae.initial_decoder_state(len(latents)), []
    for chunk in latents.split(chunks, dim=1):
        audio, state = vae.decode(chunk, state)
        out.append(audio)
    return torch.cat(out, dim=-1)


@pytest.fixture
def model(monkeypatch):
    """A whole model with this ear, untrained."""
    monkeypatch.setitem(PRESETS, "small", dataclasses.replace(TINY, name="small", vae=SMALL))
    return weights.random_model("small")


def test_the_papers_numbers():
    config = PAPER.vae
    assert config == WaveformConfig() and config.sample_rate == 32_000
    assert (config.frame_size, config.frame_rate, config.latent_dim) == (1280, 25.0, 128)
    assert config.transformer.window / config.frame_rate == 30
    with torch.device("meta"):
        vae = build_vae(config)
    assert len(vae.encoder_context.layers) == len(vae.decoder_context.layers) == 4
    assert sum(parameter.numel() for parameter in vae.parameters()) == pytest.approx(55.9e6, rel=1e-2)


def test_shapes_and_delay(vae, audio):
    latents = encoded(vae, audio, [FRAMES])
    assert latents.shape == (1, FRAMES, 8) and vae.delay == 0
    assert decoded(vae, latents, [FRAMES]).shape == audio.shape


@pytest.mark.parametrize("chunks", CHUNKINGS, ids=str)
def test_encoding_in_chunks_equals_encoding_at_once(vae, audio, chunks):
    assert torch.allclose(encoded(vae, audio, chunks), encoded(vae, audio, [FRAMES]), atol=1e-4)


@pytest.mark.parametrize("chunks", CHUNKINGS, ids=str)
def test_decoding_in_chunks_equals_decoding_at_once(vae, audio, chunks):
    latents = encoded(vae, audio, [FRAMES])
    assert torch.allclose(decoded(vae, latents, chunks), decoded(vae, latents, [FRAMES]), atol=1e-4)


def test_training_runs_what_streaming_runs(vae, audio):
    mono = audio.mean(1, keepdim=True)
    mean, log_variance, _ = vae.posterior(mono, vae.encoder.initial(1, mono), None)
    assert torch.allclose(mean, encoded(vae, audio, [1] * FRAMES), atol=1e-4)
    spoken, _ = vae.speak(mean, None, vae.decoder.initial(1, mono))
    assert torch.allclose(spoken, decoded(vae, mean, [1] * FRAMES)[:, :1], atol=1e-4)
    assert log_variance.shape == mean.shape and -12 <= log_variance.min() and log_variance.max() <= 2


def test_batch_items_do_not_touch_each_other(vae, audio):
    both = torch.cat([audio, audio.flip(-1) * 0.5])
    latents = encoded(vae, both, [FRAMES])
    assert torch.allclose(latents[:1], encoded(vae, audio, [FRAMES]), atol=1e-6)
    assert torch.allclose(decoded(vae, latents, [FRAMES])[:1], decoded(vae, latents[:1], [FRAMES]), atol=1e-6)


def test_encoder_is_causal_and_hears_the_present(vae, audio):
    changed = audio.clone()
    changed[..., 10 * FRAME :] *= -0.3
    before, after = encoded(vae, audio, [FRAMES]), encoded(vae, changed, [FRAMES])
    assert torch.allclose(before[:, :10], after[:, :10], atol=1e-12)
    assert not torch.allclose(before[:, 10], after[:, 10])


def test_decoder_is_causal_and_speaks_at_once(vae, audio):
    latents = encoded(vae, audio, [FRAMES])
    changed = latents.clone()
    changed[:, 10:] += 1
    before, after = decoded(vae, latents, [FRAMES]), decoded(vae, changed, [FRAMES])
    assert torch.allclose(before[..., : 10 * FRAME], after[..., : 10 * FRAME], atol=1e-12)
    assert not torch.allclose(before[..., 10 * FRAME : 11 * FRAME], after[..., 10 * FRAME : 11 * FRAME])


def test_a_state_can_be_used_twice(vae, audio):
    """Two futures may begin at one state, as they do when several first frames are tried."""
    latents = encoded(vae, audio, [FRAMES])
    _, state = vae.decode(latents[:, :10], vae.initial_decoder_state())
    first = decoded(vae, latents[:, 10:], [1] * 10, state)
    assert torch.equal(decoded(vae, latents[:, 10:], [1] * 10, state), first)
    _, hearing = vae.encode(audio[..., : 5 * FRAME], vae.initial_encoder_state())
    again = [vae.encode(audio[..., 5 * FRAME :], hearing)[0] for _ in range(2)]
    assert torch.equal(*again)


def test_primed_it_goes_on_from_what_was_spoken(vae, audio):
    latents = encoded(vae, audio, [FRAMES])
    whole = decoded(vae, latents, [FRAMES])
    state = vae.prime(latents[:, :12], audio[..., : 12 * FRAME])
    assert torch.allclose(decoded(vae, latents[:, 12:], [8], state), whole[..., 12 * FRAME :], atol=1e-4)


def test_it_hears_the_middle_and_speaks_mono(vae, audio):
    latents = encoded(vae, audio, [FRAMES])
    assert torch.allclose(encoded(vae, audio.flip(1), [FRAMES]), latents, atol=1e-12)
    assert torch.allclose(encoded(vae, audio.mean(1, keepdim=True).expand(-1, 2, -1), [FRAMES]), latents, atol=1e-12)
    left, right = decoded(vae, latents, [FRAMES])[0]
    assert torch.equal(left, right)


@pytest.mark.parametrize("stride", [1, 4])
def test_a_convolution_sees_no_more_than_its_window(stride):
    block = CausalConv(1, 1, 2 * stride, stride, first=True).double()
    y, past = block(torch.zeros(1, 1, 4 * stride).double(), torch.zeros(1, 1, block.memory).double())
    assert y.shape == (1, 1, 4) and past.shape == (1, 1, stride)


def test_an_upsampled_frame_depends_on_itself_and_the_last():
    block = CausalUpsample(1, 1, 4)
    x = torch.randn(1, 1, 5).requires_grad_()
    y, _ = block(x, torch.zeros(1, 1, 1))
    (gradient,) = torch.autograd.grad(y[..., 8:12].abs().sum(), x)  # the third frame
    assert gradient[0, 0].nonzero().flatten().tolist() == [1, 2]


def test_a_residual_block_begins_near_nothing_added():
    block = Residual(4)
    torch.nn.init.zeros_(block.outer.convolution.weight)
    torch.nn.init.zeros_(block.outer.convolution.bias)
    x = torch.randn(1, 4, 6)
    assert torch.equal(block(x, torch.zeros(1, 4, block.memory))[0], x)


@pytest.mark.parametrize("vae_config", [WaveformConfig(), SMALL, STUDIO.vae])
def test_the_config_says_which_vae_it_is(vae_config):
    config = dataclasses.replace(STUDIO, vae=vae_config, recall=None)
    again = from_dict(json.loads(json.dumps(to_dict(config))))
    assert again == config and type(again.vae) is type(vae_config)
    with torch.device("meta"):
        assert type(build_vae(again.vae)) is (SpectralVAE if vae_config is STUDIO.vae else WaveformVAE)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda vae: vae.pop("ratios"), "config.vae.ratios"),
        (lambda vae: vae.update(hop=384), "config.vae.hop is unknown"),
        (lambda vae: vae.update(ratios=[8, "8"]), r"config.vae.ratios\[1\]"),
        (lambda vae: vae["transformer"].update(layers=None), "config.vae.transformer.layers"),
    ],
)
def test_a_wrong_entry_of_it_is_named(change, named):
    data = json.loads(json.dumps(to_dict(dataclasses.replace(STUDIO, vae=SMALL, recall=None))))
    change(data["vae"])
    with pytest.raises(CalmError, match=named):
        from_dict(data)


def test_a_model_with_this_ear_is_installed_and_read_back(model, tmp_path):
    weights.save(model, tmp_path, "none")
    again = weights.load(tmp_path, torch.device("cpu"))
    assert again.config == model.config
    assert torch.equal(again.vae.to_latents.weight, model.vae.to_latents.weight.half().float())


def test_it_continues_a_stereo_clip_of_another_rate(model):
    """The prompt stays as it is, stereo at 44.1 kHz; what is written is mono at 8 kHz, brought to its rate."""
    source = 0.2 * np.random.default_rng(0).standard_normal((2, 44_100)).astype(np.float32)
    take = Take(Request(Prompt(Audio(source, 44_100), "noise", 0, 44_100), 0.4, 1, Controls()), 1)
    list(generate(model, take, ControlBox(Controls()), threading.Event()))
    assert take.full and np.array_equal(take.samples[:, : take.cut], source)
    written = take.samples[:, take.cut + 2000 :]  # past the fade
    assert np.isfinite(written).all() and np.abs(written).max() > 0
    assert np.array_equal(*written)


def test_the_round_trip_keeps_rate_and_length(model):
    clip = Audio(0.2 * np.random.default_rng(0).standard_normal((2, 30_001)).astype(np.float32), 44_100)
    assert reconstruct(model, clip).shape == (2, 30_001)
