"""The styles, read from styles.toml, and those kept from training, read from unseen.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.train.compose.general_midi import KITS, PROGRAMS


@dataclass(frozen=True)
class Part:
    """A role in a style: the chance 0..1 that it is filled, and its possible GM programs (drum kits for the drums)."""

    chance: float
    programs: tuple[int, ...]


@dataclass(frozen=True)
class Style:
    """What makes a style; styles.toml says what the fields mean. `players` maps a role to its part."""

    name: str
    tempo: tuple[int, int]
    tightness: float
    harmony: tuple[str, ...]
    richness: tuple[int, ...]
    density: tuple[float, float]
    room: tuple[float, float]
    grooves: tuple[str, ...]
    bass: tuple[str, ...]
    comp: tuple[str, ...]
    figures: tuple[str, ...]
    players: dict[str, Part]
    swing: tuple[float, float] = (0.5, 0.5)
    swung: int = 2
    waltz: float = 0.0
    ducking: float = 0.0
    solo: tuple[int, ...] = ()


def read_style(name: str, table: dict[str, Any]) -> Style:
    """A table of styles.toml; TypeError names an unknown or missing key, KeyError an unknown sound."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    values["players"] = {role: _part(role, *line) for role, line in table["players"].items()}
    values["solo"] = tuple(PROGRAMS[sound] for sound in values.get("solo", ()))
    return Style(name, **values)


def _part(role: str, chance: float, *sounds: str) -> Part:
    numbers = KITS if role == "drums" else PROGRAMS
    return Part(chance, tuple(numbers[sound] for sound in sounds))


def _read_styles(file: str) -> tuple[Style, ...]:
    tables = tomllib.loads(Path(__file__).with_name(file).read_text("utf-8"))
    return tuple(read_style(name, table) for name, table in tables.items())


STYLES = _read_styles("styles.toml")
UNSEEN_STYLES = _read_styles("unseen.toml")
