"""Spectrograms show what sounds."""

import numpy as np
from PIL import Image

from engine.train.pictures import draw_spectrograms


def test_a_tone_is_a_bright_line_and_silence_is_dark(tmp_path):
    t = np.arange(48_000) / 48_000
    tone = np.tile(0.5 * np.sin(2 * np.pi * 1000 * t), (2, 1))
    draw_spectrograms(tmp_path / "two.png", {"tone": tone, "silence": np.zeros((2, 48_000))}, 48_000)
    with Image.open(tmp_path / "two.png") as picture:
        column = np.asarray(picture.convert("RGB"), dtype=float)[:, picture.width // 2]  # top to bottom
    plot = column[column.sum(1) < 750]  # without the white page
    assert plot.max(0).min() > 150  # the line is nearly white
    assert (plot.sum(1) < 30).mean() > 0.7  # nearly all the rest is nearly black
    lower = column[len(column) // 2 + 30 : -60]
    assert lower.sum(1).max() < 100


def test_other_rates_have_other_axes(tmp_path):
    draw_spectrograms(tmp_path / "one.png", {"noise": np.random.default_rng(0).standard_normal((2, 16_000))}, 16_000)
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == (800, 256)


def test_a_cut_is_marked(tmp_path):
    silence = {"silence": np.zeros((2, 48_000))}
    bright = {}
    for cut in (None, 0.5):
        draw_spectrograms(tmp_path / "cut.png", silence, 48_000, cut)
        with Image.open(tmp_path / "cut.png") as picture:
            pixels = np.asarray(picture.convert("L"), dtype=float)[60:-60, 100:650]  # inside the plot
        bright[cut] = (pixels > 150).any(axis=0)
    assert not bright[None].any() and 1 <= bright[0.5].sum() <= 4
