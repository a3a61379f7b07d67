"""Continue, branch, stop, land: everything that asks the engine for takes, or to end them."""

from functools import partial

from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.landing import landed, next_bar
from calm_studio.requests import Asked, ask, ask_branch
from calm_studio.values import Lane
from engine.errors import CalmError
from engine.events import TakeStarted

LISTEN_BEFORE_CUT = 2.0
"""Seconds of the prompt that are heard before the continuation begins."""


class Making:
    def __init__(self, desk: Desk, deck: Deck):
        self._desk, self._deck = desk, deck
        self._asking = Background("asking", desk.report)

    def continue_clip(self) -> None:
        """Write a take that goes on from the selected clip."""
        clip = self._desk.state.clip
        settings = self._desk.window.controls.settings
        self._desk.window.controls.seed.advance()
        self._asking.run(partial(ask, clip.prompt, clip.heard, settings), self._on_asked)

    def branch(self, take_id: int, seconds: float) -> None:
        """Write a take that goes on from second `seconds` of the timeline in another one."""
        lane, info = self._desk.state.lane_of(take_id), self._desk.session.info
        if lane.recipe is None and info is None:
            return  # nothing was written of it yet
        try:
            settings = self._desk.window.controls.settings
        except CalmError as error:
            self._desk.report(error)
        else:
            self._desk.window.controls.seed.advance()
            self._asking.run(partial(ask_branch, lane, seconds, settings, info), self._on_asked)

    def _on_asked(self, asked: Asked) -> None:
        try:
            job = self._desk.session.submit(asked.request)
        except CalmError as error:
            self._desk.report(error)
        else:
            self._desk.show(states.submitted(self._desk.state, job, asked.heard, asked.branch))

    def on_started(self, event: TakeStarted) -> None:
        """Hear a take that is selected from shortly before its cut on."""
        if event.job == self._desk.state.chosen:
            self._desk.show(states.listen_in(self._desk.state, LISTEN_BEFORE_CUT))
            self._deck.play(self._desk.state)

    def stop(self) -> None:
        """Write nothing any more; what was made is kept."""
        state = self._desk.state
        running = () if state.writing is None else (state.writing.take.id,)
        for job in (*(waiting.job for waiting in state.waiting), *running):
            self._desk.session.cancel(job)

    def land(self) -> None:
        """End the selected take on the next bar line: the one it is written to, or the one after the cursor."""
        lane = self._desk.state.lane
        if lane is None:
            return
        if lane.take.state == "writing":
            self._desk.show(states.landing_at(self._desk.state, lane.take.id, next_bar(lane, lane.take.written)))
            return
        cursor = round((self._desk.state.cursor - lane.offset) * lane.take.rate)
        self._land(lane, next_bar(lane, cursor) if cursor > lane.take.cut else lane.take.written)

    def watch_landing(self) -> None:
        """Called at every tick: stop the take that is to land once its bar line is written, then let it ring out."""
        if self._desk.state.landing is None:
            return
        take_id, sample = self._desk.state.landing
        lane = self._desk.state.lane_of(take_id)
        if lane is None:
            self._desk.show(states.landing_at(self._desk.state, None, 0))
        elif lane.take.state == "writing" and lane.take.written >= sample:
            self._desk.session.cancel(take_id)
        elif lane.take.state != "writing":
            self._desk.show(states.landing_at(self._desk.state, None, 0))
            self._land(lane, sample)

    def _land(self, lane: Lane, sample: int) -> None:
        number = self._desk.session.take_number()
        self._asking.run(partial(landed, lane, sample, number, self._desk.session.info), self._on_landed)

    def _on_landed(self, lane: Lane) -> None:
        heard = self._deck.seconds
        state = states.add_lane(self._desk.state, lane)
        if heard is None:
            self._desk.show(state)
        else:
            self._desk.show(states.seek(state, lane.take.id, heard))
            self._deck.play(self._desk.state)

    def close(self) -> None:
        self._asking.close()
