"""Names of exported files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.export.settings import Format
from engine.take import Take

if TYPE_CHECKING:
    from engine.music.heard import Heard


def free_path(path: str | Path) -> Path:
    """`path`, or the first of name_2.wav, name_3.wav ... that does not exist."""
    path = Path(path)
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return free


def take_name(take: Take, heard: Heard | None = None, format: Format = "wav") -> str:
    """The file name of a take, such as rhodes_riff_cont03_124bpm_Fmin_s4711.wav: prompt, take number, tempo, key, seed.

    Tempo and key are left out when they were not heard.
    """
    prompt = re.sub(r"[^\w.-]+", "_", take.request.prompt.name).strip("._")[:80]
    parts = [prompt or "take", f"cont{take.id:02d}"]
    if heard and heard.tempo:
        parts.append(f"{heard.tempo:.0f}bpm")
    if heard and heard.key:
        parts.append(heard.key.short)
    return "_".join([*parts, f"s{take.request.seed}.{format}"])
