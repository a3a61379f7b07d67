"""Losses by which a decoder learns are what its judges measure."""

import numpy as np
import pytest
import torch

from engine.train.judge_sound import FLOOR, FLOOR_WINDOW, MEL_BANDS, loudness_error, mel_error
from engine.train.judge_sound import stereo_error as judged_stereo
from engine.train.sound_losses import AMPLITUDE_WEIGHT, DECIBEL_WEIGHT, LoudnessError, MelError, stereo_error

RATE = 48_000


@pytest.fixture
def source():
    """(2, 2, N): a second of noise, L and R alike by half, and one half as loud."""
    generator = torch.Generator().manual_seed(0)
    left, other = 0.1 * torch.randn(2, 2, RATE, generator=generator)
    return torch.stack([left, (left + other) / 2], dim=1) * torch.tensor([1.0, 0.5])[:, None, None]


def test_the_mel_error_is_that_of_the_judge():
    generator = torch.Generator().manual_seed(0)
    source = 0.1 * torch.randn(1, 2, RATE // 4, generator=generator)
    decoded = source * torch.tensor([1.0, 0.5])[:, None]
    judged = sum(mel_error(source[0].numpy(), decoded[0].numpy(), RATE, window) for window in MEL_BANDS)
    error = MelError(RATE)
    assert error(source, source) == 0
    amplitudes = 0.0
    for window in MEL_BANDS:
        powers = [
            error._power(sound, window).clamp(min=FLOOR * FLOOR_WINDOW / window).sqrt() for sound in (decoded, source)
        ]
        amplitudes += float((powers[0] - powers[1]).abs().mean() / powers[1].mean())
    assert float(error(decoded, source)) == pytest.approx(
        DECIBEL_WEIGHT * judged + AMPLITUDE_WEIGHT * amplitudes, rel=0.05
    )


def test_the_loudness_error_is_that_of_the_judge(source):
    gains = torch.tensor([0.5, 1.5])[:, None, None]
    judged = [loudness_error(a.numpy(), b.numpy(), RATE) for a, b in zip(source, gains * source, strict=True)]
    assert float(LoudnessError(RATE)(gains * source, source)) == pytest.approx(np.mean(judged), abs=0.01)


def test_what_is_dull_is_less_loud_than_what_is_bright():
    t = torch.arange(RATE) / RATE
    low, high = (0.1 * torch.sin(2 * torch.pi * hertz * t).expand(1, 2, -1) for hertz in (50.0, 3000.0))
    judged = loudness_error(high[0].numpy(), low[0].numpy(), RATE)
    assert float(LoudnessError(RATE)(low, high)) == pytest.approx(judged, abs=0.2) and judged > 3


def test_the_stereo_error_is_that_of_the_judge(source):
    mono = source.mean(1, keepdim=True).expand(-1, 2, -1)
    judged = [judged_stereo(a.numpy(), b.numpy(), RATE) for a, b in zip(source, mono, strict=True)]
    assert float(stereo_error(mono, source)) == pytest.approx(np.mean(judged), abs=0.01)
    assert np.mean(judged) > 0.2


def test_silence_is_no_error_and_has_a_gradient():
    silence = torch.zeros(1, 2, RATE // 2, requires_grad=True)
    errors = (MelError(RATE)(silence, silence.detach()), LoudnessError(RATE)(silence, silence.detach()))
    total = sum(errors) + stereo_error(silence, silence.detach())
    total.backward()
    assert total == 0 and torch.isfinite(silence.grad).all()
