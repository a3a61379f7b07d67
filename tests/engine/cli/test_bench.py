"""`calm bench` in all its forms, with the tiny model."""

import json
import signal

import pytest

from engine import weights
from engine.bench import latency, paper_table, roofline, speed
from engine.cli import main


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    weights.save(weights.random_model("tiny"), tmp_path / "tiny", "test licence")
    monkeypatch.setattr(weights, "DEFAULT", tmp_path / "tiny")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(speed, "SAMPLERS", speed.SAMPLERS[:1])
    monkeypatch.setattr(speed, "WARM_UP_SECONDS", 0.1)
    monkeypatch.setattr(roofline, "SECONDS", 0.1)
    monkeypatch.setattr(roofline, "COPIED", 1 << 20)


@pytest.fixture
def bench(capsys):
    """Runs `calm bench` on the CPU; gives what it printed, as JSON if asked for."""

    def run(*words: str):
        capsys.readouterr()
        assert main(["bench", "--device", "cpu", *words]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        return json.loads(printed.out) if "--json" in words else printed.out.splitlines()

    return run


def test_speed_of_every_arithmetic(bench):
    rows = bench("--seconds", "0.2", "--json")["rows"]
    assert [row["arithmetic"] for row in rows] == ["torch", "onnxruntime fp32", "onnxruntime int8"]
    assert {(row["steps"], row["seconds"]) for row in rows} == {(1, 0.2)}


def test_speed_of_one_in_words(bench):
    device, title, row, machine = bench("--seconds", "0.2", "--arithmetic", "torch")
    assert "1 threads" in device
    assert title.split()[:3] == ["arithmetic", "sampler", "steps"]
    assert row.split()[:3] == ["torch", "consistency", "1"]
    assert len(row.split()) == 10
    assert " cores, load " in machine


def test_an_untrained_preset_is_measured_without_graphs(bench):
    assert [row["arithmetic"] for row in bench("--seconds", "0.2", "--preset", "tiny", "--json")["rows"]] == ["torch"]


def test_an_unknown_arithmetic_is_an_error(capsys):
    assert main(["bench", "--device", "cpu", "--latency", "--arithmetic", "abacus"]) == 2
    assert "abacus" in capsys.readouterr().err


def test_the_papers_table(bench):
    result = bench("--table", "paper", "--preset", "tiny", "--rounds", "1", "--json")
    assert (result["preset"], result["precision"], result["rounds"]) == ("tiny", "fp32", 1)
    assert [row["paper"]["overall"] for row in result["rows"]] == [1.0, 2.2, 1.9, 0.3]
    head, _, first, *_ = bench("--table", "paper", "--preset", "tiny", "--rounds", "1")
    assert head.startswith("tiny, fp32, ")
    assert first.split()[:2] == ["rq", "x"]
    assert "(57.7%)" in first


def test_roofline(bench):
    assert [row["batch"] for row in bench("--roofline", "--json")["rows"]] == [1, 1, 4, 4]
    title, first, *_ = bench("--roofline", "--arithmetic", "torch")
    assert title.startswith("tiny, torch: ")
    assert first.startswith("batch 1, 1 steps: ")


def test_parts(bench):
    title, *rows, _ = bench("--parts", "--rounds", "1")
    assert "onnxruntime int8, 4 steps: " in title
    assert [row.split()[0] for row in rows] == ["context", "head", "decoder", "phases", "inverse", "rest"]


def test_ear(bench):
    _, encode, decode, _ = bench("--ear", "--seconds", "0.2")
    assert encode.startswith("encode: p50 ") and decode.startswith("decode: p50 ") and decode.endswith(" x of a core")


def test_batch(bench):
    title, *rows, _ = bench("--batch", "--rounds", "1")
    assert title.endswith("onnxruntime int8")
    assert rows[0].startswith("1 alike: ") and rows[0].endswith(" 1.0 times one")
    assert len(rows) == 16


def test_slide(bench):
    seen, same, memory, _ = bench("--slide", "--seconds", "3")
    assert seen.endswith("a window of 24 frames, Z depends on 47")
    assert same.startswith("after 7") and memory.endswith("MB at its end")


def test_latency(bench, monkeypatch):
    for name, seconds in (("EARLIEST", 0.1), ("LATEST", 0.2), ("LISTENED", 2.0), ("TAKE_SECONDS", 3.5)):
        monkeypatch.setattr(latency, name, seconds)
    sound, knob, count, _ = bench("--latency", "--moves", "1", "--preset", "tiny")
    assert sound.startswith("Continue to sound, heard ahead: mean ")
    assert knob.startswith("knob to sound: mean ")
    assert 0 < float(knob.split()[4]) < 1000 * latency.LISTENED + 100
    assert count.startswith("1 moves, ")


@pytest.mark.parametrize("words", [("--table", "paper", "--roofline"), ("--latency", "--roofline")])
def test_one_thing_is_measured_at_a_time(words):
    with pytest.raises(SystemExit):
        main(["bench", *words])


def test_ctrl_c_ends_it_quietly(monkeypatch, capsys):
    monkeypatch.setattr(paper_table, "timed", lambda work, device: signal.raise_signal(signal.SIGINT))
    assert main(["bench", "--table", "paper", "--preset", "tiny", "--device", "cpu"]) == 130
    assert "interrupted" in capsys.readouterr().err
