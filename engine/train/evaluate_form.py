"""How far sections differ from an A: those of songs, and those that a model writes where a form is told.

    python -m engine.train.evaluate_form HELDOUT [--clips 24] [--json]

Of each song the first section of every kind is compared with its first A. After its prompt of 5 s the model writes, as
the app does by default, "A 2 | break 4 | A 2" and so on for every other section: it is compared with the A before it,
and so is the A after it. A clip in which no beat is heard is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch

from engine import device as devices
from engine import weights
from engine.audio import Audio
from engine.controls import Controls
from engine.errors import CalmError
from engine.loudness import measure
from engine.model.calm import Model
from engine.music.follow import Wishes, follow, is_sure
from engine.music.heard import hear
from engine.music.leadsheet import SECTIONS, LeadSheet
from engine.train import judge_music
from engine.train.continue_many import continue_many
from engine.train.heldout import PROMPT_SECONDS, Clip, read_clips
from engine.train.judge_sound import long_term

FAILED = 2
OTHERS = tuple(name for name in SECTIONS if name != "A")
SLOWEST = 60.0  # seconds that eight bars and the rest of one may take
BASS, TREBLE = 150.0, 5000.0  # Hz
LEAST = 2.0  # seconds of a section, for it to be judged
FLOOR = 1e-9  # of a band, -90 dB
MEANINGS = {
    "loudness": "LU over the A",
    "bass": f"dB below {BASS:g} Hz, over the A",
    "treble": f"dB above {TREBLE:g} Hz, over the A",
    "attacks": "attacks a second, over the A's",
}
Row = dict[str, float]


@dataclass(frozen=True)
class Sound:
    """What is told apart of a section: loudness in LUFS, levels of bass and treble in dB, attacks a second."""

    loudness: float
    bass: float
    treble: float
    attacks: float

    @classmethod
    def of(cls, audio: np.ndarray, rate: int) -> Sound:
        """That of float32 (2, N)."""
        power, frequency = long_term(audio, rate)
        bands = (power[frequency < BASS].sum(), power[frequency > TREBLE].sum())
        bass, treble = (float(10 * np.log10(max(band, FLOOR))) for band in bands)
        seconds = audio.shape[1] / rate
        return cls(measure(audio, rate).integrated, bass, treble, len(judge_music.attacks(audio, rate)) / seconds)

    def over(self, other: Sound) -> Row:
        """By how much each is more, and how many times as many the attacks are."""
        apart = {name: getattr(self, name) - getattr(other, name) for name in ("loudness", "bass", "treble")}
        return apart | {"attacks": self.attacks / max(other.attacks, 0.1)}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heldout", type=Path, help="folder from engine.train.render with other seeds")
    parser.add_argument("--weights", type=Path, default=weights.DEFAULT, help="model folder; default: the bundled one")
    parser.add_argument("--clips", type=int, default=24, help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    try:
        clips = read_clips(arguments.heldout, arguments.clips, PROMPT_SECONDS)
        table = evaluate(weights.load(arguments.weights, devices.choose()), clips)
    except CalmError as error:
        print(f"evaluate_form: {error}", file=sys.stderr)
        return FAILED
    for name, row in table.items():
        print(f"{name:>24}: " + "  ".join(f"{measure} {value:6.2f}" for measure, value in row.items()))
    print("\n".join(f"{measure:>24}: {meaning}" for measure, meaning in MEANINGS.items()))
    if arguments.json:
        print(json.dumps(table))
    return 0


def evaluate(model: Model, clips: list[Clip]) -> dict[str, Row]:
    """By "break of songs", "break" and "A after break" the means over the clips, and how many these are."""
    found: dict[str, list[Row]] = defaultdict(list)
    for done, clip in enumerate(clips, 1):
        for name, row in (*of_song(clip), *written(model, clip)):
            found[name].append(row)
        print(f"{done} of {len(clips)} clips: {clip.name}", file=sys.stderr, flush=True)
    return {name: _mean(found[name]) for name in sorted(found, key=_place)}


def of_song(clip: Clip) -> Iterator[tuple[str, Row]]:
    """What a song has of sections, each over its first A."""
    first: dict[str, Sound] = {}
    samples, rate = soundfile.read(clip.path, dtype="float32", always_2d=True)
    for section in clip.score["sections"]:
        start, stop = (round(at * rate) for at in (section["start"], section["start"] + section["duration"]))
        if section["name"] not in first and min(stop, len(samples)) - start >= LEAST * rate:
            first[section["name"]] = Sound.of(samples[start:stop].T, rate)
    if "A" in first:
        yield from ((f"{name} of songs", sound.over(first["A"])) for name, sound in first.items() if name != "A")


def written(model: Model, clip: Clip) -> Iterator[tuple[str, Row]]:
    """What a model writes of sections after the clip's prompt, and of the A after each."""
    heard = hear(Audio(clip.prompt, clip.rate))
    if not is_sure(heard):
        return
    sheets = [follow(heard, PROMPT_SECONDS, SLOWEST, Wishes(form=f"A 2 | {name} 4 | A 2")) for name in OTHERS]
    frames = round((sheets[0].sections[-1].stop - PROMPT_SECONDS) * model.config.vae.frame_rate)
    prompts, seeds = np.repeat(clip.prompt[None], len(OTHERS), 0), [clip.score["seed"]] * len(OTHERS)
    takes = continue_many(model, prompts, seeds, sheets, frames, Controls())
    for name, take, sheet in zip(OTHERS, takes, sheets, strict=True):
        before, section, after = _parts(take, sheet, clip.rate)
        yield name, section.over(before)
        yield f"A after {name}", after.over(before)


def _parts(take: np.ndarray, sheet: LeadSheet, rate: int) -> list[Sound]:
    """The sound of each of a take's sections."""
    spans = [[round((at - PROMPT_SECONDS) * rate) for at in (each.start, each.stop)] for each in sheet.sections]
    return [Sound.of(take[:, start:stop], rate) for start, stop in spans]


def _mean(rows: list[Row]) -> Row:
    return {name: float(np.mean([row[name] for row in rows])) for name in MEANINGS} | {"clips": len(rows)}


def _place(name: str) -> tuple[int, str]:
    """Sections in their usual order."""
    return next(number for number, other in enumerate(OTHERS) if other in name.split()), name


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main())
