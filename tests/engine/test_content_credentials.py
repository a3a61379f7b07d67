"""Manifests in real files, read back by the C2PA project's own reader."""

import json
from importlib import util

import c2pa
import numpy as np
import pytest
import soundfile

from engine.errors import CalmError
from engine.export import write_wav
from engine.metadata.read import list_chunks
from engine.metadata.read import read as read_metadata
from engine.metadata.riff import chunks
from engine.metadata.values import Metadata, Origin
from engine.provenance import beside, check, sign
from engine.recipe import recipe_of
from engine.take import Take
from tests.engine.fakes import FakeModel, a_request, tone

ORIGINS = (Origin(0, 48_000, "human"), Origin(48_000, 67_200, "generated"))


@pytest.fixture
def take() -> Take:
    take = Take(a_request(), 1)
    take.history.record(0, take.request.controls)
    take.append(0.25 * tone(0.4))
    return take


@pytest.fixture
def saved(tmp_path, take):
    def save(name="take.wav"):
        path = tmp_path / name
        if path.suffix == ".wav":
            about = Metadata(take.rate, take.written, cut=take.cut, title="riff", origins=ORIGINS)
            write_wav(path, take.audio.samples, take.rate, chunks=chunks(about))
        else:
            soundfile.write(path, take.audio.samples.T, take.rate)
        return path

    return save


@pytest.fixture
def signed(saved, take, tmp_path):
    def save(name="take.wav"):
        path = saved(name)
        sign(path, ORIGINS, recipe_of(take, FakeModel.info), tmp_path / "k")
        return path

    return save


def manifest(path) -> dict:
    with c2pa.Reader(str(path)) as reader:
        return json.loads(reader.json())


@pytest.mark.parametrize("name", ["take.wav", "take.flac", "take.mp3"])
def test_the_statement_in_the_file_is_the_one_beside_it(signed, name):
    path = signed(name)
    found = manifest(path)
    (own,) = found["manifests"].values()
    (stated,) = (each["data"] for each in own["assertions"] if each["label"] == "studio.calm.provenance")
    assert stated == json.loads(beside(path).read_text())["statement"]
    assert found["validation_state"] == "Valid"


def test_a_changed_sample_makes_it_invalid(signed):
    path = signed()
    data = bytearray(path.read_bytes())
    data[data.index(b"data") + 1000] ^= 1
    path.write_bytes(data)
    assert manifest(path)["validation_state"] == "Invalid"


def test_samples_chunks_and_the_statement_beside_it_stay(saved, signed, tmp_path):
    plain, before = saved("plain.wav"), saved("before.wav")
    path = signed()
    assert np.array_equal(soundfile.read(path, dtype="int32")[0], soundfile.read(plain, dtype="int32")[0])
    assert read_metadata(path) == read_metadata(before)
    assert {chunk.name for chunk in list_chunks(path)} == {chunk.name for chunk in list_chunks(before)} | {b"C2PA"}
    assert check(path, tmp_path / "k").state == "valid"


def test_nothing_but_the_file_and_the_statement_is_left(signed, tmp_path):
    signed()
    assert {path.name for path in tmp_path.iterdir()} == {"take.wav", "take.wav.provenance.json", "k"}


def test_without_the_extra_or_in_other_formats_there_is_only_the_statement(signed, saved, monkeypatch):
    path = signed("take.ogg")
    assert path.stat().st_size == saved("other.ogg").stat().st_size
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    assert signed().read_bytes() == saved("plain.wav").read_bytes()


def test_a_file_that_takes_none_is_told_and_kept(signed, saved, monkeypatch):
    def full(self, *paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(c2pa.Builder, "sign_file", full)
    with pytest.raises(CalmError, match="saved without content credentials: .*No space left"):
        signed()
    assert saved("plain.wav").read_bytes() == beside(saved("x.wav")).with_name("take.wav").read_bytes()
