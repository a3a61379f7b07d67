import json

import pytest
import soundfile

from engine.cli import main
from tests.engine.music.sounds import audio, drums, harmony, noise

C_F_G_C = [(0, (0, 4, 7)), (5, (0, 4, 7)), (7, (0, 4, 7, 10)), (0, (0, 4, 7))]


@pytest.fixture
def written(tmp_path):
    def write(clip):
        path = tmp_path / "clip.wav"
        soundfile.write(path, clip.samples.T, clip.rate, subtype="PCM_24")
        return str(path)

    return write


def test_hear_prints_tempo_metre_key_and_chords(written, capsys):
    assert main(["hear", written(audio(harmony(C_F_G_C, 2.0, 16), 0.7 * drums(120, 16)))]) == 0
    out = capsys.readouterr().out
    assert "120.0 beats a minute" in out and "4 beats in a bar" in out and "C major" in out
    assert [line.split()[-1][0] for line in out.splitlines()[2:]] == ["C", "F", "G", "C", "F", "G", "C"]


def test_hear_as_json(written, capsys):
    assert main(["hear", written(audio(harmony(C_F_G_C, 2.0, 16), 0.7 * drums(120, 16))), "--json"]) == 0
    heard = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert heard["tempo"] == pytest.approx(120, rel=0.002)
    assert (heard["beats_per_bar"], heard["key"]) == (4, "C major")
    assert heard["chords"][1].keys() == {"start", "duration", "symbol", "root", "bass", "pitches", "confidence"}


def test_hear_says_when_there_is_no_pulse(written, capsys):
    assert main(["hear", written(audio(noise(4, 0.1)))]) == 0
    assert "no pulse is heard" in capsys.readouterr().out


def test_hear_refuses_silence(written, capsys):
    assert main(["hear", written(audio(noise(4, 0.0)))]) == 2
    assert "is silent" in capsys.readouterr().err
