"""Between seconds and ticks: bar lines where they were heard, and no drift."""

import numpy as np
import pytest

from engine.midi_out.tempo_map import EXACT, TICKS, TempoMap, tempo_map
from engine.music.heard import Heard

LONG = 600


def heard(beats, beats_per_bar=4, first_downbeat=0, tempo=None) -> Heard:
    tempo = tempo or (len(beats) - 1) * 60 / (beats[-1] - beats[0])
    return Heard(tempo, tuple(map(float, beats)), beats_per_bar, first_downbeat, 1.0, None, 0.0, ())


def seconds(tempo: TempoMap, tick: float) -> float:
    """When a player of the file comes to `tick`, by the rules of the format alone."""
    now = last = 0.0
    length = None
    for _, at, following in tempo.tempos:
        if at >= tick:
            break
        if length is not None:
            now += (at - last) * length / 1e6 / TICKS
        last, length = at, following
    return now + (tick - last) * length / 1e6 / TICKS


def errors(tempo: TempoMap, times) -> np.ndarray:
    return np.array([seconds(tempo, tempo.ticks(time)) - time for time in times])


def wandering(count=200, spread=0.03, start=1.0) -> np.ndarray:
    return start + np.cumsum(0.5 + np.random.default_rng(1).normal(0, spread, count))


def test_without_beats_it_is_120_in_4_4():
    silent = Heard(None, (), 4, 0, 0.0, None, 0.0, ())
    for tempo in (tempo_map(None), tempo_map(silent), tempo_map(heard([3.0], tempo=90))):
        assert tempo == TempoMap(((0.0, 0, 500_000),), 4, 0)
    assert tempo_map(None).ticks(LONG) == LONG * 2 * TICKS


@pytest.mark.parametrize(
    "beats",
    [np.arange(80) * 0.4838709, 0.8 + np.arange(80) * 0.61, wandering(), wandering(spread=0.004), [5.0, 5.4]],
    ids=["from the start", "after a pause", "wandering", "nearly even", "two beats"],
)
def test_any_moment_is_found_again_within_a_millisecond(beats):
    times = np.random.default_rng(0).uniform(0, LONG, 500)
    assert np.abs(errors(tempo_map(heard(beats)), times)).max() < 0.001


@pytest.mark.parametrize("beats", [0.8 + np.arange(80) * 0.61, wandering(), 40 + np.arange(80) * 0.5])
def test_every_beat_lies_on_a_beat_of_the_file(beats):
    tempo = tempo_map(heard(beats))
    first = round(tempo.ticks(beats[0]) / TICKS)
    for number, beat in enumerate(beats):
        assert seconds(tempo, (first + number) * TICKS) == pytest.approx(beat, abs=EXACT + 1e-5)


def test_an_even_beat_is_one_tempo_even_if_heard_a_little_unevenly():
    jitter = np.random.default_rng(2).uniform(-0.008, 0.008, 60)
    tempo = tempo_map(heard(np.arange(60) * 0.5 + 0.5 + jitter))
    assert len(tempo.tempos) <= 3
    assert {round(60e6 / length) for _, _, length in tempo.tempos[1:]} == {120}


def test_a_beat_that_speeds_up_is_followed():
    tempo = tempo_map(heard(np.cumsum(np.linspace(0.6, 0.4, 60))))
    lengths = [length for _, _, length in tempo.tempos[1:-1]]
    assert lengths == sorted(lengths, reverse=True)
    assert (lengths[0], lengths[-1]) == (pytest.approx(600_000, rel=0.03), pytest.approx(400_000, rel=0.03))


def test_after_the_last_beat_the_heard_tempo_holds():
    assert tempo_map(heard(wandering(), tempo=97.0)).tempos[-1][2] == round(60e6 / 97)


@pytest.mark.parametrize(
    ("start", "first_downbeat", "pickup"),
    [(0.0, 0, 0), (0.2, 0, 0), (0.5, 0, 1), (1.0, 3, 1), (2.0, 0, 0), (0.0, 2, 2)],
)
def test_what_comes_before_the_first_downbeat_is_a_short_bar(start, first_downbeat, pickup):
    beats = start + np.arange(40) * 0.5
    tempo = tempo_map(heard(beats, first_downbeat=first_downbeat))
    assert tempo.pickup == pickup
    bar = 4 * TICKS
    offset = (tempo.ticks(beats[first_downbeat + 4]) - pickup * TICKS) % bar
    assert min(offset, bar - offset) <= 1


def test_bars_of_three():
    tempo = tempo_map(heard(1.2 + np.arange(30) * 0.6, beats_per_bar=3, first_downbeat=1))
    assert (tempo.beats_per_bar, tempo.pickup) == (3, 0)
