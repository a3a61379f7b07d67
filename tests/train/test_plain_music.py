"""The plain clips: that they sound as their labels say."""

from dataclasses import replace

import numpy as np
import pytest

from engine.midi_in.voices import WAVES, Voice, note
from engine.train.plain_music import FASTEST, GROOVES, RATE, SLOWEST, Loop, kind, plain_clip

KINDS = dict(enumerate(GROOVES))
TONAL = [seed for seed, name in KINDS.items() if GROOVES[name].playing != "none"]
ON_BEATS = [seed for seed, name in KINDS.items() if {"click", "kick"} & set(GROOVES[name].drums)]


@pytest.fixture(scope="module")
def clips():
    return {seed: plain_clip(seed, 6.0) for seed in KINDS}


def test_a_seed_is_a_clip_for_ever(clips):
    again = plain_clip(3, 6.0)
    assert np.array_equal(again.audio.samples, clips[3].audio.samples)
    assert again.song == clips[3].song
    other = plain_clip(3 + len(GROOVES), 6.0)
    assert kind(3 + len(GROOVES)) == kind(3)
    assert other.song["tempo"] != again.song["tempo"]


def test_every_clip_is_as_long_as_asked_and_never_too_loud(clips):
    for clip in clips.values():
        assert clip.audio.samples.shape == (1, 6 * RATE)
        assert np.abs(clip.audio.samples).max() == pytest.approx(0.7)


def test_labels_are_those_of_songs(clips):
    for seed, clip in clips.items():
        song, groove = clip.song, GROOVES[kind(seed)]
        assert SLOWEST <= groove.slowest <= song["tempo"] <= groove.fastest <= FASTEST
        assert song["beats_per_bar"] == groove.beats_per_bar
        assert (song["tonic"] is None) == (groove.playing == "none") == (song["chords"] == [])
        assert np.allclose(np.diff(clip.beats), 60 / song["tempo"])
        assert clip.beats[-1] > 6.0 - 60 / song["tempo"]


def test_patterns_fill_their_bars():
    for groove in GROOVES.values():
        assert {len(pattern) for pattern in groove.drums.values()} <= {4 * groove.beats_per_bar}


@pytest.mark.parametrize("seed", [seed for seed in ON_BEATS if "clicks" in KINDS[seed]])
def test_clicks_lie_on_the_beats(clips, seed):
    clip = clips[seed]
    loud = np.nonzero(np.abs(clip.audio.samples[0]) > 0.2)[0] / RATE
    begins = loud[np.diff(loud, prepend=-1) > 0.1]
    wanted = clip.beats[(clip.beats > 0.05) & (clip.beats < 5.95)]
    begins = begins[(begins > 0.05) & (begins < 5.95)]
    assert begins == pytest.approx(wanted, abs=0.003)


@pytest.mark.parametrize("seed", [seed for seed in TONAL if not GROOVES[KINDS[seed]].drums])
def test_what_sounds_is_the_chord(clips, seed):
    clip = clips[seed]
    chord = clip.chord_at(3.0)
    start = max(0.0, chord["start"] - clip.start)
    stop = min(6.0, chord["start"] + chord["duration"] - clip.start)
    samples = clip.audio.samples[0, round(start * RATE) : round(stop * RATE)]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * RATE))
    frequency = np.arange(len(spectrum)) / 8
    inside = (frequency > 60) & (frequency < 500)
    pitch = 69 + 12 * np.log2(frequency[inside] / 440)
    energy = np.bincount(np.round(pitch).astype(int) % 12, spectrum[inside] ** 2, 12)
    assert energy[chord["pitches"]].sum() > 0.8 * energy.sum()
    assert energy.argmax() in chord["pitches"]


def test_swing_puts_the_second_eighth_late():
    loop = Loop(np.random.default_rng(0), GROOVES["swing"], 120.0, 0, "major", (), 0.0)
    assert [loop.second(step) for step in (0, 2, 4, 6)] == pytest.approx([0, 1 / 3, 1 / 2, 5 / 6])
    straight = replace(loop, groove=GROOVES["backbeat"])
    assert straight.second(6) == pytest.approx(0.75)


@pytest.mark.parametrize("wave", WAVES)
def test_a_note_has_its_pitch_and_begins_and_ends_softly(wave):
    samples = note(Voice(wave, attack=0.01, decay=1.0, cents=0.0), 69, 1.0, RATE)
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum.argmax() == 440
    assert abs(samples[0]) < 1e-3 and abs(samples[-1]) < 1e-2
    sharp = note(Voice(wave, attack=0.01, decay=1.0, cents=50.0), 69, 1.0, RATE)
    assert np.abs(np.fft.rfft(sharp)).argmax() == pytest.approx(440 * 2 ** (0.5 / 12), abs=1)
