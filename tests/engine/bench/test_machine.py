import platform

import psutil

from engine.bench import machine as module
from engine.bench.machine import in_words, machine, processor


def test_linux_tells_the_processors_name(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "cpuinfo")
    (tmp_path / "cpuinfo").write_text(
        "processor\t: 0\nmodel name\t: Abacus 9: fast\n\nprocessor\t: 1\nmodel name\t: B\n"
    )
    assert processor() == "Abacus 9: fast"
    (tmp_path / "cpuinfo").write_text("Hardware\t: something else\n")
    assert processor() == (platform.processor() or platform.machine())


def test_other_systems_leave_it_to_python(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "none")
    monkeypatch.setattr(platform, "processor", lambda: "Family 6")
    assert processor() == "Family 6"


def test_words_name_all_three():
    found = machine()
    assert found["cores"] == psutil.cpu_count() and found["load"] >= 0
    assert in_words({"processor": "Abacus", "cores": 2, "load": 1.5}) == "Abacus, 2 cores, load 1.5"
