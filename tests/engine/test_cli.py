import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import moment, weights
from engine.cli import main
from engine.restore import restore
from tests.engine.fakes import tone
from tests.engine.tunes import tune


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """The folder of a tiny untrained model."""
    folder = tmp_path_factory.mktemp("weights") / "tiny"
    weights.save(weights.random_model("tiny"), folder, "test licence")
    return folder


@pytest.fixture
def clip(tmp_path) -> Path:
    """One second, 44.1 kHz, 16-bit, stereo."""
    soundfile.write(tmp_path / "riff.wav", tone(1.0, 44_100).T, 44_100, subtype="PCM_16")
    return tmp_path / "riff.wav"


@pytest.fixture
def go_on(clip, model):
    """Runs `calm continue` on the clip for 0.2 s with the tiny model, writing out.wav beside it."""

    def run(*more: str) -> int:
        output = str(clip.with_name("out.wav"))
        common = ["--seconds", "0.2", "--device", "cpu", "--weights", str(model), "-o", output]
        return main(["continue", str(clip), *common, *more])

    return run


def last_line(capsys) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def integers(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int32")[0]


def test_continue_writes_the_untouched_prompt_and_its_continuation(go_on, clip):
    assert go_on() == 0
    out = clip.with_name("out.wav")
    about = soundfile.info(out)
    assert (about.samplerate, about.channels, about.subtype, about.frames) == (44_100, 2, "PCM_24", 44_100 + 8820)
    assert np.array_equal(integers(out)[:44_100], integers(clip))
    assert np.abs(integers(out)[44_100:]).max() > 0


def test_the_last_line_is_the_result_as_json(go_on, clip, capsys):
    assert go_on("--sampler", "trigflow", "--steps", "3", "--temperature", "0.9", "--seed", "11", "--json") == 0
    result = last_line(capsys)
    recipe = {"sampler": "trigflow", "steps": 3, "temperature": 0.9, "seed": 11, "text": "", "device": "cpu"}
    assert result.items() >= recipe.items()
    assert result["file"] == str(clip.with_name("out.wav"))
    assert result["seconds"] == 0.2
    assert result["x_real_time"] > 0
    assert 0 < result["first_audio_ms"] <= 200 / result["x_real_time"] + 1
    spent = result["ms_per_frame"]
    assert set(spent) == {"mean", "p50", "p95", "max", "backbone", "head", "decoder"}
    assert spent["mean"] == pytest.approx(spent["backbone"] + spent["head"] + spent["decoder"], abs=0.03)
    assert spent["p50"] <= spent["p95"]


def test_the_checksum_is_of_the_samples_and_repeats_with_the_seed(go_on, clip, capsys):
    sums = []
    for seed in ("7", "7", "8"):
        assert go_on("--seed", seed, "--depth", "32f", "--json") == 0
        sums.append(last_line(capsys)["sha256"])
    assert sums[0] == sums[1] != sums[2]
    samples = soundfile.read(clip.with_name("out.wav"), dtype="float32")[0]
    assert hashlib.sha256(np.ascontiguousarray(samples.T)).hexdigest() == sums[0]


def test_without_steps_each_sampler_takes_its_usual_number(go_on, capsys):
    assert go_on("--json") == 0
    assert last_line(capsys)["steps"] == 4
    assert go_on("--sampler", "trigflow", "--json") == 0
    assert last_line(capsys)["steps"] == 100


def test_written_chords_are_followed_more_firmly_unless_told_otherwise(go_on, capsys):
    for more, harmony in (((), 8.0), (("--chords", "Dm7 | G7"), 12.0), (("--chords", "Dm7", "--harmony", "3"), 3.0)):
        assert go_on("--json", *more) == 0
        assert last_line(capsys)["harmony"] == harmony


@pytest.fixture
def groove(go_on, clip):
    """In place of the clip ten seconds with a beat, in C major."""
    soundfile.write(clip, tune(10.0, 44_100, 120.0, 0).T, 44_100, subtype="PCM_16")
    return go_on


def test_suggested_chords_are_in_the_key_and_follow_the_seed(groove, capsys):
    told = []
    for seed in ("1", "1", "2"):
        assert groove("--suggest-chords", "--seconds", "8", "--seed", seed, "--json") == 0
        result = last_line(capsys)
        assert result["harmony"] == 12.0 and result["follows"]["key"]
        told.append([chord["symbol"] for chord in result["follows"]["chords"] if chord["start"] >= 10.0])
    assert told[0] == told[1] != told[2] and len(told[0]) >= 3


def test_a_free_take_follows_the_tempo_and_no_chords(groove, capsys):
    for more, tempo in (((), 120), (("--tempo", "90"), 90)):
        assert groove("--free", "--json", *more) == 0
        follows = last_line(capsys)["follows"]
        assert follows["tempo"] == pytest.approx(tempo, rel=0.02)
        assert all(chord["stop"] <= 10.0 for chord in follows["chords"])


def test_a_form_is_followed_and_kept_with_the_file(groove, capsys):
    assert groove("--form", "A 1 | break 1 20% | B", "--seconds", "8", "--json") == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    told = result["follows"]["sections"]
    assert [section["name"] for section in told] == ["A", "break", "B"]
    assert told[1]["stop"] - told[1]["start"] == pytest.approx(60 / result["follows"]["tempo"] * 4, abs=0.01)
    assert restore(result["file"]).take.request.sheet.sections[1].energy == 0.2
    assert groove("--form", "A 1 | verse 4") == 2
    assert "verse" in capsys.readouterr().err


def test_chords_are_written_suggested_or_none(go_on, capsys):
    with pytest.raises(SystemExit):
        go_on("--free", "--chords", "Dm7")
    assert "not allowed with" in capsys.readouterr().err


def test_without_a_key_no_chords_are_suggested(go_on, clip, capsys):
    noise = np.random.default_rng(0).normal(0, 0.1, (44_100, 2))
    soundfile.write(clip, noise, 44_100)
    assert go_on("--suggest-chords") == 2
    assert "No key was heard" in capsys.readouterr().err


def test_words_alone_bring_a_lead_sheet(model, tmp_path, capsys):
    out = str(tmp_path / "out.wav")
    made = ["continue", "--text", "slow soul in F minor", "--seconds", "4", "--device", "cpu", "--weights", str(model)]
    for more, tempo in (((), 88), (("--tempo", "70"), 70)):
        assert main([*made, "-o", out, "--json", *more]) == 0
        follows = last_line(capsys)["follows"]
        assert follows["key"] == "F minor" and 60 <= follows["tempo"] <= tempo
        assert [chord for chord in follows["chords"] if chord["start"] >= 0.5]


def test_start_and_stop_choose_the_part_to_continue(go_on, clip):
    assert go_on("--start", "0.25", "--stop", "0.75", "--depth", "16") == 0
    out = clip.with_name("out.wav")
    assert soundfile.info(out).subtype == "PCM_16"
    assert len(integers(out)) == 22_050 + 8820
    assert np.array_equal(integers(out)[:22_050], integers(clip)[11_025:33_075])


def test_an_existing_file_is_kept_and_the_other_name_is_said(go_on, clip, capsys):
    clip.with_name("out.wav").write_bytes(b"precious")
    assert go_on("--json") == 0
    printed = capsys.readouterr()
    assert clip.with_name("out.wav").read_bytes() == b"precious"
    assert "exists already" in printed.err
    assert "out_2.wav" in printed.err
    assert json.loads(printed.out)["file"] == str(clip.with_name("out_2.wav"))
    assert soundfile.info(clip.with_name("out_2.wav")).frames == 44_100 + 8820


@pytest.mark.parametrize(
    "wrong",
    [
        ("--temperature", "3"),
        ("--recall", "4"),
        ("--steps", "0"),
        ("--seconds", "0"),
        ("--seed", "-1"),
        ("--start", "0.8"),
        ("--start", "0.9", "--stop", "0.1"),
        ("--stop", "1.5"),
        ("--device", "abacus"),
        ("--weights", "nowhere"),
    ],
)
def test_a_wrong_value_is_a_sentence_on_stderr_and_exit_code_2(go_on, clip, capsys, wrong):
    assert go_on(*wrong) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("calm: ")
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert not clip.with_name("out.wav").exists()


@pytest.mark.parametrize("output", ["song.mp3", "no/such/folder/song.wav"])
def test_what_could_not_be_saved_is_refused_before_any_work(go_on, capsys, output):
    with pytest.raises(SystemExit) as stop:
        go_on("-o", output)
    assert stop.value.code == 2
    assert output.split("/")[0] in capsys.readouterr().err


def interrupt_at(monkeypatch, frame: int) -> None:
    """Press Ctrl-C, for real, while that frame is drawn."""
    draw = moment.draw

    def interrupted(model, z, controls, seeds, index, stop):
        if index == frame:
            signal.raise_signal(signal.SIGINT)
        return draw(model, z, controls, seeds, index, stop)

    monkeypatch.setattr(moment, "draw", interrupted)


def test_ctrl_c_writes_what_was_made(go_on, clip, capsys, monkeypatch):
    interrupt_at(monkeypatch, frame=3)
    assert go_on("--json") == 130
    made = last_line(capsys)["seconds"]
    assert 0 < made < 0.2
    out = integers(clip.with_name("out.wav"))
    assert len(out) / 44_100 - 1 == pytest.approx(made, abs=0.001)
    assert np.array_equal(out[:44_100], integers(clip))


def test_ctrl_c_before_the_first_sound_writes_nothing(go_on, clip, capsys, monkeypatch):
    interrupt_at(monkeypatch, frame=0)
    assert go_on() == 2
    assert "Nothing was made" in capsys.readouterr().err
    assert not clip.with_name("out.wav").exists()


def test_ctrl_c_while_the_model_loads_ends_quietly(go_on, capsys, monkeypatch):
    monkeypatch.setattr(weights, "read_card", lambda folder: signal.raise_signal(signal.SIGINT))
    assert go_on() == 130
    assert "nothing was written" in capsys.readouterr().err


def test_progress_is_shown_to_a_terminal_only(go_on, capsys, monkeypatch):
    assert go_on() == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert go_on() == 0
    shown = capsys.readouterr().err
    assert "MB" in shown
    assert "0.2 of 0.2 s" in shown
    assert "x real time, 0 s left" in shown


def test_reconstruct_keeps_rate_and_length(clip, model):
    out = clip.with_name("back.wav")
    assert main(["reconstruct", str(clip), "-o", str(out), "--device", "cpu", "--weights", str(model)]) == 0
    about = soundfile.info(out)
    assert (about.samplerate, about.channels, about.frames) == (44_100, 2, 44_100)


def test_info_describes_a_file(clip, capsys):
    assert main(["info", str(clip)]) == 0
    assert capsys.readouterr().out == f"{clip}: 1.00 s, 44100 Hz, stereo, peak -6.0 dBFS\n"


def test_info_says_why_a_clip_cannot_be_continued(tmp_path, capsys):
    soundfile.write(tmp_path / "silent.wav", np.zeros(48_000), 48_000)
    assert main(["info", str(tmp_path / "silent.wav")]) == 0
    said = capsys.readouterr().out
    assert "mono, peak -inf dBFS" in said
    assert "cannot be continued: The clip is silent" in said


def test_info_of_a_missing_file_is_an_error(tmp_path, capsys):
    assert main(["info", str(tmp_path / "gone.wav")]) == 2
    assert "gone.wav" in capsys.readouterr().err


def test_models_lists_presets_and_what_is_installed(model, capsys, monkeypatch):
    monkeypatch.setattr(weights, "MODELS", model.parent)
    assert main(["models", "--json"]) == 0
    result = last_line(capsys)
    assert {"paper", "studio", "tiny"} <= {preset["name"] for preset in result["presets"]}
    [installed] = result["installed"]
    assert installed["license"] == "test licence"
    assert installed["sha256"] == weights.sha256(model / "weights.safetensors")
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "installed tiny: " in said
    assert "preset paper: " in said


def test_it_runs_as_a_program_and_answers_without_torch(clip):
    def run(*arguments: str) -> subprocess.CompletedProcess:
        root = Path(weights.__file__).parents[1]
        return subprocess.run([sys.executable, *arguments], cwd=root, capture_output=True, text=True)

    code = "import sys; from engine.cli import main; main(); sys.exit('torch' in sys.modules)"
    done = run("-c", code, "info", str(clip))
    assert (done.returncode, done.stderr) == (0, "")
    done = run("-m", "engine.cli", "info", "gone.wav")
    assert done.returncode == 2
    assert done.stderr.startswith("calm: gone.wav")
