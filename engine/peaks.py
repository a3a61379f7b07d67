"""Minima and maxima of a growing waveform, for drawing it at any zoom in well under a millisecond.

The samples are kept, and level k of the pyramid keeps one (minimum, negated maximum) pair for every 64 * 2**k of them.
Maxima are negated so that one `np.minimum` serves both.

Threads: one writer calls `append` and `rewind`; any thread may call `columns` for what `length` covers, which only ever
grows and is assigned last. Only whole buckets are kept. They change where the writer has gone back and writes anew:
until it has come to a bucket, that still shows what was there before. `rewound` grows with each time; a reader that
looks at it knows what to look at again.
"""

import itertools

import numpy as np

BUCKET = 64


class PeakPyramid:
    """A growing min/max pyramid over `channels` channels of float32 samples; they are kept in `room` (channels, N), the
    writer's own array, where one is given, else in one that grows."""

    def __init__(self, channels: int, room: np.ndarray | None = None):
        self.length = 0
        self.rewound: list[int] = []
        self._end = 0
        self._samples = _Growing((channels,), room)
        self._levels = [_Growing((channels, 2))]

    def append(self, samples: np.ndarray) -> None:
        """Add (channels, N) samples at the end, or after the place of the last `rewind`."""
        first, self._end = self._end // BUCKET, self._end + samples.shape[1]
        self._samples.write(self._end - samples.shape[1], samples)
        fresh = self._samples.values[:, first * BUCKET : self._end // BUCKET * BUCKET]
        if fresh.shape[1]:
            buckets = fresh.reshape(fresh.shape[0], -1, BUCKET)
            self._levels[0].write(first, np.stack((buckets.min(axis=2), -buckets.max(axis=2)), axis=1))
            self._raise_levels(first, self._end // BUCKET)
        self.length = max(self.length, self._end)

    def rewind(self, length: int) -> None:
        """Write on after the first `length` samples."""
        self._end = length
        self.rewound.append(length)

    def samples(self, start: int, stop: int) -> np.ndarray:
        """The samples [start, stop) themselves, (channels, stop - start); a view."""
        return self._samples.values[:, start:stop]

    def columns(self, start: int, stop: int, n: int) -> np.ndarray:
        """Minimum and maximum of `n` equal spans of the samples [start, stop), as (channels, n, 2) float32.

        Exact while a span is at most 64 samples; a wider one also sees the rest of the 64-sample bucket at either
        end of it, so no peak is ever missed. Where spans are narrower than a sample, each shows the sample under it.
        Raises ValueError unless 0 <= start < stop <= length.
        """
        if not 0 <= start < stop <= self.length:
            raise ValueError(f"samples {start} to {stop} are not within the {self.length} there are")
        edges = start + np.arange(n + 1) * (stop - start) // n
        lowest = self._scan(edges) if stop - start <= BUCKET * n else self._climb(edges)
        return np.stack((lowest[:, 0], -lowest[:, 1]), axis=2)

    def _raise_levels(self, first: int, last: int) -> None:
        """Pair up the buckets `first` to `last` of the lowest level into the next, until a level has no whole pair."""
        for level in itertools.count():
            first, last = first // 2, last // 2
            if first == last:
                return
            below = self._levels[level].values[..., 2 * first : 2 * last]
            if level + 1 == len(self._levels):
                self._levels.append(_Growing(below.shape[:-1]))
            self._levels[level + 1].write(first, np.minimum(below[..., ::2], below[..., 1::2]))

    def _scan(self, edges: np.ndarray) -> np.ndarray:
        """Lowest (minimum, -maximum) between `edges`, (channels, 2, n), straight from the samples."""
        samples = self._samples.values[:, edges[0] : edges[-1]]
        starts = edges[:-1] - edges[0]
        lowest, highest = (ufunc.reduceat(samples, starts, axis=1) for ufunc in (np.minimum, np.maximum))
        return np.stack((lowest, -highest), axis=1)

    def _climb(self, edges: np.ndarray) -> np.ndarray:
        """The same from buckets, for all columns at once: take both end buckets of every span, go up a level, repeat.

        Spans differ by at most two buckets at any level, so where the narrowest has one or two, four cover the widest.
        """
        whole = self.length // BUCKET
        left, right = edges[:-1] // BUCKET, np.minimum(-(-edges[1:] // BUCKET), whole)
        level = 0
        lowest = np.full((*self._levels[0].values.shape[:-1], left.size), np.inf, dtype=np.float32)
        while (right - left).min() > 2:
            self._lower(lowest, level, left, right - 1)
            left, right = (left + 1) // 2, right // 2
            level += 1
        self._lower(lowest, level, left, np.minimum(left + 1, right - 1), np.maximum(right - 2, left), right - 1)
        tail = self._samples.values[:, whole * BUCKET : edges[-1]]
        if tail.shape[1]:
            lowest[..., -1] = np.minimum(lowest[..., -1], np.stack((tail.min(axis=1), -tail.max(axis=1)), axis=1))
        return lowest

    def _lower(self, lowest: np.ndarray, level: int, *indexes: np.ndarray) -> None:
        values = self._levels[level].values
        for index in indexes:
            np.minimum(lowest, values[..., index], out=lowest)


class _Growing:
    """An array that grows at its last axis, with room doubled as needed. What was read from it stays valid."""

    def __init__(self, shape: tuple[int, ...], room: np.ndarray | None = None):
        self.length = 0
        self._room = np.empty((*shape, 1024), dtype=np.float32) if room is None else room

    @property
    def values(self) -> np.ndarray:
        return self._room[..., : self.length]

    def write(self, start: int, values: np.ndarray) -> None:
        """Put `values` (..., N) at `start`, over what is there."""
        stop = start + values.shape[-1]
        if stop > self._room.shape[-1]:
            room = np.empty((*self._room.shape[:-1], max(stop, 2 * self._room.shape[-1])), dtype=np.float32)
            room[..., : self.length] = self.values
            self._room = room
        self._room[..., start:stop] = values
        self.length = max(self.length, stop)
