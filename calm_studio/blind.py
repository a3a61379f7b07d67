"""A blind comparison of takes: which is which is not told until the end. Values and functions; no Qt in here."""

import math
import random
from dataclasses import dataclass, replace

from calm_studio.edits import heard_ones, starred
from calm_studio.values import Lane, State
from calm_studio.variations import variations_of

ROUNDS = 6
"""Votes for the same of two in all of them come about by chance once in 32 times."""
MOST = 9
"""Takes: they are picked by the keys 1 to 9."""


@dataclass(frozen=True)
class Blind:
    """Takes are numbers from 0 on. `order` says which is called X1, X2 ... in this round, `heard` is the place in it of
    the one that sounds; `votes` are the takes that were voted for, one a round."""

    takes: int
    order: tuple[int, ...]
    heard: int = 0
    votes: tuple[int, ...] = ()
    rounds: int = ROUNDS

    @property
    def take(self) -> int:
        """The one that sounds."""
        return self.order[self.heard]

    @property
    def over(self) -> bool:
        return len(self.votes) == self.rounds


def begun(takes: int, chance: random.Random) -> Blind:
    return Blind(takes, _shuffled(takes, chance))


def heard(blind: Blind, number: int) -> Blind:
    """Listen to X`number`, if there is one."""
    return replace(blind, heard=number - 1) if 1 <= number <= blind.takes else blind


def voted(blind: Blind, chance: random.Random) -> Blind:
    """For the one that sounds. The names are dealt anew for the next round, which begins with X1."""
    return replace(blind, votes=(*blind.votes, blind.take), order=_shuffled(blind.takes, chance), heard=0)


def ended(blind: Blind) -> Blind:
    """With the votes that there are."""
    return replace(blind, rounds=len(blind.votes))


def tally(blind: Blind) -> list[tuple[int, int]]:
    """(take, votes), the one with most votes first."""
    counts = [(take, blind.votes.count(take)) for take in range(blind.takes)]
    return sorted(counts, key=lambda each: -each[1])


def winner(blind: Blind) -> int | None:
    """None where there is none, or more than one."""
    (first, most), (_, second) = tally(blind)[:2]
    return first if most > second else None


def by_chance(blind: Blind) -> float | None:
    """The probability that a coin in place of the listener tells two takes apart at least as clearly: the exact
    two-sided binomial test. None without votes, and for more takes."""
    count = len(blind.votes)
    if blind.takes != 2 or not count:
        return None
    most = tally(blind)[0][1]
    return min(1.0, 2 * sum(math.comb(count, k) for k in range(most, count + 1)) / 2**count)


def comparable(state: State) -> tuple[Lane, ...]:
    """What is compared: the starred takes; or else the variations of the selected one; or else all that sound. At most
    MOST, from the top; () where there is only one."""
    for lanes in (starred(state), variations_of(state, state.chosen), heard_ones(state)):
        if len(lanes) > 1:
            return lanes[:MOST]
    return ()


def _shuffled(takes: int, chance: random.Random) -> tuple[int, ...]:
    return tuple(chance.sample(range(takes), takes))
