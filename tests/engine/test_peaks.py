import itertools
import threading

import numpy as np
import pytest

from engine.peaks import BUCKET, PeakPyramid


def noise(samples, seed=0, channels=2):
    return np.random.default_rng(seed).standard_normal((channels, samples)).astype(np.float32)


def pyramid_of(samples, block=None):
    pyramid = PeakPyramid(samples.shape[0])
    for at in range(0, samples.shape[1], block or samples.shape[1]):
        pyramid.append(samples[:, at : at + (block or samples.shape[1])])
    return pyramid


def brute(samples, start, stop, n, grid=1):
    """Minimum and maximum of each span, its ends moved outward to multiples of `grid` as far as those are whole."""
    edges = [start + i * (stop - start) // n for i in range(n + 1)]
    whole = samples.shape[1] // grid * grid
    columns = []
    for a, b in itertools.pairwise(edges):
        span = samples[:, a // grid * grid : max(b, min(-(-b // grid) * grid, whole))]
        columns.append(np.stack((span.min(axis=1), span.max(axis=1)), axis=1))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("block", [None, 1920, 1, 63, 64, 1000])
def test_the_way_it_was_appended_does_not_matter(block):
    samples = noise(5000)
    np.testing.assert_array_equal(
        pyramid_of(samples, block).columns(100, 5000, 7), pyramid_of(samples).columns(100, 5000, 7)
    )


@pytest.mark.parametrize(("start", "stop", "n"), [(0, 640, 10), (1, 6401, 100), (777, 778, 1), (90_000, 100_000, 1000)])
def test_exact_where_a_column_is_at_most_one_bucket(start, stop, n):
    samples = noise(100_001)
    np.testing.assert_array_equal(pyramid_of(samples, 1920).columns(start, stop, n), brute(samples, start, stop, n))


@pytest.mark.parametrize("length", [100_001, 20_000, 6399])
def test_exact_to_the_bucket_when_zoomed_out_wherever_the_columns_fall(length):
    samples, random = noise(length), np.random.default_rng(length)
    pyramid = pyramid_of(samples, 1920)
    for _ in range(400):
        start, stop = np.sort(random.integers(0, length + 1, 2)).tolist()
        stop = length if random.random() < 0.5 else stop  # the last bucket, which is not whole, is a case of its own
        n = int(random.integers(1, 40))
        if stop - start > BUCKET * n:
            np.testing.assert_array_equal(pyramid.columns(start, stop, n), brute(samples, start, stop, n, BUCKET))


def test_no_peak_is_ever_missed_at_any_zoom():
    for at in (0, 63, 64, 12_345, 99_968, 100_000):
        samples = np.zeros((1, 100_001), dtype=np.float32)
        samples[0, at] = 1.0
        pyramid = pyramid_of(samples, 777)
        for n in (1, 2, 9, 400, 1562, 5000, 100_001):
            column = at * n // samples.shape[1]
            assert pyramid.columns(0, 100_001, n)[0, max(0, column - 1) : column + 2, 1].max() == 1.0, (at, n)


def test_spans_narrower_than_a_sample_show_the_sample_under_them():
    samples = np.array([[0.0, 1.0, 2.0]], dtype=np.float32)
    columns = pyramid_of(samples).columns(0, 3, 6)
    np.testing.assert_array_equal(columns[0], np.repeat(samples[0], 2)[:, None].repeat(2, axis=1))


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 5), (6, 5), (0, 101)])
def test_refuses_what_is_not_there(start, stop):
    with pytest.raises(ValueError, match="not within the 100"):
        pyramid_of(noise(100)).columns(start, stop, 3)


def test_a_reader_sees_only_finished_columns_while_another_thread_appends():
    pyramid, ones = PeakPyramid(2), np.ones((2, 1000), dtype=np.float32)
    writer = threading.Thread(target=lambda: [pyramid.append(ones) for _ in range(500)])
    pyramid.append(ones)
    writer.start()
    while writer.is_alive():
        length = pyramid.length
        for n in (1, 5, length // 100):
            assert (pyramid.columns(0, length, n) == 1.0).all()
    writer.join()
    assert pyramid.length == 501_000


@pytest.mark.parametrize("back", [4000, 4032, 4001, 100, 0])
@pytest.mark.parametrize("more", [10, 200, 3000])
def test_after_going_back_it_is_as_if_it_had_been_written_so_at_once(back, more):
    old, new = noise(5000), noise(more, seed=1)
    pyramid = pyramid_of(old, 1920)
    pyramid.rewind(back)
    for at in range(0, more, 70):
        pyramid.append(new[:, at : at + 70])
    samples = np.concatenate([old[:, :back], new], axis=1)
    whole = samples.shape[1] // BUCKET * BUCKET
    for n in (1, 3, 50):
        if whole:
            np.testing.assert_array_equal(pyramid.columns(0, whole, n), pyramid_of(samples).columns(0, whole, n))
    assert pyramid.length == max(5000, back + more)


def test_what_was_there_can_be_asked_for_while_it_is_written_anew():
    pyramid = pyramid_of(noise(5000))
    before = pyramid.columns(0, 5000, 9)
    pyramid.rewind(1000)
    np.testing.assert_array_equal(pyramid.columns(0, 5000, 9), before)


def test_samples_may_be_kept_where_the_writer_has_them_anyway():
    room, samples = np.zeros((2, 5000), np.float32), noise(5000)
    pyramid = PeakPyramid(2, room)
    for at in range(0, 5000, 700):
        room[:, at : at + 700] = samples[:, at : at + 700]
        pyramid.append(room[:, at : at + 700])
    for n in (9, 5000):
        np.testing.assert_array_equal(pyramid.columns(0, 5000, n), pyramid_of(samples).columns(0, 5000, n))
    assert np.shares_memory(pyramid.samples(100, 200), room)
    pyramid.rewind(1000)
    assert pyramid.rewound == [1000]
