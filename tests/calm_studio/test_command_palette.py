"""Every command is found by a few letters and done by Enter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from calm_studio import fuzzy
from calm_studio.command_menu import CommandMenu
from calm_studio.command_palette import found
from tests.calm_studio.fakes import press

KEYS, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def words(app) -> list[str]:
    tree = app.window.command_palette.list
    return [tree.topLevelItem(row).text(0) for row in range(tree.topLevelItemCount())]


def chosen(app) -> str:
    return app.window.command_palette.list.currentItem().text(0)


def typed(app, text: str) -> None:
    QTest.keyClicks(app.window.command_palette.search, text)


@pytest.mark.parametrize("key", [KEYS.Key_K, KEYS.Key_P])
def test_it_opens_with_all_commands_and_the_keyboard_and_gives_it_back(app, key):
    before = app.window.focusWidget()
    press(app, key, CTRL)
    palette = app.window.command_palette
    assert palette.isVisible() and palette.search.hasFocus()
    assert len(words(app)) == len(found("")) > 30
    assert app.window.rect().contains(palette.geometry())
    press(app, KEYS.Key_Escape)
    assert not palette.isVisible() and app.window.focusWidget() is before


def test_a_few_letters_find_a_command_and_enter_does_it(app, qtbot):
    press(app, KEYS.Key_K, CTRL)
    typed(app, "dupl")
    assert chosen(app) == "Duplicate"
    with qtbot.waitSignal(app.window.duplicate_pressed):
        press(app, KEYS.Key_Return)
    assert not app.window.command_palette.isVisible()


def test_letters_are_typed_and_do_not_act(app, qtbot):
    """S, B, Space and the digits are keys of the window."""
    press(app, KEYS.Key_K, CTRL)
    with qtbot.assertNotEmitted(app.window.star_pressed), qtbot.assertNotEmitted(app.window.transport.play_pressed):
        typed(app, "sb 1")
    assert app.window.command_palette.search.text() == "sb 1"


def test_arrows_choose_and_go_round(app):
    press(app, KEYS.Key_K, CTRL)
    first, second, last = words(app)[0], words(app)[1], words(app)[-1]
    press(app, KEYS.Key_Down)
    assert chosen(app) == second
    press(app, KEYS.Key_Up)
    assert chosen(app) == first
    press(app, KEYS.Key_Up)
    assert chosen(app) == last


def test_a_click_does_it_too(app, qtbot):
    press(app, KEYS.Key_K, CTRL)
    typed(app, "all keys")
    tree = app.window.command_palette.list
    place = tree.visualItemRect(tree.topLevelItem(0)).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert app.window.key_sheet.isVisible()


def test_nothing_fits_and_nothing_happens(app):
    press(app, KEYS.Key_K, CTRL)
    typed(app, "xylophone")
    press(app, KEYS.Key_Down)
    press(app, KEYS.Key_Return)
    assert words(app) == [] and app.window.command_palette.isVisible()


def test_keys_stand_beside_the_words(app):
    press(app, KEYS.Key_K, CTRL)
    typed(app, "star")
    assert app.window.command_palette.list.currentItem().text(2) == "S"


def test_what_begins_a_word_comes_before_what_is_inside_and_that_before_what_is_scattered():
    scores = [fuzzy.score("ex", words) for words in ("Export", "Next colour", "Every box", "Star")]
    assert scores[0] > scores[1] > scores[2] > 0 and scores[3] is None
    assert fuzzy.score("", "anything") == 0
    assert fuzzy.score("take exp", "Export take") == 4 + 3
    assert fuzzy.score("(", "a(b)") == 2, "no pattern"


def test_the_best_comes_first_and_else_the_order_of_the_table():
    assert [command.words for _, command in found("zoom")] == ["Zoom in at the cursor", "Zoom out at the cursor"]
    assert found("exp")[0][1].words == "Export"
    assert found("undo")[0][1].keys == ("Ctrl+Z",)


def test_the_menu_at_the_top_holds_the_app_s_commands_and_does_them(app):
    app.window.top_bar.more.click()
    menu = app.window.findChild(CommandMenu)
    words = [action.text().split("\t")[0] for action in menu.actions()]
    assert {"Preferences", "Light theme", "All keys", "About, versions and licences"} <= set(words)
    next(action for action in menu.actions() if action.text().startswith("Preferences\tCtrl+,")).trigger()
    assert app.window.preferences_sheet.isVisible()
    menu.close()
