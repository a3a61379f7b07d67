"""What tests of training learn from."""

import json

import numpy as np
import pytest


@pytest.fixture
def latents(tmp_path):
    folder = tmp_path / "latents"
    folder.mkdir()
    score = {"seed": 1, "tempo": 120.0, "beats_per_bar": 4, "tonic": 0, "mode": "major", "chords": []}
    np.save(folder / "000001.npy", np.random.default_rng(0).standard_normal((600, 8)).astype(np.float16))
    (folder / "000001.json").write_text(json.dumps(score | {"style": "folk", "instruments": []}))
    return folder
