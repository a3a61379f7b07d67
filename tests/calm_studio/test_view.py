"""What part of the timeline is shown: by wheel, button, fingers and keys, and while it plays."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QWidget

from calm_studio.timeline.navigation import NOTCH, STEP, Navigation
from calm_studio.timeline.span import Span
from calm_studio.timeline.view import CLOSER, View
from tests.calm_studio.fakes import press

NOTHING, LEFT, MIDDLE = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
PLAIN, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def view(qapp):
    """Seconds 10 to 20 of 40."""
    view = View()
    view.show_end(40.0)
    view.move(Span(10.0, 20.0))
    return view


@pytest.fixture
def lane(qtbot, view):
    """A widget, 400 pixels wide, over which the view is moved."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(400, 100)
    widget.navigation = Navigation(view)
    widget.navigation.watch(widget)
    return widget


def wheel(widget, x: float, turned: QPoint, modifier=PLAIN, pixels: int = 0) -> bool:
    """Whether it was taken."""
    place = QPointF(x, 50)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        place, QPointF(widget.mapToGlobal(place)), QPoint(pixels, 0), turned, NOTHING, modifier, phase, False
    )
    return widget.navigation.eventFilter(widget, event)


def mouse(widget, kind: QEvent.Type, x: float, button=NOTHING, held=NOTHING) -> bool:
    place = QPointF(x, 50)
    event = QMouseEvent(kind, place, QPointF(widget.mapToGlobal(place)), button, held, PLAIN)
    return QApplication.sendEvent(widget, event)


def test_a_view_grows_with_the_timeline_while_everything_is_seen(qapp):
    view, seen = View(), []
    view.changed.connect(seen.append)
    view.show_end(8.0)
    view.show_end(12.0)
    assert seen == [Span(0.0, 8.0), Span(0.0, 12.0)]
    view.zoom(0.5, 0.0)
    view.show_end(20.0)
    assert view.span == Span(0.0, 6.0) and not view.fitted
    view.show_end(4.0)
    assert view.span.start == 0.0, "never outside"
    view.fit()
    assert view.fitted


def test_ctrl_and_the_wheel_zoom_at_the_pointer(view, lane):
    assert wheel(lane, 100, QPoint(0, 2 * NOTCH), CTRL)
    assert view.span.seconds == pytest.approx(10 * CLOSER**2)
    assert view.span.time(100, 400) == pytest.approx(12.5)
    wheel(lane, 100, QPoint(0, -2 * NOTCH), CTRL)
    assert view.span.start == pytest.approx(10.0)


def test_shift_and_the_wheel_move_the_view_and_so_does_a_wheel_that_goes_sideways(view, lane):
    assert wheel(lane, 100, QPoint(0, -NOTCH), SHIFT)
    assert view.span.start == pytest.approx(10 + 10 * STEP)
    assert wheel(lane, 100, QPoint(NOTCH, 0))
    assert view.span.start == pytest.approx(10.0)
    wheel(lane, 100, QPoint(40, 0), pixels=20)
    assert view.span.start == pytest.approx(9.5), "a touch pad moves it by pixels"


def test_the_wheel_alone_is_for_the_list_of_lanes(view, lane):
    assert not wheel(lane, 100, QPoint(0, NOTCH))
    assert view.span == Span(10.0, 20.0)


def test_the_middle_button_drags_the_view_and_no_other(view, lane):
    mouse(lane, QEvent.Type.MouseButtonPress, 200, MIDDLE, MIDDLE)
    mouse(lane, QEvent.Type.MouseMove, 240, held=MIDDLE)
    assert view.span.start == pytest.approx(9.0)
    mouse(lane, QEvent.Type.MouseButtonRelease, 240, MIDDLE)
    mouse(lane, QEvent.Type.MouseMove, 300)
    mouse(lane, QEvent.Type.MouseButtonPress, 300, LEFT, LEFT)
    mouse(lane, QEvent.Type.MouseMove, 340, held=LEFT)
    assert view.span.start == pytest.approx(9.0)


def test_a_pinch_on_a_touch_pad_zooms_at_the_pointer(view, lane):
    def pinch(kind: Qt.NativeGestureType, value: float) -> bool:
        device, place = QPointingDevice.primaryPointingDevice(), QPointF(100, 50)
        event = QNativeGestureEvent(kind, device, 2, place, place, place, value, QPointF())
        return lane.navigation.eventFilter(lane, event)

    assert pinch(Qt.NativeGestureType.ZoomNativeGesture, 0.25)
    assert view.span.seconds == pytest.approx(8.0)
    assert view.span.time(100, 400) == pytest.approx(12.5)
    assert not pinch(Qt.NativeGestureType.RotateNativeGesture, 0.25)


def test_a_pinch_on_a_touch_screen_zooms_and_moves(view, lane):
    pinch = QPinchGesture()
    middle = lane.mapToGlobal(QPointF(100, 50))
    pinch.setCenterPoint(middle)
    pinch.setLastCenterPoint(middle + QPointF(40, 0))
    pinch.setScaleFactor(2.0)
    assert lane.navigation.eventFilter(lane, QGestureEvent([pinch]))
    assert view.span.seconds == pytest.approx(5.0)
    assert view.span.start == pytest.approx(12.5 - 1.25 + 0.5)


def test_the_view_turns_the_page_when_the_playhead_comes_to_its_end(view, qtbot):
    view.look_at(19.0)
    assert view.span == Span(10.0, 20.0)
    view.follow(19.7)
    qtbot.waitUntil(lambda: view.span.start == pytest.approx(19.3))
    view.follow(19.8)
    assert view.span.start == pytest.approx(19.3), "it is in view"


def test_the_page_does_not_turn_where_the_user_looks_elsewhere(view, qtbot):
    view.follow(15.0)
    view.pan(20.0)
    view.follow(15.1)
    assert view.span.start == 30.0
    view.pan(-20.0)
    view.follow(15.2)
    view.follow(19.9)
    qtbot.waitUntil(lambda: view.span.start > 19.0)


def test_without_following_only_what_is_put_elsewhere_is_brought_into_view(view, qtbot):
    view.following = False
    view.look_at(15.0)
    view.follow(19.9)
    assert view.span == Span(10.0, 20.0)
    view.look_at(2.0)
    qtbot.waitUntil(lambda: view.span.start == pytest.approx(1.6))


def test_keys_zoom_at_the_cursor_turn_pages_and_show_everything(grooving):
    timeline = grooving.window.timeline
    everything = timeline.view.span
    press(grooving, Qt.Key.Key_Plus)
    press(grooving, Qt.Key.Key_Plus)
    assert timeline.view.span.seconds == pytest.approx(everything.seconds * CLOSER**2)
    press(grooving, Qt.Key.Key_Minus)
    press(grooving, Qt.Key.Key_PageDown)
    assert timeline.view.span.stop == pytest.approx(everything.stop)
    press(grooving, Qt.Key.Key_PageUp)
    assert timeline.view.span.start == 0.0
    press(grooving, Qt.Key.Key_Z)
    assert timeline.view.span == everything


def test_playing_zoomed_in_keeps_the_playhead_in_view(grooving, qtbot):
    timeline = grooving.window.timeline
    timeline.view.move(Span(4.0, 5.0))
    grooving.window.transport.play_pressed.emit()
    qtbot.waitUntil(lambda: timeline.view.span.start < 1.0 and timeline.view.span.seconds == pytest.approx(1.0))
    first = timeline.view.span
    qtbot.waitUntil(lambda: timeline.view.span.start > first.start)
