"""What is played from where, checked at the calls the player gets."""

from dataclasses import replace

import numpy as np
import pytest

from calm_studio import state as states
from calm_studio.deck import Deck, EndlessLoop
from calm_studio.values import State
from engine.audio import Audio
from engine.events import TakeStarted
from engine.loop import Loop
from engine.request import Prompt
from engine.take import Take
from tests.calm_studio.fakes import a_take, reduce
from tests.engine.fakes import a_prompt, a_request, tone


class Recorder:
    """A player that only notes what it is asked for."""

    def __init__(self):
        self.played = []
        self.position = None

    def play(self, source, start):
        self.played.append((source, start))

    def stop(self):
        self.played.append(None)


@pytest.fixture
def player():
    return Recorder()


@pytest.fixture
def deck(player):
    return Deck(player)


@pytest.fixture
def shelf():
    return states.add_clip(State(), states.clip_of(a_prompt(4.0)))


def with_take(state: State, take: Take) -> State:
    return reduce(states.submitted(state, take.id), TakeStarted(take.id, take))


def test_nothing_is_played_when_there_is_nothing(deck, player):
    deck.play(State())
    assert player.played == []
    assert deck.seconds is None


def test_the_prompt_is_played_from_the_cursor_to_the_cut(deck, player, shelf):
    deck.play(states.seek(states.trim(shelf, 1.0, 3.0), None, 2.0))
    source, start = player.played[0]
    assert (start, source.written) == (96_000, 144_000)
    assert np.array_equal(source.samples, tone(4.0)[:, :144_000])


@pytest.mark.parametrize("cursor", [3.0, 3.9, 50.0])
def test_a_cursor_behind_the_cut_plays_the_used_part_of_the_prompt(deck, player, shelf, cursor):
    deck.play(states.seek(states.trim(shelf, 1.0, 3.0), None, cursor))
    assert player.played[0][1] == 48_000


def test_a_mono_prompt_sounds_on_both_sides(deck, player):
    audio = Audio(tone(1.0, channels=1), 48_000)
    deck.play(states.add_clip(State(), states.clip_of(Prompt(audio, "mono", 0, 48_000))))
    assert player.played[0][0].samples.shape == (2, 48_000)


def test_a_take_is_played_where_the_cursor_is_on_the_timeline(deck, player, shelf):
    prompt = Prompt(Audio(tone(4.0), 48_000), "late", 96_000, 192_000)
    take = Take(replace(a_request(), prompt=prompt), 1)
    deck.play(states.seek(with_take(shelf, take), 1, 2.5))
    assert player.played == [(take, 24_000)]
    player.position = 36_000
    assert deck.seconds == 2.75


@pytest.mark.parametrize(("state", "start"), [("writing", 48_000), ("stopped", 0), ("failed", 0)])
def test_ahead_of_what_is_written(deck, player, shelf, state, start):
    """Of a take that grows, what comes next is awaited; one that does not is played from its start."""
    take = a_take()
    take.state = state
    deck.play(states.seek(with_take(shelf, take), 1, 1.3))
    assert player.played == [(take, start)]


def test_before_a_take_begins_its_start_is_played(deck, player, shelf):
    prompt = Prompt(Audio(tone(4.0), 48_000), "late", 96_000, 192_000)
    take = Take(replace(a_request(), prompt=prompt), 1)
    deck.play(states.seek(with_take(shelf, take), 1, 0.5))
    assert player.played == [(take, 0)]


def looping(shelf: State, seconds: float, cursor: float) -> State:
    """A take of which 1 to 1 + `seconds` seconds is the loop that is to be played."""
    take = a_take(seconds=4.0)
    take.append(tone(4.0))
    state = states.with_loop(with_take(shelf, take), 1, loop_of(take, 1.0, seconds))
    return states.seek(states.loop_toggled(state, True), 1, cursor)


def loop_of(take: Take, start: float, seconds: float) -> Loop:
    first, last = round(start * take.rate), round((start + seconds) * take.rate)
    return Loop(take.samples[:, first:last], first, last, None, None, None, None)


def test_a_loop_is_played_from_the_cursor_in_it_and_the_time_stays_inside(deck, player, shelf):
    deck.play(looping(shelf, 2.0, cursor=2.5))
    assert player.played[0][1] == round(1.5 * 48_000)
    player.position = round(5.25 * 48_000)
    assert deck.seconds == pytest.approx(1.0 + 5.25 % 2.0)


def test_a_cursor_outside_plays_the_loop_from_its_start(deck, player, shelf):
    deck.play(looping(shelf, 2.0, cursor=0.2))
    assert player.played[0][1] == 0


def test_a_loop_goes_round_without_a_gap():
    samples = np.arange(20, dtype=np.float32).reshape(2, 10)
    source = EndlessLoop(samples, 48_000)
    assert np.array_equal(source.samples[:, 8:23], np.tile(samples, 3)[:, 8:23])
    assert source.full and source.written > 10**15


def test_the_sound_follows_when_looping_is_switched(deck, player, shelf):
    state = looping(shelf, 2.0, cursor=1.5)
    deck.play(state)
    player.position = 0
    deck.follow(state)
    assert len(player.played) == 1
    deck.follow(states.loop_toggled(state, False))
    assert len(player.played) == 2
    assert player.played[1][0] is state.lane.take
