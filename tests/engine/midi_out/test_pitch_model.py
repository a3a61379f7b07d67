"""The real model on sounds whose notes are known."""

import importlib.metadata
import threading

import numpy as np
import pytest

from engine.audio import Audio
from engine.errors import CalmError
from engine.midi_out import pitch_model, transcribe
from engine.midi_out.pitch_model import FRAMES_PER_SECOND, KEYS, LOWEST_PITCH, activations, installed_model


def plucked(pitches, starts, seconds=6.0, rate=44_100, level=0.2) -> Audio:
    """Tones with eight harmonics that die away, one pitch at each start, as stereo."""
    samples = np.zeros(round(seconds * rate))
    for pitch, start in zip(pitches, starts, strict=True):
        time = np.arange(round(0.8 * rate)) / rate
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        tone = sum(np.sin(2 * np.pi * frequency * n * time) / n for n in range(1, 9))
        at = round(start * rate)
        samples[at : at + len(time)] += (level * tone * np.exp(-3 * time) * np.minimum(1, time * 500))[
            : len(samples) - at
        ]
    return Audio(np.tile(samples, (2, 1)).astype(np.float32), rate)


def listened(audio: Audio):
    return activations(audio, lambda done, total: None, threading.Event())


def test_the_struck_key_is_the_likeliest_at_its_time():
    heard = listened(plucked([60, 67, 76], [1.0, 2.5, 4.0]))
    for pitch, start in ((60, 1.0), (67, 2.5), (76, 4.0)):
        around = heard.struck[round((start - 0.1) * FRAMES_PER_SECOND) : round((start + 0.1) * FRAMES_PER_SECOND)]
        frame, key = np.unravel_index(around.argmax(), around.shape)
        assert key + LOWEST_PITCH == pitch
        assert frame / FRAMES_PER_SECOND - 0.1 == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_shape_and_time_do_not_depend_on_the_rate(rate):
    heard = listened(plucked([69], [3.0], seconds=5.0, rate=rate))
    frames = -(-5 * 22_050 // 256)
    assert heard.struck.shape == heard.sounding.shape == (frames, KEYS)
    assert heard.level.shape == (frames,)
    assert heard.struck[:, 69 - LOWEST_PITCH].argmax() / FRAMES_PER_SECOND == pytest.approx(3.0, abs=0.03)


def test_windows_meet_without_a_gap():
    """Notes are as well heard, and in time, where one window ends and the next begins (every 1.649 s)."""
    starts = np.arange(0.5, 10.0, 0.55)
    heard = transcribe(plucked([64] * len(starts), starts, seconds=11.0))
    found = [note.start for note in heard if note.pitch == 64]  # overtones are heard as notes too
    assert found == pytest.approx(starts, abs=0.03)


def test_level_is_the_rms_that_follows():
    audio = Audio(np.full((1, 22_050), 0.1, np.float32), 22_050)
    heard = listened(audio)
    assert heard.level[:70] == pytest.approx(-20, abs=0.01)
    assert listened(Audio(np.zeros((2, 5000), np.float32), 8_000)).level.max() == pytest.approx(-120)


@pytest.mark.parametrize("samples", [1, 100, 2_000])
def test_a_sound_shorter_than_a_window(samples):
    heard = listened(Audio(np.full((1, samples), 0.1, np.float32), 44_100))
    assert heard.struck.shape[1] == KEYS and np.isfinite(heard.struck).all()


def test_silence_and_noise_have_no_notes():
    assert transcribe(Audio(np.zeros((2, 96_000), np.float32), 48_000)) == ()
    hiss = np.random.default_rng(0).normal(0, 0.05, (2, 96_000)).astype(np.float32)
    assert len(transcribe(Audio(hiss, 48_000))) <= 2


def test_progress_ends_with_all_of_it():
    said = []
    transcribe(plucked([60], [1.0]), lambda done, total: said.append((done, total)))
    assert said == [(n, 4) for n in range(1, 5)]


def test_stop_gives_nothing_after_the_window_it_came_in():
    stop, said = threading.Event(), []

    def halt(done, total):
        said.append(done)
        stop.set()

    assert transcribe(plucked([60], [1.0]), halt, stop) is None
    assert said == [1]


def test_a_missing_model_says_how_to_install_it(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(pitch_model.importlib.metadata, "distribution", missing)
    with pytest.raises(CalmError, match=r"pip install --no-deps basic-pitch==0\.4\.0"):
        transcribe(plucked([60], [1.0]))


def test_the_advice_names_the_installed_version():
    assert installed_model().stat().st_size == 230_444
    assert importlib.metadata.version("basic-pitch") == "0.4.0"
