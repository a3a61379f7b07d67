"""One line of the table, the means over lines, and what is asked of them."""

import dataclasses

import numpy as np
import pytest

from engine.audio import Audio
from engine.train.judge_vae import MEASURES, Clip, Judgement, bars, judge, mean

RATE = 48_000
SCORE = {"tonic": 9, "mode": "minor", "notes": [[0, 10.5, 0.4, 57, 90], [0, 11.0, 0.4, 60, 90]]}


@pytest.fixture(scope="module")
def sound():
    t = np.arange(round(1.5 * RATE)) / RATE
    struck = [
        np.where(t >= at, np.exp(-6 * (t - at)) * np.sin(2 * np.pi * f * t), 0) for at, f in ((0.5, 220), (1, 262))
    ]
    noise = np.random.default_rng(0).standard_normal((2, len(t)))
    return (0.2 * sum(struck) + 0.002 * noise).astype(np.float32)


def a_clip(sound, score=None):
    return Clip("song", Audio(sound, RATE), 10.0, score)


def a_row(**changes):
    row = Judgement(2.0, 2.0, 2.0, 0.5, -20.0, 0.9, 0.8, 0.9, 0.7, 0.01, 0.1, -1.0, 20.0)
    return dataclasses.asdict(dataclasses.replace(row, **changes))


def test_the_source_itself_is_without_fault(sound):
    perfect = judge(a_clip(sound, SCORE), sound)
    assert (perfect.mel_2048, perfect.mel_512, perfect.mel_128, perfect.stft) == (0, 0, 0, 0)
    assert (perfect.stereo, perfect.loudness, perfect.treble, perfect.onsets) == (0, 0, 0, 1)
    assert perfect.si_sdr == 100 and perfect.chroma == pytest.approx(1)
    assert perfect.in_scale > 0.9 and perfect.onset_f > 0.5


def test_every_measure_gets_worse_with_damage(sound):
    noise = np.random.default_rng(1).standard_normal(sound.shape)
    harmed = judge(a_clip(sound, SCORE), (0.5 * sound + 0.05 * noise).astype(np.float32))
    assert min(harmed.mel_2048, harmed.mel_512, harmed.mel_128, harmed.stft, harmed.stereo) > 0.1
    assert harmed.si_sdr < 20 and harmed.chroma < 0.99 and harmed.treble > 3


def test_a_clip_without_a_score_has_no_measures_by_it(sound):
    judgement = judge(a_clip(sound), sound)
    assert judgement.in_scale is None and judgement.onset_f is None and judgement.onsets == 1


def test_every_measure_is_explained():
    assert list(MEASURES) == [field.name for field in dataclasses.fields(Judgement)]


def test_means_are_over_the_clips_that_have_the_measure():
    row = Judgement(**a_row())
    others = [
        dataclasses.replace(row, mel_512=4.0, in_scale=None),
        dataclasses.replace(row, in_scale=None, onset_f=None),
    ]
    means = mean([row, *others])
    assert means["mel_512"] == pytest.approx(8 / 3)
    assert means["in_scale"] == 0.8 and means["onset_f"] == 0.7
    assert mean(others[:1])["in_scale"] is None


def told(vae, **source):
    rows = {
        "the source": a_row(**source),
        "Vorbis 64": a_row(),
        "Opus 64": a_row(mel_2048=1.0, mel_512=1.0, mel_128=1.0),
    }
    return {(bar.measure, "stretch" in bar.asked): bar for bar in bars(vae, rows)}


def test_bars_are_taken_from_the_ladder_of_the_same_clips():
    between = told(a_row(mel_512=1.5))
    assert between["mel_512", False].met and not between["mel_512", True].met
    assert between["mel_512", False].asked == "<= Vorbis 64: 2.00"
    assert not told(a_row(mel_512=2.1))["mel_512", False].met


@pytest.mark.parametrize(
    ("measure", "good", "bad"),
    [("loudness", 0.4, 0.6), ("stereo", 0.04, 0.06), ("in_scale", 0.78, 0.76), ("onset_f", 0.69, 0.67)],
)
def test_bars_of_the_other_measures(measure, good, bad):
    assert told(a_row(**{measure: good}))[measure, False].met
    assert not told(a_row(**{measure: bad}))[measure, False].met


def test_no_bar_where_there_is_no_score():
    assert {bar for bar, _ in told(a_row(in_scale=None, onset_f=None))} == {
        "mel_2048", "mel_512", "mel_128", "loudness", "stereo",
    }  # fmt: skip
