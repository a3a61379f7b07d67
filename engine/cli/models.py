"""`calm models`."""

from __future__ import annotations

import argparse

from engine.cli.options import add_json
from engine.cli.output import print_result

DOES = "List the presets and the installed models."


def add_arguments(to: argparse.ArgumentParser) -> None:
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    from engine import weights

    result = {"presets": weights.presets(), "installed": weights.installed()}
    presets = (f"preset {_size(row)}" for row in result["presets"])
    installed = (f"installed {_size(row)}, {row['license']}, sha256 {row['sha256']}" for row in result["installed"])
    print_result(arguments, result, "\n".join([*presets, *installed]))
    return 0


def _size(row: dict) -> str:
    parts = ", ".join(f"{part} {count / 1e6:.1f} M" for part, count in row["parameters"].items())
    return f"{row['name']}: {sum(row['parameters'].values()) / 1e6:.1f} M parameters ({parts})"
