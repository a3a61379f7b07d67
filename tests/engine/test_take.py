import threading

import numpy as np
import pytest

from engine.controls import Controls
from engine.request import Place, Prompt, Request, SeedFrom
from engine.take import Take
from tests.engine.fakes import a_prompt, a_request


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (2, samples)).astype(np.float32)


def test_a_new_take_holds_the_prompt_bit_for_bit_and_nothing_else():
    whole = a_prompt(2.0, rate=44_100).audio
    request = Request(Prompt(whole, "part", 100, 44_200), 0.5, 7, Controls())
    take = Take(request, 3)
    assert (take.id, take.rate, take.cut, take.written, take.state) == (3, 44_100, 44_100, 44_100, "writing")
    assert take.request is request
    assert take.playhead is None
    assert take.history.changes == ()
    assert take.samples.shape == (2, 44_100 + 22_050)
    assert take.audio.samples.tobytes() == whole.samples[:, 100:44_200].tobytes()


def test_the_room_is_the_cut_and_the_requested_length_rounded():
    assert Take(a_request(seconds=0.33333, rate=44_100), 1).samples.shape[1] == 44_100 + 14_700


def test_what_is_appended_is_read_back():
    take, first, second = Take(a_request(), 1), noise(1920), noise(700, seed=1)
    take.append(first)
    take.append(second)
    assert take.written == take.cut + 2620
    assert take.audio.rate == take.rate
    assert np.array_equal(take.audio.samples[:, take.cut :], np.concatenate([first, second], axis=1))
    assert np.array_equal(take.audio.samples[:, : take.cut], take.request.prompt.samples)
    assert not take.full


def test_the_take_fills_up_and_takes_no_more():
    take, block = Take(a_request(seconds=0.1), 1), noise(3000)
    take.append(block)
    take.append(block)
    assert take.full
    assert take.written == take.samples.shape[1] == take.cut + 4800
    take.append(block)
    assert take.written == take.cut + 4800
    assert np.array_equal(take.audio.samples[:, -1800:], block[:, :1800])


@pytest.mark.parametrize("shape", [(1, 100), (100,), (100, 2), (1, 2, 100)])
def test_a_block_of_another_shape_is_a_mistake(shape):
    take = Take(a_request(), 1)
    with pytest.raises(ValueError, match="blocks"):
        take.append(np.zeros(shape, np.float32))
    assert take.written == take.cut


def test_the_peaks_follow_the_samples():
    take = Take(a_request(), 1)
    take.append(noise(3840))
    columns = take.peaks.columns(take.cut, take.cut + 3840, 1)
    fresh = take.audio.samples[:, take.cut :]
    assert np.all(columns[:, 0, 0] <= fresh.min(axis=1))
    assert np.all(columns[:, 0, 1] >= fresh.max(axis=1))
    prompt = take.peaks.columns(0, take.cut, 1)
    assert prompt[:, 0, 1] == pytest.approx(take.request.prompt.samples.max(axis=1))


def test_the_prompt_is_copied():
    request = a_request()
    take = Take(request, 1)
    before = take.audio.samples.copy()
    request.prompt.audio.samples[:] = 0
    assert np.array_equal(take.audio.samples, before)


def test_a_reader_in_another_thread_sees_only_finished_samples():
    take, wrong, done = Take(a_request(seconds=2.0), 1), [], threading.Event()

    def read():
        while not done.is_set():
            fresh = take.audio.samples[:, take.cut :]
            if np.any(fresh == 0):
                wrong.append(fresh.shape)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        while not take.full:
            take.append(np.ones((2, 480), np.float32))
    finally:
        done.set()
        reader.join()
    assert not wrong


def frames(take, count, seed=0):
    for frame in range(len(take.borders), len(take.borders) + count):
        take.history.record(frame, Controls(steps=1 + frame))
        take.append(noise(1920, seed + frame))


def test_going_back_and_on_again():
    take = Take(a_request(), 1)
    frames(take, 6)
    kept = take.audio.samples[:, : take.borders[4]].copy()
    take.rewind(4)
    assert (take.written, len(take.borders)) == (take.cut + 4 * 1920, 4)
    assert take.history.changes[-1] == (3, Controls(steps=4))
    frames(take, 3, seed=100)
    assert np.array_equal(take.audio.samples[:, : kept.shape[1]], kept)
    assert np.array_equal(take.audio.samples[:, take.borders[4] : take.borders[5]], noise(1920, 104))
    assert take.written == take.cut + 7 * 1920
    columns = take.peaks.columns(take.cut, take.cut + 7 * 1920, 7)
    assert np.allclose(columns[0, :, 1], take.samples[0, take.cut : take.written].reshape(7, 1920).max(axis=1))


def test_frames_and_samples_are_found_from_each_other():
    take = Take(a_request(), 1)
    frames(take, 3)
    assert take.borders == [take.cut, take.cut + 1920, take.cut + 3840]
    samples = (0, take.cut, take.cut + 1919, take.cut + 1920, take.written - 1)
    assert [take.frame_at(sample) for sample in samples] == [0, 0, 0, 1, 2]
    assert take.frame_at(take.written) == take.frame_at(10**9) == 3


def test_how_far_it_is_ahead_of_the_listener():
    take = Take(a_request(), 1)
    assert take.ahead is None
    take.playhead = take.cut - 4800
    frames(take, 1)
    assert take.ahead == pytest.approx(0.14)


def test_the_seed_of_a_frame_is_that_of_the_last_fork_before_it():
    take = Take(a_request(seed=7), 1)
    take.forks = (SeedFrom(10, 8), SeedFrom(20, 9))
    assert [take.seed_at(frame) for frame in (0, 9, 10, 19, 20, 1000)] == [7, 7, 8, 8, 9, 9]


def test_a_take_knows_its_place_in_a_batch():
    take = Take(a_request(), 1, Place(2, 4))
    take.forks = (SeedFrom(5, 9), SeedFrom(8, 9, Place(1, 2)))
    assert [take.place_at(frame) for frame in (0, 4, 5, 8)] == [Place(2, 4), Place(2, 4), Place(), Place(1, 2)]
    assert Take(a_request(), 2).place == Place()
