import pytest

from engine.bench.spread import frame_statistics, quantile, spread
from tests.engine.fakes import FakeFrame


def test_spread_of_known_values():
    assert spread([4.0, 1.0, 2.0, 3.0, 10.006]) == {"mean": 4.0, "p50": 3.0, "p95": 10.01, "max": 10.01}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (0.99, 20), (1.0, 20)])
def test_a_quantile_is_one_of_the_values_that_so_many_do_not_pass(share, expected):
    assert quantile(list(range(20, 0, -1)), share) == expected


def test_frames_are_told_in_milliseconds_with_the_means_of_their_parts():
    frames = [FakeFrame(0, None, 0.001, 0.002, 0.003), FakeFrame(1, None, 0.003, 0.002, 0.005)]
    assert frame_statistics(frames) == {
        "mean": 8.0, "p50": 8.0, "p95": 10.0, "max": 10.0, "backbone": 2.0, "head": 2.0, "decoder": 4.0,
    }  # fmt: skip
