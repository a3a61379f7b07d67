"""`calm midi` on a real file, with the real model."""

import json
import subprocess

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.export import write_wav
from engine.metadata.riff import chunks
from engine.metadata.values import Metadata

RATE = 44_100


@pytest.fixture
def take(tmp_path):
    """Four seconds at 120, a plucked tone on each beat, that say where they were cut and branched."""
    time = np.arange(4 * RATE) / RATE
    pitches = np.array([60, 64, 67, 72])[(time * 2).astype(int) % 4]
    frequency = 440 * 2 ** ((pitches - 69) / 12)
    sound = sum(np.sin(2 * np.pi * n * frequency * time) / n for n in range(1, 6)) * np.exp(-5 * (time % 0.5))
    samples = np.tile(0.2 * sound, (2, 1)).astype(np.float32)
    about = Metadata(RATE, samples.shape[1], cut=2 * RATE, markers=((3 * RATE, "Branch 1"),))
    return write_wav(tmp_path / "take.wav", samples, RATE, chunks=chunks(about))


def markers(path) -> list[str]:
    listed = subprocess.run(["midicsv", path], capture_output=True, check=True, text=True).stdout
    return [line.split(", ")[3].strip('"') for line in listed.splitlines() if "Marker_t" in line]


def test_the_file_knows_its_cut_and_its_branches(take, capsys):
    out = take.with_suffix(".mid")
    assert main(["midi", str(take), "-o", str(out), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["file"] == str(out) and result["cut"] == 2.0
    assert result["notes"] >= 8
    assert markers(out) == ["Cut", "Branch 1"]


def test_another_cut_and_a_name_that_is_taken(take, capsys):
    for name in ("take.mid", "take_2.mid"):
        assert main(["midi", str(take), "-o", str(take.with_suffix(".mid")), "--cut", "1"]) == 0
        assert capsys.readouterr().out.startswith(str(take.with_name(name)))
    listed = subprocess.run(["midicsv", take.with_name("take_2.mid")], capture_output=True, text=True).stdout
    assert listed.index('"Cut"') < listed.index('"Branch 1"')


def test_silence_gives_a_file_without_notes(tmp_path, capsys):
    soundfile.write(tmp_path / "silence.wav", np.zeros((RATE, 2)), RATE)
    assert main(["midi", str(tmp_path / "silence.wav"), "-o", str(tmp_path / "out.mid"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["notes"], result["cut"], result["tempo"], result["key"]) == (0, None, None, None)


@pytest.mark.parametrize("seconds", [0.0001, 0.05, 0.6])
def test_the_shortest_sound(tmp_path, seconds):
    soundfile.write(tmp_path / "blip.wav", 0.1 * np.ones((max(1, round(seconds * RATE)), 1)), RATE)
    assert main(["midi", str(tmp_path / "blip.wav"), "-o", str(tmp_path / "out.mid")]) == 0


def test_what_cannot_be_read_is_told(tmp_path, capsys):
    (tmp_path / "noise.wav").write_bytes(b"RIFF....")
    assert main(["midi", str(tmp_path / "noise.wav"), "-o", str(tmp_path / "out.mid")]) == 2
    assert "cannot be read as audio" in capsys.readouterr().err
    assert not (tmp_path / "out.mid").exists()


@pytest.mark.parametrize(("output", "said"), [("out.wav", "must end in .mid"), ("gone/out.mid", "there is no folder")])
def test_where_it_cannot_go_is_refused_before_any_work(take, capsys, output, said):
    with pytest.raises(SystemExit):
        main(["midi", str(take), "-o", str(take.parent / output)])
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("cut", ["-1", "4.1", "nan"])
def test_a_cut_outside_the_sound_is_told(take, capsys, cut):
    assert main(["midi", str(take), "-o", str(take.with_suffix(".mid")), f"--cut={cut}"]) == 2
    assert "Choose a time from 0 to 4.00 s" in capsys.readouterr().err
