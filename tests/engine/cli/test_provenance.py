"""`calm provenance` on files signed with a key of their own."""

import json
from datetime import datetime

import platformdirs
import pytest

from engine.cli import main
from engine.describe import metadata_of
from engine.export import ExportSettings, Piece, export, write_wav
from engine.metadata.values import Origin
from engine.provenance import beside, sign
from engine.recipe import recipe_of
from engine.take import Take
from tests.engine.fakes import FakeModel, a_request, tone

ORIGINS = (Origin(0, 48_000, "human"), Origin(48_000, 67_200, "generated"))


@pytest.fixture
def signed(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *name, **more: tmp_path / "data")
    take = Take(a_request(), 1)
    take.history.record(0, take.request.controls)
    take.append(tone(0.4))
    path = write_wav(tmp_path / "take.wav", take.audio.samples, take.rate)
    sign(path, ORIGINS, recipe_of(take, FakeModel.info))
    return path


def test_it_says_who_made_which_seconds(signed, capsys):
    assert main(["provenance", str(signed)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{signed}: valid. Nothing was changed since it was saved here"
    assert said[1].split() == ["0.00", "to", "1.00", "s:", "human"]
    assert said[2].split() == ["1.00", "to", "1.40", "s:", "generated"]
    assert said[3] == f"model sine, CC0-1.0, sha256 {'0' * 64}"
    assert said[4].startswith("seed 7, prompt tone, signed 20")


def test_as_json(signed, capsys):
    assert main(["provenance", str(signed), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["state"] == "valid"
    assert result["provenance"]["origins"][1] == {"start": 48_000, "stop": 67_200, "made_by": "generated"}


def test_a_change_is_an_exit_status_of_1(signed, capsys):
    text = beside(signed).read_text()
    beside(signed).write_text(text.replace('"generated"', '"human"'))
    assert main(["provenance", str(signed)]) == 1
    assert ": changed. The statement was changed" in capsys.readouterr().out


def test_a_file_without_a_statement_is_an_error(signed, capsys):
    beside(signed).unlink()
    assert main(["provenance", str(signed)]) == 2
    assert "There is no take.wav.provenance.json" in capsys.readouterr().err


def test_an_export_is_signed_when_asked_with_the_recipe_it_brings(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *name, **more: tmp_path / "data")
    take = Take(a_request(), 1)
    take.history.record(0, take.request.controls)
    take.append(tone(0.4))
    about = metadata_of(take, recipe_of(take, FakeModel.info), datetime(2026, 1, 31))
    whole = export(Piece(take.audio.samples, about), ExportSettings(), tmp_path / "take.wav").path
    part = tmp_path / "part.flac"
    assert main(["export", str(whole), "-o", str(part), "--part", "0.5:1.2", "--provenance"]) == 0
    capsys.readouterr()
    assert main(["provenance", str(part), "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["state"] == "valid" and json.dumps(said).count("generated") >= 1


def test_a_file_that_says_nothing_of_itself_cannot_be_signed(tmp_path, capsys):
    plain = write_wav(tmp_path / "plain.wav", tone(1.0), 48_000)
    assert main(["export", str(plain), "-o", str(tmp_path / "out.wav"), "--provenance"]) == 2
    assert "does not say how it was made" in capsys.readouterr().err and not (tmp_path / "out.wav").exists()
