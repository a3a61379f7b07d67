"""A MIDI file dropped on the window becomes a prompt, whose tempo, metre and key are what the file says."""

from mido import MetaMessage

from engine.midi_in import render
from tests.calm_studio.fakes import drop
from tests.engine.midi_in.midi_files import write_midi, write_sketch


def test_a_dropped_midi_file_is_a_prompt_that_knows_its_music(app, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(render, "find_sound_font", lambda: None)
    drop(app.window, write_sketch(tmp_path / "sketch.mid"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    assert app.state.clip.prompt.name == "sketch"
    heard = app.state.clip.heard
    assert (round(heard.tempo, 1), heard.beats_per_bar, heard.key.name) == (92.0, 4, "D minor")
    qtbot.waitUntil(lambda: "92 bpm" in app.window.transport.heard.text())
    assert app.window.controls.sheet.tempo.placeholderText() == "92 bpm"
    qtbot.waitUntil(lambda: "plain sounds" in app.window.banner.text.text())
    app.window.timeline.trimmed.emit(2 * 4 * 60 / 92 - 0.1, app.state.clip.stop)
    qtbot.waitUntil(lambda: app.state.clip.heard is not None)
    part = app.state.clip.heard
    assert part.tempo == heard.tempo
    assert abs(part.beats[part.first_downbeat] - 0.1) < 0.01, "the bar line is where the file has it"


def test_a_midi_file_without_notes_says_so(app, qtbot, tmp_path):
    drop(app.window, write_midi(tmp_path / "silent.mid", (4, MetaMessage("marker", text="end"))))
    qtbot.waitUntil(lambda: "silent.mid holds no notes" in app.window.banner.text.text())
    assert app.state.clips == ()
