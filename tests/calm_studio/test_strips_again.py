"""The strips of a take that comes back out of its file, or out of a project, are those that it was made with."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from calm_studio.moves import points_of
from calm_studio.timeline.frame_clock import clock_of
from calm_studio.values import Lane
from engine.weights import random_model
from tests.calm_studio.fakes import a_take, drop, grown_to, repeating, write_groove
from tests.calm_studio.test_branching import drop_and_wait
from tests.calm_studio.test_projects import is_kept, save_as
from tests.engine.takes import resaved

LEFT = Qt.MouseButton.LeftButton
MOVES = {20: {"temperature": 1.2}, 50: {"steps": 9}}


def moving(model, take, box, stop):
    """`repeating`, while somebody moves two knobs."""
    for frame in repeating(model, take, box, stop):
        if frame.index + 1 in MOVES:
            box.set(replace(box.get(), **MOVES[frame.index + 1]))
        yield frame


def with_groove(app, qtbot, tmp_path, seconds: float):
    app.making._deck.play = lambda state: None
    drop(app.window, write_groove(tmp_path / "groove.wav", seconds=3.0))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(seconds)
    return app


@pytest.fixture
def app(start, qtbot, tmp_path):
    """Takes of three seconds, 75 frames, in which knobs are moved."""
    return with_groove(start(generate=moving), qtbot, tmp_path, 3.0)


def saved(app, qtbot, tmp_path):
    """The file of the selected take, as it is dragged out."""
    before = set((tmp_path / "Music").glob("*.wav"))
    app.keeping.copy(app.state.chosen)
    qtbot.waitUntil(lambda: "Copied" in app.window.banner.text.text())
    (path,) = set((tmp_path / "Music").glob("*.wav")) - before
    return path


def look(app):
    """The strips that are there, each with its points, in seconds of the timeline."""
    return {
        strip.knob.name: [(strip.clock.seconds(frame), value) for frame, value in points_of(strip.moves, strip.knob)]
        for strip in app.window.timeline.automation.strips
        if strip.isVisible() and strip.clock is not None
    }


def nearly(look):
    return {name: [(pytest.approx(at, abs=0.01), value) for at, value in points] for name, points in look.items()}


def test_out_of_its_file_a_take_has_the_strips_that_it_was_made_with(app, make, qtbot, tmp_path):
    make(app)
    qtbot.waitUntil(lambda: grown_to(app, 74))
    app.show_again()
    before = look(app)
    back = drop_and_wait(app, qtbot, saved(app, qtbot, tmp_path))
    assert back.growth is None and before.keys() == {"Temperature", "Steps"}
    assert [value for _, value in before["Temperature"]] == [1.4, 1.2] and before["Steps"][1][1] == 9
    assert look(app) == nearly(before)


def test_out_of_a_project_a_take_has_the_strips_that_it_was_made_with(app, make, start, qtbot, tmp_path):
    make(app)
    qtbot.waitUntil(lambda: grown_to(app, 74))
    app.show_again()
    before = look(app)
    save_as(app, qtbot, tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: is_kept(app))
    app.close()
    other = start(generate=moving)
    drop(other.window, tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: bool(look(other)))
    assert look(other) == nearly(before)
    assert other.window.timeline.automation.temperature.editable


def test_of_a_file_that_was_cut_short_only_what_is_there_is_drawn(app, make, qtbot, tmp_path):
    make(app)
    short = resaved(saved(app, qtbot, tmp_path), tmp_path / "short.wav", lambda samples: samples[: 4 * 44_100])
    back = drop_and_wait(app, qtbot, short)
    assert clock_of(back).count == 25
    strips = app.window.timeline.automation
    assert strips.temperature._points_there(strips.temperature.moves) == ((0, 1.4), (20, 1.2))
    assert strips.steps._points_there(strips.steps.moves) == ((0, 4),)
    assert len(points_of(strips.steps.moves, strips.steps.knob)) == 2, "but none is forgotten"
    with qtbot.captureExceptions() as raised:
        strips.grab()
    assert not raised


def test_a_take_that_is_not_there_yet_has_no_frames():
    assert clock_of(Lane("Take A", a_take())) is None
    stopped = a_take()
    stopped.state = "stopped"
    assert clock_of(Lane("Take A", stopped)) is None


def test_out_of_its_file_it_is_made_again_with_other_moves(start, make, qtbot, tmp_path):
    """By the tiny model: what was not edited stays as it was made."""
    app = with_groove(start(lambda progress: random_model("tiny"), None), qtbot, tmp_path, 1.0)
    first = make(app).take
    drop_and_wait(app, qtbot, saved(app, qtbot, tmp_path))
    strip = app.window.timeline.automation.temperature
    qtbot.waitUntil(lambda: strip.editable and strip.isVisible())
    QTest.mouseClick(strip, LEFT, pos=QPoint(round(strip.x(12)), round(strip.y(1.6))))
    edited = app.state.lane.moves
    assert [frame for frame, _ in edited] == [0, 12]
    make(app, app.window.timeline.automation.again.click)
    again = app.state.lanes[0].take
    assert again.history.changes == edited and again.full
    border = first.borders[12]
    assert (again.samples[:, :border] == first.samples[:, :border]).all()
    assert (again.samples != first.samples).any()
