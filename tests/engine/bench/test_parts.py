import time
from dataclasses import replace

import pytest

from engine.bench import parts as module
from engine.bench.parts import parts
from engine.config import PRESETS, TINY, TransformerConfig, WaveformConfig
from engine.weights import random_model

SPECTRAL = ["context", "head", "decoder", "phases", "inverse transform", "rest"]


def quiet(done, total):
    pass


@pytest.fixture
def model():
    return random_model("tiny")


def test_the_parts_make_up_the_frame(model):
    told = []
    result = parts(model, 5, lambda done, total: told.append((done, total)))
    assert list(result["parts_ms"]) == SPECTRAL
    assert sum(result["parts_ms"].values()) == pytest.approx(result["frame_ms"], abs=0.01)
    assert result["frame_ms"] > 0 and result["steps"] == 4 and result["arithmetic"] == "torch"
    assert told == [(0, 5)] * (module.WARM_UP + 1) + [(1, 5), (2, 5), (3, 5), (4, 5)]


def test_what_takes_longer_shows_in_its_own_part(model, monkeypatch):
    before = parts(model, 5, quiet)["parts_ms"]
    inverse = model.vae.spectrum.inverse

    def slow(*inputs):
        end = time.thread_time() + 0.03
        while time.thread_time() < end:
            pass
        return inverse(*inputs)

    monkeypatch.setattr(model.vae.spectrum, "inverse", slow)
    after = parts(model, 5, quiet)["parts_ms"]
    assert after["inverse transform"] - before["inverse transform"] > 25
    assert all(after[name] - before[name] < 10 for name in SPECTRAL if name != "inverse transform")


def test_a_voice_without_a_vocoder_has_fewer_parts(monkeypatch):
    shape = TransformerConfig(width=16, layers=1, heads=2, window=8)
    vae = WaveformConfig(ratios=(4, 2), latent_dim=8, channels=4, transformer=shape)
    monkeypatch.setitem(PRESETS, "small paper", replace(TINY, name="small paper", vae=vae))
    works = module.works_of(random_model("small paper"))
    assert list(works) == ["context", "head", "decoder"]
    for work in works.values():
        work()
        work()
