"""How well the sound after a cut goes on from the sound before it: a score, and whether a click can be heard there."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from engine.audio import Audio
from engine.bands import levels
from engine.music.leadsheet import Grid
from engine.music.spectra import RATE, mono

BEFORE, AFTER = 2.0, 2.0  # seconds compared; what is shorter is compared as it is
PULSE_BEFORE = 6.0  # seconds in which the attacks before the cut are counted
WINDOW, HOP, BANDS = 1024, 128, 40
PLACES = 16  # of a beat
RISE = 3  # frames that an attack may take, 17 ms
RANGE = 60.0  # dB below the loudest band in which attacks are heard
CLOSE = 0.03  # seconds at either side of the cut whose attacks do not count: the step between two songs is one

FADED = 0.015  # seconds after the cut within which the join is made
AROUND = 0.5  # seconds on either side that a click would have to stand out from
BURST = 0.0013  # seconds


@dataclass(frozen=True)
class Parts:
    """What a seam is scored by; 0 is the best. `level`: dB by which the loudness changes. `spectrum`: mean difference
    of the bands in dB, the level apart. `beat_phase`: 1 - the correlation of where in the beat the attacks lie, from 0
    (as before) over 1 (anywhere) to 2; None when the beat is not known."""

    level: float
    spectrum: float
    beat_phase: float | None


@dataclass(frozen=True)
class SeamScore(Parts):
    """The parts, and `total`: 100 is the median of real music cut at a random place, 0 that of another song set on."""

    total: float


@dataclass(frozen=True)
class ClickFigures:
    """The 15 ms after a cut, each as a share of the most within half a second around: `step` is the largest difference
    of two samples, `burst` the strongest 1.3 ms of high frequencies (rms of second differences).

    A click stands above 1, and so does 1 % of real music cut at random places."""

    step: float
    burst: float


# Medians over cuts at random places of 600 rendered songs (python -m engine.train.calibrate_seam): as the song itself
# goes on, and as another one does. The total is then 100 for half of the real cuts and over 63 for 90 % of them;
# another song has 0 in half of all cases and under 39 in 90 %. It orders a real and a wrong one rightly in 97 % (93 %
# without the beat).
REAL = Parts(level=0.65, spectrum=2.6, beat_phase=0.04)
WRONG = Parts(level=1.8, spectrum=7.3, beat_phase=1.06)
WORST = Parts(level=6.4, spectrum=12.0, beat_phase=1.6)  # what lies beyond counts as this
WEIGHTS = (0.5, 2, 2)  # a level may well change with the next phrase: alone it is right in 75 %
REAL_SUM, WRONG_SUM = 0.06, 1.05  # medians of the weighted mean of the parts, each scaled to 0 at REAL and 1 at WRONG


def seam_score(samples: np.ndarray, rate: int, cut: int, grid: Grid | None) -> SeamScore:
    """Score the cut at sample `cut` of `samples` (C, N) at `rate` Hz; `grid` is the beat before the cut, its seconds
    counted from sample 0. Music on both sides is needed: 0 < cut < N, else ValueError."""
    if not 0 < cut < samples.shape[1]:
        raise ValueError(f"there is no music on both sides of sample {cut} of {samples.shape[1]}")
    first = max(0, cut - round(PULSE_BEFORE * rate))
    near = mono(Audio(samples[:, first : cut + round(AFTER * rate)], rate))
    at = round((cut - first) * RATE / rate)
    parts = measure(near, at, grid, first / rate)
    return SeamScore(*astuple(parts), total=_total(parts))


def measure(near: np.ndarray, at: int, grid: Grid | None, offset: float) -> Parts:
    """The parts at sample `at` of mono `near` (N,) at RATE, whose first sample lies `offset` seconds into the grid."""
    before, after = near[:at][-round(BEFORE * RATE) :], near[at:]
    sides = [levels(side, WINDOW, HOP, BANDS).mean(axis=0) for side in (before, after)]
    difference = sides[1] - sides[0]
    return Parts(
        level=float(abs(_decibels(after) - _decibels(before))),
        spectrum=float(np.abs(difference - difference.mean()).mean()),
        beat_phase=_beat_phase(near, at, grid, offset) if grid else None,
    )


def click_figures(samples: np.ndarray, rate: int, cut: int) -> ClickFigures:
    """What stands out at sample `cut` of `samples` (C, N)."""
    near = samples[:, max(0, cut - round(AROUND * rate)) : cut + round((FADED + AROUND) * rate)].astype(np.float64)
    start, count = min(cut, round(AROUND * rate)), max(2, round(BURST * rate))
    stop = start + round(FADED * rate)
    return ClickFigures(
        _share(_steps(near), start - 1, stop),  # the step into the cut begins one sample before it
        _share(_bursts(near, count), start - 1 - count, stop),
    )


def _decibels(sound: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(sound), dtype=np.float64) + 1e-9)


def _total(parts: Parts) -> float:
    rows = zip(astuple(parts), astuple(REAL), astuple(WRONG), astuple(WORST), WEIGHTS, strict=True)
    known = [((min(x, worst) - real) / (wrong - real), w) for x, real, wrong, worst, w in rows if x is not None]
    scaled, weights = np.array(known).T
    wrongness = np.average(scaled.clip(min=0), weights=weights)
    return float(np.clip(100 * (WRONG_SUM - wrongness) / (WRONG_SUM - REAL_SUM), 0, 100))


def _beat_phase(near: np.ndarray, at: int, grid: Grid, offset: float) -> float:
    attacks = _attacks(near)
    seconds = np.arange(len(attacks)) * HOP / RATE
    place = np.round(grid.beat(seconds + offset) * PLACES).astype(int) % PLACES
    before, after = seconds < at / RATE - CLOSE, seconds > at / RATE + CLOSE
    profiles = [_profile(attacks[side], place[side]) for side in (before, after)]
    return float(1 - profiles[0] @ profiles[1])


def _attacks(near: np.ndarray) -> np.ndarray:
    """(frames,) how much the bands rise, in dB."""
    level = levels(near, WINDOW, HOP, BANDS)
    level = np.maximum(level, level.max() - RANGE)
    rise = np.zeros(len(level))
    rise[RISE:] = (level[RISE:] - level[:-RISE]).clip(min=0).sum(axis=1)
    return rise


def _profile(attacks: np.ndarray, place: np.ndarray) -> np.ndarray:
    """(PLACES,) mean attack at each place of the beat, of mean 0 and length 1 (all 0 where nothing stands out)."""
    counts = np.bincount(place, minlength=PLACES)
    means = np.bincount(place, weights=attacks, minlength=PLACES) / np.maximum(counts, 1)
    centred = means - means.mean()
    return centred / max(np.linalg.norm(centred), 1e-9)


def _steps(near: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(near)).max(axis=0)


def _bursts(near: np.ndarray, count: int) -> np.ndarray:
    """(n,) rms of the second difference over `count` samples from each one on, of the louder channel."""
    power = np.cumsum(np.pad(np.diff(near, n=2) ** 2, ((0, 0), (1, 0))), axis=1)
    return np.sqrt(np.maximum(power[:, count:] - power[:, :-count], 0) / count).max(axis=0)


def _share(curve: np.ndarray, start: int, stop: int) -> float:
    """The highest of the curve from `start` to `stop`, by the highest outside."""
    start = max(0, start)
    outside = max(curve[:start].max(initial=0), curve[stop:].max(initial=0))
    return float(curve[start:stop].max(initial=0) / max(outside, 1e-6))
