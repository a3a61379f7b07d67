"""`calm bench`."""

from __future__ import annotations

import argparse

from engine.cli.options import add_json
from engine.cli.output import print_result

DOES = "Measure how fast this computer continues music."


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("--seconds", type=float, default=10.0, help="length of each continuation (default: 10)")
    to.add_argument("--device", help="cpu, cuda or mps (default: the best there is)")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    from engine import bench, device

    result = bench.run(device.choose(arguments.device), arguments.seconds)
    rows = (f"{r['sampler']:>12} {r['steps']:4} {r['x_real_time']:8} {r['first_audio_ms']:9}" for r in result["rows"])
    title = f"{'sampler':>12} steps x real  first ms  ({result['device_name']})"
    print_result(arguments, result, "\n".join([title, *rows]))
    return 0
