"""The comparison as values: what is compared, who is who in each round, and what the votes say."""

import itertools
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from calm_studio import edits
from calm_studio.blind import MOST, begun, by_chance, comparable, ended, heard, tally, voted, winner
from calm_studio.blind_sheet import verdict
from calm_studio.level_matching import LONGEST, compared_span, matched
from calm_studio.values import Lane, Selection, State, Variation
from engine.errors import CalmError
from engine.loudness import measure
from engine.take import Take
from tests.engine.fakes import a_request

RATE = 48_000


def lane(number: int, level: float = 0.1, seconds: float = 4.0, written: float = 4.0, rate: int = RATE) -> Lane:
    """A second of prompt, then noise of a level of its own."""
    take = Take(a_request(seconds, rate=rate), number)
    noise = np.random.default_rng(number).normal(0, level, (2, round(written * rate)))
    take.append(noise.astype(np.float32))
    take.state = "finished"
    return Lane(f"Take {number}", take)


def rounds(takes: int, votes: list[int]):
    """As many rounds as votes, each for the take with that number."""
    chance, blind = random.Random(1), None
    blind = replace(begun(takes, chance), rounds=len(votes))
    for vote in votes:
        blind = voted(heard(blind, blind.order.index(vote) + 1), chance)
    return blind


def test_starred_takes_are_compared_or_else_variations_or_else_all_that_sound():
    lanes = tuple(lane(number) for number in range(1, 5))
    state = State(lanes=lanes, chosen=1)
    assert comparable(state) == lanes
    assert [each.take.id for each in comparable(edits.mute_toggled(state, 2))] == [1, 3, 4]
    varied = replace(state, lanes=(*lanes[:2], *(replace(lanes[k], variation=Variation(3, k)) for k in (2, 3))))
    assert [each.take.id for each in comparable(replace(varied, chosen=4))] == [3, 4]
    starred = edits.star_toggled(edits.star_toggled(varied, 1), 4)
    assert [each.take.id for each in comparable(replace(starred, chosen=4))] == [1, 4]


def test_one_take_alone_is_compared_with_nothing_and_there_are_as_many_as_keys():
    assert comparable(State(lanes=(lane(1),), chosen=1)) == ()
    many = tuple(lane(number, seconds=0.1, written=0.1) for number in range(1, 12))
    assert len(comparable(State(lanes=many))) == MOST


def test_the_names_are_dealt_anew_in_every_round():
    chance, blind, orders = random.Random(5), None, Counter()
    blind = replace(begun(2, chance), rounds=400)
    for _ in range(400):
        assert sorted(blind.order) == [0, 1] and blind.heard == 0
        orders[blind.order] += 1
        blind = voted(blind, chance)
    assert blind.over
    assert min(orders.values()) > 150, "each comes first as often as the other"


def test_a_vote_is_for_the_one_that_is_heard_whatever_it_is_called():
    blind = rounds(3, [2, 2, 0])
    assert blind.votes == (2, 2, 0) and blind.over
    assert tally(blind) == [(2, 2), (0, 1), (1, 0)]
    assert winner(blind) == 2
    assert winner(rounds(2, [0, 1])) is None, "nobody is ahead"


def test_what_is_not_there_is_not_listened_to():
    blind = begun(2, random.Random(1))
    assert heard(blind, 2).take == blind.order[1]
    for number in (0, 3, 9):
        assert heard(blind, number) is blind


@pytest.mark.parametrize(("votes", "chance"), [
    ([0] * 6, 2 / 64),
    ([1] * 5 + [0], 14 / 64),
    ([0, 1, 0, 1], 1.0),
    ([1], 1.0),
    ([0] * 8 + [1] * 2, 112 / 1024),
])  # fmt: skip
def test_the_chance_of_such_a_split_is_the_exact_binomial_one(votes, chance):
    assert by_chance(rounds(2, votes)) == pytest.approx(chance)
    as_clear = [sum(each) for each in itertools.product((0, 1), repeat=len(votes))]
    distance = abs(sum(votes) - len(votes) / 2)
    counted = sum(abs(each - len(votes) / 2) >= distance for each in as_clear) / len(as_clear)
    assert by_chance(rounds(2, votes)) == pytest.approx(counted), "counted one by one"


def test_no_chance_is_told_for_three_or_without_votes():
    assert by_chance(rounds(3, [0, 0, 1])) is None
    assert by_chance(ended(begun(2, random.Random(1)))) is None


def test_leaving_early_counts_the_votes_so_far():
    chance = random.Random(1)
    blind = ended(voted(begun(2, chance), chance))
    assert blind.over and blind.rounds == 1
    assert "No take is ahead" in verdict(rounds(2, [0, 1]), ["A", "B"])
    assert verdict(rounds(2, [1] * 6), ["A", "B"]).startswith("B is ahead") and "3%" in verdict(
        rounds(2, [1] * 6), "AB"
    )


def test_all_are_brought_down_to_the_softest_and_stay_as_they_are():
    loud, soft, rough = lane(1, 0.3), lane(2, 0.02), lane(3, 0.1)
    before = [each.take.samples.copy() for each in (loud, soft, rough)]
    result = matched((loud, soft, rough), None)
    levels = [measure(sound, RATE).integrated for sound in result.sounds]
    assert max(levels) - min(levels) < 0.1
    assert max(result.gains) == 0.0 and result.gains[0] == pytest.approx(-23.5, abs=1.0)
    assert result.start == 1.0 and result.seconds == 4.0, "what they wrote themselves"
    for each, samples in zip((loud, soft, rough), before, strict=True):
        assert np.array_equal(each.take.samples, samples)


def test_takes_of_other_rates_and_lengths_meet():
    result = matched((lane(1, 0.1), lane(2, 0.2, written=2.0, rate=44_100)), None)
    assert {sound.shape for sound in result.sounds} == {(2, 2 * RATE)}
    levels = [measure(sound, RATE).integrated for sound in result.sounds]
    assert levels[0] == pytest.approx(levels[1], abs=0.1)


def test_silence_stays_silent_and_turns_nothing_down():
    quiet = lane(1, 0.0)
    result = matched((quiet, lane(2, 0.1)), None)
    assert result.gains == (0.0, 0.0) and not result.sounds[0].any() and np.isfinite(result.sounds[1]).all()


def test_a_selection_is_compared_also_of_the_prompt():
    lanes = (lane(1), lane(2))
    assert compared_span(lanes, Selection(2.5, 0.5)) == (0.5, 2.5)
    assert compared_span(lanes, Selection(4.0, 9.0)) == (4.0, 5.0)
    for marked in (Selection(4.8, 9.0), Selection(7.0, 9.0)):
        with pytest.raises(CalmError, match="half a second"):
            compared_span(lanes, marked)


def test_of_long_takes_the_first_minute_is_compared():
    long = tuple(lane(number, seconds=70.0, written=70.0, rate=8000) for number in (1, 2))
    start, stop = compared_span(long, None)
    assert (start, stop - start) == (1.0, LONGEST)
