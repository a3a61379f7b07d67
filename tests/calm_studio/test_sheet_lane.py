"""The lead-sheet lane: chords and bars as heard and as told, written in place, and followed while a take is written."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from calm_studio.lead_sheet_group import FREE
from calm_studio.timeline.chord_marks import bar_of, chart_in_effect, song_of, with_bar
from calm_studio.timeline.line_editor import LineEditor
from calm_studio.values import Clip, Lane, State
from engine.errors import CalmError
from engine.music.follow import NO_CHORDS, Wishes, follow
from engine.peaks import PeakPyramid
from engine.request import Prompt
from engine.take import Take
from tests.calm_studio.fakes import press
from tests.engine.fakes import a_prompt, a_request
from tests.engine.music.test_follow import heard

LEFT = Qt.MouseButton.LeftButton
SONG = heard("C", "Am", "F", "G")  # 120 bpm: a bar is 2 s, all of it 8 s


def a_clip(start=1.0, seconds=8.0) -> State:
    whole = a_prompt(start + seconds)
    prompt = Prompt(whole.audio, "tone", round(start * 48_000), whole.stop)
    clip = Clip(prompt, PeakPyramid(2), SONG)
    return State(clips=(clip,), clip=clip)


def told(song):
    return [(mark.symbol, mark.start, mark.confidence) for mark in song.marks]


def test_before_the_cut_what_was_heard_and_after_it_what_will_be_told():
    song = song_of(a_clip(), Wishes(chords="Dm7 | G7"), 4.0)
    heard_part = [("C", 1, 0.9), ("Am", 3, 0.9), ("F", 5, 0.9), ("G", 7, 0.9)]
    assert told(song) == [*heard_part, ("Dm7", 9, None), ("G7", 11, None)], "in seconds of the timeline"
    assert song.bar_lines() == [9, 11, 13]
    assert [mark.stop for mark in song.marks][-2:] == [11, 13]
    assert told(song_of(a_clip(), Wishes(chords=NO_CHORDS), 4.0)) == heard_part, "free"
    assert song_of(State(), Wishes(), 4.0) is None


def test_of_a_take_its_own_sheet_is_shown_whatever_is_wished_now():
    sheet = follow(SONG, 1.0, 6.0, Wishes(chords="F"))
    take = Take(a_request(6.0), 1)
    take.sheets.turn(0, sheet)
    state = State(lanes=(Lane("Take A", take, heard=SONG),), chosen=1)
    song = song_of(state, Wishes(chords="Dm7"), 4.0)
    assert {mark.symbol for mark in song.marks if mark.confidence is None} == {"F"}
    assert song.stop == 7.0


def test_a_chord_tells_how_sure_it_is():
    song = song_of(a_clip(), Wishes(), 4.0)
    assert song.marks[0].words == "C: heard, 90 % sure" and song.marks[-1].words.endswith("told to the model")
    unsure = song_of(State(clip=Clip(a_clip().clip.prompt, PeakPyramid(2), heard("C", confidence=0.3))), Wishes(), 4.0)
    assert "30 % sure, too little to be followed" in unsure.marks[0].words


def test_what_goes_on_is_written_as_a_chart():
    assert chart_in_effect(song_of(a_clip(), Wishes(), 4.0), "") == "C | Am | F | G"
    assert chart_in_effect(song_of(a_clip(), Wishes(), 4.0), "Dm7 | %") == "Dm7 | %"
    assert chart_in_effect(None, "") == ""
    assert chart_in_effect(song_of(a_clip(seconds=5.0), Wishes(), 4.0), "") == "N.C. | C | Am | F", "half of the third"


def test_a_bar_is_changed_wherever_it_is_repeated():
    assert with_bar("Dm7 | G7 | %", 4, "Am D7") == "Dm7 | Am D7 | G7"
    assert (bar_of("Dm7 | G7 | %", 5), bar_of("Dm7 | G7 C", 1)) == ("G7", "G7 C")
    for wrong in ("Gx", "C | D"):
        with pytest.raises(CalmError):
            with_bar("Dm7 | G7", 0, wrong)


def editor_of(lane) -> LineEditor | None:
    return next((each for each in lane.row.findChildren(LineEditor) if not each.isHidden()), None)


def write(lane, text):
    editor = editor_of(lane)
    editor.setText(text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def middle_of(lane, bar) -> QPoint:
    on, off = lane.row._spans[bar]
    return QPoint(round(lane.row.span.x((on + off) / 2, lane.row.width())), 12)


def test_it_is_there_with_a_clip_and_lies_under_the_ruler(app, grooving, lane):
    ruler = grooving.window.timeline.ruler
    assert lane.isVisible() and lane.y() > ruler.y() and lane.width() == ruler.width()


def test_enter_opens_the_chart_and_enter_keeps_it(grooving, lane):
    lane.row.setFocus()
    press(grooving, Qt.Key.Key_Return)
    write(lane, "Dm7 | G7")
    assert editor_of(lane) is None
    assert grooving.window.controls.settings.wishes == Wishes(chords="Dm7 | G7")
    assert lane.fields.chart.text() == "Dm7 | G7"
    assert [mark.symbol for mark in lane.row._marks if mark.confidence is None] == ["Dm7", "G7"]
    lane.fields.chart.click()
    QTest.keyClick(editor_of(lane), Qt.Key.Key_Escape)
    assert lane.fields.chords.text() == "Dm7 | G7"
    lane.edit_chart()
    write(lane, "")
    assert grooving.window.controls.settings.wishes == Wishes() and lane.fields.chart.text() == "as heard"


def test_a_click_opens_the_chart_and_a_double_click_the_bar(grooving, lane, qtbot):
    lane.fields.write_chart("Dm7 | G7")
    QTest.mouseClick(lane.row, LEFT, pos=middle_of(lane, 0))
    qtbot.waitUntil(lambda: editor_of(lane) is not None)
    assert editor_of(lane).text() == "Dm7 | G7"
    QTest.keyClick(editor_of(lane), Qt.Key.Key_Escape)
    QTest.mouseDClick(lane.row, LEFT, pos=middle_of(lane, 1))
    assert editor_of(lane).text() == "G7"
    write(lane, "Db7 C7")
    assert lane.fields.chords.text() == "Dm7 | Db7 C7"


def test_bars_by_keyboard(grooving, lane):
    lane.fields.write_chart("Dm7 | G7")
    lane.row.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return):
        press(grooving, key)
    assert lane.row.chosen == 0
    write(lane, "Am7")
    assert lane.fields.chords.text() == "Am7 | G7"


def test_what_cannot_be_read_is_said_in_the_lane(grooving, lane):
    lane.fields.write_chart("Dm7 | G7")
    lane.edit_bar(0)
    write(lane, "Xm7")
    assert lane.fields.problem.isVisible() and "Xm7" in lane.fields.problem.text()
    assert lane.fields.chords.text() == "Dm7 | G7", "what was there is kept"
    lane.edit_chart()
    write(lane, "Hm | %")
    assert "Hm" in lane.fields.problem.text() and not grooving.window.controls.continue_button.isEnabled()
    lane.edit_bar(0)
    assert editor_of(lane).text() == "Hm | %", "the chart has to be mended first"


def test_where_nothing_is_followed_no_chart_is_written(grooving, lane):
    lane.fields.mode.group.button(FREE).click()
    lane.edit_chart()
    lane.edit_bar(0)
    assert editor_of(lane) is None


def test_surer_chords_are_drawn_more_strongly(lane):
    def strength(confidence):
        clip = Clip(a_clip(0.0).clip.prompt, PeakPyramid(2), heard("C", confidence=confidence))
        lane.row.show_song(song_of(State(clip=clip), Wishes(chords=NO_CHORDS), 4.0), ())
        image = QImage(lane.row.size(), QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.black)
        lane.row.render(image)
        return np.array(image.constBits()).reshape(-1, 4)[:, 1].max()

    assert strength(0.1) < strength(0.5) < strength(1.0)


def test_settled_is_said_once_for_each_thing_that_is_wanted(lane):
    told = []
    lane.fields.settled.connect(lambda: told.append(lane.fields.wishes))
    lane.fields.tempo.setText("90")
    assert told == [], "not while it is typed"
    for _ in range(2):
        lane.fields.tempo.editingFinished.emit()
    lane.fields.mode.group.button(FREE).click()
    lane.fields.tempo.setText("nonsense")
    assert told == [Wishes(90.0), Wishes(90.0, NO_CHORDS)]


def test_a_chart_is_followed_by_the_take_that_is_written(writing, qtbot):
    take, lane = writing.state.lane.take, writing.window.timeline.sheet
    lane.edit_chart()
    write(lane, "Dm7 | G7")
    qtbot.waitUntil(lambda: len(take.sheets.changes) == 2)
    frame, sheet = take.sheets.changes[1]
    turned = take.cut / take.rate + (frame + 1) / 25
    assert {chord.symbol for chord in sheet.chords if chord.start > turned} == {"Dm7", "G7"}
    qtbot.waitUntil(lambda: "Dm7" in [mark.symbol for mark in lane.row._marks])
    lane.fields.mode.group.button(FREE).click()
    qtbot.waitUntil(lambda: take.sheets.latest is not sheet)
    freed = take.cut / take.rate + (take.sheets.changes[-1][0] + 1) / 25
    assert all(chord.stop < freed for chord in take.sheets.latest.chords)


def test_a_branch_follows_what_is_wished_now_without_hearing_anew(writing, qtbot):
    parent = writing.state.lane
    qtbot.waitUntil(lambda: parent.take.written > parent.take.cut + parent.take.rate)
    writing.making.stop()
    qtbot.waitUntil(lambda: writing.state.writing is None)
    writing.window.controls.length.set_seconds(1.0)
    writing.window.controls.sheet.tempo.setText("90")
    writing.making.branch(parent.take.id, 6.8)
    qtbot.waitUntil(lambda: len(writing.state.lanes) == 2 and writing.state.writing is None)
    take = writing.state.lane.take
    assert take.request.fork.parent is parent.take
    assert [grid.tempo for grid in take.sheets.latest.grids][-1] == 90.0
    assert take.sheets.at(0) == parent.take.sheets.at(0)
