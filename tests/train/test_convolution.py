"""Blocks put together are the convolution itself."""

import numpy as np
import pytest

from engine.train.convolution import convolved


@pytest.mark.parametrize(("samples", "taps"), [(5000, 300), (100, 700), (4096, 1), (1, 1), (3 * 725, 300)])
def test_blocks_make_the_whole(samples, taps):
    random = np.random.default_rng(samples)
    audio, response = (random.standard_normal((2, length), np.float32) for length in (samples, taps))
    heard = convolved(audio, response)
    exact = [np.convolve(*pair)[:samples] for pair in zip(audio.astype(float), response, strict=True)]
    assert heard.dtype == np.float32 and heard.shape == audio.shape
    assert np.abs(heard - exact).max() < 1e-5 * np.abs(exact).max()


def test_one_sound_is_heard_on_both_sides():
    click = np.zeros((1, 1000), np.float32)
    click[0, 100] = 2
    response = np.random.default_rng(0).standard_normal((2, 50), np.float32)
    assert np.abs(convolved(click, response)[:, 100:150] - 2 * response).max() < 1e-5
