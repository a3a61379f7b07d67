"""Everything can be reached by keyboard, says what it is, and is readable in a small window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QCheckBox, QLabel, QPushButton, QSizePolicy, QWidget

from calm_studio.tab_order import neighbour, stops
from tests.calm_studio.fakes import press

KEYS, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
PARTS = "qt_spinbox_lineedit"
"""What a spin box is made of: the box itself has the name."""


@pytest.fixture
def two(grooving, make):
    """The app with a clip and two takes, one of them starred."""
    make(grooving)
    grooving.window.star_pressed.emit()
    make(grooving)
    return grooving


def controls(window) -> list[QWidget]:
    """All that can have the keyboard, also in what is not open."""
    found = (widget for widget in window.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return [each for each in found if each.objectName() != PARTS and not isinstance(each, QAbstractItemView)]


def words_of(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def tip_of(widget: QWidget, window: QWidget) -> str:
    """Its own, or that of the group it belongs to, which Qt shows in its place."""
    while widget is not window and not widget.toolTip():
        widget = widget.parentWidget()
    return widget.toolTip()


def called(widget: QWidget) -> str:
    return f"{type(widget).__name__} {words_of(widget)!r} in {type(widget.parentWidget()).__name__}"


def test_every_control_has_a_name_and_a_tooltip(two):
    every = controls(two.window)
    assert len(every) > 50
    assert [called(each) for each in every if not words_of(each)] == []
    assert [called(each) for each in every if not tip_of(each, two.window)] == []


def test_buttons_that_tab_does_not_reach_have_a_key_or_a_menu(two):
    """Star, mute and spectrogram have keys; what is dragged has Copy and Export in the menu of the take."""
    lone = [
        each for each in two.window.findChildren(QAbstractButton) if not each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert {type(each).__name__ for each in lone} <= {"MarkButton", "DragHandle"}
    assert all(each.accessibleName() and each.toolTip() for each in lone if each.isVisible())


def walked(app, step: Qt.Key, modifier, count: int) -> list[QWidget]:
    seen = []
    for _ in range(count):
        press(app, step, modifier)
        seen.append(app.window.focusWidget())
    return seen


def test_tab_goes_through_the_window_as_one_reads_and_round(two):
    window = two.window
    parts = (window.top_bar, window.shelf, window.banner, window.timeline, window.controls, window.transport)
    order = stops(parts)
    order[0].setFocus()
    forth = walked(two, KEYS.Key_Tab, Qt.KeyboardModifier.NoModifier, len(order))
    assert forth == [*order[1:], order[0]]
    back = walked(two, KEYS.Key_Tab, SHIFT, len(order))
    assert back == [*reversed(order)]
    tops = [
        each.mapTo(window.controls, each.rect().center()).y() for each in order if window.controls.isAncestorOf(each)
    ]
    assert all(later >= earlier - 10 for earlier, later in zip(tops, tops[1:], strict=False))


def test_tab_stays_in_what_lies_on_top(two):
    for sheet in (two.window.preferences_sheet, two.window.about_sheet):
        sheet.toggle()
        seen = walked(two, KEYS.Key_Tab, Qt.KeyboardModifier.NoModifier, 12)
        assert all(sheet.isAncestorOf(each) for each in seen) and len(set(seen)) > 1
        press(two, KEYS.Key_Escape)
        assert not sheet.isVisible()
    two.window.controls.export_button.click()
    assert all(two.window.export_sheet.isAncestorOf(each) for each in walked(two, KEYS.Key_Tab, SHIFT, 8))


def test_space_never_presses_what_has_the_keyboard(two, qtbot):
    window = two.window
    for button in (window.controls.export_button, window.controls.continue_button, window.controls.keep_up.on):
        button.setFocus()
        takes, checked = two.state.taken, window.controls.keep_up.on.isChecked()
        with qtbot.waitSignal(window.transport.play_pressed):
            QTest.keyClick(button, KEYS.Key_Space)
        assert (two.state.taken, window.controls.keep_up.on.isChecked()) == (takes, checked)
        assert not window.export_sheet.isVisible()


def test_enter_presses_what_tab_went_to(two):
    window = two.window
    for target in (window.controls.keep_up.on, window.controls.export_button):
        order = stops((window.controls,))
        order[order.index(target) - 1].setFocus()
        press(two, KEYS.Key_Tab)
        assert target.hasFocus()
        press(two, KEYS.Key_Return)
    assert window.export_sheet.isVisible()
    assert not window.controls.keep_up.on.isChecked()


def test_arrow_keys_choose_among_choices(two):
    segments = two.window.controls.variations
    segments.group.button(0).setFocus()
    press(two, KEYS.Key_Right)
    press(two, KEYS.Key_Right)
    assert segments.choice == 2 and segments.group.button(2).hasFocus()
    press(two, KEYS.Key_Left)
    assert segments.choice == 1


def test_the_keyboard_goes_to_the_first_where_it_was_nowhere(two):
    order = stops((two.window.transport,))
    assert neighbour(order, None, 1) is order[0]
    assert neighbour([], None, 1) is None


def cut(window) -> list[str]:
    """Words that are wider than what they stand in, and controls that stick out of their part of the window."""
    found = []
    for widget in (each for kind in (QPushButton, QCheckBox, QLabel) for each in window.findChildren(kind)):
        fixed = widget.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        if not (widget.isVisible() and widget.text() and fixed and not wraps):
            continue
        if widget.width() < widget.sizeHint().width():
            found.append(f"{called(widget)} {widget.text()!r}: {widget.width()} of {widget.sizeHint().width()}")
        if not widget.parentWidget().rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
            found.append(f"{called(widget)} sticks out")
    return found


@pytest.mark.parametrize("size", [(960, 540), (1440, 900)])
def test_nothing_is_cut_at_200_per_cent_of_a_full_hd_screen(two, qtbot, size):
    """1920 x 1080 at 200 % is 960 x 540."""
    two.window.resize(*size)
    qtbot.waitUntil(lambda: two.window.size().toTuple() == size)
    qtbot.waitUntil(lambda: cut(two.window) == [])
    two.window.top_bar.show_buffer(12.3, underruns=123)
    two.window.top_bar.layout().activate()
    assert cut(two.window.top_bar) == []


@pytest.mark.parametrize("name", ["key_sheet", "command_palette", "preferences_sheet", "about_sheet", "export_sheet"])
def test_sheets_fit_into_the_small_window(two, qtbot, name):
    two.window.resize(960, 540)
    qtbot.waitUntil(lambda: two.window.size().toTuple() == (960, 540))
    sheet = getattr(two.window, name)
    two.window.controls.export_button.click() if name == "export_sheet" else sheet.toggle()
    assert two.window.rect().contains(sheet.geometry()), (sheet.geometry(), two.window.size())
