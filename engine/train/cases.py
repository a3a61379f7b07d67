"""Some takes of an evaluation, kept to be heard and looked at: sound by rows, and all rows of a clip in a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from engine.errors import CalmError
from engine.train.heldout import PROMPT_SECONDS, Clip
from engine.train.pictures import draw_spectrograms


def keep(folder: Path, clip: Clip, row: str, audio: np.ndarray) -> None:
    """Write prompt and continuation to FOLDER/CLIP, ROW.flac (16 bits)."""
    joined = np.concatenate([clip.prompt, audio], axis=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(_path(folder, clip, row), joined.T.clip(-1, 1), clip.rate, "PCM_16")
    except (OSError, soundfile.SoundFileError) as error:
        raise CalmError(f"Nothing can be written to {folder}: {error}", "Choose another folder with --out") from error


def draw(folder: Path, clips: list[Clip], rows: list[str]) -> None:
    """Write FOLDER/CLIP.png for each clip: the rows that were kept, the cut marked."""
    for clip in clips:
        paths = {row: _path(folder, clip, row) for row in rows}
        sounds = {row: soundfile.read(path, dtype="float32")[0].T for row, path in paths.items() if path.is_file()}
        if sounds:
            draw_spectrograms(folder / f"{clip.name}.png", sounds, clip.rate, PROMPT_SECONDS)


def _path(folder: Path, clip: Clip, row: str) -> Path:
    return folder / f"{clip.name}, {row}.flac"
