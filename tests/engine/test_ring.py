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
