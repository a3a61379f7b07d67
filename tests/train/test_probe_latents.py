"""The probe finds notes where a linear map can, and only there."""

import json

import numpy as np
import pytest
import torch

from engine.errors import CalmError
from engine.train import probe_latents
from engine.train.semantics import KEYS, LOWEST, TARGETS


def test_average_precision_by_hand():
    precision = probe_latents.average_precision
    truth = np.array([True, False, True, False])
    assert precision(np.array([4.0, 3.0, 2.0, 1.0]), truth) == pytest.approx((1 + 2 / 3) / 2)
    assert precision(np.array([4.0, 1.0, 3.0, 2.0]), truth) == 1
    assert precision(np.zeros(4), np.zeros(4, bool)) == 0


def test_notes_are_read_where_they_are_and_not_from_noise():
    random = np.random.default_rng(0)
    notes = (random.random((3000, TARGETS)) < 0.1).astype(np.float32)
    mixed = notes @ random.standard_normal((TARGETS, TARGETS)).astype(np.float32)
    noise = random.standard_normal((3000, TARGETS)).astype(np.float32)
    for latents, low, high in ((mixed, 0.9, 1.0), (noise, 0.05, 0.2)):
        everything = torch.from_numpy(latents), torch.from_numpy(notes)
        known, unseen = zip(*(each.split((2000, 1000)) for each in everything), strict=True)
        table = probe_latents.probe(known, unseen, steps=200)
        assert table.keys() == {"keys", "pitched", "drums"}
        assert low <= table["keys"]["precision"] <= high
        assert table["keys"]["chance"] == pytest.approx(notes[2000:, :KEYS].mean())


def test_the_command_reads_songs_and_their_latents(tmp_path, capsys):
    notes = [[0, 0.5 * at, 0.4, LOWEST + at, 90] for at in range(20)] + [[1, 0.25, 0.1, 38, 90]]
    labels = {"instruments": [{"channel": 0}, {"channel": 9}], "notes": notes}
    (tmp_path / "000000.json").write_text(json.dumps(labels))
    np.save(tmp_path / "000000.npy", np.random.default_rng(0).standard_normal((250, 8)).astype(np.float16))
    probe_latents.main([str(tmp_path)] * 4 + ["--preset", "tiny", "--steps", "5", "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert table["drums"]["chance"] == pytest.approx(1 / 250)
    assert table["pitched"]["chance"] == pytest.approx(20 / 250)


def test_a_folder_without_latents_is_said_to_have_none(tmp_path):
    with pytest.raises(CalmError, match="No latents"):
        probe_latents.main([str(tmp_path)] * 4)
