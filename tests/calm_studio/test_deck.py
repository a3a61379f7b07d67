"""What is played from where, checked at the calls the player gets."""

from dataclasses import replace

import numpy as np
import pytest

from calm_studio import edits, selecting
from calm_studio import state as states
from calm_studio.deck import Deck, EndlessLoop
from calm_studio.values import State
from engine.audio import Audio
from engine.events import TakeStarted
from engine.loop import Loop
from engine.music.leadsheet import Grid, LeadSheet
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

    def swap(self, source, at=None):
        self.played.append((source, at, "swapped"))

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
    return reduce(states.submitted(state, [take.id]), TakeStarted(take.id, take))


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
    deck.follow(state, on_the_bar=False)
    assert len(player.played) == 1
    deck.follow(states.loop_toggled(state, False), on_the_bar=False)
    assert len(player.played) == 2
    assert player.played[1][0] is state.lane.take


def test_what_is_marked_is_played_over_and_over_once_it_is_written(deck, player, shelf):
    take = a_take(seconds=4.0)
    take.append(tone(1.0))
    state = states.loop_toggled(selecting.select(with_take(shelf, take), 1.5, 2.5), True)
    deck.play(states.seek(state, 1, 1.6))
    assert player.played[-1] == (take, 76_800), "half of it is not there yet"
    take.append(tone(1.0))
    player.position = 80_000
    deck.follow(states.seek(state, 1, 1.6), on_the_bar=False)
    source, start = player.played[-1]
    assert np.array_equal(source.samples[:, 0:48_000], take.samples[:, 72_000:120_000])
    assert start == 80_000 - 72_000, "on from where the sound was"
    player.position = 50_000
    assert deck.seconds == pytest.approx(1.5 + 2_000 / 48_000)


def test_another_take_goes_on_at_the_second_that_is_heard(deck, player, shelf):
    state = with_take(with_take(shelf, a_take(seconds=2.0)), other := a_take(seconds=2.0, take_id=2))
    deck.play(states.seek(state, 1, 0.0))
    player.position = 36_000
    deck.follow(states.choose(state, 2), on_the_bar=True)
    assert player.played[-1] == (other, None, "swapped"), "the bar is for variations"


def test_what_lies_elsewhere_or_ends_sooner_is_played_from_anew(deck, player, shelf):
    long, short = a_take(seconds=2.0), a_take(seconds=2.0, take_id=2)
    long.append(tone(2.0))
    short.state = "stopped"
    late = Take(replace(a_request(2.0), prompt=Prompt(Audio(tone(3.0), 48_000), "late", 48_000, 144_000)), 3)
    state = with_take(with_take(with_take(shelf, long), short), late)
    deck.play(states.seek(state, 1, 2.0))
    player.position = 96_000
    deck.follow(states.choose(state, 2), on_the_bar=False)
    assert player.played[-1] == (short, 0), "from its start: it is not that long"
    deck.follow(states.choose(state, 3), on_the_bar=False)
    assert player.played[-1] == (late, 48_000), "it begins a second later on the timeline"


def test_a_muted_take_passes_in_silence(deck, player, shelf):
    state = edits.mute_toggled(with_take(shelf, take := a_take()), 1)
    deck.play(states.seek(state, 1, 0.25))
    source, start = player.played[-1]
    assert start == 12_000
    assert source.samples[:, 100:200].shape == (2, 100) and not source.samples[:, 100:200].any()
    source.playhead = 13_000
    assert take.playhead == source.playhead == 13_000
    take.append(tone(0.2))
    assert (source.written, source.full, source.state) == (57_600, False, "writing")
    assert source.reader is None, "what is not heard is not steered"


def variations(shelf: State, seconds: float = 4.0, sheet=None) -> State:
    """Two takes that are written side by side."""
    state = states.submitted(shelf, [1, 2])
    for number in (1, 2):
        state = reduce(state, TakeStarted(number, Take(replace(a_request(seconds), sheet=sheet), number)))
    return state


def test_another_variation_comes_in_without_a_gap(deck, player, shelf):
    state = variations(shelf)
    deck.play(states.seek(state, 1, 0.5))
    player.position = 30_000
    deck.follow(states.choose(state, 2), on_the_bar=False)
    deck.follow(states.choose(state, 2), on_the_bar=False)
    assert player.played[1:] == [(state.lane_of(2).take, None, "swapped")]


def test_on_the_bar_it_comes_in_at_the_next_bar_line(deck, player, shelf):
    sheet = LeadSheet(grids=(Grid(120.0, 0.25, 4),))
    state = variations(shelf, sheet=sheet)
    deck.play(states.seek(state, 2, 0.5))
    player.position = 30_000
    deck.follow(states.choose(state, 1), on_the_bar=True)
    assert player.played[1] == (state.lane_of(1).take, round(2.25 * 48_000), "swapped")


def test_without_a_beat_it_comes_in_at_once(deck, player, shelf):
    state = variations(shelf)
    deck.play(states.seek(state, 2, 0.5))
    player.position = 30_000
    deck.follow(states.choose(state, 1), on_the_bar=True)
    assert player.played[1] == (state.lane_of(1).take, None, "swapped")


def test_a_muted_variation_comes_in_silent_and_its_loop_is_played_from_anew(deck, player, shelf):
    state = variations(shelf)
    deck.play(states.seek(state, 1, 0.5))
    player.position = 30_000
    deck.follow(edits.mute_toggled(states.choose(state, 2), 2), on_the_bar=False)
    source, at, how = player.played[1]
    assert how == "swapped" and not source.samples[:, 0:100].any()
    state.lane_of(1).take.append(tone(2.0))
    marked = states.loop_toggled(selecting.select(states.choose(state, 1), 1.0, 2.0), True)
    deck.follow(marked, on_the_bar=False)
    assert isinstance(player.played[2][0], EndlessLoop)
    assert len(player.played[2]) == 2, "no swap"
