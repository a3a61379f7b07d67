"""Loop mode: a part of a take whose end flows into its own beginning, whole bars long where the beat is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.errors import CalmError
from engine.join import HISTORY_SECONDS, predict
from engine.music.leadsheet import Grid
from engine.seam import ClickFigures, SeamScore, click_figures, seam_score

FADE_SECONDS = 0.02
REACH_SECONDS = 0.08  # before the end: the crossing lies where end and beginning are most alike within this
MATCH_SECONDS = 0.1  # of the beginning, looked for in the last quarter of the take when no beat is known
SHORTEST_SECONDS = 0.5


@dataclass(frozen=True, eq=False)
class Loop:
    """`samples` (C, L) to be repeated without end: the take from `start` to `stop`, its last REACH_SECONDS flowing into
    its first sample. `bars` and `tempo` (of exactly L samples, in beats a minute) are None when no beat is known.
    `seam` is of the place where the loop begins again, `clicks` of the crossing just before it."""

    samples: np.ndarray
    start: int
    stop: int
    bars: int | None
    tempo: float | None
    seam: SeamScore
    clicks: ClickFigures


def find_loop(samples: np.ndarray, rate: int, grid: Grid | None, start: int = 0, bars: int | None = None) -> Loop:
    """The loop in `samples` (C, N) from `start`, or from the first bar line after it where the beat is known.

    With a `grid`, its seconds counted from sample 0, the loop is `bars` bars long, or as many as there are; without
    one it ends where the waveform is most like the beginning. Raises CalmError if the take is too short for that.
    """
    if grid:
        start, stop, bars = _whole_bars(samples.shape[1], rate, grid, start, bars)
    else:
        stop, bars = _alike(samples, rate, start), None
    closed, crossing = _closed(samples, rate, start, stop)
    twice = np.concatenate([closed, closed], axis=1)
    count = stop - start
    heard = replace(grid, downbeat=grid.downbeat - start / rate) if grid else None
    return Loop(
        samples=closed,
        start=start,
        stop=stop,
        bars=bars,
        tempo=60 * rate * bars * grid.beats_per_bar / count if grid else None,
        seam=seam_score(twice, rate, count, heard),
        clicks=click_figures(twice, rate, crossing),
    )


def _whole_bars(length: int, rate: int, grid: Grid, start: int, bars: int | None) -> tuple[int, int, int]:
    """Start, stop and number of bars: as many whole ones as there are from `start` on, or those asked for."""
    bar = grid.beats_per_bar * 60 / grid.tempo * rate  # samples
    line = np.ceil((start - 1) / bar - grid.downbeat * rate / bar)  # a start on a bar line, rounded, is that line
    first = max(0, round(grid.downbeat * rate + line * bar))
    found = int((length - first + 1) / bar)
    if found < (bars or 1):
        raise CalmError(
            f"There are only {max(found, 0)} whole bars to loop", "Make a longer take, or choose fewer bars to loop"
        )
    count = bars or found
    return first, first + min(round(count * bar), length - first), count


def _alike(samples: np.ndarray, rate: int, start: int) -> int:
    """The sample in the last quarter after `start` from which on the take is most like its beginning at `start`."""
    size, from_ = round(MATCH_SECONDS * rate), start + (samples.shape[1] - start) * 3 // 4
    if samples.shape[1] - start < SHORTEST_SECONDS * rate:
        raise CalmError("There is too little sound to loop", f"Choose at least {SHORTEST_SECONDS} s of a take")
    wanted = samples[:, start : start + size].astype(np.float64)
    searched = samples[:, from_:].astype(np.float64)
    length = searched.shape[1] + size
    product = np.fft.irfft(np.fft.rfft(searched, length) * np.fft.rfft(wanted, length).conj(), length).sum(axis=0)
    energy = np.cumsum(np.pad((searched**2).sum(axis=0), (1, 0)))
    places = searched.shape[1] - size + 1
    likeness = product[:places] / np.sqrt(energy[size:] - energy[:-size] + 1e-6 * energy[-1] + 1e-12)
    return from_ + int(likeness.argmax())


def _closed(samples: np.ndarray, rate: int, start: int, stop: int) -> tuple[np.ndarray, int]:
    """The part from start to stop, its end faded into what comes before its start, and the sample where that begins."""
    fade, reach = round(FADE_SECONDS * rate), round(REACH_SECONDS * rate)
    lead_in = _lead_in(samples, rate, start, reach, fade)
    end = samples[:, stop - lead_in.shape[1] : stop]
    crossing = _best_crossing(end, lead_in, fade)
    inside = slice(crossing, crossing + fade)
    crossed = crossfade(end[:, inside], lead_in[:, inside])
    untouched = samples[:, start : stop - end.shape[1] + crossing]
    return np.concatenate([untouched, crossed, lead_in[:, crossing + fade :]], axis=1), untouched.shape[1]


def _lead_in(samples: np.ndarray, rate: int, start: int, reach: int, fade: int) -> np.ndarray:
    """What comes before `start`: (C, reach) of the take, or (C, fade) foretold backwards where the take begins."""
    if start >= reach:
        return samples[:, start - reach : start]
    after = samples[:, start : start + round(HISTORY_SECONDS * rate)]
    return predict(after[:, ::-1], fade)[:, ::-1]


def _best_crossing(end: np.ndarray, lead_in: np.ndarray, fade: int) -> int:
    """The sample from which on the two, over `fade` samples, are most alike."""
    products = (_sums(a * b, fade) for a, b in ((end, lead_in), (end, end), (lead_in, lead_in)))
    shared, one, other = products
    return int((shared / np.sqrt(one * other + 1e-12)).argmax())


def _sums(values: np.ndarray, count: int) -> np.ndarray:
    """(n,) sums over all channels and `count` samples from each one on."""
    total = np.cumsum(np.pad(values.sum(axis=0, dtype=np.float64), (1, 0)))
    return np.maximum(total[count:] - total[:-count], 0)


def crossfade(out: np.ndarray, into: np.ndarray) -> np.ndarray:
    """From one (C, n) to the other at constant power, whatever the two have in common: at equal gain if they are the
    same, at equal power if they are strangers."""
    shared = (out * into).sum() / np.sqrt((out**2).sum() * (into**2).sum() + 1e-12)
    angle = np.linspace(0, np.pi / 2, out.shape[1] + 2)[1:-1]
    power = np.sqrt(1 + max(shared, 0) * np.sin(2 * angle))
    return ((np.cos(angle) * out + np.sin(angle) * into) / power).astype(np.float32)
