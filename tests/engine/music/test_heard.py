"""`hear` as a whole: keys, chords, bars, beats past the clip's ends, and clips that give it nothing to hear."""

import numpy as np
import pytest

from engine.audio import Audio
from engine.music.heard import Heard, Key, hear
from tests.engine.music.sounds import audio, drums, harmony, noise, note, placed, silence

MAJ, MIN, DOM, MAJ7, MIN7 = (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10)
TEMPO, BAR = 120, 2.0  # beats a minute, seconds


def turned(chords, by):
    return [((root + by) % 12, shape) for root, shape in chords]


CADENCE = [(0, MAJ), (5, MAJ), (7, DOM), (0, MAJ)]
MINOR_CADENCE = [(9, MIN), (2, MIN), (4, DOM), (9, MIN)]


def clip(chords, seconds=16.0):
    return audio(harmony(chords, BAR, seconds), 0.7 * drums(TEMPO, seconds))


@pytest.fixture(scope="module")
def song():
    return hear(clip([(9, MIN7), (5, MAJ7), (0, MAJ), (7, DOM)]))


@pytest.mark.parametrize("by", [0, 1, 5, 8])
def test_keys_of_cadences(by):
    assert hear(clip(turned(CADENCE, by))).key == Key(by, "major")
    assert hear(clip(turned(MINOR_CADENCE, by))).key == Key((9 + by) % 12, "minor")


def test_a_clip_out_of_tune_has_the_same_key():
    samples = clip(CADENCE).samples
    sharp = Audio(samples, round(44_100 * 2 ** (0.35 / 12)))  # a third of a semitone up
    assert hear(sharp).key == Key(0, "major")


def test_chords_lie_on_the_bars(song):
    assert [chord.root for chord in song.chords] == [9, 5, 0, 7] * 2
    assert [chord.start for chord in song.chords] == pytest.approx(np.arange(8) * BAR, abs=0.03)
    assert sum(chord.duration for chord in song.chords) == pytest.approx(16.0, abs=0.05)
    assert [3 in _shape(chord) for chord in song.chords] == [True, False, False, False] * 2
    assert all(0 < chord.confidence <= 1 for chord in song.chords)


def _shape(chord):
    return {(pitch - chord.root) % 12 for pitch in chord.pitches}


def test_bars_begin_where_kick_and_chords_change(song):
    assert song.beats_per_bar == 4
    assert song.beats[song.first_downbeat] % BAR == pytest.approx(0, abs=0.03)


def test_three_beats_to_the_bar():
    waltz = audio(harmony([(0, MAJ), (7, DOM), (9, MIN), (5, MAJ)], 1.5, 18), drums(120, 18, beats_per_bar=3))
    assert hear(waltz).beats_per_bar == 3


def test_the_first_downbeat_is_found_behind_an_upbeat():
    samples = clip(CADENCE).samples[:, round(1.25 * 44_100) :]  # cut between the third and the fourth beat
    heard = hear(Audio(samples, 44_100))
    assert heard.beats[heard.first_downbeat] == pytest.approx(0.75, abs=0.03)
    assert heard.beat_at(0.0) == pytest.approx(-1.5, abs=0.06)


def test_beats_go_on_past_both_ends(song):
    for seconds in (-3.0, 0.1, 7.77, 16.0, 100.0):
        error = song.beat_at(seconds) - seconds * TEMPO / 60
        assert (error + 2) % 4 - 2 == pytest.approx(0, abs=0.1)


def test_a_tempo_that_drifts_is_followed():
    beats = np.cumsum(60 / np.linspace(110, 126, 36))
    heard = hear(audio(placed([(at, note(60, 0.2)) for at in beats], beats[-1] + 0.3)))
    near = [np.abs(np.array(heard.beats) - at).min() for at in beats]
    assert np.median(near) < 0.02
    assert heard.tempo == pytest.approx(122, abs=5)  # that of the end, for the continuation


SOUNDS = {
    "silence": lambda: Audio(silence(5)[None], 44_100),
    "noise": lambda: audio(noise(8, 0.1)),
    "one held note": lambda: audio(placed([(0.0, note(57, 8.0))], 8)),
    "half a second": lambda: audio(drums(120, 0.5)),
    "one sample": lambda: Audio(np.ones((1, 1), np.float32), 44_100),
    "a constant": lambda: Audio(np.full((2, 44_100), 0.5, np.float32), 44_100),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_without_a_pulse_there_is_no_tempo(name):
    heard = hear(SOUNDS[name]())
    assert (heard.tempo, heard.beats, heard.tempo_confidence) == (None, (), 0.0)
    with pytest.raises(ValueError, match="pulse"):
        heard.beat_at(1.0)


@pytest.mark.parametrize("name", ["silence", "one sample", "a constant"])
def test_without_tones_there_is_no_key_and_no_chord(name):
    heard = hear(SOUNDS[name]())
    assert (heard.key, heard.key_confidence, heard.chords) == (None, 0.0, ())


def test_a_rest_is_a_gap_between_the_chords():
    samples = clip([(0, MAJ)]).samples.copy()
    samples[:, 6 * 44_100 : 10 * 44_100] = 0
    chords = hear(Audio(samples, 44_100)).chords
    assert not [c for c in chords if c.start < 7.5 < c.start + c.duration or c.start < 9 < c.start + c.duration]
    assert {chord.root for chord in chords} == {0}


def test_of_a_long_clip_the_end_is_heard():
    quiet = np.zeros((1, 50 * 44_100), np.float32)
    loud = clip(CADENCE, 40.0).samples
    heard = hear(Audio(np.concatenate([quiet, loud], axis=1), 44_100))
    assert heard.tempo == pytest.approx(TEMPO, rel=0.002)
    assert min(heard.beats) >= 29.9
    assert heard.chords[-1].start + heard.chords[-1].duration == pytest.approx(90.0, abs=0.05)


def test_level_does_not_matter(song):
    loud = clip([(9, MIN7), (5, MAJ7), (0, MAJ), (7, DOM)])
    soft = hear(Audio(0.01 * loud.samples, loud.rate))
    assert soft.tempo == pytest.approx(song.tempo, rel=1e-4)
    assert [chord.symbol for chord in soft.chords] == [chord.symbol for chord in song.chords]


@pytest.mark.parametrize(
    ("key", "name", "short", "third_of_e"),
    [(Key(5, "minor"), "F minor", "Fmin", "Ab"), (Key(4, "major"), "E major", "Emaj", "G#")],
)
def test_names_of_keys_and_spelling(key, name, short, third_of_e):
    assert (key.name, key.short, key.spell(8)) == (name, short, third_of_e)


def test_heard_is_a_value():
    empty = Heard(None, (), 4, 0, 0.0, None, 0.0, ())
    assert empty == Heard(None, (), 4, 0, 0.0, None, 0.0, ())
