"""The file of frames: what is put in comes out, whatever else became of it."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from engine.controls import Controls
from engine.project.frames import HEAD, TAIL, Kept, packed, put_together, unpacked
from engine.records import Misfit

CUT, SIZE = 1000, 64
ROOM = CUT + 40 * SIZE


def a_frame(number: int, seed: int = 0, temperature: float = 0.8) -> Kept:
    samples = np.random.default_rng([number, seed]).uniform(-1, 1, (2, SIZE)).astype(np.float32)
    drawn = samples[:1, :7].copy() if number % 2 else None  # of takes that came out of files nothing is known
    return Kept(number, CUT + number * SIZE, Controls(temperature=temperature), samples, drawn)


def test_frames_come_back_bit_for_bit_with_their_controls():
    frames = [a_frame(number, temperature=0.5 + (number > 2)) for number in range(5)]
    together = put_together(b"".join(map(packed, frames)), CUT, ROOM)
    assert together.samples.tobytes() == np.concatenate([each.samples for each in frames], axis=1).tobytes()
    assert together.borders == tuple(each.start for each in frames)
    assert together.history.changes == ((0, Controls(temperature=0.5)), (3, Controls(temperature=1.5)))
    assert together.lost == 0
    assert [each is None for each in together.drawn] == [each.drawn is None for each in frames]
    assert all(np.array_equal(a, b.drawn) for a, b in zip(together.drawn, frames, strict=True) if a is not None)


def test_frames_of_before_there_was_recall_are_read():
    old = replace(a_frame(0), controls=Controls(recall=0.0))
    content = packed(old).replace(b',"recall":0.0', b"")  # as long as it was said to be, and its checksums right
    head = list(HEAD.unpack_from(content))
    head[4] -= len(b',"recall":0.0')
    head[5] = zlib.crc32(content[HEAD.size + TAIL.size :])
    begin = HEAD.pack(*head)
    (frame,) = unpacked(begin + TAIL.pack(zlib.crc32(begin)) + content[HEAD.size + TAIL.size :])
    assert frame.controls == old.controls and np.array_equal(frame.samples, old.samples)


def test_a_frame_that_comes_again_takes_the_place_of_all_that_followed():
    written = [a_frame(0), a_frame(1), a_frame(2), a_frame(1, seed=1, temperature=1.0)]
    together = put_together(b"".join(map(packed, written)), CUT, ROOM)
    assert np.array_equal(together.samples[:, SIZE:], written[-1].samples)
    assert len(together.borders) == 2
    assert together.history.changes[-1] == (1, Controls(temperature=1.0))


def test_what_is_torn_at_the_end_is_left_out():
    whole = b"".join(map(packed, (a_frame(0), a_frame(1))))
    for cut_off in range(1, len(packed(a_frame(1)))):
        together = put_together(whole[:-cut_off], CUT, ROOM)
        assert (len(together.borders), together.lost) == (1, 0)


def test_of_damage_in_the_middle_only_that_frame_is_lost():
    parts = [packed(a_frame(number)) for number in range(4)]
    for place in (2, HEAD.size + 1, HEAD.size + TAIL.size + 1, len(parts[1]) - 1):
        damaged = bytearray(parts[1])
        damaged[place] ^= 4
        together = put_together(b"".join((parts[0], bytes(damaged), *parts[2:])), CUT, ROOM)
        assert together.lost == SIZE
        assert together.borders == tuple(CUT + number * SIZE for number in range(4))
        assert not together.samples[:, SIZE : 2 * SIZE].any()
        assert np.array_equal(together.samples[:, 3 * SIZE :], a_frame(3).samples)


def test_sound_that_looks_like_a_frame_is_none():
    samples = np.frombuffer(b"CLMf" * 2 * SIZE, "<f4").reshape(2, SIZE)
    assert len(list(unpacked(packed(Kept(0, CUT, Controls(), samples))))) == 1


@pytest.mark.parametrize(
    "frame",
    [
        Kept(0, CUT - 1, Controls(), a_frame(0).samples),
        Kept(0, ROOM, Controls(), a_frame(0).samples),
        Kept(0, CUT, Controls(), np.full((2, SIZE), np.nan, np.float32)),
        Kept(SIZE * 50, CUT + SIZE, Controls(), a_frame(0).samples),
    ],
)
def test_numbers_that_are_whole_but_make_no_sense_are_refused(frame):
    with pytest.raises(Misfit, match="lies outside it"):
        put_together(packed(frame), CUT, ROOM)


def test_controls_that_no_one_can_have_set_are_damage():
    frame = a_frame(1)
    object.__setattr__(frame.controls, "temperature", 99.0)
    together = put_together(packed(a_frame(0)) + packed(frame) + packed(a_frame(2)), CUT, ROOM)
    assert together.lost == SIZE


def test_random_changes_never_crash():
    random = np.random.default_rng(5)
    whole = b"".join(packed(a_frame(number)) for number in range(6))
    for _ in range(300):
        changed = bytearray(whole)
        for place in random.integers(0, len(whole), random.integers(1, 20)):
            changed[place] ^= 1 << random.integers(0, 8)
        together = put_together(bytes(changed[: random.integers(1, len(whole))]), CUT, ROOM)
        assert together.samples.shape[1] <= 6 * SIZE
        assert np.isfinite(together.samples).all()
