"""The same place of the bar some bars ago: how long ago that was, and whether the lead sheet tells the same of both."""

from __future__ import annotations

import numpy as np

from engine.music.leadsheet import GROUPS, LeadSheet

BARS = (1, 2, 4, 8)
FIELDS = 3  # of each: seconds ago; the same chord; the same section
NEAR = (-1, 0, 1)  # frames that are recalled around each place: what came next then, comes next now

_BEAT, _CHORD, _FORM = 0, GROUPS["beat"], GROUPS["beat"] + GROUPS["chord"] + GROUPS["key"]


def recall_features(latent_dim: int) -> int:
    """How much is told of one frame (`engine.model.recall`): of each place whether it is known, how far from a whole
    frame it lies, chord and section, and the latents there."""
    return len(BARS) * (1 + FIELDS + len(NEAR) * latent_dim)


def bars_ago(sheet: LeadSheet, seconds: np.ndarray) -> np.ndarray:
    """Of the moments ``seconds`` (T,), how many seconds before each of them BARS bars ago are, NaN where no beat is
    known; and whether chord and section are the same, 1, or others, -1, 0 where one is unknown: float32 (T, BARS,
    FIELDS)."""
    told = np.full((len(seconds), len(BARS), FIELDS), np.nan, np.float32)
    told[..., 0] = _bar_seconds(sheet, seconds)[:, None] * BARS
    now = sheet.features(seconds)
    for number, ago in enumerate(told[..., 0].T):
        then = sheet.features(seconds - np.nan_to_num(ago))
        told[:, number, 1] = _alike(now, then, _CHORD, GROUPS["chord"])
        told[:, number, 2] = _alike(now, then, _FORM, GROUPS["form"], but=1)
    return told


def as_told(ago: np.ndarray, features: np.ndarray) -> np.ndarray:
    """``ago`` (T, BARS, FIELDS) without what the features (T, FEATURES) of a sheet do not tell."""
    left = ago.copy()
    left[features[:, _BEAT] == 0, :, 0] = np.nan
    left[features[:, _CHORD] == 0, :, 1] = 0
    left[features[:, _FORM] == 0, :, 2] = 0
    return left


def _bar_seconds(sheet: LeadSheet, seconds: np.ndarray) -> np.ndarray:
    """How long a bar lasts at each moment."""
    if not sheet.grids:
        return np.full(len(seconds), np.nan)
    lengths = np.array([60 / grid.tempo * grid.beats_per_bar for grid in sheet.grids])
    return lengths[np.searchsorted([grid.downbeat for grid in sheet.grids[1:]], seconds, side="right")]


def _alike(now: np.ndarray, then: np.ndarray, start: int, width: int, but: int | None = None) -> np.ndarray:
    """Whether a group of features is the same; of the one numbered ``but`` any value is."""
    kept = [start + each for each in range(width) if each != but]
    known = (now[:, start] != 0) & (then[:, start] != 0)
    return np.where(known, np.where((now[:, kept] == then[:, kept]).all(1), 1.0, -1.0), 0.0)
