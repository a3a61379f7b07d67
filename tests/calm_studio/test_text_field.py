"""The description: typed, sent with a take, followed live; off where it cannot be followed."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from calm_studio.requests import ask_words, wish
from calm_studio.settings import Settings
from calm_studio.text_field import TextField
from calm_studio.values import State
from engine.controls import Controls
from engine.events import ModelReady
from engine.music.follow import Wishes
from engine.text.imagine import SLOW
from tests.calm_studio.test_window import with_clip, write_frames
from tests.engine.fakes import Gated

READY = ModelReady("sine", "cpu", "abacus", 320, 1.5, "CC0-1.0", None)


@pytest.fixture
def field(qtbot):
    made = TextField()
    qtbot.addWidget(made)
    return made


def test_words_are_the_text_and_can_begin_a_take(field, qtbot):
    assert field.text == "" and not field.alone.isEnabled()
    with qtbot.waitSignal(field.changed):
        qtbot.keyClicks(field.edit, "  slow jazz ")
    assert field.text == "slow jazz" and field.alone.isEnabled()
    with qtbot.waitSignal(field.alone_pressed):
        qtbot.mouseClick(field.alone, Qt.MouseButton.LeftButton)


def test_where_texts_cannot_be_followed_the_field_says_why(field):
    field.show_text("slow jazz")
    field.show_state(State(model=replace(READY, text_off="the text encoder is not installed")))
    assert not field.edit.isEnabled() and not field.alone.isEnabled()
    assert field.text == "" and "encoder is not installed" in field.edit.toolTip()
    field.show_state(State(model=READY))
    assert field.edit.isEnabled() and field.text == "slow jazz"


def test_while_the_model_is_loading_one_can_write(field):
    field.show_state(State())
    assert field.edit.isEnabled()


def test_a_take_is_written_from_the_text_alone(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.text.show_text("slow jazz with brushes and a double bass")
    app.window.controls.length.set_seconds(1.0)
    app.window.controls.text.alone.click()
    qtbot.waitUntil(lambda: bool(app.state.lanes))
    request = app.state.lane.take.request
    gated.let(100)
    qtbot.waitUntil(lambda: app.state.writing is None)
    assert (
        request.text == "slow jazz with brushes and a double bass" and request.prompt.name == "slow jazz with brushes"
    )
    assert np.abs(request.prompt.samples).max() == 0
    cut, sheet, lane = request.prompt.audio.seconds, request.sheet, app.state.lane
    assert sheet.grids[0].tempo == lane.heard.tempo <= SLOW and sheet.style == "jazz trio"
    told = [chord.symbol for chord in sheet.chords if chord.start >= cut]
    faster = wish(lane, Wishes(150.0)).sheet(sheet, cut, 4.0, 20.0)
    assert faster.grids[-1].tempo == 150.0 and faster.style == sheet.style, "the rest goes on"
    assert [chord.symbol for chord in faster.chords if chord.start >= cut][: len(told)] == told
    assert wish(lane, Wishes(chords="F")).wishes == Wishes(chords="F"), "what is written counts"


def test_each_variation_of_a_text_has_chords_of_its_own():
    asked = ask_words(Settings(Controls(), 20.0, 7, "slow soul in F minor", Wishes(), 1, 3))
    sheets = [request.sheet for request in asked.requests]
    assert len({tuple(c.symbol for c in sheet.chords) for sheet in sheets}) > 1
    assert {(sheet.tonic, sheet.grids) for sheet in sheets} == {(5, sheets[0].grids)}, "in one key and tempo"


def test_the_strength_of_the_text_is_a_live_control(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    take = write_frames(app, qtbot, gated, 2)
    app.window.controls.text_strength.track.setValue(75)
    gated.let(2)
    qtbot.waitUntil(lambda: take.history.changes[-1][1].text_strength == 7.5)
