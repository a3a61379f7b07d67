"""What is read out of MIDI files, and which of them are refused."""

import numpy as np
import pytest
from mido import Message, MetaMessage

from engine.errors import CalmError
from engine.midi_in import midi_song
from engine.midi_in.midi_song import read_song
from engine.music.key import Key
from tests.engine.midi_in.midi_files import key, metre, note, tempo, write_midi, write_sketch


def test_a_song_begins_and_ends_on_a_bar_line_and_says_its_time_and_key(tmp_path):
    song = read_song(write_sketch(tmp_path / "sketch.mid"))
    bar = 4 * 60 / 92
    assert song.seconds == pytest.approx(4 * bar, abs=1e-4)
    pulse = song.told.pulse(song.seconds)
    assert pulse.tempo == pytest.approx(92, abs=0.01)
    assert (pulse.beats_per_bar, pulse.first_downbeat, len(pulse.beats)) == (4, 0, 16)
    assert song.told.key == Key(2, "minor")
    assert [m.note for at, m in song.messages if m.type == "note_on" and at == 0.0] == [50, 53, 57, 36]


def test_empty_bars_before_the_first_note_are_left_out(tmp_path):
    song = read_song(write_midi(tmp_path / "late.mid", tempo(120), metre(3), *note(3 * 8 + 1), *note(3 * 9)))
    assert song.seconds == pytest.approx(2 * 1.5)
    assert [at for at, message in song.messages if message.type == "note_on"] == pytest.approx([0.5, 1.5])


def test_what_ends_shortly_after_a_bar_line_ends_on_it(tmp_path):
    song = read_song(write_midi(tmp_path / "a.mid", tempo(120), *note(0, length=4.1)))
    assert song.seconds == pytest.approx(2.0)
    song = read_song(write_midi(tmp_path / "b.mid", tempo(120), *note(0, length=4.5)))
    assert song.seconds == pytest.approx(4.0)


def test_without_tempo_and_metre_it_is_120_in_four(tmp_path):
    pulse = read_song(write_midi(tmp_path / "bare.mid", *note(0, length=8))).told.pulse(4.0)
    assert (pulse.tempo, pulse.beats_per_bar) == (pytest.approx(120), 4)


@pytest.mark.parametrize(
    ("numerator", "denominator", "beats", "beat"),
    [(3, 4, 3, 1.0), (6, 8, 2, 1.5), (12, 8, 4, 1.5), (7, 8, 7, 0.5), (2, 2, 2, 2.0), (3, 8, 3, 0.5)],
)
def test_beats_are_what_one_taps(tmp_path, numerator, denominator, beats, beat):
    song = read_song(write_midi(tmp_path / "m.mid", tempo(60), metre(numerator, denominator), *note(0, length=13)))
    pulse = song.told.pulse(song.seconds)
    assert pulse.beats_per_bar == beats
    np.testing.assert_allclose(np.diff(pulse.beats), beat, atol=1e-6)


def test_tempo_and_metre_are_those_at_the_end_of_the_part_that_is_used(tmp_path):
    notes = [*note(0, length=8), *note(8, length=6)]
    song = read_song(write_midi(tmp_path / "two.mid", tempo(120), tempo(60, 8), metre(4), metre(3, at=8), *notes))
    assert song.seconds == pytest.approx(4 + 6)
    whole, first = song.told.pulse(10.0), song.told.pulse(4.0)
    assert (round(whole.tempo), whole.beats_per_bar, (8 - whole.first_downbeat) % 3) == (60, 3, 0)
    assert (round(first.tempo), first.beats_per_bar, first.first_downbeat) == (120, 4, 0)
    part = song.told.later(0.75).pulse(3.25)
    np.testing.assert_allclose(part.beats, np.arange(0.25, 3.25, 0.5), atol=1e-6)
    assert part.first_downbeat == 2, "the bar line at 2 s is the third beat after 0.75 s"


def test_before_its_first_beat_nothing_is_told(tmp_path):
    told = read_song(write_sketch(tmp_path / "sketch.mid")).told
    assert told.later(0.1).pulse(0.3).tempo is None
    assert told.later(1e6).pulse(1.0).tempo is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("F#m", Key(6, "minor")),
        ("Bb", Key(10, "major")),
        ("Cb", Key(11, "major")),
        ("Cm", Key(0, "minor")),
        ("C", None),
    ],
)
def test_keys_and_what_is_written_where_none_was_chosen(tmp_path, name, meant):
    assert read_song(write_midi(tmp_path / "k.mid", key("G"), key(name, 1), *note(0))).told.key == meant


def test_an_end_of_track_with_nothing_in_it_makes_no_song_longer(tmp_path):
    song = read_song(write_midi(tmp_path / "tail.mid", *note(0), (4000, MetaMessage("marker", text="end"))))
    assert song.seconds == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([tempo(100)], "holds no notes"),
        ([(0, Message("note_on", note=60, velocity=0))], "holds no notes"),
        ([tempo(60), *note(0, length=3 * 3600)], "is 180 minutes long"),
        ([tempo(60), *note(0, length=60 * 3600)], "is 60 hours long"),
        ([tempo(60), *note(3 * 3600)], "is 180 minutes long"),
        ([(0, MetaMessage("set_tempo", tempo=0)), *note(0)], "makes no sense"),
        ([(0, MetaMessage("set_tempo", tempo=1)), *note(0)], "makes no sense"),
        ([metre(0), *note(0)], "makes no sense"),
        ([metre(4, 1024), *note(0)], "makes no sense"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(tmp_path, events, said):
    path = write_midi(tmp_path / "odd.mid", *events)
    with pytest.raises(CalmError, match=f"odd.mid {said}|in odd.mid {said}"):
        read_song(path)


def test_types_and_divisions_that_are_no_song(tmp_path):
    with pytest.raises(CalmError, match="type 2"):
        read_song(write_midi(tmp_path / "two.mid", *note(0), kind=2))
    path = write_midi(tmp_path / "film.mid", *note(0))
    data = bytearray(path.read_bytes())
    data[12:14] = (0xE7, 0x28)  # 25 frames a second of 40 ticks
    path.write_bytes(data)
    with pytest.raises(CalmError, match="film frames"):
        read_song(path)


def test_files_that_are_no_midi(tmp_path, monkeypatch):
    path = tmp_path / "words.mid"
    with pytest.raises(CalmError, match="no longer at"):
        read_song(path)
    for content, said in ((b"", "empty file"), (b"words and no music", "cannot be read as MIDI")):
        path.write_bytes(content)
        with pytest.raises(CalmError, match=said):
            read_song(path)
    monkeypatch.setattr(midi_song, "LARGEST", 10)
    with pytest.raises(CalmError, match="too big"):
        read_song(path)


def test_damaged_files_are_read_or_refused(tmp_path):
    """Half of them with a few other bytes, half of them cut off."""
    whole, draw = write_sketch(tmp_path / "sketch.mid").read_bytes(), np.random.default_rng(11)
    path, refused = tmp_path / "damaged.mid", 0
    for number in range(300):
        data = bytearray(whole)
        for place in draw.integers(len(data), size=6):
            data[place] = draw.integers(256)
        path.write_bytes(data if number % 2 else whole[: draw.integers(len(whole))])
        try:
            assert read_song(path).seconds > 0
        except CalmError:
            refused += 1
    assert 100 < refused < 300
