"""Renders composed songs to audio with a sound font and our own mixing.

    python -m engine.train.render OUT_FOLDER --hours 8 --seed 0 [--jobs 1] [--minutes BUDGET]

writes 000123.wav (48 kHz, stereo, 16 bits) and 000123.json (everything known about it) for the seeds from `--seed`
upwards until so many hours are there. What is there already is kept; one line per new song goes to metrics.jsonl.
Seeds below a million are for training, those from a million up for held-out sets.
"""

import argparse
import json
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
import soundfile
import tinysoundfont

from engine.errors import CalmError
from engine.train.compose import Instrument, Note, Song, compose
from engine.train.mix import mix

RATE = 48000
SOUND_FONT_FOLDERS = (Path("/usr/share/sounds/sf3"), Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
SOUND_FONT_NAME = "FluidR3Mono_GM.sf3"
QUIET_AFTER_RESET = 4096  # samples in which a voice that was cut has faded out


def find_soundfont() -> Path:
    """The FluidR3Mono General MIDI sound font; CalmError when it is not installed."""
    for folder in SOUND_FONT_FOLDERS:
        if (folder / SOUND_FONT_NAME).is_file():
            return folder / SOUND_FONT_NAME
    raise CalmError(
        f"The sound font {SOUND_FONT_NAME} is not installed",
        "Install it with: sudo apt install fluidr3mono-gm-soundfont",
    )


@cache
def _synth(soundfont: Path, rate: int) -> tuple[tinysoundfont.Synth, int]:
    """One synth a process: loading a compressed sound font takes more than a second, resetting it nothing."""
    synth = tinysoundfont.Synth(samplerate=rate)
    return synth, synth.sfload(str(soundfont))


def render(song: Song, soundfont: Path, rate: int = RATE) -> np.ndarray:
    """The finished mix of a song: float32 (2, samples) at `rate` hertz with peaks below 0.98, always the same."""
    return mix(song, [render_track(song, track, soundfont, rate) for track in range(len(song.instruments))], rate)


def render_track(song: Song, track: int, soundfont: Path, rate: int = RATE) -> np.ndarray:
    """One dry instrument of a song, at its pan: float32 (2, samples) at `rate` hertz."""
    synth, font = _synth(soundfont, rate)
    instrument = song.instruments[track]
    _sit_down(synth, font, instrument)
    out = np.zeros((round(song.duration * rate), 2), np.float32)
    played = 0
    for at, switch_on, note in _switches([n for n in song.notes if n.track == track], rate):
        stop = min(at, len(out))
        if stop > played:
            synth.generate_simple(stop - played, memoryview(out[played:stop]).cast("B"))
            played = stop
        if switch_on:
            synth.noteon(instrument.channel, note.pitch, note.velocity)
        else:
            synth.noteoff(instrument.channel, note.pitch)
    if played < len(out):
        synth.generate_simple(len(out) - played, memoryview(out[played:]).cast("B"))
    return out.T


def _sit_down(synth: tinysoundfont.Synth, font: int, instrument: Instrument) -> None:
    """Silence whatever sounded before and choose the instrument; drum kits are the presets of bank 128."""
    synth.sounds_off()
    synth.generate_simple(QUIET_AFTER_RESET)
    bank = 128 if instrument.drums else 0
    synth.program_select(instrument.channel, font, bank, instrument.program, instrument.drums)
    synth.control_change(instrument.channel, 10, round(64 + 63 * instrument.pan))


def _switches(notes: list[Note], rate: int) -> Iterator[tuple[int, bool, Note]]:
    """(sample, on or off, note) in time order; at the same sample offs come first."""
    switches = []
    for order, note in enumerate(notes):
        on = round(note.start * rate)
        off = max(on + 1, round((note.start + note.duration) * rate))
        switches += [(on, True, order, note), (off, False, order, note)]
    for at, switch_on, _, note in sorted(switches, key=lambda s: s[:3]):
        yield at, switch_on, note


@dataclass(frozen=True)
class Job:
    """One song to store; `deadline` is a `time.monotonic` moment after which nothing new is begun."""

    seed: int
    folder: Path
    soundfont: Path
    deadline: float


def store(job: Job) -> dict | None:
    """Compose, render and write one song; each file appears whole or not at all. A row of metrics, None when late."""
    if time.monotonic() > job.deadline:
        return None
    began = time.perf_counter()
    song = compose(job.seed)
    audio = render(song, job.soundfont)
    _replace(_path(job, ".wav"), lambda path: soundfile.write(path, audio.T, RATE, "PCM_16", format="WAV"))
    _replace(_path(job, ".json"), lambda path: path.write_text(json.dumps(song.labels())))
    rms = float(np.sqrt(np.mean(np.square(audio))))
    return {
        "seed": song.seed, "style": song.style, "seconds": song.duration,
        "work": round(time.perf_counter() - began, 3),
        "peak": round(float(np.abs(audio).max()), 4), "rms_db": round(20 * np.log10(rms), 2),
    }  # fmt: skip


def _path(job: Job, ending: str) -> Path:
    return job.folder / f"{job.seed:06d}{ending}"


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    unfinished = path.with_name(path.name + ".part")
    write(unfinished)
    os.replace(unfinished, path)


def seeds_for(first: int, hours: float) -> Iterator[int]:
    """As many seeds from `first` upwards as it takes to have so many hours of songs."""
    seconds = 0.0
    for seed in count(first):
        if seconds >= hours * 3600:
            return
        seconds += compose(seed).duration
        yield seed


def render_set(folder: Path, hours: float, first: int, jobs: int, minutes: float) -> None:
    """Store the songs of a set that are not in `folder` yet, for at most so many minutes of wall clock."""
    folder.mkdir(parents=True, exist_ok=True)
    soundfont, deadline = find_soundfont(), time.monotonic() + minutes * 60
    candidates = (Job(seed, folder, soundfont, deadline) for seed in seeds_for(first, hours))
    # The labels are written last, so they vouch for the audio.
    missing = [job for job in candidates if not _path(job, ".json").is_file()]
    # Not forked: a process with threads, such as a test run, must not be.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool, open(folder / "metrics.jsonl", "a") as metrics:
        began, seconds = time.monotonic(), 0.0
        for done, row in enumerate(pool.imap_unordered(store, missing), start=1):
            if row is None:
                continue
            metrics.write(json.dumps(row) + "\n")
            metrics.flush()
            seconds += row["seconds"]
            elapsed = time.monotonic() - began
            print(
                f"{done}/{len(missing)} songs, {seconds / 3600:.2f} h, {seconds / elapsed:.0f}x real time,"
                f" {elapsed / done * (len(missing) - done) / 60:.1f} min to go",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Compose and render a set of songs.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=8.0, help="of music")
    parser.add_argument("--seed", type=int, default=0, help="the first song's; from 1000000 for held-out sets")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many minutes of wall clock")
    asked = parser.parse_args()
    try:
        render_set(asked.folder, asked.hours, asked.seed, asked.jobs, asked.minutes)
    except CalmError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
