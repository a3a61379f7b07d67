"""`calm continue`: Ctrl-C stops it and keeps what was made."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import hashlib
import threading
import time
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.audio import Audio
from engine.cli.options import add_json, add_model, add_output, load_model
from engine.cli.output import print_result, say_if_renamed, show_progress
from engine.controls import SAMPLERS, USUAL_HARMONY, USUAL_STEPS, ControlBox, Controls
from engine.describe import metadata_of
from engine.errors import CalmError
from engine.export import ExportSettings, Piece, export
from engine.music.follow import NO_CHORDS, Wishes, follow
from engine.music.heard import Heard, Key, hear
from engine.music.leadsheet import LeadSheet
from engine.music.suggest import suggest
from engine.provenance import sign
from engine.recipe import recipe_of
from engine.request import Prompt, Request, first_words
from engine.take import Take
from engine.text.imagine import imagine

if TYPE_CHECKING:
    from engine.generate import Frame

DOES = "Write a WAV file of a clip and its continuation."
INTERRUPTED = 130


def add_arguments(to: argparse.ArgumentParser) -> None:
    usual, usual_steps = Controls(), ", ".join(f"{steps} for {sampler}" for sampler, steps in USUAL_STEPS.items())
    to.add_argument("prompt", type=Path, nargs="?", metavar="PROMPT", help="the clip to continue; none: --text alone")
    to.add_argument("--seconds", type=float, default=10.0, help="length of the continuation (default: 10)")
    to.add_argument("--sampler", choices=SAMPLERS, default=usual.sampler)
    to.add_argument("--steps", type=int, help=f"network calls a frame (default: {usual_steps})")
    to.add_argument("--temperature", type=float, default=usual.temperature, help="variance of the noise, 0 to 2")
    to.add_argument("--seed", type=int, default=0, help="the same seed gives the same samples (default: 0)")
    to.add_argument("--text", default="", help='what it is to be like, such as "slow jazz with piano and brushes"')
    firmly = f"how firmly, 0 to 10 (default: {usual.text_strength:g})"
    to.add_argument("--text-strength", type=float, default=usual.text_strength, help=firmly)
    to.add_argument("--start", type=float, metavar="S", help="leave out the clip before this second")
    to.add_argument("--stop", type=float, metavar="S", help="continue from this second on, not from the clip's end")
    to.add_argument("--tempo", type=float, metavar="BPM", help="go on in this tempo (default: the one heard)")
    harmony = to.add_mutually_exclusive_group()
    harmony.add_argument("--chords", metavar="CHART", help='follow these, bar by bar, such as "Dm7 | G7 | Cmaj7 | %%"')
    own = "follow eight bars of chords of its own, in the key of the clip, others with another --seed"
    harmony.add_argument("--suggest-chords", action="store_true", help=own)
    harmony.add_argument("--free", action="store_true", help="follow tempo and key of the clip, and no chords")
    sections = 'sections, and how many bars and how much energy each has, such as "A 4 | break 4 20%% | B 8"'
    to.add_argument("--form", metavar="FORM", help=f"{sections} (default: as it comes)")
    to.add_argument(
        "--follow", type=float, default=usual.follow, help=f"how firmly, 0 to 5 (default: {usual.follow:g})"
    )
    chords = f"chords, how firmly, 0 to 15 (default: heard {usual.harmony:g}, others {USUAL_HARMONY[True]:g})"
    to.add_argument("--harmony", type=float, help=chords)
    recall = f"what was played some bars ago, how much comes back, 0 to 3 (default: {usual.recall:g})"
    to.add_argument("--recall", type=float, default=usual.recall, help=recall)
    to.add_argument("--tries", type=int, default=1, help="draw so many first seconds, and go on with the best")
    to.add_argument("--provenance", action="store_true", help="sign beside the file which seconds are whose")
    add_output(to)
    add_model(to)
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    controls = _controls(arguments)
    text = arguments.text.strip()
    prompt = _prompt(arguments, text)
    sheet = _sheet(arguments, prompt, text)
    request = Request(prompt, arguments.seconds, arguments.seed, controls, text, sheet, arguments.tries)
    take = Take(request, 1)
    model = load_model(arguments)
    written = _write_take(model, take)
    if not written or not written[-1].samples:
        raise CalmError("Nothing was made before Ctrl-C", "Wait until the first sound is written to keep something")
    path = _save(arguments, take, model.info)
    result = {"file": str(path), **_measured(take, written), **_recipe(take.request), "device": model.info["device"]}
    print_result(arguments, result, f"{path}: {result['seconds']} s continued at {result['x_real_time']} x real time")
    return 0 if take.full else INTERRUPTED


def _prompt(arguments: argparse.Namespace, text: str) -> Prompt:
    """The part of the clip that is continued; half a second of silence where there is only a text."""
    if arguments.prompt is not None:
        return _trimmed(Prompt.from_file(arguments.prompt), arguments.start, arguments.stop)
    if not text:
        raise CalmError("There is nothing to continue", "Give a clip, or say with --text what to write")
    return Prompt.silence(first_words(text))


def _save(arguments: argparse.Namespace, take: Take, info: dict) -> Path:
    """The take with all that its file can say, its recipe included."""
    recipe = recipe_of(take, info)
    about = metadata_of(take, recipe, datetime.now())
    done = export(Piece(take.audio.samples, about), ExportSettings(depth=arguments.depth), arguments.output)
    if arguments.provenance:
        sign(done.path, done.metadata.origins, recipe)
    return say_if_renamed(arguments, done.path)


def _sheet(arguments: argparse.Namespace, prompt: Prompt, text: str) -> LeadSheet:
    """What the continuation is to follow; where there is only a text, what that suggests."""
    cut = prompt.samples.shape[1] / prompt.audio.rate
    if arguments.prompt is None:
        wishes = Wishes(arguments.tempo, _chart(arguments, None), arguments.form)
        return imagine(text, cut).sheet(cut, arguments.seconds, wishes, arguments.seed)
    heard = hear(Audio(prompt.samples, prompt.audio.rate), prompt.told_of_part)
    wishes = Wishes(arguments.tempo, _chart(arguments, heard), arguments.form)
    return follow(heard, cut, arguments.seconds, wishes)


def _chart(arguments: argparse.Namespace, heard: Heard | None) -> str | None:
    if arguments.suggest_chords and heard is not None:
        return suggest(heard, Random(arguments.seed))
    return NO_CHORDS if arguments.free else arguments.chords


def _controls(arguments: argparse.Namespace) -> Controls:
    steps = USUAL_STEPS[arguments.sampler] if arguments.steps is None else arguments.steps
    heard = arguments.chords is None and not (arguments.suggest_chords or arguments.free)
    harmony = USUAL_HARMONY[not heard] if arguments.harmony is None else arguments.harmony
    firmness = arguments.follow, harmony, arguments.text_strength, arguments.recall
    return Controls(arguments.sampler, steps, arguments.temperature, *firmness)


def _trimmed(prompt: Prompt, start: float | None, stop: float | None) -> Prompt:
    """The part between two times in seconds; None is the clip's own start or stop."""
    rate = prompt.audio.rate
    return dataclasses.replace(
        prompt,
        start=prompt.start if start is None else round(start * rate),
        stop=prompt.stop if stop is None else round(stop * rate),
    )


class Written(NamedTuple):
    """A frame, and `elapsed` seconds after the request the number of continued samples in the take."""

    frame: Frame
    elapsed: float
    samples: int


def _write_take(model, take: Take) -> list[Written]:
    """Write the take until it is full or Ctrl-C is pressed."""
    from engine.generate import generate

    written, start = [], time.perf_counter()
    with contextlib.suppress(KeyboardInterrupt):
        for frame in generate(model, take, ControlBox(take.request.controls), threading.Event()):
            written.append(Written(frame, time.perf_counter() - start, take.written - take.cut))
            show_progress(_progress(take, written[-1]))
    show_progress("")
    return written


def _progress(take: Take, last: Written) -> str:
    made, wanted = last.samples / take.rate, take.request.seconds
    if not made:
        return "listening to the clip"
    speed = made / last.elapsed
    return f"{made:.1f} of {wanted:.1f} s, {speed:.1f} x real time, {(wanted - made) / speed:.0f} s left"


def _measured(take: Take, written: list[Written]) -> dict:
    """The figures of a take; the checksum is over all its samples, float32 (2, N), prompt first."""
    from engine.bench.spread import frame_statistics

    seconds = (take.written - take.cut) / take.rate
    return {
        "seconds": round(seconds, 3),
        "x_real_time": round(seconds / written[-1].elapsed, 2),
        "first_audio_ms": round(1000 * next(w.elapsed for w in written if w.samples), 1),
        "ms_per_frame": frame_statistics([w.frame for w in written]),
        "sha256": hashlib.sha256(np.ascontiguousarray(take.audio.samples)).hexdigest(),
    }


def _recipe(request: Request) -> dict:
    told = _told(request.sheet) if request.sheet else None
    return {**dataclasses.asdict(request.controls), "seed": request.seed, "text": request.text, "follows": told}


def _told(sheet: LeadSheet) -> dict:
    """The sheet in words."""
    chords = [{"start": round(c.start, 3), "stop": round(c.stop, 3), "symbol": c.symbol} for c in sheet.chords]
    sections = [{"start": round(s.start, 3), "stop": round(s.stop, 3), "name": s.name} for s in sheet.sections]
    key = None if sheet.tonic is None else Key(sheet.tonic, "minor" if sheet.mode == "minor" else "major").name
    tempo = sheet.grids[-1].tempo if sheet.grids else None
    return {"tempo": tempo, "key": key, "chords": chords, "sections": sections}
