"""Finished pieces: bounded, finite, the same each time, and as their production says."""

from dataclasses import replace

import numpy as np
import pytest

from engine.train.compose import Section
from engine.train.mix import CEILING
from engine.train.sound_font import RATE, find_soundfont
from engine.train.wide.composer import compose_unseen, compose_wide
from engine.train.wide.desk import render_piece
from engine.train.wide.production import Part, Production

SECONDS = 6.0
PLAIN = Production("band", 0.0, (), "none", None, "as mixed", (), (), False, 0.0, -18.0)


@pytest.fixture(scope="module")
def soundfont():
    return find_soundfont()


def short(piece):
    """Its first seconds from the first note on."""
    first = piece.song.notes[0].start
    notes = tuple(replace(n, start=n.start - first) for n in piece.song.notes if n.start < first + SECONDS - 1)
    sections = (Section("A", 0.0, SECONDS, 0, 4, 0.5),)
    song = replace(piece.song, notes=notes, sections=sections, duration=SECONDS)
    return replace(piece, song=song, production=replace(piece.production, gaps=()))


def produced(piece, **changes):
    parts = tuple(replace(part, effects=(), layer=None) for part in piece.production.parts)
    return replace(piece, production=replace(PLAIN, parts=parts, **changes))


def heard(piece, soundfont):
    return render_piece(piece, soundfont, RATE)


@pytest.mark.parametrize("piece", [*map(compose_wide, range(8)), compose_unseen(0)], ids=lambda piece: piece.song.style)
def test_pieces_are_bounded_and_the_same_each_time(piece, soundfont):
    piece = short(piece)
    audio = heard(piece, soundfont)
    assert audio.shape == (2, round(SECONDS * RATE)) and audio.dtype == np.float32
    assert np.isfinite(audio).all() and np.abs(audio).max() <= CEILING + 1e-6
    assert np.abs(audio).max() > 0.01
    assert np.abs(audio[:, -50:]).max() < 1e-3, "faded out"
    assert np.array_equal(audio, heard(piece, soundfont))


@pytest.fixture(scope="module")
def band():
    return short(next(p for p in map(compose_wide, range(50)) if p.production.material == "dense"))


def test_the_image_and_the_loudness_are_those_of_the_production(band, soundfont):
    mono = heard(produced(band, image="mono", loudness=-24.0), soundfont)
    assert np.array_equal(mono[0], mono[1])
    louder = heard(produced(band, image="mono", loudness=-18.0), soundfont)
    assert 20 * np.log10(louder.std() / mono.std()) == pytest.approx(6, abs=1)
    turned = heard(produced(band, image="out of phase"), soundfont)
    assert np.corrcoef(turned)[0, 1] < 0


def test_gated_gaps_are_digital_silence_and_others_ring_on(band, soundfont):
    gaps = ((2.0, 1.0),)
    middle = slice(round(2.1 * RATE), round(2.8 * RATE))
    gated = heard(produced(band, gaps=gaps, gated=True, space="plate"), soundfont)
    ringing = heard(produced(band, gaps=gaps, space="plate"), soundfont)
    assert np.abs(gated[:, middle]).max() < 1e-4 < np.abs(ringing[:, middle]).max()
    assert np.abs(gated[:, RATE : 2 * RATE]).max() > 0.01


def test_clipping_stays_flat_through_the_master(band, soundfont):
    audio = heard(produced(band, wear=("clipped",), image="mono", loudness=-6.0), soundfont)[0]
    assert np.mean(np.abs(audio) > 0.999 * np.abs(audio).max()) > 0.005


def test_a_texture_is_heard_behind_the_music(band, soundfont):
    with_rain = heard(produced(band, texture="rain", image="mono"), soundfont)
    without = heard(produced(band, image="mono"), soundfont)
    high = [np.abs(np.fft.rfft(sound[0]))[round(9000 * SECONDS) :].sum() for sound in (with_rain, without)]
    assert high[0] > 1.05 * high[1]


def test_a_layer_is_heard_with_its_source(band, soundfont):
    part = Part("plucked", 1, None, 0.0, 0.0, 0.0, ())
    alone = replace(band, production=replace(PLAIN, parts=(part,) * len(band.song.instruments)))
    both = replace(part, layer="unison", layer_cents=8.0)
    layered = replace(band, production=replace(PLAIN, parts=(both,) * len(band.song.instruments)))
    assert not np.allclose(heard(alone, soundfont), heard(layered, soundfont), atol=0.01)
