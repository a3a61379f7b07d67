"""Harmony of songs that are not rendered sounds as that of the same songs does, as far as keys go."""

import numpy as np
import pytest

from engine.audio import Audio
from engine.music.chroma import beatwise, chroma, tones
from engine.music.leadsheet import SCALES
from engine.music.spectra import mono
from engine.train.compose.composer import compose
from engine.train.composed_harmony import composed, heard
from engine.train.sound_font import find_soundfont, render


def test_it_is_the_same_every_time_and_tells_the_key():
    first, again = composed(5, 10.0), composed(5, 10.0)
    assert np.array_equal(first.tones, again.tones) and first.tones.shape == (len(first.change), 24)
    assert 0 <= first.tonic < 12 and first.mode in SCALES


def test_most_of_it_lies_on_the_scale():
    shares = []
    for number in range(8):
        found = composed(number, 30.0)
        scale = [(found.tonic + step) % 12 for step in SCALES[found.mode]]
        classes = found.tones.reshape(-1, 12).sum(axis=0)
        shares.append(classes[scale].sum() / classes.sum())
    assert np.mean(shares) > 0.75, "7 of 12 would be 0.58"


def test_there_is_none_where_there_are_too_few_beats():
    assert composed(5, 0.5) is None


def test_it_looks_like_what_is_heard_of_the_rendered_song():
    """Pitch class by pitch class, over all of a song; above the bass, in which drums sound too."""
    song, rate = compose(31), 48_000
    edges, sound = np.array(song.beats), Audio(render(song, find_soundfont(), rate), rate)
    rendered = tones(beatwise(chroma(mono(sound)), edges[:-1]))[:, 12:].sum(axis=0)
    made = tones(heard(song, edges, np.random.default_rng(0)))[:, 12:].sum(axis=0)
    assert np.corrcoef(rendered, made)[0, 1] > 0.8


@pytest.mark.parametrize("seconds", [5.0, 30.0])
def test_spans_are_of_a_beat(seconds):
    found = composed(9, seconds)
    song = compose(4_000_009)
    assert len(found.change) == pytest.approx(seconds * song.tempo / 60, abs=2)
