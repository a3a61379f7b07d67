"""The shelf in the real window: dropping, ordering, removing, and what was opened lately."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from calm_studio.shelf import found_files, shelf_edits
from tests.calm_studio.fakes import drop, write_clip, write_groove, write_words

ALT = Qt.KeyboardModifier.AltModifier


def names(app) -> list[str]:
    return [card.clip.prompt.name for card in app.window.shelf.clips.cards]


@pytest.fixture
def three(app, qtbot, tmp_path):
    """The app with clips a, b and c on its shelf, c selected."""
    drop(app.window, *(write_clip(tmp_path / f"{name}.wav") for name in "abc"))
    qtbot.waitUntil(lambda: names(app) == ["a", "b", "c"] and not app.state.reading)
    return app


def test_files_are_on_the_shelf_while_they_are_read(app, qtbot, tmp_path):
    seen = set()
    show = app.window.shelf.show_state
    app.window.shelf.show_state = lambda state: (seen.update(path.name for path in state.reading), show(state))
    drop(app.window, write_clip(tmp_path / "a.wav"), write_words(tmp_path / "b.wav"))
    qtbot.waitUntil(lambda: names(app) == ["a"] and not app.state.reading and bool(app.state.notice))
    assert seen == {"a.wav", "b.wav"}
    assert "b.wav" in app.window.banner.text.text()


def test_an_empty_shelf_invites_and_a_full_one_does_not(three):
    assert not three.window.shelf._hint.isVisible()
    for _ in range(3):
        three.window.shelf.clips.cards[0].removed.emit()
    assert three.window.shelf._hint.isVisible()
    assert not three.window.controls.continue_button.isEnabled()


def test_a_clip_is_dragged_to_another_place(three):
    first, last = three.window.shelf.clips.cards[0], three.window.shelf.clips.cards[2]
    QTest.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    below = first.mapFromGlobal(last.mapToGlobal(QPoint(20, last.height() - 4)))
    QTest.mouseMove(first, below)
    assert three.window.shelf.clips._line == 3
    assert not three.window.shelf.clips.grab().isNull()
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton, pos=below)
    assert names(three) == ["b", "c", "a"]
    assert three.state.clip.prompt.name == "c", "dragging picks nothing"
    three.window.undo_pressed.emit()
    assert names(three) == ["a", "b", "c"]


def test_the_keyboard_orders_picks_and_removes(three, qtbot):
    cards = three.window.shelf.clips.cards
    cards[0].setFocus()
    QTest.keyClick(cards[0], Qt.Key.Key_Down, ALT)
    assert names(three) == ["b", "a", "c"]
    assert three.window.focusWidget() is cards[0], "a card keeps the keyboard when it moves"
    QTest.keyClick(cards[0], Qt.Key.Key_Up, ALT)
    QTest.keyClick(cards[0], Qt.Key.Key_Up, ALT)
    assert names(three) == ["a", "b", "c"]
    QTest.keyClick(cards[0], Qt.Key.Key_Return)
    assert three.state.clip.prompt.name == "a"
    QTest.keyClick(cards[0], Qt.Key.Key_Backspace)
    assert names(three) == ["b", "c"]
    assert three.window.focusWidget() is three.window.shelf.clips.cards[0]


def test_the_cross_and_the_menu_of_a_card(three, qtbot):
    card = three.window.shelf.clips.cards[1]
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=card._cross().center().toPoint())
    assert names(three) == ["a", "c"]
    card = three.window.shelf.clips.cards[1]
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), card.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(card, event)
    (menu,) = card.findChildren(QMenu)
    lines = {action.text().split("\t")[0]: action for action in menu.actions()}
    lines["Move up"].trigger()
    assert names(three) == ["c", "a"]
    lines["Take off the shelf"].trigger()
    assert names(three) == ["a"]
    menu.close()


def test_every_clip_is_listened_to_and_says_what_was_heard(app, qtbot, tmp_path):
    drop(app.window, write_groove(tmp_path / "one.wav"), write_groove(tmp_path / "two.wav", tempo=100.0))
    qtbot.waitUntil(lambda: len(app.state.clips) == 2 and all(clip.heard for clip in app.state.clips))
    first, second = app.window.shelf.clips.cards
    assert "120 bpm" in first.accessibleName()
    assert "100 bpm" in second.accessibleName() and "continued next" in second.accessibleName()
    assert not first.grab().isNull()


def test_what_was_opened_lately_is_there_again_and_what_is_gone_is_faint(start, qtbot, tmp_path):
    app = start()
    drop(app.window, write_clip(tmp_path / "gone.wav"), write_clip(tmp_path / "riff.wav"))
    qtbot.waitUntil(lambda: len(app.state.recent) == 2)
    app.close()
    (tmp_path / "gone.wav").unlink()
    app = start()
    qtbot.waitUntil(lambda: [recent.there for recent in app.state.recent] == [True, False])
    there, gone = app.window.shelf._recent.cards
    assert there.accessibleName() == "riff.wav" and gone.accessibleName() == "gone.wav, missing"
    QTest.mouseClick(gone, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "gone.wav is no longer" in app.window.banner.text.text())
    QTest.keyClick(app.window.shelf._recent.cards[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(app) == ["riff"])
    QTest.keyClick(app.window.shelf._recent.cards[1], Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: len(app.state.recent) == 1)


def test_too_many_files_an_empty_folder_and_a_full_shelf_are_said(app, qtbot, tmp_path, monkeypatch):
    def said(words: str) -> None:
        qtbot.waitUntil(lambda: words in app.window.banner.text.text())

    (tmp_path / "texts").mkdir()
    drop(app.window, tmp_path / "texts")
    said("There is no audio in the folder texts")
    monkeypatch.setattr(found_files, "MOST_FILES", 2)
    drop(app.window, *(write_clip(tmp_path / f"{number}.wav") for number in range(3)))
    said("Only the first 2 files are opened")
    qtbot.waitUntil(lambda: names(app) == ["0", "1"] and not app.state.reading)
    monkeypatch.setattr(shelf_edits, "MOST_MINUTES", 2.5 / 60)
    drop(app.window, tmp_path / "2.wav")
    said("There is no room for 2")
    assert names(app) == ["0", "1"] and app.state.reading == ()
