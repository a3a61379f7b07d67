"""A blind comparison at work: its sound, its sheet, and what becomes of it."""

import random
from functools import partial

from calm_studio import blind as blinds
from calm_studio import state as states
from calm_studio.blind import Blind, comparable
from calm_studio.bridge import Background
from calm_studio.deck import Deck, EndlessLoop
from calm_studio.desk import Desk
from calm_studio.level_matching import Matched, matched
from calm_studio.values import Lane
from engine.errors import CalmError


class Blinding:
    """Nothing but `begin` does anything while no comparison is going on."""

    def __init__(self, desk: Desk, deck: Deck):
        self._desk, self._deck, self._sheet = desk, deck, desk.window.blind_sheet
        self._matching = Background("matching", desk.report)
        self._chance = random.Random()
        self._blind: Blind | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._matched: Matched | None = None

    @property
    def on(self) -> bool:
        """Whether votes are still wanted."""
        return self._blind is not None and not self._blind.over

    def begin(self) -> None:
        lanes = comparable(self._desk.state)
        if lanes:
            work = partial(matched, lanes, self._desk.state.selection)
            self._matching.run(work, partial(self._on_matched, lanes))
        else:
            self._desk.report(CalmError("There are no two takes to compare", "Make another one"))

    def begin_again(self) -> None:
        """With the same takes, and no votes."""
        if self._blind is not None:
            self._on_matched(self._lanes, self._matched)

    def _on_matched(self, lanes: tuple[Lane, ...], sounds: Matched) -> None:
        self._lanes, self._matched = lanes, sounds
        self._blind = blinds.begun(len(lanes), self._chance)
        self._deck.stop()
        self._desk.show(states.auditioned(self._desk.state, False))
        self._sheet.begin(sounds)
        self._listen()

    def hear(self, number: int) -> None:
        """X`number`, at the same place."""
        if self.on:
            self._blind = blinds.heard(self._blind, number)
            self._listen()

    def vote(self) -> None:
        """For the one that is heard."""
        if self.on:
            self._blind = blinds.voted(self._blind, self._chance)
            self._listen()

    def play_or_stop(self) -> None:
        if self._deck.seconds is None:
            self._listen()
        else:
            self._deck.stop()

    def leave(self) -> None:
        """Show what the votes so far say, if there are any; or else close."""
        if self.on and self._blind.votes:
            self._blind = blinds.ended(self._blind)
            self._listen()
        else:
            self._end()

    def choose_winner(self) -> None:
        found = blinds.winner(self._blind)
        take_id = None if found is None else self._lanes[found].take.id
        self._end()
        if self._desk.state.lane_of(take_id) is not None:
            self._desk.show(states.choose(self._desk.state, take_id))

    def _listen(self) -> None:
        """Sound and show what is to be heard now; nothing sounds once it is over."""
        if self._blind.over:
            self._deck.stop()
            self._sheet.show_result(self._blind, [lane.called for lane in self._lanes])
        else:
            sound = EndlessLoop(self._matched.sounds[self._blind.take], self._matched.rate)
            self._deck.compare(sound, self._matched.start)
            self._sheet.show_round(self._blind)

    def _end(self) -> None:
        if self._blind is not None:
            self._deck.stop()
        self._blind, self._lanes, self._matched = None, (), None
        self._sheet.hide()

    def close(self) -> None:
        self._matching.close()
