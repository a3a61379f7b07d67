"""What was heard is shown and followed, and what is written in its place is followed instead."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from calm_studio import lead_sheet_group
from calm_studio.heard_words import key_words, metre_words, sureness, tempo_words
from calm_studio.lead_sheet_group import FREE, LeadSheetGroup
from calm_studio.length_field import LengthField
from calm_studio.tempo_tap import PAUSE, TempoTap
from calm_studio.transport import heard_chip
from engine.controls import USUAL_HARMONY
from engine.music.chart import parse_chart
from engine.music.follow import NO_CHORDS, Wishes
from engine.music.heard import Heard, HeardChord, Key
from tests.calm_studio.fakes import drop, press, write_clip

NOTHING = Heard(None, (), 4, 0, 0.0, None, 0.0, ())


def chord(symbol: str, confidence: float = 0.9) -> HeardChord:
    return HeardChord(0.0, 1.0, symbol, 0, 0, (0, 4, 7), confidence)


def song(tempo_confidence: float = 0.9, key_confidence: float = 0.8, chords=("Fm", "Fm", "C7")) -> Heard:
    heard = tuple(chord(symbol) for symbol in chords)
    return Heard(92.0, (0.0, 0.65), 3, 0, tempo_confidence, Key(5, "minor"), key_confidence, heard)


@pytest.fixture
def group(qtbot, dressed):
    group = LeadSheetGroup()
    qtbot.addWidget(group)
    group.show()
    return group


def test_what_was_heard_is_told_in_words():
    assert (tempo_words(song()), key_words(song()), metre_words(song())) == ("92 bpm", "F minor", "3/4")
    assert (tempo_words(NOTHING), key_words(NOTHING), metre_words(NOTHING)) == ("no pulse", "no key", "")
    assert "92.00 bpm, 90 % sure" in sureness(song())
    assert "40 % sure: not followed" in sureness(song(key_confidence=0.4))


def test_unsure_figures_have_a_question_mark():
    assert "<b>92 bpm</b>" in heard_chip(song())
    assert "92 bpm?" in heard_chip(song(tempo_confidence=0.2))
    assert "F minor?" in heard_chip(song(key_confidence=0.2))
    assert "no pulse" in heard_chip(NOTHING)
    assert "listening" in heard_chip(None)


def test_taps_give_the_median_tempo_and_a_pause_begins_anew():
    tap = TempoTap()
    found = [tap.tap(at) for at in (0.0, 0.5, 1.0, 1.9, 2.4)]
    assert found[0] is None
    assert found[-1] == pytest.approx(120.0), "one slow interval among four"
    assert tap.tap(2.4 + PAUSE + 0.1) is None
    assert tap.tap(2.4 + PAUSE + 0.7) == pytest.approx(100.0)


def test_tapping_fills_in_the_tempo(group, monkeypatch):
    times = iter((10.0, 10.4, 10.8))
    monkeypatch.setattr(lead_sheet_group.time, "monotonic", lambda: next(times))
    for _ in range(3):
        QTest.mousePress(group.tap, Qt.MouseButton.LeftButton)
    assert group.tempo.text() == "150.0"
    assert group.wishes == Wishes(150.0, None)


def test_empty_fields_show_and_mean_what_was_heard(group):
    group.show_heard(song())
    assert (group.tempo.placeholderText(), group.chart.text()) == ("92 bpm", "as heard")
    assert group.wishes == Wishes()
    assert group.bar_seconds == pytest.approx(3 * 60 / 92)
    group.tempo.setText("90,5 bpm")
    assert group.wishes == Wishes(90.5)
    group.show_heard(NOTHING)
    assert group.tempo.placeholderText() == "no pulse"
    assert group.bar_seconds == pytest.approx(4 * 60 / 90.5)


@pytest.mark.parametrize(
    ("tempo", "chords", "words"), [("fast", "", "fast"), ("7", "", "7 beats"), ("", "Dm7 | Gx", "Gx")]
)
def test_what_cannot_be_read_is_told_at_once(group, tempo, chords, words):
    changes = []
    group.changed.connect(lambda: changes.append(True))
    group.tempo.setText(tempo)
    group.chords.setText(chords)
    assert changes
    assert group.problem.isVisible()
    assert words in group.problem.text()


def test_a_free_sheet_has_a_tempo_and_no_chords(group):
    group.tempo.setText("100")
    group.chords.setText("Dm7 | Gx")
    group.mode.group.button(FREE).click()
    assert group.wishes == Wishes(100.0, NO_CHORDS)
    assert not group.problem.isVisible()
    assert group.tempo.isEnabled() and not group.chords.isEnabled() and not group.suggest.isEnabled()


def test_length_counts_in_bars_where_there_is_a_beat(qtbot, dressed):
    field, changes = LengthField(30.0), []
    qtbot.addWidget(field)
    field.changed.connect(lambda: changes.append(field.seconds))
    assert field.other.isHidden()
    field.show_bar(2.0)
    assert field.other.text() == "15.0 bars"
    field.other.click()
    assert (field.number.text(), field.other.text(), field.seconds) == ("15 bars", "30.0 s", 30.0)
    field.number.setValue(8)
    field.show_bar(3.0)
    assert (field.number.text(), field.seconds) == ("8 bars", 24.0), "so many bars, in another tempo"
    field.show_bar(None)
    assert (field.number.text(), field.seconds) == ("24.0 s", 24.0)
    assert changes == [30.0, 16.0], "what was chosen, not what became of it"
    field.show_bar(500.0)
    field.other.click()
    field.number.setValue(5)
    assert field.seconds <= 600.0, "never longer than the engine takes"


def test_a_clip_is_listened_to_and_what_was_heard_is_shown(grooving):
    window = grooving.window
    assert window.transport.heard.text().startswith("<b>120 bpm</b>")
    assert window.controls.sheet.tempo.placeholderText() == "120 bpm"
    assert "sure" in window.transport.heard.toolTip()
    assert window.controls.length.other.text() == "2.0 bars"


def test_a_clip_without_a_beat_is_said_to_have_none(app, qtbot, tmp_path):
    drop(app.window, write_clip(tmp_path / "noise.wav", seconds=1.0))
    qtbot.waitUntil(lambda: "no pulse" in app.window.transport.heard.text())
    assert app.window.controls.length.other.isHidden()


def test_another_part_of_the_clip_is_listened_to_anew(grooving, qtbot):
    before = grooving.state.clip.heard
    for stop in (7.0, 6.5, 6.0):
        grooving.window.timeline.trimmed.emit(0.0, stop)
    assert "listening" in grooving.window.transport.heard.text()
    qtbot.waitUntil(lambda: grooving.state.clip.heard is not None)
    assert grooving.state.clip.heard is not before
    assert grooving.state.clip.heard.beats[-1] <= 6.0


def test_the_take_follows_the_tempo_that_was_heard(grooving, make):
    lane = make(grooving)
    (grid,) = lane.take.request.sheet.grids
    assert grid.tempo == pytest.approx(120.0, rel=0.01)
    assert lane.heard.tempo == grid.tempo


def test_written_tempo_and_chords_are_followed(grooving, make):
    sheet = grooving.window.controls.sheet
    sheet.tempo.setText("100")
    sheet.chords.setText("Dm7 | G7")
    told = make(grooving).take.request.sheet
    assert told.grids[-1].tempo == 100.0
    assert {"Dm7", "G7"} >= {chord.symbol for chord in told.chords if chord.start > 8.0}


def test_a_free_take_follows_the_tempo_and_no_chords(grooving, make):
    grooving.window.controls.sheet.mode.group.button(FREE).click()
    take = make(grooving).take
    (grid,) = take.request.sheet.grids
    assert grid.tempo == pytest.approx(120.0, rel=0.01)
    assert all(chord.stop <= take.cut / take.rate for chord in take.request.sheet.chords)


def test_chords_are_suggested_in_the_key_that_was_heard(group):
    told = []
    group.settled.connect(lambda: told.append(group.wishes.chords))
    assert not group.suggest.isEnabled(), "nothing is heard yet"
    group.show_heard(song())
    for _ in range(4):
        group.suggest.click()
    assert group.chords.text() == told[-1]
    assert len(set(told)) > 1, "others, again and again"
    assert all(len(parse_chart(chart)) == 8 for chart in told)
    assert any("Fm" in chart for chart in told)


def test_without_a_key_nothing_is_suggested_and_it_is_said_why(group):
    group.chords.setText("Dm7")
    group.show_heard(NOTHING)
    group.suggest.click()
    assert group.problem.isVisible() and "No key" in group.problem.text()
    assert group.wishes == Wishes(chords="Dm7"), "what was written stays"


def test_suggested_chords_are_told_and_undone(grooving):
    sheet, before = grooving.window.controls.sheet, grooving.window.controls.settings
    sheet.show_heard(song())
    press(grooving, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    suggested = grooving.window.controls.settings
    assert suggested.wishes.chords == sheet.chords.text() != ""
    assert suggested.controls.harmony == USUAL_HARMONY[True]
    grooving.undoing.undo()
    assert grooving.window.controls.settings == before


def test_a_wrong_chord_blocks_continue(grooving, qtbot):
    window = grooving.window
    window.controls.sheet.chords.setText("Dm7 | Gx7")
    assert not window.controls.continue_button.isEnabled()
    assert "Gx7" in window.controls.continue_button.toolTip()
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(50)
    assert not grooving.state.waiting and not grooving.state.lanes
    window.controls.sheet.chords.clear()
    assert window.controls.continue_button.isEnabled()


def test_a_take_can_be_some_bars_long(grooving, make):
    length = grooving.window.controls.length
    length.other.click()
    length.number.setValue(3)
    assert make(grooving).take.request.seconds == pytest.approx(6.0, rel=0.01)


def test_so_many_starts_are_tried(grooving, make):
    grooving.window.controls.tries.group.button(2).click()
    assert make(grooving).take.request.tries == 4
