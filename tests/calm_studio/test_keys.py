"""The list of keys: there when asked for, true, and out of the way."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from calm_studio.commands import GROUPS, Command

ALL = [command for _, commands in GROUPS for command in commands]


def test_question_mark_shows_the_keys_and_escape_or_a_click_hides_them(app):
    sheet = app.window.key_sheet
    QTest.keyClick(app.window, "?")
    assert sheet.isVisible()
    shown = [label.text() for label in sheet.findChildren(QLabel)]
    assert all(each.how in shown and each.words in shown for each in ALL if each.how)
    assert app.window.rect().contains(sheet.geometry())
    QTest.keyClick(app.window, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    QTest.keyClick(app.window, Qt.Key.Key_F1)
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton)
    assert not sheet.isVisible()


def test_the_keys_fit_into_the_smallest_window(app, qtbot):
    app.window.resize(app.window.minimumSize())
    qtbot.waitUntil(lambda: app.window.size() == app.window.minimumSize())
    app.window.key_sheet.toggle()
    assert app.window.rect().contains(app.window.key_sheet.geometry())
    bars = app.window.key_sheet.first.horizontalScrollBar()
    assert bars.maximum() == 0, "nothing is cut at the right"


def test_every_key_is_bound_once(app):
    bound = sorted(shortcut.key().toString() for shortcut in app.window.findChildren(QShortcut))
    listed = sorted(QKeySequence(keys).toString() for command in ALL for keys in command.keys)
    assert bound == listed and len(set(bound)) == len(bound)
    assert {"S", "Ctrl+D", "F2", "Space", "?", "4"} <= set(bound)


def test_every_key_is_shown_or_is_a_second_way():
    for command in ALL:
        assert bool(command.run) or (command.shown and not command.keys), command.words
        left_out = command.keys if command.shown is None else ()
        assert all(any(key in (each.shown or "") for each in ALL) for key in left_out), "another line tells of it"


def test_what_is_shown_of_a_command():
    assert Command("Star", ("S", "X")).how == "S"
    assert Command("Delete", ("Delete",), shown="Del").how == "Del"
    assert Command("Theme").how is None
    assert Command("Variation", ("1",), shown=None).how is None


@pytest.mark.parametrize(
    ("key", "signal"), [("S", "star_pressed"), ("F2", "rename_pressed"), ("3", "variation_pressed")]
)
def test_a_key_does_what_the_table_says(app, qtbot, key, signal):
    with qtbot.waitSignal(getattr(app.window, signal)):
        QTest.keySequence(app.window, QKeySequence(key))
