"""A ring of float32 samples between one thread that writes and one that reads, such as a sound card's callback.

Threads: `write` and `writable` belong to the writer, `read_into` and `readable` to the reader (either may look at
both figures, which are then lower bounds). No lock: each side assigns one counter of its own, after the samples moved.
"""

import numpy as np


class Ring:
    """Holds up to `capacity` samples of `channels` channels, first in first out."""

    def __init__(self, channels: int, capacity: int):
        self.capacity = capacity
        self._samples = np.zeros((channels, capacity), dtype=np.float32)
        self._written = 0  # samples since the start; never wraps
        self._read = 0

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

    def read_into(self, out: np.ndarray) -> int:
        """Fill the front of the (channels, N) `out`, without allocating an array; return how many samples came."""
        count = min(out.shape[1], self.readable)
        at = self._read % self.capacity
        head = min(count, self.capacity - at)
        out[:, :head] = self._samples[:, at : at + head]
        out[:, head:count] = self._samples[:, : count - head]
        self._read += count
        return count
