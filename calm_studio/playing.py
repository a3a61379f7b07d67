"""What is heard, and where: the cursor, the part that is marked, the loop, and the take that is listened to."""

from dataclasses import replace

from calm_studio import edits, selecting
from calm_studio import state as states
from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.seam_audition import AROUND
from calm_studio.stations import station
from calm_studio.values import State
from calm_studio.variations import variation, variations_of


class Playing:
    """Nothing here can be undone, nor needs to be."""

    def __init__(self, desk: Desk, deck: Deck):
        self._desk, self._deck = desk, deck

    @property
    def _state(self) -> State:
        return self._desk.state

    @property
    def now(self) -> float:
        """Where the sound is, or else the cursor, in seconds of the timeline."""
        heard = self._deck.seconds
        return self._state.cursor if heard is None else heard

    def play_or_stop(self) -> None:
        if self._deck.seconds is None:
            self._deck.play(self._state)
        else:
            self.stop()

    def stop(self) -> None:
        self._deck.stop()
        self._desk.show(states.auditioned(self._state, False))

    def audition(self) -> None:
        """Hear the seam of the selected take over and over, from its start on; once more, and it stops."""
        lane = self._state.lane
        if self._state.auditioning:
            self.stop()
        elif lane is not None:
            self._desk.show(states.auditioned(self._state, True))
            self._deck.play(replace(self._state, cursor=max(lane.offset, lane.begins - AROUND)))

    def loop(self) -> None:
        """The take's loop is found by `Judging`, and played, from where the sound is, by the deck at a later tick."""
        state = states.seek(self._state, self._state.chosen, self.now)
        there = state.lane is not None or selecting.marked_span(state) is not None
        self._desk.show(states.loop_toggled(state, there and not state.looping))

    def seek(self, chosen: int | None, seconds: float) -> None:
        """Select the take with the id `chosen`, or the prompt for None, and go to `seconds` in it."""
        self._desk.show(states.seek(self._state, chosen, seconds))
        if self._deck.seconds is not None:
            self._deck.play(self._state)

    def hear_or_seek(self, chosen: int | None, seconds: float) -> None:
        """Of a variation of what sounds, hear it on at the same second; go to `seconds` in anything else."""
        others = {lane.take.id for lane in variations_of(self._state, self._state.chosen)} - {self._state.chosen}
        if chosen in others and self._deck.seconds is not None:
            self._desk.show(states.choose(self._state, chosen))
        else:
            self.seek(chosen, seconds)

    def pick_variation(self, number: int) -> None:
        """Counted from 1; the sound goes on in that take, at the same second."""
        found = variation(self._state, number)
        if found is not None:
            self._desk.show(states.choose(self._state, found))

    def nudge(self, steps: int) -> None:
        self.seek(self._state.chosen, self.now + steps * selecting.step_seconds(self._state))

    def to_station(self, step: int) -> None:
        """To the next place that is worth it (1), or to the one before (-1)."""
        playing = self._deck.seconds is not None
        self.seek(self._state.chosen, station(self._state, self.now, step, playing))

    def to_start(self) -> None:
        selected = self._state.lane
        self.seek(self._state.chosen, 0.0 if selected is None else selected.offset)

    def to_end(self) -> None:
        self.seek(self._state.chosen, states.end_of_selected(self._state))

    def pick_neighbour(self, step: int) -> None:
        """The sound goes on in that take, at the same second."""
        if self._state.clip is not None or self._state.lanes:
            self._desk.show(states.choose(self._state, states.neighbour(self._state, step)))

    def pick_along_branch(self, step: int) -> None:
        """To the take that the selected one branches off (-1), or to the uppermost that branches off it (1)."""
        state = self._state
        parent, branches = edits.parent_of(state, state.chosen), edits.branches_of(state, state.chosen)
        found = parent if step < 0 else next(iter(branches), None)
        if found is not None:
            self._desk.show(states.choose(state, found))

    def mark(self, anchor: float, head: float) -> None:
        self._desk.show(selecting.select(self._state, anchor, head))

    def extend(self, seconds: float) -> None:
        self._desk.show(selecting.extend(self._state, seconds))

    def stretch(self, steps: int) -> None:
        self._desk.show(selecting.extend_by_steps(self._state, steps))

    def begin_here(self) -> None:
        self._desk.show(selecting.begin_at(self._state, self.now))

    def finish_here(self) -> None:
        self._desk.show(selecting.end_at(self._state, self.now))

    def clear(self) -> bool:
        """Whether there was a part marked, which is not any more."""
        marked = self._state.selection is not None
        self._desk.show(selecting.clear(self._state))
        return marked
