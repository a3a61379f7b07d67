"""What captions say of their songs can be read off their embeddings, by a linear map that the app reads too."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from engine.config import EMBEDDING
from engine.errors import CalmError
from engine.text.imagine import PATH, READ
from engine.train import fit_words

KINDS = (
    {"style": "house", "tempo": 124.0, "mode": "minor", "tonic": 0, "pitches": [0, 3, 7, 10], "program": 81},
    {"style": "folk", "tempo": 96.0, "mode": "major", "tonic": 0, "pitches": [0, 4, 7], "program": 25},
)


@pytest.fixture
def songs(tmp_path):
    """The scores of forty songs of two kinds."""
    for number in range(40):
        kind = dict(KINDS[number % 2])
        chord = {"start": 0.0, "duration": 8.0, "symbol": "C", "root": 0, "bass": 0, "pitches": kind.pop("pitches")}
        instruments = [{"roles": ["comp"], "program": kind.pop("program"), "channel": 0}]
        score = kind | {"beats_per_bar": 4, "chords": [chord], "sections": [], "instruments": instruments}
        (tmp_path / f"{number:06}.json").write_text(json.dumps(score), "utf-8")
    return tmp_path


def test_two_kinds_of_songs_are_told_apart(songs, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(fit_words, "STEPS", 200)
    out = tmp_path / "words.safetensors"
    fit_words.main([str(songs), "-o", str(out)])
    said = {line[:32].strip(): float(line[32:]) for line in capsys.readouterr().out.splitlines()}
    assert said["style"] == said["minor"] == said["sevenths"] == 1.0 and said["tempo"] < 0.1
    for path in (out, PATH):
        weights = load_file(path)
        shapes = {name: array.shape for name, array in weights.items()}
        assert shapes == {"matrix": (EMBEDDING, sum(READ.values())), "bias": (sum(READ.values()),)}
        assert all(np.isfinite(array).all() for array in weights.values())


def test_too_few_songs_are_refused(songs):
    for path in sorted(songs.glob("*.json"))[3:]:
        path.unlink()
    with pytest.raises(CalmError, match="too few"):
        fit_words.main([str(songs)])
