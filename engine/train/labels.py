"""From what the composer knows of a song to the lead sheet that the model is told, whole or in parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.music.bars_ago import BARS, as_told
from engine.music.leadsheet import GROUPS, STYLES, Grid, LeadSheet, SheetChord, SheetSection

DRUM_CHANNEL, DRUM_FAMILY = 9, 16
NEVER_TOLD, TOLD_IN_PART = 0.25, 0.35  # of the crops, group by group; the rest is told from end to end
FREE = 0.15  # of the crops are told nothing at all
FORGOTTEN, NEVER_RECALLED = 0.2, 0.15  # of the places that are recalled; of the crops, in which none is
GRID_JITTER = 0.015  # seconds (standard deviation): beats that were heard, not read, are as far off


def sheet_of(labels: dict) -> LeadSheet:
    """The lead sheet of a song from its labels (`compose.Song.labels`); labels that are missing stay unknown."""
    return LeadSheet(
        grids=(Grid(labels["tempo"], 0.0, labels["beats_per_bar"]),) if "beats_per_bar" in labels else (),
        tonic=labels["tonic"],
        mode=labels["mode"],
        chords=tuple(
            SheetChord(c["start"], c["start"] + c["duration"], c["symbol"], c["root"], c["bass"], tuple(c["pitches"]))
            for c in labels.get("chords", ())
        ),
        sections=tuple(
            SheetSection(s["start"], s["start"] + s["duration"], s["name"], s["energy"])
            for s in labels.get("sections", ())
        ),
        style=labels["style"] if labels.get("style") in STYLES else None,  # one kept from training has no number
        families=tuple(sorted({_family(each) for each in labels.get("instruments", ())})),
    )


def _family(instrument: dict) -> int:
    return DRUM_FAMILY if instrument["channel"] == DRUM_CHANNEL else instrument["program"] // 8


def later(sheet: LeadSheet, seconds: float) -> LeadSheet:
    """The sheet with all times moved."""
    return replace(
        sheet,
        grids=tuple(replace(grid, downbeat=grid.downbeat + seconds) for grid in sheet.grids),
        chords=tuple(replace(chord, start=chord.start + seconds, stop=chord.stop + seconds) for chord in sheet.chords),
        sections=tuple(replace(each, start=each.start + seconds, stop=each.stop + seconds) for each in sheet.sections),
    )


def as_heard(sheet: LeadSheet, random: np.random.Generator) -> LeadSheet:
    """The sheet as an ear would write it: beats a little early or late and, half of the time, only major or minor."""
    late = random.normal(0, GRID_JITTER)
    grids = tuple(replace(grid, downbeat=grid.downbeat + late) for grid in sheet.grids)
    minor = sheet.mode in ("minor", "dorian", "phrygian")
    plain = "minor" if minor else "major"
    return replace(sheet, grids=grids, mode=plain if random.random() < 0.5 else sheet.mode)


def forget(features: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The features (T, FEATURES) with groups left out, wholly or for a stretch: the model learns to go without."""
    told, start, length = features.copy(), 0, len(features)
    free = random.random() < FREE
    for width in GROUPS.values():
        fate = random.random()
        if free or fate < NEVER_TOLD:
            told[:, start : start + width] = 0
        elif fate < NEVER_TOLD + TOLD_IN_PART:
            begin, end = sorted(random.integers(0, length + 1, 2))
            told[begin:end, start : start + width] = 0
        start += width
    return told


def forget_bars(ago: np.ndarray, features: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What is told of BARS bars ago (T, BARS, FIELDS) without some of these places, or all, and without what the
    features (T, FEATURES) leave out."""
    left = as_told(ago, features)
    left[:, random.random(len(BARS)) < FORGOTTEN, 0] = np.nan
    if random.random() < NEVER_RECALLED:
        left[..., 0] = np.nan
    return left
