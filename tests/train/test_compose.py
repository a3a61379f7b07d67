"""Whole songs: reproducible, in time, in key, and put together the way music is."""

import hashlib
import json
from collections import Counter
from itertools import pairwise

import pytest

from engine.train.compose import compose
from engine.train.compose.general_midi import KITS, PERCUSSION, PROGRAMS
from engine.train.compose.harmony import MODES
from engine.train.compose.mood import MOODS
from engine.train.compose.song import DRUM_CHANNEL
from engine.train.compose.styles import STYLES, read_style

SEEDS = range(120)


@pytest.fixture(scope="module")
def songs():
    return [compose(seed) for seed in SEEDS]


def notes_of(song, role):
    tracks = {track for track, instrument in enumerate(song.instruments) if instrument.roles == (role,)}
    return [note for note in song.notes if note.track in tracks]


def with_role(songs, role):
    return [song for song in songs if notes_of(song, role)]


def chord_at(song, seconds):
    return next(chord for chord in reversed(song.chords) if chord.start <= seconds + 1e-3)


def test_a_seed_is_the_same_song_for_ever():
    songs = [compose(seed).labels() for seed in (0, 1, 2, 1_000_000)]
    assert all(song.pop("mood") in MOODS[song["mode"]] for song in songs)
    assert (
        hashlib.sha256(json.dumps(songs).encode()).hexdigest()
        == "e8ef281165585f5f113f97138fc91494b575b0809a97d7d73b51cb2c76520b0e"
    )


def test_other_seeds_are_other_songs(songs):
    assert len({json.dumps(song.labels()["notes"]) for song in songs}) == len(songs)


def test_lengths_and_tempos(songs):
    assert all(40 <= song.duration <= 75 for song in songs)
    assert all(60 <= song.tempo <= 175 for song in songs)
    assert min(song.tempo for song in songs) < 75 and max(song.tempo for song in songs) > 150


def test_every_style_turns_up(songs):
    assert len(STYLES) >= 12
    assert {song.style for song in songs} == {style.name for style in STYLES}


def test_the_styles_have_sixty_sounds_and_more():
    pitched = {p for style in STYLES for role, part in style.players.items() if role != "drums" for p in part.programs}
    assert len(pitched) >= 60


def test_from_soloists_to_bands(songs):
    sizes = Counter(len(song.instruments) for song in songs)
    assert sizes[1] >= 5 and sizes[5] + sizes[6] >= 20
    assert any(len(song.instruments) == 1 and len(song.instruments[0].roles) > 1 for song in songs)
    assert any(len(song.instruments) == 1 and song.instruments[0].drums for song in map(compose, range(400)))


def test_keys_and_metres_vary(songs):
    assert {song.tonic for song in songs} == set(range(12))
    assert {song.mode for song in songs} == set(MODES)
    assert {song.beats_per_bar for song in songs} == {3, 4}


def test_beats_are_evenly_spaced_and_fill_whole_bars(songs):
    for song in songs:
        assert song.beats[0] == 0.0
        assert len(song.beats) == sum(section.bars for section in song.sections) * song.beats_per_bar
        assert all(later - beat == pytest.approx(60 / song.tempo, abs=3e-5) for beat, later in pairwise(song.beats))


def test_sections_follow_each_other_from_start_to_ending(songs):
    for song in songs:
        bar = song.beats_per_bar * 60 / song.tempo
        assert song.sections[0].start == 0.0 and song.sections[-1].name == "ending"
        assert {"A", "B"} <= {section.name for section in song.sections}
        for section, following in pairwise(song.sections):
            assert section.start + section.duration == pytest.approx(following.start, abs=1e-4)
        for section in song.sections:
            assert section.start == pytest.approx(section.first_bar * bar, abs=1e-4)
            assert section.duration == pytest.approx(section.bars * bar, abs=1e-4)
            assert 0 <= section.energy <= 1


def test_chords_follow_each_other_without_gaps(songs):
    for song in songs:
        assert song.chords[0].start == 0.0
        for chord, following in pairwise(song.chords):
            assert chord.start + chord.duration == pytest.approx(following.start, abs=1e-4)
        assert all(chord.root in chord.pitches and len(chord.pitches) >= 3 for chord in song.chords)


def test_a_section_that_returns_brings_its_chords_back(songs):
    checked = 0
    for song in songs:
        verses = [section for section in song.sections if section.name == "A"]
        heard = [
            [chord.symbol for chord in song.chords if -1e-3 <= chord.start - verse.start < verse.duration - 1e-3]
            for verse in verses
        ]
        checked += len(heard) > 1
        assert all(symbols == heard[0] for symbols in heard)
    assert checked > 50


def test_a_song_ends_at_home(songs):
    for song in songs:
        assert song.chords[-1].root == song.tonic
        bass = notes_of(song, "bass")
        if bass and bass[-1].start > song.beats[-song.beats_per_bar] - 0.1:
            assert bass[-1].pitch % 12 == song.tonic


def test_notes_are_playable(songs):
    for song in songs:
        assert song.notes
        for note in song.notes:
            assert 0 <= note.start < song.duration and note.start + note.duration < song.duration
            assert 20 <= note.pitch <= 108 and 1 <= note.velocity <= 127 and note.duration >= 0.04
            assert 0 <= note.track < len(song.instruments)
        assert list(song.notes) == sorted(song.notes, key=lambda note: (note.start, note.track, note.pitch))


def test_every_instrument_plays(songs):
    for song in songs:
        heard = {note.track for note in song.notes}
        assert heard == set(range(len(song.instruments)))


def test_somebody_plays_in_every_section(songs):
    for song in songs:
        for section in song.sections:
            inside = [n for n in song.notes if section.start - 0.1 <= n.start < section.start + section.duration]
            drums_break = section.name == "break" and all(song.instruments[n.track].drums for n in song.notes)
            assert inside or drums_break, (song.seed, section)


def test_only_drums_are_on_the_drum_channel(songs):
    for song in songs:
        channels = [instrument.channel for instrument in song.instruments]
        assert len(set(channels)) == len(channels)
        for instrument in song.instruments:
            assert (instrument.roles == ("drums",)) == (instrument.channel == DRUM_CHANNEL) == instrument.drums
            assert instrument.program in (KITS.values() if instrument.drums else PROGRAMS.values())


def test_drummers_play_percussion(songs):
    keys = {note.pitch for song in with_role(songs, "drums") for note in notes_of(song, "drums")}
    assert keys <= set(PERCUSSION.values())
    assert {PERCUSSION[piece] for piece in ("kick", "snare", "hat", "crash", "ride")} <= keys


def test_drums_have_ghost_notes_and_accents(songs):
    velocities = [note.velocity for song in with_role(songs, "drums") for note in notes_of(song, "drums")]
    assert min(velocities) < 45 and max(velocities) > 110


def test_the_bass_names_the_harmony(songs):
    agreeing = total = 0
    for song in with_role(songs, "bass"):
        for note in notes_of(song, "bass"):
            chord = min(song.chords, key=lambda c: abs(c.start - note.start))
            if abs(chord.start - note.start) < 0.04:
                agreeing += note.pitch % 12 == chord.bass
                total += 1
    assert total > 1000
    assert agreeing / total > 0.9


def test_chord_players_play_the_chord(songs):
    agreeing = total = 0
    for song in songs:
        for note in notes_of(song, "pad") + notes_of(song, "figure"):
            agreeing += note.pitch % 12 in chord_at(song, note.start + 0.06).pitches
            total += 1
    assert agreeing / total > 0.97


def test_melodies_mostly_keep_to_the_scale(songs):
    inside = total = 0
    for song in songs:
        scale = {(song.tonic + step) % 12 for step in MODES[song.mode]}
        lead = notes_of(song, "lead")
        inside += sum(note.pitch % 12 in scale for note in lead)
        total += len(lead)
    assert inside / total > 0.9


def lateness(song):
    """Mean distance of drums and bass from the grid, in seconds."""
    grid = 15 / song.tempo
    starts = [note.start for note in notes_of(song, "drums") + notes_of(song, "bass") if note.start > 0.1]
    return sum(abs(start - grid * round(start / grid)) for start in starts) / len(starts)


def test_timing_is_human_but_in_time(songs):
    straight = [song for song in with_role(with_role(songs, "bass"), "drums") if song.swing < 0.505]
    machines = [lateness(song) for song in straight if song.style == "techno"]
    humans = [lateness(song) for song in straight if song.style in ("ballad", "rock", "bossa", "latin")]
    assert machines and max(machines) < 0.003
    assert humans and 0.003 < min(humans) and max(humans) < 0.03


def test_labels_survive_json():
    song = compose(3)
    labels = json.loads(json.dumps(song.labels()))
    assert (labels["seed"], labels["style"], labels["tempo"]) == (3, song.style, song.tempo)
    assert len(labels["notes"]) == len(song.notes)
    note = song.notes[0]
    assert labels["notes"][0] == [note.track, note.start, note.duration, note.pitch, note.velocity]
    assert labels["chords"][0]["symbol"] == song.chords[0].symbol
    assert labels["instruments"][0]["program"] == song.instruments[0].program


def test_a_typo_in_a_style_is_named():
    table = {"tempo": [60, 70], "players": {}, "tempoo": 3}
    with pytest.raises(TypeError, match="tempoo"):
        read_style("odd", table)
    with pytest.raises(KeyError, match="kazoo"):
        read_style("odd", {"players": {"lead": [0.5, "kazoo"]}})
