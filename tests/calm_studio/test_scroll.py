"""`calm-studio --scroll`: frames of a window with long takes, timed."""

import json

import numpy as np
import pytest

from calm_studio import __main__ as command
from calm_studio import scroll
from calm_studio.main_window import MainWindow


@pytest.fixture
def short(monkeypatch):
    """Takes of twelve seconds, and few frames."""
    monkeypatch.setattr(scroll, "MAX_SECONDS", 12.0)
    monkeypatch.setattr(scroll, "PROMPT", 1.0)
    monkeypatch.setattr(scroll, "VIEWS", (6.0, 0.1))
    monkeypatch.setattr(scroll, "FRAMES", 4)


def test_a_long_take_sounds_throughout_and_is_unlike_others(short):
    one, other = scroll.long_take(1), scroll.long_take(2)
    assert one.full and one.state == "finished"
    assert one.samples.shape == (2, round(13.0 * scroll.RATE)) or one.written == round(12.0 * scroll.RATE)
    assert not np.array_equal(one.samples, other.samples)
    assert 0.05 < one.samples[:, : one.written].std() < 0.5


@pytest.fixture
def window(qtbot, dressed, tmp_path, short):
    window = MainWindow(tmp_path)
    qtbot.addWidget(window)
    window.timeline.view.show_end(13.0)
    return window


def test_it_moves_by_so_many_pixels_and_zooms_to_samples(window):
    spans = scroll.panning(window, 6.0)
    width = window.timeline.ruler.width()
    assert len(spans) == 5
    assert [after.start - before.start for before, after in zip(spans, spans[1:], strict=False)] == pytest.approx(
        4 * [scroll.PIXELS * 6.0 / width]
    )
    zoomed = scroll.zooming(window)
    assert zoomed[0].seconds == 13.0
    assert zoomed[-1].seconds == pytest.approx(0.001, rel=0.01)


def test_every_frame_is_timed_and_painted(window):
    window.show()
    painted = []
    window.timeline.ruler.paintEvent = lambda event: painted.append(event)
    times = scroll.frames(window, scroll.panning(window, 2.0))
    assert len(times) == 4 and min(times) > 0
    assert len(painted) >= 4


def test_the_command_prints_both_spreads(qapp, short, monkeypatch, capsys):
    assert command.main(["--scroll", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    for figures in (result["scroll_ms"], result["zoom_ms"]):
        assert 0 < figures["p50"] <= figures["p95"] <= figures["max"]
    assert "p95" in scroll.in_words(result)
