"""`calm`: the engine without a window. Results go to stdout, all else to stderr; torch is loaded only when needed."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.audio import check_prompt, read
from engine.controls import SAMPLERS, USUAL_STEPS, ControlBox, Controls
from engine.errors import CalmError
from engine.export import write_wav
from engine.request import Prompt, Request
from engine.take import Take

if TYPE_CHECKING:
    from engine.generate import Frame

DEPTHS = ("16", "24", "32f")
FAILED = 2
INTERRUPTED = 130  # what a shell reports for a program ended by Ctrl-C


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 2 after an error, or 130 after Ctrl-C."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except CalmError as error:
        _say("")
        print(f"calm: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("calm: interrupted, nothing was written", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="calm", description="Continue music on your own machine.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], does: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=does, description=does)
        added.set_defaults(run=run)
        return added

    _add_continue(command("continue", continue_, "Write a WAV file of a clip and its continuation."))

    rebuild = command("reconstruct", reconstruct, "Send a clip through the audio VAE and back.")
    rebuild.add_argument("input", type=Path, metavar="IN")
    _add_output(rebuild)
    _add_model(rebuild)

    about = command("info", info, "Say what an audio file holds.")
    about.add_argument("file", type=Path, metavar="FILE")

    speed = command("bench", bench, "Measure how fast this computer continues music.")
    speed.add_argument("--seconds", type=float, default=10.0, help="length of each continuation (default: 10)")
    speed.add_argument("--device", help="cpu, cuda or mps (default: the best there is)")
    _add_json(speed)

    _add_json(command("models", models, "List the presets and the installed models."))
    return top


def _add_continue(to: argparse.ArgumentParser) -> None:
    usual, usual_steps = Controls(), ", ".join(f"{steps} for {sampler}" for sampler, steps in USUAL_STEPS.items())
    to.add_argument("prompt", type=Path, metavar="PROMPT", help="the clip to continue")
    to.add_argument("--seconds", type=float, default=10.0, help="length of the continuation (default: 10)")
    to.add_argument("--sampler", choices=SAMPLERS, default=usual.sampler)
    to.add_argument("--steps", type=int, help=f"network calls a frame (default: {usual_steps})")
    to.add_argument("--temperature", type=float, default=usual.temperature, help="variance of the noise, 0 to 2")
    to.add_argument("--seed", type=int, default=0, help="the same seed gives the same samples (default: 0)")
    to.add_argument("--text", default="", help="kept in the recipe; the bundled model does not read it")
    to.add_argument("--start", type=float, metavar="S", help="leave out the clip before this second")
    to.add_argument("--stop", type=float, metavar="S", help="continue from this second on, not from the clip's end")
    _add_output(to)
    _add_model(to)
    _add_json(to)


def _add_output(to: argparse.ArgumentParser) -> None:
    to.add_argument("-o", "--output", type=_wav_path, required=True, metavar="OUT.wav", help="never overwrites a file")
    to.add_argument("--depth", choices=DEPTHS, default="24", help="bits of a sample; 32f is float (default: 24)")


def _add_model(to: argparse.ArgumentParser) -> None:
    to.add_argument("--weights", type=Path, metavar="FOLDER", help="a model's folder (default: the bundled model)")
    to.add_argument("--device", help="cpu, cuda or mps (default: the best there is)")


def _add_json(to: argparse.ArgumentParser) -> None:
    to.add_argument("--json", action="store_true", help="print the result as one line of JSON")


def _wav_path(text: str) -> Path:
    """Refuse before any work is done what could not be saved after it."""
    path = Path(text)
    if path.suffix.lower() != ".wav":
        raise argparse.ArgumentTypeError(f"{text} must end in .wav, the only format written")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def continue_(arguments: argparse.Namespace) -> int:
    """`calm continue`: Ctrl-C stops it and keeps what was made."""
    controls = _controls(arguments)
    prompt = _trimmed(Prompt.from_file(arguments.prompt), arguments.start, arguments.stop)
    take = Take(Request(prompt, arguments.seconds, arguments.seed, controls, arguments.text), 1)
    model = _load(arguments)
    written = _write_take(model, take)
    if not written or not written[-1].samples:
        raise CalmError("Nothing was made before Ctrl-C", "Wait until the first sound is written to keep something")
    path = _save(arguments, take.audio.samples, take.rate)
    result = {"file": str(path), **_measured(take, written), **_recipe(take.request), "device": model.info["device"]}
    _print(arguments, result, f"{path}: {result['seconds']} s continued at {result['x_real_time']} x real time")
    return 0 if take.full else INTERRUPTED


def _controls(arguments: argparse.Namespace) -> Controls:
    steps = USUAL_STEPS[arguments.sampler] if arguments.steps is None else arguments.steps
    return Controls(arguments.sampler, steps, arguments.temperature)


def _measured(take: Take, written: list[Written]) -> dict:
    """The figures of a take; the checksum is over all its samples, float32 (2, N), prompt first."""
    from engine.bench import frame_statistics

    seconds = (take.written - take.cut) / take.rate
    return {
        "seconds": round(seconds, 3),
        "x_real_time": round(seconds / written[-1].elapsed, 2),
        "first_audio_ms": round(1000 * next(w.elapsed for w in written if w.samples), 1),
        "ms_per_frame": frame_statistics([w.frame for w in written]),
        "sha256": hashlib.sha256(np.ascontiguousarray(take.audio.samples)).hexdigest(),
    }


def _recipe(request: Request) -> dict:
    return {**dataclasses.asdict(request.controls), "seed": request.seed, "text": request.text}


def reconstruct(arguments: argparse.Namespace) -> int:
    """`calm reconstruct`."""
    audio = read(arguments.input)
    model = _load(arguments)

    from engine import generate

    path = _save(arguments, generate.reconstruct(model, audio), audio.rate)
    print(f"{path}: {audio.seconds:.2f} s reconstructed")
    return 0


def info(arguments: argparse.Namespace) -> int:
    """`calm info`."""
    audio = read(arguments.file)
    with np.errstate(divide="ignore"):  # silence is -inf dBFS
        peak = 20 * np.log10(np.abs(audio.samples).max())
    channels = "mono" if audio.channels == 1 else "stereo"
    print(f"{arguments.file}: {audio.seconds:.2f} s, {audio.rate} Hz, {channels}, peak {peak:.1f} dBFS")
    if audio.note:
        print(audio.note)
    try:
        check_prompt(audio)
    except CalmError as error:
        print(f"It cannot be continued: {error}")
    return 0


def bench(arguments: argparse.Namespace) -> int:
    """`calm bench`."""
    from engine import bench, device

    result = bench.run(device.choose(arguments.device), arguments.seconds)
    rows = (f"{r['sampler']:>12} {r['steps']:4} {r['x_real_time']:8} {r['first_audio_ms']:9}" for r in result["rows"])
    _print(arguments, result, "\n".join([f"{'sampler':>12} steps x real  first ms  ({result['device_name']})", *rows]))
    return 0


def models(arguments: argparse.Namespace) -> int:
    """`calm models`."""
    from engine import weights

    result = {"presets": weights.presets(), "installed": weights.installed()}
    presets = (f"preset {_size(row)}" for row in result["presets"])
    installed = (f"installed {_size(row)}, {row['license']}, sha256 {row['sha256']}" for row in result["installed"])
    _print(arguments, result, "\n".join([*presets, *installed]))
    return 0


def _size(row: dict) -> str:
    parts = ", ".join(f"{part} {count / 1e6:.1f} M" for part, count in row["parameters"].items())
    return f"{row['name']}: {sum(row['parameters'].values()) / 1e6:.1f} M parameters ({parts})"


def _trimmed(prompt: Prompt, start: float | None, stop: float | None) -> Prompt:
    """The part between two times in seconds; None is the clip's own start or stop."""
    rate = prompt.audio.rate
    return Prompt(
        prompt.audio,
        prompt.name,
        prompt.start if start is None else round(start * rate),
        prompt.stop if stop is None else round(stop * rate),
    )


def _load(arguments: argparse.Namespace):
    from engine import device, weights

    def progress(done_mb: float, total_mb: float, note: str) -> None:
        _say(f"{note}: {done_mb:.0f} of {total_mb:.0f} MB")

    return weights.load(arguments.weights, device.choose(arguments.device), progress)


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
            _say(_progress(take, written[-1]))
    _say("")
    return written


def _progress(take: Take, last: Written) -> str:
    made, wanted = last.samples / take.rate, take.request.seconds
    if not made:
        return "listening to the clip"
    speed = made / last.elapsed
    return f"{made:.1f} of {wanted:.1f} s, {speed:.1f} x real time, {(wanted - made) / speed:.0f} s left"


def _save(arguments: argparse.Namespace, samples: np.ndarray, rate: int) -> Path:
    path = write_wav(arguments.output, samples, rate, arguments.depth)
    if path != arguments.output:
        print(f"calm: {arguments.output} exists already, so this was written to {path}", file=sys.stderr)
    return path


def _say(text: str) -> None:
    """Replace the line of progress, for someone who watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _print(arguments: argparse.Namespace, result: dict, text: str) -> None:
    print(json.dumps(result) if arguments.json else text)


if __name__ == "__main__":
    sys.exit(main())
