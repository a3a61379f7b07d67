import numpy as np
import pytest
import soundfile

from engine.audio import Audio
from engine.controls import Controls
from engine.errors import CalmError
from engine.request import MAX_SEED, Prompt, Request
from tests.engine.fakes import a_prompt, tone


def test_a_file_becomes_a_prompt_of_all_its_samples(tmp_path):
    samples = np.round(tone(0.6, 44_100) * 2**15) / 2**15
    soundfile.write(tmp_path / "my riff.wav", samples.T, 44_100, subtype="PCM_16")
    prompt = Prompt.from_file(tmp_path / "my riff.wav")
    assert (prompt.name, prompt.start, prompt.stop, prompt.audio.rate) == ("my riff", 0, 26_460, 44_100)
    assert np.array_equal(prompt.samples, samples)


def test_a_silent_or_short_file_is_refused_when_it_is_opened(tmp_path):
    soundfile.write(tmp_path / "silent.wav", np.zeros((48_000, 2)), 48_000)
    soundfile.write(tmp_path / "short.wav", tone(0.4).T, 48_000)
    for name in ("silent.wav", "short.wav", "missing.wav"):
        with pytest.raises(CalmError, match=name):
            Prompt.from_file(tmp_path / name)


def test_a_trimmed_prompt_gives_exactly_the_chosen_samples():
    whole = a_prompt(2.0)
    part = Prompt(whole.audio, "part", 1000, 50_000)
    assert part.samples.shape == (2, 49_000)
    assert part.samples.dtype == np.float32
    assert np.array_equal(part.samples, whole.audio.samples[:, 1000:50_000])


def test_a_mono_clip_sounds_on_both_channels():
    mono = tone(1.0, channels=1)
    part = Prompt(Audio(mono, 48_000), "mono", 10, 48_000).samples
    assert part.shape == (2, 47_990)
    assert np.array_equal(part[0], mono[0, 10:])
    assert np.array_equal(part[1], mono[0, 10:])


@pytest.mark.parametrize(("start", "stop"), [(-1, 100), (0, 48_001), (100, 100), (200, 100)])
def test_a_part_outside_the_clip_is_refused(start, stop):
    with pytest.raises(CalmError, match="outside"):
        Prompt(a_prompt(1.0).audio, "tone", start, stop)


def test_a_request_keeps_its_recipe():
    prompt, controls = a_prompt(), Controls(steps=1)
    request = Request(prompt, 600.0, MAX_SEED, controls, "slow blues")
    assert (request.prompt, request.seconds, request.seed, request.controls, request.text) == (
        prompt, 600.0, MAX_SEED, controls, "slow blues",
    )  # fmt: skip
    assert Request(prompt, 0.5, 0, controls).text == ""


@pytest.mark.parametrize("seconds", [0, -1.0, 600.1, float("nan"), float("inf")])
def test_a_length_that_cannot_be_made_is_refused(seconds):
    with pytest.raises(CalmError, match="seconds cannot be made"):
        Request(a_prompt(), seconds, 7, Controls())


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_a_seed_outside_the_range_is_refused(seed):
    with pytest.raises(CalmError, match="seed"):
        Request(a_prompt(), 10.0, seed, Controls())


def test_the_chosen_part_must_be_long_and_loud_enough():
    half_silent = tone(2.0)
    half_silent[:, 48_000:] = 0
    audio = Audio(half_silent, 48_000)
    Request(Prompt(audio, "loud", 0, 24_000), 10.0, 7, Controls())
    for start, stop in ((48_000, 96_000), (0, 23_999)):
        with pytest.raises(CalmError):
            Request(Prompt(audio, "poor", start, stop), 10.0, 7, Controls())
