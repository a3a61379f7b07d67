"""Does a file hold what its recipe makes? The take is rendered again and compared, sample by sample."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.audio import Audio
from engine.errors import CalmError
from engine.model.calm import Model
from engine.recipe import Recipe, sound_hash
from engine.replay import Progress, as_then, render
from engine.request import Prompt
from engine.restore import RestoredTake
from engine.take import Take

CLOSE_DB = 10.0  # full-band noise, the worst there is, comes back from Vorbis, MP3 and Opus with 22 dB or more
HEARD = 8000.0  # Hz: lossy formats leave out what lies far above (Opus and MP3 gave 4 dB of the same noise in all)
HOLDS_SO = 6  # the first version of recipes whose takes keep to their prompts' sound and level as they do now
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Verdict:
    """`state` is "equal" (every continued sample that the file holds is the rendered one), "close" (the recipe makes
    the very take, and the file holds it in a form that cannot be exact: 16 bits, a lossy format) or "different".

    `repeated` says that the rendered take has the recipe's hash. `compared` counts samples after the cut and
    `first_difference` is one of the file, None for none. `snr_db` is the signal-to-noise ratio of the file against
    the rendered take, below 8 kHz, None if they are equal. `notes` are plain sentences.
    """

    state: Literal["equal", "close", "different"]
    repeated: bool
    compared: int
    first_difference: int | None
    snr_db: float | None
    notes: tuple[str, ...]


def verify(
    restored: RestoredTake, model: Model, clip: Audio | None, progress: Progress, stop: threading.Event
) -> Verdict:
    """Render a restored take again and compare. `clip` is the file that was continued: it is needed when the prompt is
    no longer there sample for sample, as in lossy formats. See `engine.replay.render` for the rest.

    Raises CalmError if too little of the take is left, its model or prompt is not here, or `stop` was set.
    """
    take, recipe = restored.take, restored.recipe
    if take is None:
        raise CalmError("The file holds too little of the take to compare", "Use the file as it was exported")
    if take.rate != recipe.prompt.rate:
        raise CalmError(
            f"The file has {take.rate} Hz, and the take had {recipe.prompt.rate} Hz",
            "Use the file as it was exported, at the take's own rate",
        )
    prompt = prompt_of(restored, clip)
    with as_then(model, recipe.machine):
        made = render(model, recipe, prompt, progress, stop)
        if stop.is_set():
            raise CalmError("The comparison was stopped", "Start it again to see whether the file holds its take")
        return _compare(take, made, restored, model)


def prompt_of(restored: RestoredTake, clip: Audio | None) -> Prompt:
    """What was continued, sample for sample: from the file, or else from `clip`. CalmError if it is in neither."""
    recipe = restored.recipe.prompt
    if restored.intact:
        return restored.take.request.prompt
    if clip is None:
        raise CalmError(
            "The samples before the cut are not those that were continued, so that the take cannot be made again",
            f"Give the clip that was continued with --prompt: {recipe.name}, {recipe.rate} Hz",
        )
    if clip.rate == recipe.rate and recipe.start + recipe.frames <= clip.samples.shape[1]:
        prompt = Prompt(clip, recipe.name, recipe.start, recipe.start + recipe.frames)
        if sound_hash(prompt.samples) == recipe.sha256:
            return prompt
    raise CalmError(
        f"This clip is not the one that was continued: {recipe.name}, {recipe.rate} Hz", "Choose another with --prompt"
    )


def _compare(take: Take, made: Take, restored: RestoredTake, model: Model) -> Verdict:
    count = min(take.written - take.cut, made.written - made.cut)
    held, rendered = take.samples[:, take.cut :][:, :count], made.samples[:, made.cut :][:, :count]
    unequal = np.flatnonzero((held != rendered).any(axis=0))
    repeated = sound_hash(made.samples[:, : restored.recipe.frames]) == restored.recipe.sha256
    ratio = snr_db(rendered, held, take.rate) if len(unequal) else None
    close = repeated and ratio is not None and restored.metadata.bits < 24 and ratio >= CLOSE_DB
    return Verdict(
        state="equal" if count and not len(unequal) else "close" if close else "different",
        repeated=repeated,
        compared=count,
        first_difference=restored.start + take.cut + int(unequal[0]) if len(unequal) else None,
        snr_db=ratio,
        notes=(*restored.lost, *_machine_notes(restored.recipe, model)),
    )


def snr_db(wanted: np.ndarray, held: np.ndarray, rate: int) -> float:
    """Power of `wanted` (2, N) over that of the difference, in dB, below HEARD Hz."""
    power = noise = 1e-30
    for at in range(0, wanted.shape[1], _BLOCK):
        spectra = np.fft.rfft(np.stack([x[:, at : at + _BLOCK] for x in (wanted, wanted - held)]))
        below = np.abs(spectra[:, :, : 1 + round(HEARD / rate * spectra.shape[2] * 2)]) ** 2
        power, noise = power + below[0].sum(), noise + below[1].sum()
    return float(10 * np.log10(power / noise))


def _machine_notes(recipe: Recipe, model: Model) -> list[str]:
    """Where the last bits may come from, if they differ."""
    used, here = recipe.machine, model.info
    then, now = f"{used.device}, {used.arithmetic}", f"{here['device']}, {here['arithmetic']}"
    notes = [f"The take was made with {then} and compared with {now}: last bits may differ"] if then != now else []
    if recipe.version == 1 and recipe.prompt.rate != model.config.vae.sample_rate:
        notes.append("The take was resampled by an earlier version of CALM Studio: last bits may differ")
    if recipe.version < HOLDS_SO:
        notes.append("The take was written by an earlier version of CALM Studio, which held a prompt's sound otherwise")
    return notes
