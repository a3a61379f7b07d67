"""Effects do what they are called, and nothing else."""

import numpy as np
import pytest

from engine.train.compose import Note
from engine.train.convolution import convolved
from engine.train.effects import dynamics, motion, space, tone
from engine.train.effects.stereo import IMAGES
from engine.train.effects.wear import WEAR

RATE = 48000


def sine(hertz, seconds=1.0, level=0.1):
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def noise(seconds=1.0, level=0.1, seed=0):
    return np.float32(level) * np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)), np.float32)


def decibels(after, before):
    return 20 * np.log10(np.sqrt(np.mean(np.square(after))) / np.sqrt(np.mean(np.square(before))))


def hertz_of(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    return spectrum.argmax() * RATE / 8 / len(sound)


# Tone


@pytest.mark.parametrize(("hertz", "expected"), [(500, -6.0), (2000, 0.0), (8000, 6.0)])
def test_a_curve_lifts_and_lowers_where_it_says(hertz, expected):
    wave = sine(hertz)
    bent = tone.curved(wave, np.array((500.0, 2000, 8000)), np.array((-6.0, 0, 6)), RATE)
    assert bent.shape == wave.shape and bent.dtype == np.float32
    assert decibels(bent[:, 1000:-1000], wave[:, 1000:-1000]) == pytest.approx(expected, abs=0.6)


def test_a_curve_delays_nothing():
    click = np.zeros((2, 4000), np.float32)
    click[:, 2000] = 1
    assert np.abs(tone.equalised(click, np.random.default_rng(1), RATE)).argmax() == 2000


def test_a_small_speaker_has_no_bass_and_no_air():
    for hertz in (40, 18_000):
        assert decibels(tone.band_limited(sine(hertz), 300, 3000, RATE)[:, 1000:-1000], sine(hertz)) < -20
    assert decibels(tone.band_limited(sine(1000), 300, 3000, RATE)[:, 1000:-1000], sine(1000)) > -1


# Dynamics


def test_a_compressor_brings_loud_and_quiet_together():
    both = np.concatenate([sine(300, level=0.02), sine(300, level=0.5)], axis=1)
    pressed = dynamics.compressed(both, -12, 4, 0.005, 0.1, RATE)
    quiet, loud = pressed[:, 4800 : RATE - 4800], pressed[:, RATE + 4800 : -4800]
    assert decibels(loud, quiet) < decibels(sine(300, level=0.5), sine(300, level=0.02)) - 5
    assert decibels(quiet, sine(300, level=0.02)) == pytest.approx(0, abs=0.3), "what is quiet stays as it was"


@pytest.mark.parametrize("level", [0.05, 0.4, 3.0])
def test_a_limiter_lets_nothing_over_and_quiet_sound_through(level):
    sound = noise(level=level)
    held = dynamics.limited(sound, 0.9, 0.1, RATE)
    assert np.abs(held).max() <= 0.9
    if level == 0.05:
        assert np.allclose(held, sound)


def test_a_limiter_turns_down_rather_than_clips():
    loud = sine(100, level=2.0)
    held = dynamics.limited(loud, 0.9, 0.2, RATE)[0, 4800:-4800]
    spectrum = np.abs(np.fft.rfft(held * np.hanning(len(held))))
    third = round(300 * len(held) / RATE)
    assert spectrum[third - 3 : third + 4].max() < 0.02 * spectrum.max()


def test_saturation_keeps_the_level_and_adds_partials():
    bent = dynamics.saturated(sine(500), 12)
    assert decibels(bent, sine(500)) == pytest.approx(0, abs=0.3)
    spectrum = np.abs(np.fft.rfft(bent[0]))
    assert spectrum[1500] > 0.05 * spectrum[500]
    assert np.abs(np.fft.rfft(dynamics.saturated(sine(500), 12, 0.3)[0]))[1000] > 5 * spectrum[1000], "even ones too"


def test_silence_goes_through_dynamics_as_silence():
    still = np.zeros((2, RATE), np.float32)
    assert not dynamics.saturated(still, 12).any()
    assert not dynamics.compressed(still, 0, 4, 0.01, 0.1, RATE).any()
    assert not dynamics.limited(still, 0.9, 0.1, RATE).any()


# Motion


def test_a_steady_delay_only_delays():
    wave = sine(3000)
    late = motion.delayed(wave, np.full(402, 0.01), RATE)
    assert np.abs(late[:, 1000:-1000] - np.roll(wave, 480, axis=1)[:, 1000:-1000]).max() < 1e-3


def test_vibrato_wavers_by_its_cents_after_the_note_began():
    note = Note(0, 0.0, 3.0, 69, 90)
    bent = motion.delayed(sine(440, 3.0), motion.vibrato([note], 40, 5.0, 1202), RATE)[0]
    turns = np.diff(np.flatnonzero(np.diff(np.signbit(bent).astype(int)) == -1)) / RATE
    cents = 1200 * np.log2(1 / turns / 440)
    assert np.abs(np.convolve(cents, np.ones(5) / 5, "valid")[:20]).max() < 12
    assert np.percentile(cents[len(cents) // 2 :], 95) == pytest.approx(40, abs=12)


def test_bends_begin_below_and_arrive():
    note = Note(0, 0.0, 2.0, 69, 90)
    delay = motion.bends(np.random.default_rng(0), [note], 2.0, 1.0, 802)
    bent = motion.delayed(sine(440, 2.0), delay, RATE)[0]
    assert hertz_of(bent[480:2400]) < 425
    assert hertz_of(bent[RATE:]) == pytest.approx(440, abs=3)


def test_short_notes_are_not_bent():
    assert not motion.bends(np.random.default_rng(0), [Note(0, 0.0, 0.1, 69, 90)], 2.0, 1.0, 400).any()


def test_a_chorus_makes_a_middle_wide():
    assert np.corrcoef(motion.chorus(sine(440, 2.0), np.random.default_rng(0), RATE))[0, 1] < 0.999


# Space


@pytest.mark.parametrize("seconds", [0.6, 3.0])
def test_plates_decay_in_their_time_and_are_wide(seconds):
    plate = space.plate_response(np.random.default_rng(0), seconds, RATE)
    early, later = (np.square(plate[:, round(t * RATE) :][:, :2400]).mean() for t in (0.05, 0.05 + seconds / 2))
    assert 10 * np.log10(early / later) == pytest.approx(30, abs=10)
    assert np.square(plate).sum(axis=1) == pytest.approx([1, 1], rel=1e-3)
    assert abs(np.corrcoef(plate)[0, 1]) < 0.2


def test_a_space_answers_after_the_sound():
    click = np.zeros((1, RATE), np.float32)
    click[0, 1000] = 1
    heard = convolved(click, space.plate_response(np.random.default_rng(0), 0.5, RATE))
    assert heard.shape == (2, RATE) and np.abs(heard[:, :990]).max() < 1e-4 < np.abs(heard[:, 1100:5000]).max()


def test_echoes_come_in_time_and_fade_from_side_to_side():
    click = np.zeros((2, RATE), np.float32)
    click[:, 0] = 1
    heard = space.echoes(click, 0.25, 0.5, 3, RATE)
    assert not heard[:, :11_000].any()
    levels = [np.abs(heard[side, round(at * RATE) :][:100]).max() for side, at in ((1, 0.25), (0, 0.5), (1, 0.75))]
    assert levels[1] == pytest.approx(levels[0] / 2, rel=0.01) and levels[2] == pytest.approx(levels[0] / 4, rel=0.01)


# Image and wear


def correlation(name):
    """Of the sides of an image of something with a middle and sides."""
    middle = noise(seed=1)[:1]
    return np.corrcoef(IMAGES[name](middle + 0.4 * noise(seed=2), np.random.default_rng(1), RATE))[0, 1]


def test_images_are_what_they_are_called():
    mixed = correlation("as mixed")
    assert correlation("mono") == pytest.approx(1)
    assert mixed < correlation("narrow") < 1
    assert correlation("wide") < mixed - 0.1
    assert correlation("out of phase") < 0
    assert abs(correlation("late side")) < 0.2
    lopsided = IMAGES["lopsided"](noise(), np.random.default_rng(0), RATE)
    assert np.ptp(lopsided.std(axis=1)) > 0.02


@pytest.mark.parametrize("name", [*IMAGES, *WEAR])
def test_images_and_wear_leave_their_source_alone_and_repeat(name):
    source = noise()
    effect, before = (IMAGES | WEAR)[name], source.copy()
    once, again = (effect(source, np.random.default_rng(4), RATE) for _ in range(2))
    assert np.array_equal(source, before) and np.array_equal(once, again)
    assert once.shape == source.shape and once.dtype == np.float32 and np.isfinite(once).all()


def test_clipping_has_flat_tops():
    clipped = WEAR["clipped"](noise(), np.random.default_rng(0), RATE)
    assert np.mean(np.abs(clipped) >= np.abs(clipped).max() * 0.9999) > 0.01


def test_a_crushed_sound_has_few_values():
    assert len(np.unique(WEAR["crushed"](noise(), np.random.default_rng(0), RATE))) <= 2**10 + 1


def test_tapes_and_speakers_lose_their_highs():
    for name in ("tape", "small speaker", "record"):
        worn = WEAR[name](sine(17_000), np.random.default_rng(2), RATE)
        highs = np.abs(np.fft.rfft(worn[0] * np.hanning(RATE)))[16_500:17_500].max()
        kept = highs / np.abs(np.fft.rfft(sine(17_000)[0] * np.hanning(RATE))).max()
        assert kept < 0.5, name
