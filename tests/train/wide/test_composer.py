"""The wider corpora: every kind of material occurs, labels are whole and true, nothing unseen is ever trained on."""

import json
from collections import Counter

import numpy as np
import pytest

from engine.music.leadsheet import FEATURES
from engine.train.captions import caption
from engine.train.compose import Note, compose
from engine.train.compose.general_midi import KITS, PROGRAMS
from engine.train.compose.mood import MOODS, mood
from engine.train.compose.song import DRUM_CHANNEL
from engine.train.compose.styles import STYLES, UNSEEN_STYLES
from engine.train.corpora import CORPORA
from engine.train.effects.stereo import IMAGES
from engine.train.effects.wear import WEAR
from engine.train.labels import sheet_of
from engine.train.synths.families import DRUM_MACHINE, FAMILIES, UNSEEN
from engine.train.synths.textures import TEXTURES
from engine.train.wide.arrange import another_sound, choose_gaps, only, silenced, single_line
from engine.train.wide.composer import MATERIALS, SPACES, compose_unseen, compose_wide
from engine.train.wide.production import FONT


@pytest.fixture(scope="module")
def pieces():
    return [compose_wide(seed) for seed in range(120)]


@pytest.fixture(scope="module")
def unseen():
    return [compose_unseen(seed) for seed in range(8)]


def sources(pieces):
    return {source for piece in pieces for part in piece.production.parts for source in (part.source, part.layer)}


def test_a_seed_is_the_same_piece_for_ever():
    assert compose_wide(5).labels() == compose_wide(5).labels()
    assert compose_wide(5).song.notes != compose(5).notes, "and another than in the plain corpus"


def test_every_kind_of_material_occurs(pieces):
    productions = [piece.production for piece in pieces]
    shares = Counter(each.material for each in productions)
    assert set(shares) == set(MATERIALS) and min(shares.values()) >= 3
    assert {each.space for each in productions} == set(SPACES)
    assert {each.image for each in productions} == set(IMAGES)
    assert {each.texture for each in productions} == {None, *TEXTURES}
    assert {name for each in productions for name in each.wear} == set(WEAR)
    effects = {name for each in productions for part in each.parts for name in part.effects}
    assert effects == {"tone", "compression", "saturation", "chorus", "echoes"}
    for test in (lambda p: p.gaps, lambda p: p.gaps and p.gated, lambda p: p.swells, lambda p: p.cents):
        assert sum(bool(test(each)) for each in productions) > 6
    assert sum(part.vibrato > 0 for each in productions for part in each.parts) > 15
    assert sum(part.bends > 0 for each in productions for part in each.parts) > 10


def test_all_synths_play_but_the_one_kept_from_training(pieces):
    assert sources(pieces) == {None, FONT, DRUM_MACHINE, *FAMILIES}


def test_instruments_are_exchanged_within_their_family():
    rng = np.random.default_rng(0)
    written = {program for style in STYLES for role, part in style.players.items() if role != "drums"
               for program in part.programs}  # fmt: skip
    found = {another_sound(rng, program, 0) for program in written for _ in range(60)}
    assert len(found) >= 100
    assert {program // 8 for program in found} == {program // 8 for program in written}
    assert {another_sound(rng, 0, DRUM_CHANNEL) for _ in range(200)} == set(KITS.values())


def test_styles_keys_and_moods_vary(pieces):
    assert {piece.song.style for piece in pieces} == {style.name for style in STYLES}
    assert {piece.song.tonic for piece in pieces} == set(range(12))
    assert len({piece.song.mode for piece in pieces}) >= 5
    assert {mood(piece.song) for piece in pieces} <= {word for pair in MOODS.values() for word in pair}
    assert len({mood(piece.song) for piece in pieces}) >= 10


def test_what_is_unseen_is_in_no_corpus_to_learn_from(pieces, unseen):
    ours = {piece.song.style for piece in unseen}
    assert ours == {style.name for style in UNSEEN_STYLES} and not ours & {style.name for style in STYLES}
    assert sources(unseen) == {UNSEEN, None}
    assert not ours & {piece.song.style for piece in pieces}


def test_labels_are_whole_and_fit_for_files(pieces, unseen):
    for piece in (*pieces[:60], *unseen):
        labels = piece.labels()
        assert labels == json.loads(json.dumps(labels)) | {
            "instruments": labels["instruments"], "sections": labels["sections"], "chords": labels["chords"],
            "beats": labels["beats"], "production": labels["production"],
        }  # fmt: skip
        for name in ("style", "tempo", "beats", "tonic", "mode", "chords", "notes", "instruments", "mood"):
            assert name in labels
        assert labels["corpus"] in CORPORA and labels["chords"] and labels["beats"] and labels["instruments"]
        assert len(piece.production.parts) == len(piece.song.instruments)
        assert all(0 <= note.track < len(piece.song.instruments) for note in piece.song.notes)


def test_sheets_and_captions_can_be_written_of_all(pieces, unseen):
    random = np.random.default_rng(0)
    for piece in (*pieces[:60], *unseen):
        labels = piece.labels()
        assert sheet_of(labels).features(np.arange(3.0)).shape == (3, FEATURES)
        assert caption(labels, random)
    assert sheet_of(unseen[0].labels()).style is None


def test_instruments_are_called_by_what_is_heard(pieces):
    for piece in pieces:
        for part, instrument in zip(piece.production.parts, piece.song.instruments, strict=True):
            if part.source == "voice":
                assert instrument.program in {PROGRAMS[n] for n in ("synth voice", "choir", "voice oohs")}


def test_solo_lines_have_one_note_at_a_time(pieces):
    solos = [piece for piece in pieces if piece.production.material == "solo line"]
    for piece in solos:
        notes = piece.song.notes
        assert len(piece.song.instruments) == 1
        for note, following in zip(notes, notes[1:], strict=False):
            assert note.start + note.duration <= following.start + 1e-4


def test_who_plays_alone_begins_early(pieces):
    for piece in pieces:
        if piece.production.material in ("solo line", "voices", "noise") and not piece.production.gaps:
            assert piece.song.notes[0].start < 6


def test_drums_alone_are_drums_alone(pieces):
    alone = [piece for piece in pieces if piece.production.material == "drums"]
    assert all(each.drums for piece in alone for each in piece.song.instruments)


def test_a_line_keeps_the_highest_of_what_is_struck_together():
    chord = tuple(Note(0, 0.01 * n, 1.0, 60 + 4 * n, 90) for n in range(3)) + (Note(0, 0.5, 1.0, 50, 90),)
    line = single_line(tuple(Note(0, 0.0, n.duration, n.pitch, 90) for n in chord[:3]) + chord[3:])
    assert [(note.pitch, note.duration) for note in line] == [(68, 0.5), (50, 1.0)]


def test_gaps_are_silent_and_at_bar_lines():
    song = compose(3)
    gaps = choose_gaps(np.random.default_rng(0), song)
    bar = song.beats_per_bar * 60 / song.tempo
    still = silenced(song, gaps)
    for start, seconds in gaps:
        assert start / bar == pytest.approx(round(start / bar), abs=1e-3)
        assert not [n for n in still.notes if n.start + n.duration > start + 1e-4 and n.start < start + seconds - 1e-4]
    assert 0.5 * len(song.notes) < len(still.notes) < len(song.notes)


def test_a_band_that_shrinks_is_numbered_anew():
    song = next(compose(seed) for seed in range(20) if len(compose(seed).instruments) > 3)
    small = only(song, [1, 3])
    assert small.instruments == (song.instruments[1], song.instruments[3])
    assert {note.track for note in small.notes} == {0, 1}
    assert len(small.notes) == sum(note.track in (1, 3) for note in song.notes)
