import threading
import tracemalloc

import numpy as np

from engine.ring import Ring


def ramp(start, count):
    return np.arange(start, start + count, dtype=np.float32) * np.array([[1], [-1]], dtype=np.float32)


def test_what_goes_in_comes_out_in_order_around_the_end():
    ring, out, taken = Ring(2, 10), np.empty((2, 7), dtype=np.float32), 0
    for size in (7, 4, 7, 1, 6):
        assert ring.write(ramp(taken, size)) == size
        assert ring.read_into(out[:, :size]) == size
        np.testing.assert_array_equal(out[:, :size], ramp(taken, size))
        taken += size


def test_takes_no_more_than_there_is_room_for():
    ring = Ring(2, 10)
    assert ring.write(ramp(0, 8)) == 8
    assert ring.write(ramp(8, 8)) == 2
    assert (ring.readable, ring.writable) == (10, 0)
    assert ring.write(ramp(10, 8)) == 0
    out = np.empty((2, 10), dtype=np.float32)
    assert ring.read_into(out) == 10
    np.testing.assert_array_equal(out, ramp(0, 10))


def test_gives_what_there_is_and_leaves_the_rest_of_the_block_alone():
    ring, out = Ring(2, 10), np.full((2, 6), 99, dtype=np.float32)
    ring.write(ramp(0, 4))
    assert ring.read_into(out) == 4
    np.testing.assert_array_equal(out[:, 4:], 99)
    assert ring.read_into(out) == 0
    assert (ring.readable, ring.writable) == (0, 10)


def test_reads_into_the_transposed_block_of_a_sound_card():
    ring, block = Ring(2, 10), np.zeros((5, 2), dtype=np.float32)
    ring.write(ramp(0, 5))
    ring.read_into(block.T)
    np.testing.assert_array_equal(block, ramp(0, 5).T)


def test_reading_allocates_no_sample_memory():
    ring, out = Ring(2, 48_000), np.empty((2, 24_000), dtype=np.float32)
    ring.write(ramp(0, 48_000))
    tracemalloc.start()
    try:
        ring.read_into(out)
        assert tracemalloc.get_traced_memory()[1] < 4096  # views and counters; the samples are 192,000 bytes
    finally:
        tracemalloc.stop()


def test_two_threads_lose_and_repeat_nothing():
    ring, total, received = Ring(2, 1000), 40_000, []

    def write():
        sent = 0
        while sent < total:
            sent += ring.write(ramp(sent, min(317, total - sent)))

    writer = threading.Thread(target=write)
    writer.start()
    out, count = np.empty((2, 251), dtype=np.float32), 0
    while count < total:
        got = ring.read_into(out)
        received.append(out[:, :got].copy())
        count += got
    writer.join()
    np.testing.assert_array_equal(np.concatenate(received, axis=1), ramp(0, total))


def read(ring, most):
    """The left channel of what comes."""
    out = np.empty((2, most), dtype=np.float32)
    return out[0, : ring.read_into(out)]


def test_what_lies_too_far_ahead_is_taken_back():
    ring = Ring(2, 100)
    ring.write(ramp(0, 80))
    assert ring.take_back(30) == 50
    assert ring.write(ramp(500, 10)) == 10
    assert read(ring, 60).tolist() == [*range(30), *range(500, 510)]
    assert ring.readable == 0


def test_a_reader_keeps_twice_what_it_asks_for_at_once():
    ring = Ring(2, 100)
    ring.write(ramp(0, 100))
    assert read(ring, 20).tolist() == list(range(20))
    assert ring.take_back(10) == 40
    assert read(ring, 100).tolist() == list(range(20, 60))


def test_nothing_is_taken_back_where_there_is_little():
    ring = Ring(2, 100)
    assert ring.take_back(10) == 0
    ring.write(ramp(0, 10))
    assert ring.take_back(10) == 0 and ring.readable == 10


def test_a_reader_that_has_been_faster_keeps_all():
    """As if the reader had run between the two looks at its counter."""

    class Fast(Ring):
        looks = 0

        @property
        def _read(self):
            self.looks += 1
            return 0 if self.looks == 1 else 60

        @_read.setter
        def _read(self, value):
            pass

    ring = Fast(2, 100)
    ring._written, ring.looks = 90, 0  # from here on
    assert ring.take_back(30) == 0 and ring._written == 90


def test_taken_back_under_a_reader_nothing_is_lost_or_mixed():
    """The writer counts on from wherever it went back to: the reader sees rising numbers without a hole."""
    ring, seen, done = Ring(1, 4096), [], threading.Event()

    def reader():
        out = np.empty((1, 64), np.float32)
        while not done.is_set() or ring.readable:
            seen.extend(out[0, : ring.read_into(out)].tolist())

    thread = threading.Thread(target=reader)
    thread.start()
    at = 0
    for turn in range(3000):
        at += ring.write(np.arange(at, at + 500, dtype=np.float32)[None])
        if turn % 3 == 0:
            at -= ring.take_back(200)
    done.set()
    thread.join()
    assert seen == list(range(at))
