"""Drift at work in the window: a take that leaves its tempo or key is marked while it is written."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from calm_studio import state as states
from calm_studio import theme
from calm_studio.drifting import EVERY_SECONDS, looked_at, wanted_key, wanted_tempo
from calm_studio.values import Alarm, Lane
from calm_studio.watching import fallen, last_good
from engine.audio import Audio
from engine.controls import Controls
from engine.drift import LOOK_SECONDS, Look
from engine.music.chords import HeardChord
from engine.music.heard import Heard
from engine.music.key import Key
from engine.music.leadsheet import Grid, LeadSheet, SheetChord
from engine.request import Prompt, Request
from engine.take import Take
from tests.calm_studio.fakes import a_take, drop
from tests.engine.fakes import FakeFrame
from tests.engine.tunes import tune

RATE = 22_050


def turning(model, take, box, stop):
    """Goes on for two seconds, and then in another tempo and key."""
    size = take.rate // 25
    sound = np.concatenate([tune(2.0, take.rate), tune(30.0, take.rate, 97.0, 6)], axis=1)
    for index in range(sound.shape[1] // size):
        if stop.is_set() or take.full:
            return
        take.history.record(index, box.get())
        take.append(sound[:, index * size : (index + 1) * size])
        yield FakeFrame(index, box.get())
        stop.wait(0.01)


def heard(key: Key | None = None, confidence: float = 0.9, chords: tuple[HeardChord, ...] = ()) -> Heard:
    return Heard(120.0, tuple(np.arange(0, 10, 0.5)), 4, 0, 0.9, key, confidence, chords)


@pytest.fixture
def drifted(start, qtbot, tmp_path):
    """The app, with a take that has drifted."""
    soundfile.write(tmp_path / "tune.wav", tune(10.0, RATE).T, RATE, subtype="PCM_24")
    app = start(generate=turning)
    drop(app.window, tmp_path / "tune.wav")
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(30.0)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: app.state.lane is not None and app.state.lane.alarm is not None)
    return app


def test_a_take_that_leaves_its_tempo_is_marked_and_can_go_back(drifted, qtbot):
    lane = drifted.state.lane
    assert lane.alarm.kind == "tempo drift"
    assert 12.0 - LOOK_SECONDS / 2 <= lane.alarm.sample / RATE <= 20.0
    title = drifted.window.timeline.lanes[lane.take.id].title.text
    qtbot.waitUntil(lambda: "tempo drift from" in title() and theme.RED in title())
    bar = last_good(lane)
    drifted.window.back_pressed.emit()
    qtbot.waitUntil(lambda: len(drifted.state.lanes) == 2)
    assert drifted.state.lane.begins == pytest.approx(bar, abs=0.05)


def test_there_is_nothing_to_go_back_from_in_a_sound_take(grooving, make):
    lane = make(grooving)
    grooving.window.back_pressed.emit()
    assert lane.alarm is None
    assert not grooving.state.waiting


def test_a_take_that_has_drifted_may_still_collapse():
    assert not fallen(None)
    assert not fallen(Alarm("key drift", 0))
    assert fallen(Alarm("silence", 0))


def test_the_tempo_to_keep_is_the_sheets_and_else_as_heard():
    lane = Lane("Take A", a_take(seconds=8.0))
    assert wanted_tempo(lane) is None
    assert wanted_tempo(replace(lane, heard=heard())) == 120.0
    lane.take.sheets.turn(0, LeadSheet(grids=(Grid(97.0, 0.0, 4),)))
    assert wanted_tempo(replace(lane, heard=heard())) == 97.0


def test_the_key_to_keep_is_that_heard_for_sure_unless_the_chords_leave_it():
    lane = Lane("Take A", a_take(seconds=8.0), heard=heard(Key(0, "major")))
    assert wanted_key(lane) == Key(0, "major")
    assert wanted_key(replace(lane, heard=heard(Key(0, "major"), 0.2))) is None
    assert wanted_key(replace(lane, heard=None)) is None
    for pitches, kept in (((2, 5, 9), True), ((2, 6, 9), True), ((1, 5, 8), False)):
        chords = (SheetChord(2.0, 4.0, "?", pitches[0], pitches[0], pitches),)
        lane.take.sheets.turn(0, LeadSheet(chords=chords))
        assert (wanted_key(lane) is not None) == kept, pitches


def test_what_the_prompt_keeps_is_measured_once():
    take = a_take(seconds=20.0)
    take.append(tune(20.0, 48_000))
    first = looked_at(take, take.written, None, Key(0, "major"), None)
    again = looked_at(take, take.written, None, Key(0, "major"), first)
    assert again.kept is first.kept
    assert again.last == Look(False, False) and again.written == take.written


def test_another_tempo_on_purpose_is_no_drift():
    prompt = Prompt(Audio(tune(10.0, RATE), RATE), "tune", 0, 10 * RATE)
    take = Take(Request(prompt, 20.0, 7, Controls()), 1)
    take.append(tune(20.0, RATE, 97.0))
    first = looked_at(take, take.written, 120.0, None, None)
    assert first.kept.tempo == 120.0 and first.last.tempo
    assert looked_at(take, take.written, 97.0, None, first).kept.tempo is None


def test_an_alarm_of_a_take_that_was_deleted_meanwhile_changes_nothing(drifted):
    drifting, take_id = drifted.watching._drifting, drifted.state.chosen
    seen = drifting._seen[take_id]
    drifted.window.delete_pressed.emit()
    state = drifted.state
    drifting._on_looked(take_id, replace(seen, last=Look(True, True)), replace(seen, last=Look(True, True)))
    assert drifted.state is state
    assert states.with_alarm(state, take_id, Alarm("key drift", 0)).lanes == state.lanes


def test_looks_follow_each_other_closely_enough_to_be_of_use():
    assert LOOK_SECONDS % EVERY_SECONDS == 0 and EVERY_SECONDS < LOOK_SECONDS / 2
