"""Any part of a resampled sound is that part of the whole, wherever it is cut out."""

import numpy as np
import pytest
import soxr

from engine.resampling import Ratio, part

PAIRS = [(48_000, 44_100), (44_100, 48_000), (48_000, 22_050), (48_000, 48_001), (44_056, 48_000), (8_000, 48_000),
         (192_000, 44_100), (96_000, 48_000)]  # fmt: skip


def a_sound(rate, seconds=1.0):
    return np.random.default_rng(rate).uniform(-0.9, 0.9, (2, round(seconds * rate))).astype(np.float32)


def reading(sound):
    def read(start, stop):
        inside = sound[:, max(0, start) : max(0, stop)]
        before = max(0, -start)
        return np.pad(inside, ((0, 0), (before, stop - start - before - inside.shape[1])))

    return read


@pytest.mark.parametrize(("rate", "new"), PAIRS)
def test_parts_are_those_of_the_whole(rate, new):
    sound, ratio = a_sound(rate), Ratio(rate, new)
    silence_first = np.pad(sound, ((0, 0), (rate, 0)))  # soxr bends the first samples of what it is given
    whole = soxr.resample(silence_first.T, rate, new, quality="HQ").T[:, new:]
    cuts = [0, 1, new // 7, new // 3, new // 3 + 1764, ratio.whole(rate)]
    parts = [part(reading(sound), ratio, *cut) for cut in zip(cuts, cuts[1:], strict=False)]
    assert [each.shape[1] for each in parts] == np.diff(cuts).tolist()
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < (1e-6 if ratio.up < 1_000 else 1e-5)


@pytest.mark.parametrize(("rate", "new"), PAIRS)
def test_what_is_ready_does_not_change_when_more_is_heard(rate, new):
    sound, ratio, heard = a_sound(rate), Ratio(rate, new), rate // 3
    ready = ratio.ready(heard)
    assert ratio.needed(ready) <= heard < ratio.needed(ready + 1)
    early, late = (part(reading(sound[:, :n]), ratio, ready - 500, ready) for n in (heard, rate))
    assert np.abs(early - late).max() < 4e-6
    beyond = part(reading(sound[:, :heard]), ratio, ready, ready + ratio.whole(ratio.reach))
    assert np.abs(beyond - part(reading(sound), ratio, ready, ready + ratio.whole(ratio.reach))).max() > 1e-3


def test_the_same_rate_changes_nothing():
    sound, ratio = a_sound(48_000), Ratio(48_000, 48_000)
    assert np.array_equal(part(reading(sound), ratio, 1_000, 2_000), sound[:, 1_000:2_000])
    assert (ratio.ready(777), ratio.whole(777), ratio.needed(777), ratio.reach) == (777, 777, 777, 0)
