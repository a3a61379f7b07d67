"""A ring of float32 samples between one thread that writes and one that reads, such as a sound card's callback.

Threads: `write`, `take_back` and `writable` belong to the writer, `read_into` and `readable` to the reader (either may
look at both figures, which are then lower bounds). No lock: each side assigns counters of its own, after the samples
moved.
"""

import numpy as np


class Ring:
    """Holds up to `capacity` samples of `channels` channels, first in first out."""

    def __init__(self, channels: int, capacity: int):
        self.capacity = capacity
        self._samples = np.zeros((channels, capacity), dtype=np.float32)
        self._written = 0  # samples since the start; never wraps
        self._read = 0
        self._most = 0  # samples that were ever asked for at once

    @property
    def readable(self) -> int:
        return self._written - self._read

    @property
    def writable(self) -> int:
        return self.capacity - self.readable

    def write(self, samples: np.ndarray) -> int:
        """Take as many of the (channels, N) `samples` as there is room for; return how many."""
        count = min(samples.shape[1], self.writable)
        at = self._written % self.capacity
        head = min(count, self.capacity - at)
        self._samples[:, at : at + head] = samples[:, :head]
        self._samples[:, : count - head] = samples[:, head:count]
        self._written += count
        return count

    def take_back(self, keep: int) -> int:
        """Forget all but the next `keep` samples, and at least twice what is read at once; return how many that were.

        A reader that is faster than that keeps all: what it may be reading just now is never taken back.
        """
        before = self._written
        self._written = min(before, self._read + max(keep, 2 * self._most))
        if self._read + self._most > self._written:
            self._written = before
        return before - self._written

    def read_into(self, out: np.ndarray) -> int:
        """Fill the front of the (channels, N) `out`, without allocating an array; return how many samples came."""
        self._most = max(self._most, out.shape[1])  # before it looks what there is: see `take_back`
        count = min(out.shape[1], self.readable)
        at = self._read % self.capacity
        head = min(count, self.capacity - at)
        out[:, :head] = self._samples[:, at : at + head]
        out[:, head:count] = self._samples[:, : count - head]
        self._read += count
        return count
