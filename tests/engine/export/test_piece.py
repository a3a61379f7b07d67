import numpy as np
import pytest

from engine.errors import CalmError
from engine.export import Piece
from engine.metadata import Metadata, Origin

RATE = 8_000


def a_piece(frames=4 * RATE, **about) -> Piece:
    samples = np.arange(2 * frames, dtype=np.float32).reshape(2, frames)
    return Piece(samples, Metadata(rate=RATE, frames=frames, **about))


@pytest.mark.parametrize(("part", "start", "stop"), [
    ("whole", 0, 4 * RATE),
    ("continuation", 12_000, 4 * RATE),
    ("loop", 8_000, 24_000),
    ((0.5, 0.75), 4_000, 6_000),
    ((0, 4), 0, 4 * RATE),
])  # fmt: skip
def test_each_part_is_those_samples_and_no_others(part, start, stop):
    piece = a_piece(cut=12_000, loop=(8_000, 24_000))
    out = piece.cut_out(part)
    np.testing.assert_array_equal(out.samples, piece.samples[:, start:stop])
    assert out.metadata.frames == stop - start


def test_what_is_known_moves_with_the_part():
    known = {"markers": ((9_000, "branch"), (30_000, "end")), "origins": (Origin(0, 12_000, "human"),)}
    about = a_piece(cut=12_000, loop=(8_000, 24_000), **known).cut_out("loop").metadata
    assert (about.cut, about.loop, about.markers) == (4_000, (0, 16_000), ((1_000, "branch"),))
    assert about.origins == (Origin(0, 4_000, "human"),)


@pytest.mark.parametrize(("part", "about", "words"), [
    ("continuation", {}, "There is no continuation to export"),
    ("continuation", {"cut": 4 * RATE}, "There is no continuation to export"),
    ("loop", {}, "There is no loop to export"),
    ("loop", {"loop": (0, 4 * RATE + 1)}, "There is no loop to export"),
    ((1, 1), {}, "The selection from 1 to 1 s is empty or reaches outside the sound"),
    ((2, 1), {}, "The selection from 2 to 1 s is empty or reaches outside the sound"),
    ((-1, 1), {}, "The selection from -1 to 1 s is empty or reaches outside the sound"),
    ((0, 4.001), {}, "The selection from 0 to 4.001 s is empty or reaches outside the sound"),
    ((0, float("inf")), {}, "The selection from 0 to inf s is empty or reaches outside the sound"),
    ((float("nan"), 1), {}, "The selection from nan to 1 s is empty or reaches outside the sound"),
])  # fmt: skip
def test_a_part_that_is_not_there(part, about, words):
    with pytest.raises(CalmError) as caught:
        a_piece(**about).cut_out(part)
    assert caught.value.message == words


def test_samples_and_metadata_must_fit():
    with pytest.raises(ValueError, match=r"shape \(2, 10\) come with metadata of \(2, 11\)"):
        Piece(np.zeros((2, 10), np.float32), Metadata(rate=RATE, frames=11))
