"""`calm bench`."""

from __future__ import annotations

import argparse

from engine.cli.eta import countdown
from engine.cli.options import add_json
from engine.cli.output import print_result, show_progress

DOES = "Measure how fast this computer continues music."
MOVES, ROUNDS = 20, 20


def add_arguments(to: argparse.ArgumentParser) -> None:
    what = to.add_mutually_exclusive_group()
    what.add_argument("--table", choices=("paper",), help="the table of CALM's paper, beside an RQ-Transformer")
    what.add_argument("--roofline", action="store_true", help="how near it comes to what the memory allows")
    what.add_argument("--parts", action="store_true", help="which part of a frame takes how long")
    what.add_argument("--ear", action="store_true", help="how fast sound is encoded, and decoded frame by frame")
    what.add_argument("--batch", action="store_true", help="what up to four takes at once cost, against one")
    what.add_argument("--slide", action="store_true", help="whether a long take of --seconds forgets what it should")
    what.add_argument("--latency", action="store_true", help="from Continue, and from a moved knob, to the sound")
    to.add_argument("--seconds", type=float, default=10.0, help="length of each continuation (default: 10)")
    to.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"of --table, --parts and --batch, a frame each (default: {ROUNDS})"
    )
    to.add_argument("--moves", type=int, default=MOVES, help=f"of --latency, 5 s each (default: {MOVES})")
    to.add_argument("--preset", choices=("paper", "studio", "tiny"), help="random weights, not the installed model")
    to.add_argument(
        "--arithmetic", help="torch, onnxruntime fp32 ... (default: the best; all that there are are compared)"
    )
    to.add_argument("--precision", choices=("fp32", "bf16"), help="of --table (default: bf16 on CUDA, else fp32)")
    to.add_argument("--device", help="cpu, cuda or mps (default: the best there is)")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    from engine import device
    from engine.bench.machine import in_words, machine

    arguments.device = device.choose(arguments.device)
    around = machine()
    result, lines = _measure(arguments)
    show_progress("")
    print_result(arguments, result | {"machine": around}, "\n".join([*lines, in_words(around)]))
    return 0


def _measure(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    if arguments.table:
        return _table(arguments)
    if arguments.roofline:
        return _roofline(arguments)
    if arguments.parts:
        return _parts(arguments)
    if arguments.ear:
        return _ear(arguments)
    if arguments.batch:
        return _batch(arguments)
    if arguments.slide:
        return _slide(arguments)
    if arguments.latency:
        return _latency(arguments)
    return _speed(arguments)


def _speed(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.speed import run

    result = run(_model(arguments), _names(arguments), arguments.seconds, countdown("measured"))
    title = (
        f"{'arithmetic':>18} {'sampler':>12} steps x real x of a core  frame ms: mean    p50    p95"
        "  first sound ms  memory MB"
    )
    rows = (
        f"{r['arithmetic']:>18} {r['sampler']:>12} {r['steps']:5} {r['x_real_time']:6} {r['x_of_a_core']:11} {'':9}"
        + "".join(f" {r['ms_per_frame'][of]:6.1f}" for of in ("mean", "p50", "p95"))
        + f" {r['first_audio_ms']['p50']:15.1f} {r['memory_mb']:10}"
        for r in result["rows"]
    )
    return result, [f"{result['device_name']}, {result['threads']} threads", title, *rows]


def _table(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine import device
    from engine.bench.paper_table import paper_table

    where = arguments.device
    precision = arguments.precision or ("bf16" if where.type == "cuda" else "fp32")
    preset = arguments.preset or "paper"
    result = paper_table(preset, where, precision, arguments.rounds, countdown("measured"))
    result["device_name"] = device.describe(where)
    title = f"{'':14} overall (paper)   head (paper)   share of head (paper)"
    rows = (
        f"{r['model']:>14}  x{r['overall']:5} (x{r['paper']['overall']:3})  x{r['head']:5} (x{r['paper']['head']:4})"
        f"   {r['share']:6.1%} ({r['paper']['share']:.1%})"
        for r in result["rows"]
    )
    return result, [f"{preset}, {precision}, {result['device_name']}", title, *rows]


def _roofline(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.roofline import roofline

    result = roofline(_model(arguments), countdown("measured"))
    rows = (
        f"batch {r['batch']}, {r['steps']} steps: {sum(r['bytes'].values()) / 1e6:.1f} MB a frame, floor "
        f"{r['floor_ms']} ms, measured {r['frame_ms']['mean']} ms: {r['reached']:.0%}, {r['x_real_time']} x real time"
        for r in result["rows"]
    )
    copies = f"{result['device_name']} copies {result['copy_gb_per_s']} GB/s"
    return result, [f"{result['model']}, {result['arithmetic']}: {copies}", *rows]


def _parts(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.parts import parts

    result = parts(_model(arguments), arguments.rounds, countdown("measured"))
    whole = result["frame_ms"]
    rows = (f"{name:>18} {ms:7.3f} ms {ms / whole:5.0%}" for name, ms in result["parts_ms"].items())
    title = f"{result['device_name']}, {result['arithmetic']}, {result['steps']} steps: {whole} ms a frame"
    return result, [title, *rows]


def _ear(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.ear import ear

    result = ear(_model(arguments), arguments.seconds, countdown("decoded"))
    passed, worked = result["x_real_time"], result["x_of_a_core"]
    rows = (
        f"{what}: p50 {passed[what]['p50']} x real time, {passed[what]['min']} to {passed[what]['max']}; "
        f"{worked[what]['p50']} x of a core"
        for what in passed
    )
    return result, [f"{result['device_name']}, {result['arithmetic']}, {result['threads']} threads", *rows]


def _batch(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.batch import batch

    result = batch(_model(arguments), arguments.rounds, countdown("measured"))
    rows = (f"{r['takes']} {r['case']}: {r['frame_ms']} ms a frame, {r['times_one']} times one" for r in result["rows"])
    return result, [f"{result['device_name']}, {result['arithmetic']}", *rows]


def _slide(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.slide import slide

    r = slide(_model(arguments), arguments.seconds, countdown("written"))
    seen = f"{r['model']}, {r['arithmetic']}: a window of {r['window']} frames, Z depends on {r['reach']}"
    same = f"after {r['frames']} frames Z differs by {r['difference']:.1g} from one heard anew (bar {r['tolerance']})"
    return r, [seen, same, "{} MB after a quarter of it, {} MB at its end".format(*r["memory_mb"])]


def _latency(arguments: argparse.Namespace) -> tuple[dict, list[str]]:
    from engine.bench.latency import latency

    result = latency(_model(arguments), arguments.moves, countdown("measured"))
    rows = (
        f"{what}: mean {times['mean']} ms, p50 {times['p50']}, p95 {times['p95']}, at most {times['max']}"
        for what, times in (
            *((f"Continue to sound, {how}", times) for how, times in result["first_audio_ms"].items()),
            ("knob to sound", result["knob_to_ear_ms"]),
        )
    )
    return result, [*rows, f"{result['moves']} moves, {result['underruns']} underruns"]


def _names(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The ways of computing to be compared: graphs are made, and kept for later, only of an installed model."""
    from engine.steps import NAMES

    if arguments.arithmetic:
        return (arguments.arithmetic,)
    return tuple(name for name in NAMES if not (arguments.preset and name.startswith("onnxruntime")))


def _model(arguments: argparse.Namespace):
    """The installed model, or an untrained one of the preset asked for."""
    from engine import steps, weights

    if not arguments.preset:
        return weights.load(None, arguments.device, steps=arguments.arithmetic)
    model = weights.random_model(arguments.preset, device=arguments.device)
    if arguments.arithmetic:
        steps.use(model, arguments.arithmetic)
    return model
