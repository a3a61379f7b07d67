"""Rendering with the real sound font: notes sound when and as written, and sets are stored whole and only once."""

import json
import math
import time
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from engine.errors import CalmError
from engine.train import sound_font
from engine.train.compose import Instrument, Note, compose
from engine.train.compose.general_midi import KITS, PERCUSSION, PROGRAMS
from engine.train.compose.song import DRUM_CHANNEL
from engine.train.corpora import CORPORA, Item
from engine.train.render import Job, render_set, seeds_for, store
from engine.train.sound_font import RATE, find_soundfont, render, render_track

PIANO = Instrument(("lead",), PROGRAMS["grand piano"], 0, 0.0, 0.0, 0.2)
ORGAN = replace(PIANO, program=PROGRAMS["drawbar organ"])
DRUMS = Instrument(("drums",), KITS["standard"], DRUM_CHANNEL, 0.0, 0.0, 0.1)


@pytest.fixture(scope="module")
def soundfont():
    return find_soundfont()


def short_song(instruments, notes, seconds=2.0):
    return replace(compose(0), instruments=tuple(instruments), notes=tuple(notes), duration=seconds, room=0.4)


def level(samples):
    return float(np.sqrt(np.mean(np.square(samples))))


def spectrum(samples):
    return np.abs(np.fft.rfft(samples.mean(0)))


def test_a_note_sounds_when_it_is_written(soundfont):
    track = render_track(short_song([PIANO], [Note(0, 0.5, 0.5, 69, 100)]), 0, soundfont)
    assert track.shape == (2, 2 * RATE) and track.dtype == np.float32
    assert not track[:, : RATE // 2].any()
    assert level(track[:, RATE // 2 : RATE]) > 0.01


def test_a_note_has_its_pitch(soundfont):
    track = render_track(short_song([ORGAN], [Note(0, 0.0, 2.0, 69, 100)]), 0, soundfont)
    assert spectrum(track)[2 * 436 : 2 * 444].max() > 50 * np.median(spectrum(track)[2 * 300 : 2 * 700])


def test_a_note_ends_when_it_is_over(soundfont):
    track = render_track(short_song([ORGAN], [Note(0, 0.0, 0.5, 60, 100)]), 0, soundfont)
    assert level(track[:, : RATE // 2]) > 0.01
    assert level(track[:, -RATE // 2 :]) < 1e-4


def test_repeated_notes_leave_nothing_hanging(soundfont):
    notes = [Note(0, 0.1 * i, 0.1, 60, 90) for i in range(10)]
    track = render_track(short_song([ORGAN], notes), 0, soundfont)
    assert level(track[:, -RATE // 2 :]) < 1e-4


def test_loud_notes_are_louder(soundfont):
    soft, loud = (
        level(render_track(short_song([PIANO], [Note(0, 0.0, 1.0, 60, velocity)]), 0, soundfont))
        for velocity in (40, 120)
    )
    assert loud > 2 * soft


@pytest.mark.parametrize(("pan", "louder"), [(-0.8, 0), (0.8, 1)])
def test_instruments_sit_at_their_place(soundfont, pan, louder):
    track = render_track(short_song([replace(PIANO, pan=pan)], [Note(0, 0.0, 1.0, 60, 100)]), 0, soundfont)
    assert level(track[louder]) > 2 * level(track[1 - louder])


@pytest.mark.parametrize("kit", KITS.values())
@pytest.mark.parametrize("piece", ["kick", "snare", "hat", "crash"])
def test_every_kit_has_drums_that_sound(soundfont, kit, piece):
    song = short_song([replace(DRUMS, program=kit)], [Note(0, 0.0, 0.2, PERCUSSION[piece], 110)], seconds=0.5)
    assert np.abs(render_track(song, 0, soundfont)).max() > 0.03


def test_a_kick_is_low_and_a_hat_is_high(soundfont):
    def centre(piece):
        song = short_song([DRUMS], [Note(0, 0.0, 0.2, PERCUSSION[piece], 110)], seconds=0.5)
        power = spectrum(render_track(song, 0, soundfont)) ** 2
        return (power * np.arange(len(power))).sum() / power.sum() / 0.5

    assert centre("kick") < 300
    assert centre("hat") > 3000


def test_all_programs_sound_different(soundfont):
    def colour(program):
        track = render_track(
            short_song([replace(PIANO, program=program)], [Note(0, 0.0, 0.4, 60, 100)], 0.5), 0, soundfont
        )
        return tuple(np.round(spectrum(track)[:4000:40], 3))

    names = ("grand piano", "violin", "flute", "fingered bass", "trumpet", "saw lead", "warm pad", "kalimba")
    assert len({colour(PROGRAMS[name]) for name in names}) == len(names)


def test_what_was_played_before_is_not_heard(soundfont):
    long_note = short_song([ORGAN], [Note(0, 0.0, 30.0, 60, 127)], seconds=0.5)
    song = short_song([PIANO], [Note(0, 0.2, 0.5, 64, 90)])
    alone = render_track(song, 0, soundfont)
    render_track(long_note, 0, soundfont)
    assert np.array_equal(render_track(song, 0, soundfont), alone)


def test_a_finished_song(soundfont):
    song = compose(7)
    audio = render(song, soundfont)
    assert audio.shape == (2, round(song.duration * RATE)) and audio.dtype == np.float32
    assert np.isfinite(audio).all() and np.abs(audio).max() <= 0.98
    assert -24 < 20 * math.log10(level(audio)) < -11
    seconds = audio[:, : int(song.duration) * RATE].reshape(2, -1, RATE)
    assert min(level(seconds[:, i]) for i in range(seconds.shape[1] - 4)) > 1e-3, "no holes in the music"
    assert level(audio[:, -RATE // 100 :]) < 1e-3, "faded out"
    assert np.array_equal(render(song, soundfont), audio)


def test_a_missing_sound_font_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(sound_font, "SOUND_FONT_FOLDERS", (tmp_path,))
    with pytest.raises(CalmError, match="fluidr3mono-gm-soundfont"):
        find_soundfont()


def test_seeds_run_on_until_the_hours_are_full():
    seeds = list(seeds_for(50, hours=0.05))
    assert seeds == list(range(50, 50 + len(seeds)))
    seconds = [compose(seed).duration for seed in seeds]
    assert sum(seconds[:-1]) < 180 <= sum(seconds)


def test_a_set_is_stored_and_only_what_is_missing_rendered(tmp_path, capsys):
    render_set(tmp_path, hours=0.02, first=1_000_000, jobs=1, minutes=5)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["1000000.json", "1000000.wav", "1000001.json", "1000001.wav", "metrics.jsonl"]
    info = soundfile.info(tmp_path / "1000001.wav")
    assert (info.samplerate, info.channels, info.subtype) == (48000, 2, "PCM_16")
    labels = json.loads((tmp_path / "1000001.json").read_text())
    assert labels == json.loads(json.dumps(compose(1_000_001).labels()))
    assert info.frames == round(labels["duration"] * RATE)
    rows = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [row["seed"] for row in rows] == [1_000_000, 1_000_001]
    assert all(row["peak"] <= 0.98 and row["work"] > 0 for row in rows)
    assert "2/2 songs" in capsys.readouterr().out

    first = (tmp_path / "1000000.wav").stat().st_mtime_ns
    (tmp_path / "1000001.json").unlink()
    render_set(tmp_path, hours=0.02, first=1_000_000, jobs=1, minutes=5)
    assert "1/1 songs" in capsys.readouterr().out
    assert (tmp_path / "1000000.wav").stat().st_mtime_ns == first
    assert (tmp_path / "1000001.json").is_file()


def test_nothing_is_begun_after_the_deadline(tmp_path, soundfont):
    assert store(Job(3, tmp_path, soundfont, deadline=time.monotonic() - 1)) is None
    assert not list(tmp_path.iterdir())


def test_a_file_is_whole_or_not_there(tmp_path, soundfont, monkeypatch):
    def full_disk(path, *_, **__):
        path.write_bytes(b"RIFF")
        raise OSError(28, "No space left on device")

    silence = Item("house", 1.0, {}, lambda font: np.zeros((2, 10), np.float32))
    monkeypatch.setitem(CORPORA, "plain", lambda seed: silence)
    monkeypatch.setattr(soundfile, "write", full_disk)
    with pytest.raises(OSError, match="No space"):
        store(Job(3, tmp_path, soundfont, deadline=math.inf))
    assert not list(tmp_path.glob("*.wav")) and not list(tmp_path.glob("*.json"))


def test_another_corpus_is_rendered_with_its_labels(tmp_path, capsys):
    render_set(tmp_path, hours=0.01, first=1_000_000, jobs=1, minutes=5, corpus="unseen")
    labels = json.loads((tmp_path / "1000000.json").read_text())
    assert labels == json.loads(json.dumps(CORPORA["unseen"](1_000_000).labels))
    assert (labels["corpus"], labels["style"]) == ("unseen", "reggae") and labels["mood"]
    assert soundfile.info(tmp_path / "1000000.wav").frames == round(labels["duration"] * RATE)
    assert "1/1 songs" in capsys.readouterr().out


def test_corpora_do_not_share_a_folder_and_seeds(tmp_path):
    (tmp_path / "000003.json").write_text("{}")
    with pytest.raises(CalmError, match="Song 3 in .* is of the corpus plain"):
        render_set(tmp_path, hours=0.01, first=3, jobs=1, minutes=5, corpus="wide")


def test_a_tuning_moves_the_sound_font_and_is_forgotten(soundfont):
    song = short_song([ORGAN], [Note(0, 0.0, 2.0, 69, 100)])
    alone = render_track(song, 0, soundfont)
    sharp = spectrum(render_track(song, 0, soundfont, cents=50.0))
    assert sharp[2 * 448 : 2 * 458].max() > 10 * sharp[2 * 436 : 2 * 443].max()
    assert np.array_equal(render_track(song, 0, soundfont), alone)
