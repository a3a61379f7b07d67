"""What tests of training learn from."""

import json

import numpy as np
import pytest
import soundfile
import torch

RATE = 48_000


@pytest.fixture
def latents(tmp_path):
    folder = tmp_path / "latents"
    folder.mkdir()
    score = {"seed": 1, "tempo": 120.0, "beats_per_bar": 4, "tonic": 0, "mode": "major", "chords": []}
    np.save(folder / "000001.npy", np.random.default_rng(0).standard_normal((600, 8)).astype(np.float16))
    (folder / "000001.json").write_text(json.dumps(score | {"style": "folk", "instruments": []}))
    return folder


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A folder with one song of three seconds: two partials, and noise that is struck four times a second."""
    folder = tmp_path_factory.mktemp("songs")
    t = np.arange(3 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 1320 * t)
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(t)) * np.exp(-(t % 0.25) * 30)
    soundfile.write(folder / "song.wav", np.stack([tone + noise, 0.7 * tone]).T, RATE)
    return folder


@pytest.fixture(scope="module")
def beginning(songs):
    """(1, 2, N) the first 0.8 s of the song."""
    samples, _ = soundfile.read(songs / "song.wav", frames=20 * RATE // 25, dtype="float32")
    return torch.from_numpy(samples.T[None].copy())
