"""MIDI files as sound, with a sound font and with plain sounds: right notes at right times."""

import sys

import numpy as np
import pytest
from mido import Message

from engine.audio import Audio
from engine.midi_in import plain_synth, render
from engine.midi_in.font_synth import FontUnusable, play_with_font
from engine.midi_in.midi_song import read_song
from engine.midi_in.plain_synth import FAMILIES, play_plainly, strokes_of
from engine.midi_in.sound_fonts import find_sound_font
from engine.music.heard import hear
from engine.music.key import Key
from engine.request import Prompt
from tests.engine.midi_in.midi_files import note, tempo, write_midi, write_sketch

RATE = render.RATE


@pytest.fixture(scope="module")
def font():
    found = find_sound_font()
    assert found, "these tests need a sound font: apt-get install fluidr3mono-gm-soundfont"
    return found


def pitch_of(samples: np.ndarray) -> float:
    """The strongest frequency of (2, N), as a MIDI pitch."""
    spectrum = np.abs(np.fft.rfft(samples.sum(axis=0) * np.hanning(samples.shape[1]), 4 * RATE))
    return 69 + 12 * np.log2(spectrum.argmax() / 4 / 440)


@pytest.mark.parametrize("with_font", [True, False])
def test_notes_and_drums_sound_when_and_as_they_are_written(tmp_path, font, with_font):
    events = [*note(1, 69, 0.5), *note(2, 57, 0.5), *note(3, 76, 0.5), *note(5, 37, 0.5, channel=9)]
    path = write_midi(tmp_path / "a.mid", tempo(60), (0, Message("program_change", program=11)), *events)
    audio, _ = render.render(path, font if with_font else None)
    assert (audio.samples.dtype, audio.samples.shape, audio.rate) == (np.float32, (2, 8 * RATE), 48_000)
    assert np.abs(audio.samples).max() <= render.LOUDEST_PEAK + 1e-6
    assert np.abs(audio.samples[:, : RATE - 50]).max() < 1e-3
    for second, pitch in ((1, 69), (2, 57), (3, 76)):
        heard = audio.samples[:, round((second + 0.05) * RATE) : round((second + 0.45) * RATE)]
        assert np.cos((pitch_of(heard) - pitch) * 2 * np.pi / 12) > 0.99, "the same tone in some octave"
    stroke = np.abs(audio.samples[:, round(4.9 * RATE) :]).max(axis=0)
    assert np.flatnonzero(stroke > 0.3 * stroke.max())[0] / RATE == pytest.approx(0.1, abs=0.02)


def test_what_is_told_is_what_is_heard(tmp_path):
    audio, told = render.render(write_sketch(tmp_path / "sketch.mid", bars=8), None)
    heard = hear(audio, told)
    assert heard.tempo == pytest.approx(92, abs=0.01)
    assert (heard.tempo_confidence, heard.key, heard.key_confidence) == (1.0, Key(2, "minor"), 1.0)
    assert {chord.root for chord in heard.chords} <= {2, 7, 0, 9} and len(heard.chords) >= 6
    listened = hear(audio)
    assert listened.tempo == pytest.approx(heard.tempo, rel=0.01), "and it is not far from what is heard"
    half = round(audio.samples.shape[1] / 2)
    second = hear(Audio(audio.samples[:, half:], RATE), told.later(half / RATE))
    assert second.beats[second.first_downbeat] == pytest.approx(0.0, abs=1e-4)


def test_a_prompt_knows_what_its_midi_file_says(tmp_path):
    prompt = Prompt.from_file(write_sketch(tmp_path / "sketch.mid"))
    assert prompt.name == "sketch"
    assert "sound font" in prompt.audio.note
    trimmed = Prompt(prompt.audio, "part", RATE, 4 * RATE, prompt.told)
    assert trimmed.told_of_part.beats[0] == pytest.approx(-1.0)


def test_without_a_font_it_is_played_plainly_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(render, "find_sound_font", lambda: None)
    audio, _ = render.render_here(write_sketch(tmp_path / "sketch.mid"))
    assert audio.note == render.PLAINLY
    assert np.sqrt(np.mean(audio.samples**2)) == pytest.approx(render.RMS, rel=0.1)


def test_a_font_that_is_none_and_a_missing_synthesiser_leave_plain_sounds(tmp_path, font, monkeypatch):
    path = write_sketch(tmp_path / "sketch.mid")
    words = tmp_path / "Fluid.sf2"
    words.write_text("no font")
    with pytest.raises(FontUnusable):
        play_with_font(read_song(path), words, RATE)
    assert render.render(path, words)[0].note == render.PLAINLY
    monkeypatch.setitem(sys.modules, "tinysoundfont", None)
    assert render.render(path, font)[0].note == render.PLAINLY


def test_the_pedal_holds_notes_until_it_is_lifted(tmp_path):
    pedal = [(0.5, Message("control_change", control=64, value=127)), (3, Message("control_change", control=64))]
    events = [*note(0, 60, 1), *note(1, 62, 1), *note(2, 60, 1), *pedal]
    song = read_song(write_midi(tmp_path / "p.mid", tempo(60), *events))
    lengths = sorted((stroke.start, stroke.pitch, round(stroke.seconds, 2)) for stroke in strokes_of(song))
    assert lengths == [(0.0, 60, 2.0), (1.0, 62, 2.0), (2.0, 60, 1.0)]


def test_volume_and_pan_are_those_of_general_midi(tmp_path):
    def stroke(*controls: tuple[int, int]):
        changes = [(0, Message("control_change", control=number, value=value)) for number, value in controls]
        return strokes_of(read_song(write_midi(tmp_path / "v.mid", *changes, *note(0))))[0]

    loud, half = stroke(), stroke((7, 50))
    assert half.left / loud.left == pytest.approx(0.25, rel=1e-6)
    left, right = stroke((10, 0)), stroke((10, 127))
    assert (left.right, right.left) == (0, pytest.approx(0, abs=1e-9))
    assert loud.left == pytest.approx(loud.right, rel=0.03)


def test_a_note_that_is_never_let_go_ends_with_the_song(tmp_path):
    events = [(0, Message("note_on", note=60, velocity=90)), *note(0, 72, 4)]
    song = read_song(write_midi(tmp_path / "hang.mid", tempo(60), *events))
    assert {round(stroke.seconds, 2) for stroke in strokes_of(song)} == {4.0}


def test_every_instrument_and_drum_makes_a_sound(tmp_path):
    assert len(FAMILIES) == 16
    for program in range(0, 128, 8):
        assert np.abs(plain_synth._sound(60, 0.3, program, False, RATE)).max() > 0.05
    for pitch in range(27, 88):
        assert np.isfinite(plain_synth._sound(pitch, 0.3, 0, True, RATE)).all()
    song = read_song(write_midi(tmp_path / "low.mid", *note(0, 0, 0.01), *note(0, 127, 0.01)))
    assert np.isfinite(play_plainly(song, RATE)).all()
