"""The whole command, on a folder with music, a song with its score, and what cannot be judged."""

import json

import numpy as np
import pytest
import soundfile
from PIL import Image

from engine import weights
from engine.errors import CalmError
from engine.train import evaluate_vae
from engine.train.damage import LADDER
from engine.train.judge_vae import MEASURES

RATE = 48_000


def write_song(path, seconds, rate=RATE, channels=2):
    t = np.arange(round(seconds * rate)) / rate
    tone = sum(0.1 * np.sin(2 * np.pi * f * t) * np.exp(-5 * (t % 0.4)) for f in (220, 277, 330, 2500))
    noise = 0.002 * np.random.default_rng(0).standard_normal((channels, len(t)))
    soundfile.write(path, (tone + noise).T, rate)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    weights.save(weights.random_model("tiny"), folder, "none")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A song with a score, a file of another kind in a folder below, and four that are of no use."""
    folder = tmp_path_factory.mktemp("clips")
    write_song(folder / "a song.wav", 4)
    score = {"tonic": 9, "mode": "major", "notes": [[0, 0.4 * n, 0.3, 57, 90] for n in range(10)]}
    (folder / "a song.json").write_text(json.dumps(score))
    (folder / "below").mkdir()
    write_song(folder / "below" / "other.flac", 1.5, rate=44_100, channels=1)
    soundfile.write(folder / "silent.wav", np.zeros((2 * RATE, 2)), RATE)
    write_song(folder / "short.wav", 0.7)
    (folder / "damaged.ogg").write_bytes(b"OggS" + bytes(100))
    (folder / "notes.txt").write_text("no audio")
    return folder


@pytest.fixture(scope="module")
def ran(folder, model, tmp_path_factory):
    """Where the files are, and what was printed."""
    out = tmp_path_factory.mktemp("out") / "new"
    with pytest.MonkeyPatch.context() as patch:
        printed = []
        patch.setattr("builtins.print", lambda *text, file=None, **options: printed.append((file, " ".join(text))))
        arguments = [str(folder), "--model", str(model), "--seconds", "2", "--out", str(out), "--json"]
        assert evaluate_vae.main(arguments) == 0
    return out, [text for file, text in printed if file is None], [text for file, text in printed if file]


def test_json_has_every_figure(ran):
    result = json.loads(ran[1][-1])
    assert set(result["clips"]) == {"a song", "other"}
    assert list(result["means"]) == ["the source", "the VAE", "with true phase", *LADDER]
    assert set(result["means"]["the VAE"]) == set(MEASURES)
    assert set(result["kilobits"]) == {name for name in LADDER if name.startswith(("Vorbis", "Opus"))}
    assert {bar["measure"] for bar in result["bars"]} > {"mel_2048", "loudness", "stereo", "in_scale"}


def test_the_rows_are_in_the_order_of_their_damage(ran):
    means = json.loads(ran[1][-1])["means"]
    errors = [means[name]["mel_512"] for name in ("the source", "Opus 128", "Opus 32", "the VAE")]
    assert errors[0] == 0 and errors == sorted(errors)  # an untrained VAE is worst


def test_only_songs_are_judged_by_a_score(ran):
    clips = json.loads(ran[1][-1])["clips"]
    assert clips["a song"]["the source"]["in_scale"] > 0.8
    assert clips["other"]["the source"]["in_scale"] is None


def test_tables_and_bars_are_printed_with_their_meaning(ran):
    text = "\n".join(ran[1][:-1])
    assert "Means of 2 clips" in text and "kbit/s)" in text and "NOT MET" in text
    assert "only for decoders that keep the source's phase" in text


def test_sounds_and_pictures_are_written(ran):
    out = ran[0]
    names = {f"{clip}.{kind}" for clip in ("a song", "other") for kind in ("png", "source.wav", "vae.wav")}
    assert {path.name for path in out.iterdir()} == names
    source, rate = soundfile.read(out / "other.source.wav")
    decoded, _ = soundfile.read(out / "other.vae.wav")
    assert rate == RATE and source.shape == decoded.shape == (1.5 * RATE, 2)
    with Image.open(out / "a song.png") as picture:
        assert picture.width > 600 and len(picture.getcolors(1 << 24)) > 100


def test_progress_says_what_was_left_out_and_the_time_left(ran):
    text = "\n".join(ran[2])
    assert "2 of" in text and "ETA" in text
    assert text.count("left out") == 3 and "silent.wav is silent" in text and "damaged.ogg" in text


def test_clips_are_the_middle_of_the_file_and_know_where_that_is(folder):
    clip = evaluate_vae.read_clip(folder / "a song.wav", 2, RATE)
    assert clip.start == 1 and clip.audio.samples.shape == (2, 2 * RATE)
    whole, _ = soundfile.read(folder / "a song.wav", dtype="float32")
    assert np.array_equal(clip.audio.samples, whole.T[:, RATE : 3 * RATE])


def test_clips_come_at_the_rate_asked_for(folder):
    clip = evaluate_vae.read_clip(folder / "below" / "other.flac", 10, 32_000)
    assert clip.audio.rate == 32_000 and clip.audio.samples.shape == (2, 1.5 * 32_000) and clip.score is None


def test_a_folder_without_sound_is_said_to_have_none(tmp_path, model, capsys):
    assert evaluate_vae.main([str(tmp_path), "--model", str(model)]) == evaluate_vae.FAILED
    assert "There is nothing to judge" in capsys.readouterr().err


def test_an_output_folder_that_cannot_be_is_told(folder, model, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    arguments = [str(folder), "--model", str(model), "--out", str(tmp_path / "file"), "--seconds", "1"]
    assert evaluate_vae.main(arguments) == evaluate_vae.FAILED
    assert "Nothing can be written" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "in the way"


def test_control_c_ends_it_in_one_sentence(folder, model, tmp_path, capsys, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate_vae, "verdict", interrupted)
    assert evaluate_vae.main([str(folder), "--model", str(model), "--out", str(tmp_path)]) == evaluate_vae.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_a_damaged_score_is_told(tmp_path):
    write_song(tmp_path / "song.wav", 2)
    (tmp_path / "song.json").write_text("{")
    with pytest.raises(CalmError, match="song.json"):
        evaluate_vae.read_clip(tmp_path / "song.wav", 2, RATE)
