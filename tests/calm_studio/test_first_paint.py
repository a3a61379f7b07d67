"""The window is there before the model, and how soon is measured."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from calm_studio import __main__ as command
from calm_studio import first_paint
from calm_studio.first_paint import FirstPaint, after
from engine.errors import CalmError

ROOT = Path(first_paint.__file__).parents[1]


def test_the_moment_is_told_after_the_window_and_what_is_in_it_were_painted(qtbot):
    window, shown = QLabel("hello"), threading.Event()
    qtbot.addWidget(window)
    paint = FirstPaint(window, shown)
    assert not shown.is_set()
    window.show()
    result = paint.wait()
    assert shown.is_set()
    assert 0 < result["window_cpu_s"] <= result["cpu_s"]
    assert result["wall_s"] > 0


def test_the_age_of_a_process_is_that_which_who_started_it_sees():
    code = "from calm_studio.first_paint import age; print(age())"
    begun = time.monotonic()
    told = float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout)
    assert 0 < told <= time.monotonic() - begun + 0.02


def test_where_no_window_comes_the_measurement_ends_with_words(qtbot, monkeypatch):
    window = QLabel("hidden")
    qtbot.addWidget(window)
    monkeypatch.setattr(first_paint, "LONGEST", 0.05)
    with pytest.raises(CalmError, match="No window appeared"):
        FirstPaint(window, threading.Event()).wait()


def test_the_model_is_loaded_after_the_window_is_there():
    shown, loaded = threading.Event(), threading.Event()

    def load(progress):
        progress(1.0, 2.0, "half")
        loaded.set()
        return "model"

    told, models = [], []
    thread = threading.Thread(target=lambda: models.append(after(shown, load)(lambda *news: told.append(news))))
    thread.start()
    assert not loaded.wait(0.05)
    shown.set()
    thread.join()
    assert models == ["model"] and told == [(1.0, 2.0, "half")]


def test_it_is_loaded_all_the_same_where_no_window_is_painted(monkeypatch):
    monkeypatch.setattr(first_paint, "PATIENCE", 0.01)
    assert after(threading.Event(), lambda progress: "model")(print) == "model"


def test_the_command_tells_it(qapp, capsys, tmp_path, monkeypatch):
    assert command.main(["--first-paint", "--json", "--weights", str(tmp_path)]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result.keys() == {"wall_s", "cpu_s", "window_cpu_s"}
    assert "s of CPU time" in first_paint.in_words(result)
