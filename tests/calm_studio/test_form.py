"""The form is chosen or written beside the live controls, drawn under the chords, and followed live."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from calm_studio.commands import MAKING
from calm_studio.form_field import AS_IT_COMES, SHAPED
from calm_studio.timeline.chord_marks import song_of
from calm_studio.timeline.chord_row import HEIGHT, SECTION_HEIGHT
from engine.music.follow import NO_CHORDS, Wishes
from engine.music.leadsheet import SECTIONS
from tests.calm_studio.test_sheet_lane import a_clip


@pytest.fixture
def form(lane):
    return lane.fields.form


def choose(form, item):
    """As by the mouse or the keyboard in the open list."""
    form.setCurrentIndex(form.findText(item))
    form.activated.emit(form.currentIndex())


def test_every_section_can_be_chosen_and_taken_back(grooving, form):
    told = []
    grooving.window.controls.sheet.settled.connect(lambda: told.append(grooving.window.controls.settings.wishes.form))
    for item in (*SECTIONS, SHAPED, AS_IT_COMES):
        choose(form, item)
    assert told == [*SECTIONS, SHAPED, None]
    assert form.currentText() == "" and AS_IT_COMES in form.lineEdit().placeholderText()


def test_what_is_typed_is_told_when_it_is_left(grooving, form):
    sheet, told = grooving.window.controls.sheet, []
    sheet.settled.connect(lambda: told.append(sheet.wishes.form))
    form.setFocus()
    QTest.keyClicks(form.lineEdit(), "A 2 | B")
    assert told == [] and sheet.wishes == Wishes(form="A 2 | B")
    QTest.keyClick(form.lineEdit(), Qt.Key.Key_Return)
    assert told == ["A 2 | B"]


def test_a_form_that_cannot_be_read_blocks_continue_and_says_why(grooving, form):
    form.choose("verse 4")
    button = grooving.window.controls.continue_button
    assert not button.isEnabled() and "verse" in grooving.window.controls.sheet.problem.text()
    form.choose("")
    assert button.isEnabled() and grooving.window.controls.settings.wishes == Wishes()


def test_undo_takes_the_form_back(grooving, form):
    choose(form, "break")
    choose(form, "B")
    grooving.undoing.undo()
    assert form.words == "break" and grooving.window.controls.settings.wishes.form == "break"
    grooving.undoing.undo()
    assert form.words == ""
    grooving.undoing.redo()
    assert form.words == "break"


def test_the_palette_has_every_section(grooving, form):
    commands = {command.words: command for command in MAKING}
    for name in SECTIONS:
        commands[f"Section {name}, from the next bar line on"].run(grooving.window)
        assert form.words == name
    commands["Form as it comes, from the next bar line on"].run(grooving.window)
    assert form.words == ""


def test_sections_are_shown_as_they_will_be_told():
    song = song_of(a_clip(), Wishes(chords=NO_CHORDS, form="break 1 20% | B"), 6.0)
    assert [(mark.name, mark.start, mark.stop) for mark in song.sections] == [("break", 9, 11), ("B", 11, 15)]
    assert song.sections[0].words == "break, energy 20 %: told to the model"
    assert song_of(a_clip(), Wishes(), 6.0).sections == ()


def amber(row, first, last):
    """(width,) how much red there is over blue between two heights of the row."""
    image = QImage(row.size(), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.black)
    row.render(image)
    pixels = np.array(image.constBits()).reshape(image.height(), -1, 4).astype(int)
    return (pixels[first:last, :, 2] - pixels[first:last, :, 0]).mean(0)


def test_they_are_drawn_below_the_chords_as_full_as_they_are(lane, form):
    assert lane.row.height() == HEIGHT
    form.choose("break 1 10% | B 1 100%")
    assert lane.row.height() == HEIGHT + SECTION_HEIGHT
    (quiet, loud), width = lane.row._sections, lane.row.width()
    shown = amber(lane.row, HEIGHT, HEIGHT + SECTION_HEIGHT - 2)
    at = [round(lane.row.span.x(0.2 * mark.start + 0.8 * mark.stop, width)) for mark in (quiet, loud)]
    before = round(lane.row.span.x(quiet.start, width)) - 10
    assert shown[before] < 1 < shown[at[0]] < 0.7 * shown[at[1]]
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(at[1], HEIGHT + 5), lane.row.mapToGlobal(QPoint(at[1], HEIGHT + 5)))
    QApplication.sendEvent(lane.row, event)
    assert QToolTip.text().startswith("B, energy 100 %")
    form.choose("")
    assert lane.row.height() == HEIGHT


def test_a_section_is_followed_by_the_take_that_is_written(writing, qtbot):
    take, form = writing.state.lane.take, writing.window.controls.sheet.form
    assert not take.sheets.latest.sections
    choose(form, "break")
    qtbot.waitUntil(lambda: len(take.sheets.changes) == 2)
    frame, sheet = take.sheets.changes[1]
    (section,) = sheet.sections
    assert section.name == "break" and section.start == pytest.approx(take.cut / take.rate + frame / 25, abs=0.08)
    bars = (section.start - sheet.grids[0].downbeat) / 2
    assert bars == pytest.approx(round(bars), abs=0.04), "at a bar line"
    qtbot.waitUntil(lambda: [mark.name for mark in writing.window.timeline.sheet.row._sections] == ["break"])
    choose(form, AS_IT_COMES)
    qtbot.waitUntil(lambda: take.sheets.latest is not sheet)
    freed = take.cut / take.rate + (take.sheets.changes[-1][0] + 1) / 25
    assert all(section.stop < freed for section in take.sheets.latest.sections)
