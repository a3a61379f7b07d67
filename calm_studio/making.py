"""Continue, branch, stop, land: everything that asks the engine for takes, or to end them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from calm_studio import state as states
from calm_studio.bridge import Background
from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.landing import landed, next_bar
from calm_studio.requests import AGAIN_STEPS, Asked, ask, ask_branch, ask_once_more, ask_with_moves, ask_words, wish
from calm_studio.settings import Settings
from calm_studio.values import Lane
from calm_studio.watching import last_good
from engine.again import Again
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.events import TakeStarted

LISTEN_BEFORE = 2.0
"""Seconds of what was there that are heard before the new begins."""
REROLL_AFTER = 1.0
"""Seconds after what sounds at which it is written anew: time to write up to 2 s again that lie before it."""


class Making:
    def __init__(self, desk: Desk, deck: Deck):
        self._desk, self._deck = desk, deck
        self._asking = Background("asking", desk.report)
        self._heard: int | None = None

    def continue_clip(self) -> None:
        """Write a take that goes on from the selected clip."""
        clip = self._desk.state.clip
        settings = self._desk.window.controls.settings
        self._advance()
        self._asking.run(partial(ask, clip.prompt, clip.heard, settings), self._on_asked)

    def begin_from_text(self) -> None:
        """Write a take from the description alone."""
        if (settings := self._settings()) is not None:
            self._asking.run(partial(ask_words, settings), self._on_asked)

    def branch(self, take_id: int, seconds: float) -> None:
        """Write a take that goes on from second `seconds` of the timeline in another one."""
        lane, info = self._desk.state.lane_of(take_id), self._desk.session.info
        if lane.recipe is None and info is None:
            return  # nothing was written of it yet
        if (settings := self._settings()) is not None:
            self._asking.run(partial(ask_branch, lane, seconds, settings, info), self._on_asked)

    def _settings(self) -> Settings | None:
        """What the panel asks for, and the seed moves on; None, and a banner, where the lead sheet cannot be read."""
        try:
            settings = self._desk.window.controls.settings
        except CalmError as error:
            self._desk.report(error)
            return None
        self._advance()
        return settings

    def _advance(self) -> None:
        """The next take has another seed, which is nothing to be undone."""
        controls = self._desk.window.controls
        controls.seed.advance()
        self._desk.note(replace(self._desk.state, plan=controls.plan.plan))

    def reroll(self) -> None:
        """From shortly after what sounds, or from the cursor, on, have another take written with another seed; the
        selected one keeps what it has."""
        lane, heard = self._desk.state.lane, self._deck.seconds
        if lane is None:
            return
        end = lane.offset + lane.take.written / lane.take.rate
        self._roll(lane, self._desk.state.cursor if heard is None else min(heard + REROLL_AFTER, end))

    def go_back(self, take_id: int) -> None:
        """Where a take has collapsed or drifted, write another one from the last good bar on, with another seed."""
        lane = self._desk.state.lane_of(take_id)
        self._roll(lane, last_good(lane))

    def go_back_in_selected(self) -> None:
        """The same for the selected take, if it is marked."""
        lane = self._desk.state.lane
        if lane is not None and lane.alarm is not None:
            self.go_back(lane.take.id)

    def _roll(self, lane: Lane, seconds: float) -> None:
        self.stop()
        self._desk.window.controls.seed.renew()
        self.branch(lane.take.id, seconds)

    def make_again(self, take_id: int) -> None:
        """Have a take drawn again with all steps, in a lane of its own; what is heard stays."""
        self._make_again(self._desk.state.lane_of(take_id), ask_once_more, f"again with {AGAIN_STEPS} steps")

    def make_with_moves(self) -> None:
        """Have the selected take made again with its edited moves, in a lane of its own."""
        lane = self._desk.state.lane
        if lane is not None and lane.edited:
            self._make_again(lane, ask_with_moves, "again with other moves")

    def _make_again(self, lane: Lane, asked: Callable[[Lane, dict | None], Again], how: str) -> None:
        info = self._desk.session.info
        if lane.recipe is not None or info is not None:
            self._asking.run(partial(asked, lane, info), partial(self._on_asked_again, lane, how))

    def _on_asked_again(self, lane: Lane, how: str, request: Again) -> None:
        try:
            job = self._desk.session.submit(request)
        except CalmError as error:
            self._desk.report(error)
        else:
            note = f"{lane.called.removeprefix('Take ')} {how}"
            self._desk.ask(states.to_be_made_again(self._desk.state, job, lane, note), [job])

    def _on_asked(self, asked: Asked) -> None:
        try:
            jobs = self._desk.session.submit_variations(asked.requests)
        except CalmError as error:
            self._desk.report(error)
        else:
            self._desk.ask(states.submitted(self._desk.state, jobs, asked.heard, asked.branch), jobs)

    def on_started(self, event: TakeStarted) -> None:
        """Hear a take that is selected from shortly before it goes on by itself. Where that is about to be reached
        anyway, the sound goes on, in the new take."""
        lane, heard = self._desk.state.lane, self._deck.seconds
        if lane is None or lane.take.id != event.job:
            return
        if heard is None or not lane.begins - LISTEN_BEFORE <= heard <= lane.begins:
            self._desk.show(states.listen_in(self._desk.state, LISTEN_BEFORE))
            self._deck.play(self._desk.state)

    def steer(self, controls: Controls) -> None:
        """The moved controls are for the take that is written; of several for the one that is heard."""
        self._box().set(controls)

    def tell(self) -> None:
        """What the lead sheet asks for now is told to the take that is written, from its next bar line on."""
        lane, sheet = self._desk.state.writing, self._desk.window.controls.sheet
        if lane is not None and lane.heard is not None and sheet.error is None:
            self._box().tell(wish(lane, sheet.wishes))

    def _box(self) -> ControlBox:
        lane, session = self._desk.state.writing, self._desk.session
        return session.box if lane is None else session.box_of(lane.take.id)

    def watch_heard(self) -> None:
        """Called at every tick: where another variation is heard than before, the panel shows what is set for that."""
        lane = self._desk.state.writing
        heard = None if lane is None or lane.variation is None else lane.take.id
        if heard not in (None, self._heard):
            self._desk.show(replace(self._desk.state, controls=self._box().get()))
        self._heard = heard

    def stop(self) -> None:
        """Write nothing any more; what was made is kept."""
        state = self._desk.state
        running = (lane.take.id for lane in state.lanes if lane.take.state == "writing")
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
        """Selected at once: what is heard goes on in it."""
        self._desk.edit(states.add_lane(self._desk.state, lane))

    def close(self) -> None:
        self._asking.close()
