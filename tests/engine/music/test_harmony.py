"""What the network of keys and chords is given, and what it hears in chords whose truth is known."""

import numpy as np
import pytest

from engine.music.harmony import LOWEST, MOMENTS_PER_SECOND, PITCHES, hear_harmony, heights
from engine.music.leadsheet import SCALES
from engine.music.peaks import FRAMES_PER_SECOND, hear_peaks
from engine.music.qualities import QUALITIES
from engine.music.spectra import RATE
from tests.engine.music.sounds import harmony, note, silence


def heard(samples):
    return hear_harmony(hear_peaks(samples))


def resampled(samples, by):
    return np.interp(np.arange(0, len(samples) - 1, by), np.arange(len(samples)), samples).astype(np.float32)


@pytest.mark.parametrize("tuned", [1.0, 2 ** (0.3 / 12), 2 ** (-0.3 / 12)])
def test_a_note_is_highest_on_its_key_in_any_tuning(tuned):
    found = heights(hear_peaks(resampled(note(57, 2.0, RATE), tuned)))
    assert found.shape[1] == PITCHES
    assert set(found[1:-2].argmax(axis=1)) == {57 - LOWEST}


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.2, 1.0, 7.3])
def test_moments_cover_a_clip_and_no_more(seconds):
    peaks = hear_peaks(note(60, seconds, RATE))
    assert len(heights(peaks)) == -(-peaks.frames // 4)
    assert len(heights(peaks)) / MOMENTS_PER_SECOND == pytest.approx(peaks.frames / FRAMES_PER_SECOND, abs=0.2)


def test_heights_are_means_of_the_frames_of_a_moment():
    peaks = hear_peaks(note(60, 2.0, RATE))
    inside = (peaks.frame >= 4) & (peaks.frame < 8) & (peaks.key == 60)
    assert heights(peaks)[1, 60 - LOWEST] == pytest.approx(peaks.height[inside].sum() / 4, rel=1e-5)


@pytest.mark.parametrize("samples", [silence(3.0, RATE), silence(0.01, RATE), note(57, 0.1, RATE)])
def test_chances_are_chances_whatever_is_heard(samples):
    keys, chords = heard(samples)
    assert keys.shape == (12, len(SCALES))
    assert chords.shape[1] == 12 * len(QUALITIES)
    assert np.exp(keys).sum() == pytest.approx(1, abs=1e-4)
    assert np.allclose(np.exp(chords).sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("kind", ["", "m", "7", "m7"])
@pytest.mark.parametrize("root", range(12))
def test_chords_are_heard_on_every_root(root, kind):
    other = ((root + 5) % 12, QUALITIES[""])
    _, chords = heard(harmony([(root, QUALITIES[kind]), other], 2.0, 4.0, RATE))
    first = np.exp(chords[: round(1.8 * MOMENTS_PER_SECOND)]).mean(axis=0).reshape(12, -1).sum(axis=1)
    assert first.argmax() == root


def test_a_loud_and_a_soft_clip_are_the_same():
    samples = harmony([(0, QUALITIES[""]), (7, QUALITIES["7"])], 2.0, 8.0, RATE)
    for loud, soft in zip(heard(samples), heard(samples / 50), strict=True):
        assert np.allclose(loud, soft, atol=1e-3)
