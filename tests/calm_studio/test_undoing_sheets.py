"""Undo and redo of the lead sheet: before Continue, while a take is written, and when it is finished."""

import threading
from types import SimpleNamespace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from calm_studio.lead_sheet_group import FREE
from calm_studio.plan import SheetWords
from calm_studio.requests import recipe_for
from engine.controls import USUAL_HARMONY
from engine.music.follow import Wishes
from engine.recipe import sound_hash
from engine.replay import render
from engine.weights import random_model
from tests.calm_studio.fakes import press
from tests.calm_studio.test_sheet_lane import editor_of, write

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_chords_tempo_and_mode_of_the_prompt_go_back_one_by_one(grooving):
    lane, fields = grooving.window.timeline.sheet, grooving.window.controls.sheet
    lane.edit_chart()
    write(lane, "Dm7 | G7")
    fields.tempo.setFocus()
    QTest.keyClicks(fields.tempo, "90")
    grooving.window.timeline.setFocus()
    fields.mode.group.button(FREE).click()
    looks = [SheetWords(False, "90", "Dm7 | G7"), SheetWords(True, "90", "Dm7 | G7"), SheetWords(chords="Dm7 | G7")]
    for words in looks:
        assert grooving.state.plan.sheet == fields.words == words
        grooving.undoing.undo()
    assert grooving.window.controls.settings.wishes == Wishes() and fields.chart.text() == "as heard"
    assert "Dm7" not in [mark.symbol for mark in lane.row._marks]
    for words in reversed(looks):
        grooving.undoing.redo()
        assert fields.words == words
    assert not fields.chart.isEnabled(), "free"


def test_chords_that_are_written_bring_their_strength_and_take_it_with_them(grooving):
    fields, strength = grooving.window.controls.sheet, grooving.window.controls.harmony.label

    def followed() -> float:
        assert float(strength.text()) == grooving.window.controls.settings.controls.harmony
        return grooving.window.controls.settings.controls.harmony

    heard, written = USUAL_HARMONY[False], USUAL_HARMONY[True]
    assert followed() == heard != written
    fields.write_chart("Dm7 | Gx7")
    assert float(strength.text()) == heard, "that cannot be read"
    grooving.undoing.undo()
    fields.write_chart("Dm7 | G7")
    assert followed() == written
    fields.write_chart("Dm7 | G7 | Cmaj7")
    assert followed() == written
    for step, strong in ((grooving.undoing.undo, written), (grooving.undoing.undo, heard)):
        step()
        assert followed() == strong
    grooving.undoing.redo()
    assert (fields.words.chords, followed()) == ("Dm7 | G7", written)
    fields.write_chart("")
    assert followed() == heard
    fields.write_chart("Am7")
    grooving.window.controls.harmony.track.setValue(100)
    fields.write_chart("")
    assert followed() == 10.0, "set by hand"


def test_all_taps_of_a_tempo_are_one_edit(grooving, monkeypatch):
    fields, times = grooving.window.controls.sheet, iter((10.0, 10.4, 10.8, 11.2))
    monkeypatch.setattr("calm_studio.undoing.GESTURE", -1.0)
    clock = SimpleNamespace(monotonic=lambda: next(times))  # of that module alone: other threads look at theirs
    monkeypatch.setattr("calm_studio.lead_sheet_group.time", clock)
    for _ in range(4):
        QTest.mousePress(fields.tap, Qt.MouseButton.LeftButton)
    assert fields.tempo.text() == "150.0"
    grooving.undoing.undo()
    assert fields.tempo.text() == ""


def test_what_cannot_be_read_goes_back_too(grooving):
    lane = grooving.window.timeline.sheet
    lane.edit_chart()
    write(lane, "Hm | %")
    assert not grooving.window.controls.continue_button.isEnabled()
    grooving.undoing.undo()
    assert not lane.fields.problem.isVisible() and grooving.window.controls.continue_button.isEnabled()


def test_in_a_bar_that_is_written_undo_is_for_its_letters(grooving):
    lane = grooving.window.timeline.sheet
    lane.fields.write_chart("Dm7 | G7")
    lane.edit_bar(0)
    QTest.keyClicks(editor_of(lane), "Am7")
    press(grooving, Qt.Key.Key_Z, CONTROL)
    assert grooving.window.controls.settings.wishes == Wishes(chords="Dm7 | G7")


def told(app) -> list[set[str]]:
    """The chords of each sheet that the selected take was told, from where it came into effect."""
    take = app.state.lane.take
    starts = [take.cut / take.rate + frame / 25 for frame, _ in take.sheets.changes]
    sheets = [sheet for _, sheet in take.sheets.changes]
    return [{each.symbol for each in sheet.chords if each.start > at} for at, sheet in zip(starts, sheets, strict=True)]


def write_chart(app, qtbot, chart: str) -> None:
    """And wait until the take is told, and has come so far."""
    take, count = app.state.lane.take, len(app.state.lane.take.sheets.changes)
    app.window.timeline.sheet.fields.write_chart(chart)
    reach(take, qtbot, count + 1)


def reach(take, qtbot, sheets: int) -> None:
    def reached() -> bool:
        return len(take.sheets.changes) == sheets and len(take.borders) > take.sheets.changes[-1][0] + 5

    qtbot.waitUntil(reached)


def end(app, qtbot) -> None:
    app.making.stop()
    qtbot.waitUntil(lambda: app.state.writing is None)


def symbols(app) -> set[str]:
    row = app.window.timeline.sheet.row
    return {mark.symbol for mark in row._marks if mark.confidence is None and mark.start > row.song.cut + 4.0}


def test_a_take_that_is_written_is_told_the_earlier_sheet_from_the_next_bar_on(writing, qtbot):
    take = writing.state.lane.take
    write_chart(writing, qtbot, "Dm7")
    assert take.history.changes[-1][1].harmony == USUAL_HARMONY[True]
    write_chart(writing, qtbot, "Eb7")
    writing.undoing.undo()
    reach(take, qtbot, 4)
    writing.undoing.redo()
    reach(take, qtbot, 5)
    assert [{"Dm7", "Eb7"} & each for each in told(writing)] == [set(), {"Dm7"}, {"Eb7"}, {"Dm7"}, {"Eb7"}]
    assert writing.state.lane.sheets is None, "what was heard stays as it was"


def test_of_a_finished_take_what_is_shown_and_made_again_goes_back_but_not_what_it_was_told(writing, qtbot, make):
    """The recipe of the take itself makes it again to the last bit, before and after."""
    write_chart(writing, qtbot, "Dm7")
    write_chart(writing, qtbot, "Eb7")
    end(writing, qtbot)
    lane, automation = writing.state.lane, writing.window.timeline.automation
    changes, recipe = lane.take.sheets.changes, recipe_for(lane, lane.take, writing._session.info)
    looks = []
    for step in (writing.undoing.undo, writing.undoing.undo, writing.undoing.redo, writing.undoing.redo):
        step()
        sheets = writing.state.lane.sheets
        looks.append((sheets and len(sheets), "Eb7" in symbols(writing), automation.again.isVisible()))
    assert looks == [(2, False, True), (1, False, True), (2, False, True), (None, True, False)]
    writing.undoing.undo()
    assert lane.take.sheets.changes is changes
    assert recipe_for(writing.state.lane, lane.take, writing._session.info) == recipe
    make(writing, automation.again.click)
    again = writing.state.lanes[0]
    assert again.take.sheets.changes == changes[:2] and again.note == "A again with other moves"
    same = render(random_model("tiny"), recipe, lane.take.request.prompt, lambda *at: None, threading.Event())
    assert sound_hash(same.audio.samples) == recipe.sha256


def test_as_it_was_forgets_the_sheet_too_and_can_be_undone(writing, qtbot):
    write_chart(writing, qtbot, "Eb7")
    end(writing, qtbot)
    writing.undoing.undo()
    wanted = writing.state.lane.sheets
    writing.window.timeline.automation.as_it_was.click()
    assert not writing.state.lane.edited and "Eb7" in symbols(writing)
    writing.undoing.undo()
    assert writing.state.lane.sheets == wanted and "Eb7" not in symbols(writing)
    writing.undoing.redo()
    assert not writing.state.lane.edited
