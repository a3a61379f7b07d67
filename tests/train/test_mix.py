"""The mixing desk: levels, ducking, rooms, the limiter."""

from dataclasses import replace

import numpy as np
import pytest

from engine.train.compose import Instrument, Note, compose
from engine.train.compose.song import DRUM_CHANNEL
from engine.train.mix import CEILING, KNEE, active_level, duck_gain, impulse_response, limit, mix, tilted

RATE = 48000
DRUMS = Instrument(("drums",), 0, DRUM_CHANNEL, 0.0, 0.0, 0.0)


def tone(frequency, seconds, amplitude=0.1):
    wave = amplitude * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def song_of(*instruments, notes=(), seconds=3.0, ducking=0.0):
    return replace(
        compose(0),
        instruments=instruments,
        notes=tuple(notes),
        duration=seconds,
        ducking=ducking,
        room=0.5,
        tempo=120.0,
    )


def player(channel, gain=0.0, reverb=0.0):
    return Instrument(("lead",), 0, channel, 0.0, gain, reverb)


def power_at(audio, frequency):
    spectrum = np.abs(np.fft.rfft(audio.mean(0))) ** 2
    centre = round(frequency * audio.shape[1] / RATE)
    return spectrum[centre - 5 : centre + 6].sum()


def test_pauses_do_not_count_as_quiet():
    steady, paused = tone(440, 4), tone(440, 4)
    paused[:, RATE:] = 0
    assert active_level(paused, RATE) == pytest.approx(active_level(steady, RATE), rel=0.02)


@pytest.mark.parametrize("amplitude", [0.001, 0.3])
def test_tracks_come_in_at_their_level_however_loud_they_were(amplitude):
    song = song_of(player(0), player(1, gain=-6.0))
    audio = mix(song, [tone(700, 3, amplitude), tone(1000, 3)], RATE)
    ratio = power_at(audio, 700) / power_at(audio, 1000)
    assert 10 * np.log10(ratio) == pytest.approx(6.0, abs=1.5)  # the tilt may move them a little


def test_a_silent_track_stays_silent():
    audio = mix(song_of(player(0), player(1)), [tone(700, 3), np.zeros((2, 3 * RATE), np.float32)], RATE)
    assert np.isfinite(audio).all() and np.abs(audio).max() > 0.01


def test_a_mix_is_bounded_and_always_the_same():
    song = song_of(player(0, reverb=0.8))
    first, second = (mix(song, [tone(500, 3, 0.9)], RATE) for _ in range(2))
    assert first.dtype == np.float32 and first.shape == (2, 3 * RATE)
    assert np.abs(first).max() <= CEILING
    assert np.array_equal(first, second)


def test_other_seeds_mix_otherwise():
    song = song_of(player(0, reverb=0.8))
    mixes = [mix(replace(song, seed=seed), [tone(500, 3)], RATE) for seed in range(4)]
    levels = [float(np.sqrt(np.mean(m**2))) for m in mixes]
    assert len({round(level, 4) for level in levels}) == 4
    assert all(-22 < 20 * np.log10(level) < -11 for level in levels)


def test_the_room_is_heard_after_the_sound():
    click = np.zeros((2, 3 * RATE), np.float32)
    click[:, 100:4000] = tone(400, 1)[:, :3900]

    def tail(reverb):
        audio = mix(song_of(player(0, reverb=reverb)), [click], RATE)
        return np.square(audio[:, 9000:20000]).sum() / np.square(audio[:, :4500]).sum()

    assert tail(1.0) > 100 * tail(0.0)


def test_the_kick_pushes_the_others_down_but_not_the_drums():
    notes = [Note(0, 1.0, 0.1, 36, 100), Note(0, 2.0, 0.1, 42, 100), Note(1, 0.0, 3.0, 36, 100)]
    gain = duck_gain(song_of(DRUMS, player(0), notes=notes, ducking=0.6), 3 * RATE, RATE)
    assert gain[: RATE - 1].min() == 1.0, "only a kick drum ducks, not another instrument's note"
    assert gain[RATE] == pytest.approx(0.4, abs=1e-3)
    assert np.all(np.diff(gain[RATE : RATE + 19000]) >= 0)
    assert gain[RATE + RATE // 2 :].min() == 1.0, "over within a beat"


def test_nothing_is_pushed_without_ducking():
    notes = [Note(0, 1.0, 0.1, 36, 100)]
    assert duck_gain(song_of(DRUMS, notes=notes), 2 * RATE, RATE).min() == 1.0


@pytest.mark.parametrize("seconds", [0.4, 1.5, 4.0])
def test_rooms_decay_by_sixty_decibels_in_their_time(seconds):
    rng = np.random.default_rng(3)
    room = impulse_response(rng, seconds, 0.5, RATE)
    start, later = (np.square(room[:, round(t * RATE) :][:, : RATE // 20]).mean() for t in (0.05, 0.05 + seconds / 2))
    assert 10 * np.log10(start / later) == pytest.approx(30, abs=8)


def test_rooms_differ_from_side_to_side_and_seed_to_seed():
    rooms = [impulse_response(np.random.default_rng(seed), 1.0, 0.5, RATE) for seed in range(30)]
    assert all(abs(np.corrcoef(room)[0, 1]) < 0.2 for room in rooms)
    without_echo = [room for room in rooms if np.square(room).sum() == pytest.approx(2.0, rel=1e-3)]
    assert 10 < len(without_echo) < 30, "some have an echo"


def test_the_limiter_leaves_quiet_sound_alone():
    audio = tone(300, 1, 0.5 * KNEE)
    assert np.array_equal(limit(audio), audio)


def test_the_limiter_bends_peaks_without_folding_them():
    ramp = np.linspace(-4, 4, 2001, dtype=np.float32)[None].repeat(2, 0)
    limited = limit(ramp)
    assert np.abs(limited).max() <= CEILING
    assert np.all(np.diff(limited) >= 0)
    assert np.allclose(limited, -limited[:, ::-1], atol=1e-6)


def test_the_tilt_lifts_one_end_and_lowers_the_other():
    low, high = tone(80, 1), tone(9000, 1)
    gains = [20 * np.log10(np.std(tilted(t, 2.0, RATE)) / np.std(t)) for t in (low, high)]
    assert gains == pytest.approx([-2.0, 2.0], abs=0.3)
