"""The window from end to end: what a user does, and what comes of it. Real session, player, files and events."""

import itertools
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDrag, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from calm_studio.timeline.lane import HEADER
from engine.controls import Controls
from engine.errors import CalmError
from tests.calm_studio.fakes import drop, grown_to, press, write_clip, write_words
from tests.engine import fakes
from tests.engine.fakes import Gated


@pytest.fixture
def ready(app, qtbot, tmp_path):
    """The app with a clip of one second at 44.1 kHz dropped on it."""
    assert drop(app.window, write_clip(tmp_path / "riff.wav", rate=44_100))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.length.set_seconds(2.0)
    return app


def with_clip(app, qtbot, tmp_path, seconds: float = 1.0):
    """The app with a clip at 48 kHz dropped on it."""
    drop(app.window, write_clip(tmp_path / "riff.wav", seconds=seconds))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    return app


def write_frames(app, qtbot, gated: Gated, count: int):
    """Press Continue and let `count` frames be written; the take."""
    app.window.controls.continue_button.click()
    gated.let(count)
    qtbot.waitUntil(lambda: grown_to(app, count - 1))
    return app.state.lane.take


def continue_and_wait(app, qtbot):
    """A whole take."""
    before = len(app.state.lanes)
    press(app, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(app.state.lanes) > before and app.state.writing is None)
    return app.state.lane.take


def test_the_window_is_there_and_takes_files_before_the_model_is(start, qtbot, tmp_path):
    gate = threading.Event()

    def slow(progress):
        progress(12.0, 58.0, "reading the weights")
        gate.wait(5)
        return fakes.load(progress)

    app = start(load=slow)
    qtbot.waitUntil(lambda: "Loading 12/58 MB" in app.window.top_bar.model.text())
    drop(app.window, write_clip(tmp_path / "riff.wav"))
    qtbot.waitUntil(app.window.timeline.prompt_lane.isVisible)
    assert "Loading" in app.window.top_bar.model.text()
    assert app.window.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: "sine" in app.window.top_bar.model.text())
    assert "Pocket calculator" in app.window.top_bar.device.text()


def test_a_dropped_clip_is_on_the_shelf_and_on_the_timeline(ready):
    assert [card.clip.prompt.name for card in ready.window.shelf.cards()] == ["riff"]
    assert ready.window.timeline.prompt_lane.isVisible()
    assert "44.1 kHz stereo" in ready.window.timeline.prompt_lane.title.text()


def test_folders_are_searched_for_audio(app, qtbot, tmp_path):
    (tmp_path / "loops" / "deep").mkdir(parents=True)
    write_clip(tmp_path / "loops" / "b.wav")
    write_clip(tmp_path / "loops" / "deep" / "a.flac")
    (tmp_path / "loops" / "notes.txt").write_text("not music")
    drop(app.window, tmp_path / "loops")
    qtbot.waitUntil(lambda: len(app.state.clips) == 2)
    assert {clip.prompt.name for clip in app.state.clips} == {"a", "b"}
    assert app.state.notice is None


def test_a_take_holds_the_prompt_untouched_and_the_continuation(ready, qtbot, tmp_path):
    take = continue_and_wait(ready, qtbot)
    source, rate = soundfile.read(tmp_path / "riff.wav", dtype="float32", always_2d=True)
    assert take.rate == rate == 44_100
    assert np.array_equal(take.samples[:, : take.cut], source.T)
    assert take.state == "finished"
    assert take.full
    assert ready.window.timeline.lanes[take.id].isVisible()
    assert ready.window.timeline.automation.isVisible()


def test_playing_follows_the_take_from_before_its_cut(ready, qtbot):
    press(ready, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ready.state.lane is not None and ready.state.lane.take.playhead is not None)
    assert ready.state.cursor == 0.0, "the clip is shorter than two seconds"
    qtbot.waitUntil(lambda: "s</b>" in ready.window.top_bar.buffer.text())
    assert ready.window.transport.play.property("lit") == "true"
    assert ready.window.transport.output.words.text().endswith("<b>No sound device</b>")
    qtbot.waitUntil(lambda: max(ready.window.transport.levels.meter.levels) > -20)
    press(ready, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: ready.state.lane.take.playhead is None)


def test_the_temperature_moved_midway_is_in_the_history_and_shown_in_effect(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.length.set_seconds(1.0)
    write_frames(app, qtbot, gated, 10)
    controls = app.window.controls
    assert "in effect: 1.40" in controls.in_effect.text()
    controls.temperature.track.setValue(60)
    assert "next frame" in controls.in_effect.text()
    gated.let(15)
    qtbot.waitUntil(lambda: app.state.lane.take.full)
    changes = app.state.lane.take.history.changes
    assert changes == ((0, Controls()), (10, Controls(temperature=0.6)))
    qtbot.waitUntil(lambda: "1.40→0.60" in app.window.timeline.lanes[app.state.chosen].title.text())


def test_stop_keeps_what_was_made(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    take = write_frames(app, qtbot, gated, 5)
    press(app, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: take.state == "stopped")
    assert take.written == take.cut + 5 * 1920
    qtbot.waitUntil(lambda: "stopped" in app.window.timeline.lanes[take.id].title.text())
    qtbot.waitUntil(lambda: not app.window.controls.stop_button.isEnabled())


def test_continue_before_the_model_is_ready_waits_for_it(start, qtbot, tmp_path):
    gate = threading.Event()

    def slow(progress):
        gate.wait(5)
        return fakes.load(progress)

    app = with_clip(start(load=slow), qtbot, tmp_path)
    app.window.controls.length.set_seconds(1.0)
    for _ in range(2):
        app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: "2 takes wait for the model" in app.window.controls.in_effect.text())
    gate.set()
    qtbot.waitUntil(lambda: len(app.state.lanes) == 2 and all(lane.take.full for lane in app.state.lanes))


def test_a_click_on_the_handle_drags_nothing(ready, qtbot, monkeypatch):
    take = continue_and_wait(ready, qtbot)
    monkeypatch.setattr(QDrag, "exec", lambda drag, action: pytest.fail("a click is no drag"))
    handle = ready.window.timeline.lanes[take.id].drag
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(10, 5))
    qtbot.wait(60)


@pytest.mark.parametrize("content", [b"", b"this is no music at all" * 40])
def test_unreadable_files_show_the_banner_and_leave_everything_as_it_is(ready, qtbot, tmp_path, content):
    take = continue_and_wait(ready, qtbot)
    bad = tmp_path / "broken.wav"
    bad.write_bytes(content)
    drop(ready.window, bad)
    qtbot.waitUntil(lambda: ready.window.banner.isVisible())
    assert "broken.wav" in ready.window.banner.text.text()
    assert ready.window.banner.property("kind") == "error"
    assert [clip.prompt.name for clip in ready.state.clips] == ["riff"]
    assert ready.state.lane.take is take
    ready.window.banner.close_button.click()
    assert not ready.window.banner.isVisible()


def test_of_many_unreadable_files_some_are_named_and_the_good_ones_are_opened(app, qtbot, tmp_path):
    bad = [write_words(tmp_path / f"{number}.wav") for number in range(5)]
    surround = write_clip(tmp_path / "surround.wav", channels=6)
    drop(app.window, *bad[:2], surround, *bad[2:])
    qtbot.waitUntil(lambda: "2 more could not be opened" in app.window.banner.text.text())
    assert all(f"{number}.wav" in app.window.banner.text.text() for number in range(3))
    assert [clip.prompt.name for clip in app.state.clips] == ["surround"]
    drop(app.window, write_words(tmp_path / "late.wav"))
    qtbot.waitUntil(lambda: "late.wav" in app.window.banner.text.text())
    assert "0.wav" not in app.window.banner.text.text(), "each drop has its own list"


def test_the_hint_is_wrapped_where_the_window_is_narrow(ready, qtbot):
    hint, heights = ready.window.timeline.footer.hint, []
    for width in (1600, 1000):
        ready.window.resize(width, 640)
        qtbot.wait(20)
        heights.append(hint.height())
        assert hint.height() >= hint.heightForWidth(hint.width())
    assert heights[1] > heights[0]


def test_weights_that_fail_are_reported_and_files_can_still_be_opened(start, qtbot, tmp_path):
    def broken(progress):
        raise CalmError("The weights are damaged", "Install the app again")

    app = start(load=broken)
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert "The weights are damaged" in app.window.banner.text.text()
    assert "not loaded" in app.window.top_bar.model.text()
    drop(app.window, write_clip(tmp_path / "riff.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None)


def test_a_generator_that_fails_keeps_the_take(start, qtbot, tmp_path, caplog):
    def failing(model, take, box, stop):
        frames = fakes.sine(model, take, box, stop)
        yield next(frames)
        raise RuntimeError("out of memory")

    app = with_clip(start(generate=failing), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert "The memory ran out" in app.window.banner.text.text()
    assert app.state.lane.take.written > app.state.lane.take.cut
    caplog.clear()


def test_delete_and_undo(ready, qtbot):
    first = continue_and_wait(ready, qtbot)
    second = continue_and_wait(ready, qtbot)
    press(ready, Qt.Key.Key_Delete)
    assert [lane.take for lane in ready.state.lanes] == [first]
    assert set(ready.window.timeline.lanes) == {first.id}
    press(ready, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [lane.take for lane in ready.state.lanes] == [second, first]
    assert ready.state.lane.take is second
    qtbot.waitUntil(ready.window.timeline.lanes[second.id].isVisible)


def test_space_plays_and_never_presses_the_focused_button(ready, qtbot):
    ready.window.controls.continue_button.setFocus()
    press(ready, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: ready.window.transport.play.property("lit") == "true")
    assert not ready.state.waiting
    assert not ready.state.lanes
    press(ready, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: ready.window.transport.play.property("lit") == "false")


def test_the_prompt_ends_by_itself_and_the_cursor_is_where_it_was(ready, qtbot):
    ready.playing.seek(None, 0.8)
    press(ready, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: ready.window.transport.play.property("lit") == "true")
    qtbot.waitUntil(lambda: ready.window.transport.play.property("lit") == "false")
    assert ready.window.transport.time.text() == "0:00.80"


def test_a_click_on_a_take_selects_it_and_moves_the_cursor(ready, qtbot):
    first = continue_and_wait(ready, qtbot)
    continue_and_wait(ready, qtbot)
    press(ready, Qt.Key.Key_Space)
    lane = ready.window.timeline.lanes[first.id]
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(lane.width() // 2, 50))
    assert ready.state.lane.take is first
    assert ready.state.cursor == pytest.approx(1.5, abs=0.01)
    assert lane.lit
    press(ready, Qt.Key.Key_Home)
    assert ready.state.cursor == 0.0


def test_dragging_the_edges_trims_the_prompt(ready, qtbot):
    lane = ready.window.timeline.prompt_lane
    for grab, to in ((1.0, 0.75), (0.0, 0.2)):
        QTest.mousePress(lane, Qt.MouseButton.LeftButton, pos=QPoint(round(lane.x(grab)), 80))
        QTest.mouseMove(lane, QPoint(round(lane.x(to)), 80))
        QTest.mouseRelease(lane, Qt.MouseButton.LeftButton, pos=QPoint(round(lane.x(to)), 80))
    prompt = ready.state.clip.prompt
    assert (prompt.start / 44_100, prompt.stop / 44_100) == pytest.approx((0.2, 0.75), abs=0.01)
    assert "0.5 of 1.0 s used" in lane.title.text() or "0.6 of 1.0 s used" in lane.title.text()
    take = continue_and_wait(ready, qtbot)
    assert take.cut == prompt.stop - prompt.start
    assert np.array_equal(take.samples[:, : take.cut], prompt.samples)


def test_ctrl_wheel_zooms_at_the_pointer_and_a_double_click_on_the_ruler_fits(ready, qtbot):
    lane, end = ready.window.timeline.prompt_lane, ready.window.timeline.ruler
    full = lane.span
    pointer = QPointF(lane.width() / 4, 60)
    second = lane.time(pointer.x())
    event = QWheelEvent(
        pointer,
        QPointF(lane.mapToGlobal(pointer.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(lane, event)
    assert lane.span.seconds == pytest.approx(full.seconds * 0.64)
    assert lane.time(pointer.x()) == pytest.approx(second)
    QTest.mouseDClick(end, Qt.MouseButton.LeftButton)
    assert lane.span == full


def test_the_same_locked_seed_is_used_again_and_a_new_one_otherwise(ready, qtbot):
    seed = ready.window.controls.seed
    seed.number.setValue(4711)
    seed.lock.click()
    assert [continue_and_wait(ready, qtbot).request.seed for _ in range(2)] == [4711, 4711]
    seed.lock.click()
    continue_and_wait(ready, qtbot)
    assert seed.value != 4711


def test_what_the_panel_says_is_what_is_requested(ready, qtbot):
    controls = ready.window.controls
    controls.text.show_text("slow and hazy ")
    controls.sampler.segments.group.button(2).click()
    controls.temperature.track.setValue(80)
    request = continue_and_wait(ready, qtbot).request
    assert request.controls == Controls("trigflow", 100, 0.8)
    assert (request.text, request.seconds) == ("slow and hazy", 2.0)


def test_examples_are_listed_and_the_first_is_loaded(app, qtbot, tmp_path):
    for name in ("keys", "strings"):
        write_clip(tmp_path / f"{name}.flac")
    app.opening.load_examples(tmp_path, select_first=True)
    qtbot.waitUntil(lambda: len(app.state.examples) == 2)
    assert app.state.clip.prompt is app.state.examples[0].prompt
    cards = app.window.shelf.cards()
    QTest.mouseClick(cards[-1], Qt.MouseButton.LeftButton)
    assert app.state.clip.prompt.name == "strings"
    assert len(app.state.clips) == 2


def test_no_examples_is_no_error(app, qtbot, tmp_path):
    app.opening.load_examples(tmp_path / "absent", select_first=True)
    qtbot.wait(50)
    assert app.state.notice is None
    assert not app.window.controls.continue_button.isEnabled()


def test_deleting_a_take_that_is_written_stops_it_and_undo_brings_back_what_was_made(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    take = write_frames(app, qtbot, gated, 5)
    press(app, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: take.state == "stopped" and take.playhead is None)
    assert not app.state.lanes
    press(app, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert app.state.lane.take is take
    assert take.written == take.cut + 5 * 1920


def test_several_continues_queue_up_and_escape_stops_them_all(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    for _ in range(3):
        app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: len(app.state.lanes) == 1 and len(app.state.waiting) == 2)
    press(app, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: app.state.lane.take.state == "stopped" and not app.state.waiting)
    assert len(app.state.lanes) == 1


def test_too_many_continues_are_refused_in_the_window(start, qtbot, tmp_path):
    app = with_clip(start(generate=Gated()), qtbot, tmp_path)
    for _ in range(18):
        app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert "waiting already" in app.window.banner.text.text()


def test_a_silent_part_is_refused_and_the_next_continue_works(app, qtbot, tmp_path):
    samples = np.concatenate([np.zeros(48_000), 0.5 * np.sin(np.arange(48_000) / 20)])
    soundfile.write(tmp_path / "late.wav", samples, 48_000)
    drop(app.window, tmp_path / "late.wav")
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.timeline.trimmed.emit(0.0, 0.9)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert not app.state.lanes
    app.window.timeline.trimmed.emit(0.0, 2.0)
    app.window.controls.length.set_seconds(1.0)
    assert continue_and_wait(app, qtbot).full


def test_more_channels_than_two_are_folded_and_the_banner_says_so(app, qtbot, tmp_path):
    drop(app.window, write_clip(tmp_path / "surround.wav", channels=6))
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert app.window.banner.property("kind") == "info"
    assert app.state.clip.prompt.audio.channels == 2


def test_a_clip_that_arrives_while_a_take_is_written_does_not_stop_the_music(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path, seconds=3.0)
    write_frames(app, qtbot, gated, 5)
    qtbot.waitUntil(lambda: app.state.lane.take.playhead is not None)
    drop(app.window, write_clip(tmp_path / "other.wav"))
    qtbot.waitUntil(lambda: app.state.clip.prompt.name == "other")
    assert app.state.lane is not None
    assert app.state.lane.take.playhead is not None


def test_the_arrow_keys_walk_through_the_lanes(ready, qtbot):
    first, second = continue_and_wait(ready, qtbot), continue_and_wait(ready, qtbot)
    ready.window.timeline.setFocus()
    walk = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
        press(ready, key)
        walk.append(ready.state.chosen)
    assert walk == [first.id, first.id, second.id, None, None]


def test_escape_closes_the_export_sheet_before_it_stops_anything(ready, qtbot):
    continue_and_wait(ready, qtbot)
    ready.window.controls.export_button.click()
    assert ready.window.export_sheet.isVisible()
    press(ready, Qt.Key.Key_Escape)
    assert not ready.window.export_sheet.isVisible()


def test_browse_opens_several_files_without_blocking(app, qtbot, tmp_path):
    paths = [write_clip(tmp_path / name) for name in ("a.wav", "b.flac")]
    press(app, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = app.window.findChild(QFileDialog)
    assert "*.flac" in dialog.nameFilters()[0]
    dialog.filesSelected.emit([str(path) for path in paths])
    dialog.close()
    qtbot.waitUntil(lambda: [clip.prompt.name for clip in app.state.clips] == ["a", "b"])


def test_files_whose_names_are_no_text_are_opened(app, qtbot, tmp_path):
    write_clip(tmp_path / "plain.wav").rename(odd := Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 100%.wav")))
    drop(app.window, odd)
    qtbot.waitUntil(lambda: app.state.clip is not None)
    assert app.state.clip.prompt.name == "caf\N{REPLACEMENT CHARACTER} 100%"
    app.window.controls.length.set_seconds(1.0)
    assert continue_and_wait(app, qtbot).full


def test_the_selected_lane_is_scrolled_into_view(ready, qtbot):
    ready.window.resize(940, 480)
    takes = [continue_and_wait(ready, qtbot) for _ in range(4)]
    for take in takes:
        ready.playing.seek(take.id, 0.0)
        qtbot.wait(20)
        lane = ready.window.timeline.lanes[take.id]
        assert lane.visibleRegion().boundingRect().height() > HEADER


def test_links_and_text_are_no_drops(app):
    assert not drop(app.window)


def test_closing_the_window_ends_everything_even_in_the_middle_of_a_take(start, qtbot, tmp_path):
    app = with_clip(start(generate=Gated()), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: bool(app.state.lanes))
    app.window.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"calm-session", "player", "null sink", "reading_0", "working_0"}
    assert app.state.lane.take.state == "stopped"


def test_closing_the_window_breaks_off_loading(start, qtbot, tmp_path):
    def endless(progress):
        while True:
            progress(12.0, 58.0, "reading the weights")
            time.sleep(0.002)

    app = with_clip(start(load=endless), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: bool(app.state.waiting))
    app.window.close()
    assert "calm-session" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("size", [(940, 480), (1000, 640), (1440, 900), (2560, 1440)])
def test_nothing_overlaps_at_any_size(ready, qtbot, size):
    for _ in range(2):
        continue_and_wait(ready, qtbot)
    window = ready.window
    window.resize(*size)
    assert window.size().toTuple() == size
    qtbot.wait(20)
    controls = window.controls
    parts = [window.top_bar, window.shelf, window.timeline, controls, window.transport]
    places = [part.geometry() for part in parts]
    for index, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[index + 1 :])
    for button in (controls.continue_button, controls.export_button, controls.land_button, controls.stop_button):
        assert window.controls.rect().contains(QRect(button.mapTo(controls, QPoint()), button.size()))
        assert not button.visibleRegion().isEmpty(), "it needs no scrolling"
    assert window.timeline.prompt_lane.visibleRegion().boundingRect().width() == window.timeline.ruler.width()
    lanes = [window.timeline.prompt_lane, *window.timeline.lanes.values()]
    stack = sorted([*lanes, window.timeline.automation, window.timeline.footer], key=lambda part: part.y())
    assert all(above.geometry().bottom() < below.y() for above, below in itertools.pairwise(stack))
    assert all(lane.height() >= lane.minimumHeight() > 50 for lane in lanes)
    for field in (window.controls.sheet.tap, window.controls.steps.label, window.controls.seed.lock):
        assert field.mapTo(window, field.rect().topRight()).x() < window.width() - 8, "nothing is cut off at the right"


def test_at_each_tick_the_window_is_shown_once_and_only_the_take_that_grows_is_painted(ready, qtbot, monkeypatch):
    other = continue_and_wait(ready, qtbot)
    ready.window.transport.stop.click()
    ready.window.controls.length.set_seconds(20.0)
    shown, ticks, painted = [], [], []
    show, old = ready.window.show_state, ready.window.timeline.lanes[other.id]
    paint = old.paintEvent
    monkeypatch.setattr(ready.window, "show_state", lambda state: (shown.append(len(ticks)), show(state)))
    monkeypatch.setattr(old, "paintEvent", lambda event: (painted.append(event.rect()), paint(event)))
    ready.ticker.ticked.connect(lambda events: ticks.append(len(events)))
    take = continue_and_wait(ready, qtbot)
    assert len(take.borders) == 500
    assert max(ticks) > 5, "frames that came together are shown together"
    assert len(ticks) < 400
    assert len(shown) < len(ticks) + 12, "besides, for the press, the start, the end and the scores"
    assert len(painted) < 12, "not at every tick"
