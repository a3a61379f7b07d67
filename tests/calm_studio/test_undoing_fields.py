"""Undo and redo of what stands in the fields: description, length, seed, counts; and whose Ctrl+Z it is."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from calm_studio import undoing
from calm_studio.plan import Length, Plan, turned_back
from tests.calm_studio.fakes import drop, press, repeating, write_groove
from tests.calm_studio.test_undoing import with_clip

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ready(start, qtbot, tmp_path):
    app = with_clip(start(generate=repeating), qtbot, tmp_path)
    app.undoing.rest()
    return app


def type_into(field, words: str) -> None:
    field.setFocus()
    QTest.keyClicks(field, words)


def leave(app) -> None:
    app.window.timeline.setFocus()


def test_only_what_an_edit_changed_is_turned_back():
    now = Plan(text="jazz", seed=7, length=Length(8, in_bars=True))
    assert turned_back(now, Plan(text="jazz"), Plan(text="rock")) == Plan("rock", Length(8, in_bars=True), 7)


def test_a_description_is_one_edit_from_the_first_letter_until_it_is_left(ready, monkeypatch):
    monkeypatch.setattr(undoing, "GESTURE", -1.0)
    edit = ready.window.controls.text.edit
    type_into(edit, "slow jazz")
    leave(ready)
    type_into(edit, "y")
    assert edit.toPlainText() == "slow jazzy"
    leave(ready)
    for words in ("slow jazz", ""):
        ready.undoing.undo()
        assert (edit.toPlainText(), ready.window.controls.settings.text) == (words, words)
    ready.undoing.redo()
    ready.undoing.redo()
    assert ready.window.controls.settings.text == ready.state.plan.text == "slow jazzy"


def test_what_is_typed_after_continue_is_another_edit(ready, make):
    edit = ready.window.controls.text.edit
    type_into(edit, "jazz")
    make(ready)
    type_into(edit, "y")
    ready.undoing.undo()
    assert edit.toPlainText() == "jazz" and len(ready.state.lanes) == 1
    ready.undoing.undo()
    assert edit.toPlainText() == "jazz" and not ready.state.lanes
    ready.undoing.undo()
    assert edit.toPlainText() == ""


def test_in_a_field_undo_is_for_what_was_typed_and_then_the_windows(ready):
    edit = ready.window.controls.text.edit
    ready.window.controls.length.set_seconds(9.0)
    type_into(edit, "jazz")
    press(ready, Qt.Key.Key_Z, CONTROL)
    assert (edit.toPlainText(), ready.window.controls.length.seconds) == ("", 9.0)
    assert ready.state.plan.text == ""
    press(ready, Qt.Key.Key_Z, CONTROL)
    press(ready, Qt.Key.Key_Z, CONTROL)
    assert ready.window.controls.length.seconds == 1.0


def test_steps_of_the_length_go_back_with_the_keyboard_still_in_it(ready):
    length = ready.window.controls.length
    length.number.setFocus()
    for _ in range(3):
        press(ready, Qt.Key.Key_Up)
    assert length.seconds == 4.0
    press(ready, Qt.Key.Key_Z, CONTROL)
    assert (length.seconds, ready.state.plan.length) == (1.0, Length(1.0))
    press(ready, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert length.seconds == 4.0
    assert ready.window.timeline.prompt_lane._planned == 4.0


def test_a_length_in_bars_comes_back_as_bars(start, qtbot, tmp_path):
    app = start(generate=repeating)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    length = app.window.controls.length
    app.undoing.rest()
    length.other.click()
    app.undoing.rest()
    length.number.setValue(3)
    app.undoing.undo()
    assert length.number.text() == "15 bars"
    app.undoing.undo()
    assert (length.number.text(), length.other.text()) == ("30.0 s", "15.0 bars")


def test_a_seed_by_hand_goes_back_and_the_next_takes_own_does_not(ready, make):
    seed, text = ready.window.controls.seed, ready.window.controls.text
    first = seed.value
    seed.number.setValue(4711)
    ready.undoing.rest()
    text.show_text("jazz")
    make(ready)
    after = seed.value
    ready.undoing.undo()
    ready.undoing.undo()
    assert (seed.value, text.text) == (after, ""), "the seed that came with the take stays"
    ready.undoing.undo()
    assert seed.value == first
    for _ in range(3):
        ready.undoing.redo()
    assert (seed.value, text.text, len(ready.state.lanes)) == (4711, "jazz", 1)


def test_variations_and_tries_go_back(ready):
    panel = ready.window.controls
    panel.variations.group.button(2).click()
    panel.tries.group.button(1).click()
    ready.undoing.undo()
    assert (panel.settings.variations, panel.settings.tries) == (3, 1)
    ready.undoing.undo()
    assert (panel.settings.variations, panel.settings.tries) == (1, 1)


def test_a_new_project_keeps_the_fields_as_they_are(ready, make, qtbot):
    make(ready)
    type_into(ready.window.controls.text.edit, "jazz")
    ready.projects.keeping.new()
    qtbot.waitUntil(lambda: not ready.state.lanes)
    assert ready.window.controls.settings.text == ready.state.plan.text == "jazz"
    ready.undoing.undo()
    assert ready.window.controls.settings.text == "jazz", "and there is nothing to undo"
