"""The list of keys: there when asked for, true, and out of the way."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from calm_studio.keys import KEYS


def test_question_mark_shows_the_keys_and_escape_or_a_click_hides_them(app):
    sheet = app.window.key_sheet
    QTest.keyClick(app.window, "?")
    assert sheet.isVisible()
    shown = [label.text() for label in sheet.findChildren(QLabel)]
    assert all(key in shown and words in shown for _, group in KEYS for key, words in group)
    assert app.window.rect().contains(sheet.geometry())
    QTest.keyClick(app.window, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    QTest.keyClick(app.window, Qt.Key.Key_F1)
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton)
    assert not sheet.isVisible()


def test_the_keys_fit_into_the_smallest_window(app, qtbot):
    app.window.resize(app.window.minimumSize())
    qtbot.wait(20)
    app.window.key_sheet.toggle()
    assert app.window.rect().contains(app.window.key_sheet.geometry())


def test_every_shortcut_of_the_window_is_in_the_list(app):
    listed = " ".join(key for _, group in KEYS for key, _ in group)
    others = {"Ctrl+Return", "Ctrl+Y", "F1"}  # second ways to do the same
    names = {shortcut.key().toString() for shortcut in app.window.findChildren(QShortcut)}
    assert {"S", "Ctrl+D", "F2"} <= names
    assert [name for name in names - others if name not in listed] == []


@pytest.mark.parametrize("name", ["Ctrl+Shift+E", "Ctrl+Shift+Z", "F2", "Home", "End", "Del", "Esc", "Ctrl+D"])
def test_listed_keys_are_bound(app, name):
    assert QKeySequence(name) in [shortcut.key() for shortcut in app.window.findChildren(QShortcut)]
