"""What `calm info` prints for people."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.audio import Audio, check_prompt
from engine.errors import CalmError
from engine.metadata import Metadata
from engine.restore import RestoredTake


def peak(audio: Audio) -> float:
    with np.errstate(divide="ignore"):  # silence is -inf dBFS
        return float(20 * np.log10(np.abs(audio.samples).max()))


def sound_in_words(file: Path, audio: Audio) -> str:
    channels = "mono" if audio.channels == 1 else "stereo"
    said = f"{file}: {audio.seconds:.2f} s, {audio.rate} Hz, {channels}, peak {peak(audio):.1f} dBFS"
    return "\n".join([said, audio.note]) if audio.note else said


def prompt_in_words(audio: Audio) -> list[str]:
    try:
        check_prompt(audio)
    except CalmError as error:
        return [f"It cannot be continued: {error}"]
    return []


def metadata_in_words(about: Metadata) -> list[str]:
    rate, loud = max(about.rate, 1), about.loudness
    origins = (f"{o.start / rate:.3f} to {o.stop / rate:.3f} s: {o.made_by}" for o in about.origins)
    markers = (f"{at / rate:.3f} s: {label}" for at, label in about.markers)
    said = {
        "Title": about.title,
        "Description": about.description,
        "Made by": about.software,
        "Model": f"{about.model} ({about.licence})" if about.model else "",
        "Cut": f"{about.cut / rate:.3f} s" if about.cut is not None else "",
        "Who made what": "; ".join(origins),
        "Markers": "; ".join(markers),
        "Loop": f"{about.loop[0] / rate:.3f} to {about.loop[1] / rate:.3f} s" if about.loop else "",
        "Tempo": f"{about.tempo:g} bpm" if about.tempo else "",
        "Key": about.key,
        "Loudness": f"{loud.integrated:.1f} LUFS, {loud.true_peak:.1f} dBTP" if loud else "",
    }
    return [f"{name}: {text}" for name, text in said.items() if text]


def recipe_in_words(restored: RestoredTake | None) -> list[str]:
    if restored is None:
        return []
    recipe, controls = restored.recipe, restored.recipe.controls
    said = (
        f"model {recipe.model.name} {recipe.model.sha256[:12]} on {recipe.machine.device}",
        f"seed {recipe.seed}",
        f"{recipe.seconds:g} s",
        f"{controls.sampler} in {controls.steps} steps at temperature {controls.temperature:g}",
        f"{max(0, len(recipe.moves) - 1)} moves of the controls",
    )
    return [
        f"Recipe: {', '.join(said)}",
        *([f"Text: {recipe.text}"] if recipe.text else []),
        *(f"Kept: {sentence}" for sentence in restored.kept),
        *(f"Lost: {sentence}" for sentence in restored.lost),
    ]
