"""The seam's score on music whose continuation is known, and the clicks that must not be there."""

import threading

import numpy as np
import pytest
import torch

from engine import weights
from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.generate import generate
from engine.request import Prompt, Request
from engine.seam import click_figures, seam_score
from engine.take import Take
from engine.weights import random_model
from tests.engine.grooves import grid, groove

RATE = 48_000


def spliced(before, after, rate=RATE, cut=6.3):
    """Two sounds of the same length, the second from the cut on."""
    at = round(cut * rate)
    return np.concatenate([before[:, :at], after[:, at:]], axis=1), at


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000])
def test_music_that_goes_on_scores_high(rate):
    song = groove(9.0, rate)
    score = seam_score(*_with_rate(song, rate), grid())
    assert score.total > 90 and score.beat_phase < 0.1


def _with_rate(song, rate, cut=6.3):
    return song, rate, round(cut * rate)


def test_another_song_scores_low():
    samples, cut = spliced(groove(9.0, RATE), 0.4 * groove(9.0, RATE, tempo=97.0, pitch=1300.0))
    score = seam_score(samples, RATE, cut, grid())
    assert score.total < 20
    assert score.spectrum > 4 and score.beat_phase > 0.4 and score.level > 4


def test_the_level_is_the_step_in_decibels():
    samples, cut = spliced(groove(9.0, RATE), 0.5 * groove(9.0, RATE), cut=6.0)
    score = seam_score(samples, RATE, cut, None)
    assert score.level == pytest.approx(6.02, abs=0.1) and score.spectrum < 2


@pytest.mark.parametrize(("shift", "least", "most"), [(0.0, 0.0, 0.05), (0.125, 0.7, 2.0), (0.01, 0.0, 0.4)])
def test_attacks_off_the_beat_are_heard(shift, least, most):
    late = np.roll(groove(10.0, RATE), round(shift * RATE), axis=1)[:, : 9 * RATE]
    samples, cut = spliced(groove(9.0, RATE), late, cut=6.0)
    assert least <= seam_score(samples, RATE, cut, grid()).beat_phase <= most


def test_the_beat_is_taken_from_the_grid_wherever_the_clip_begins():
    song = groove(9.0, RATE)[:, round(0.2 * RATE) :]
    score = seam_score(song, RATE, 6 * RATE, grid(downbeat=-0.2))
    assert score.beat_phase < 0.1


def test_without_a_beat_the_rest_counts():
    score = seam_score(groove(9.0, RATE), RATE, 6 * RATE, None)
    assert score.beat_phase is None and score.total > 90


@pytest.mark.parametrize("after", [0.01, 0.2, 1.0])
def test_a_short_beginning_is_scored_too(after):
    song = groove(3.0 + after, RATE)
    assert 0 <= seam_score(song, RATE, 3 * RATE, grid()).total <= 100


@pytest.mark.parametrize("silent", ["before", "after", "both"])
def test_silence_is_no_error(silent):
    song = groove(4.0, RATE)
    sides = {"before": slice(0, 2 * RATE), "after": slice(2 * RATE, None), "both": slice(None)}
    song[:, sides[silent]] = 0
    score = seam_score(song, RATE, 2 * RATE, grid())
    assert np.isfinite([score.level, score.spectrum, score.beat_phase, score.total]).all()
    assert (score.total > 50) == (silent == "both")


@pytest.mark.parametrize("cut", [0, 4 * RATE])
def test_music_on_one_side_only_is_refused(cut):
    with pytest.raises(ValueError, match="both sides"):
        seam_score(groove(4.0, RATE), RATE, cut, None)


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize("cut", [2.0, 2.13, 2.25])  # into a kick, the end of a tone, and a hat
def test_a_drum_is_no_click(rate, cut):
    clean = click_figures(groove(4.0, rate), rate, round(cut * rate))
    assert max(clean.step, clean.burst) <= 1


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize("step", [0.05, -0.3])
def test_a_step_of_one_sample_is_a_click(rate, step):
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(2 * rate) / rate)
    song = np.tile(tone, (2, 1)).astype(np.float32)
    smooth = click_figures(song, rate, rate)
    song[:, rate:] += step
    click = click_figures(song, rate, rate)
    assert max(smooth.step, smooth.burst) <= 1.01
    assert click.step > 2 and click.burst > 10


@pytest.mark.parametrize("cut", [1, 100, 4 * RATE - 100])
def test_clicks_are_looked_for_at_the_ends_too(cut):
    assert np.isfinite(click_figures(groove(4.0, RATE), RATE, cut).step)


@pytest.fixture(scope="module", params=["tiny random numbers", "the bundled model"])
def model(request):
    return random_model("tiny") if "tiny" in request.param else weights.load(None, torch.device("cpu"))


def continued(model, samples, rate):
    take = Take(Request(Prompt(Audio(samples, rate), "clip", 0, samples.shape[1]), 0.6, 7, Controls()), 1)
    for _ in generate(model, take, ControlBox(Controls()), threading.Event()):
        pass
    return take


@pytest.mark.parametrize(
    ("where", "cut"),
    [("just before a kick", 1.999), ("at the top of a kick", 2.004), ("mid-note", 2.6), ("in silence", 3.5)],
)
def test_no_click_where_a_clip_is_cut(model, where, cut):
    rate = 44_100
    song = groove(4.0, rate, hat=0.0)
    song[:, round(3.2 * rate) :] = 0
    samples = song[:, : round(cut * rate)]
    take = continued(model, samples, rate)
    figures = click_figures(take.samples, rate, take.cut)
    assert max(figures.step, figures.burst) <= 1  # of real music cut at random places, 1 % lies above
    assert np.array_equal(take.samples[:, : take.cut], samples)


def test_a_kick_that_stops_dead_does_click():
    song = groove(4.0, RATE, hat=0.0)
    song[:, round(2.004 * RATE) :] = 0
    assert click_figures(song, RATE, round(2.004 * RATE)).step > 5
