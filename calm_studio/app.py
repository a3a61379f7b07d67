"""All wiring on one page: what each signal of the window does to the state, the engine and the player.

Everything here runs in the GUI thread. `Opening`, `Making`, `Keeping` and `Judging` have slow work done in threads of
their own; generating happens in the session's.
"""

import time
from pathlib import Path

from PySide6.QtCore import QObject, QPoint

from calm_studio import state as states
from calm_studio.bridge import Ticker
from calm_studio.collector import Collector
from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.judging import Judging
from calm_studio.keeping import Keeping
from calm_studio.main_window import MainWindow
from calm_studio.making import Making
from calm_studio.opening import Opening
from calm_studio.take_menu import TakeMenu
from calm_studio.values import Clip, State
from engine.controls import Controls
from engine.errors import CalmError
from engine.events import Event, TakeStarted
from engine.playback import Player
from engine.session import Session


class App(QObject):
    """Owns the window and all that works for it; `folder` is where files of takes are kept, `songs` the list of what
    the model learned from."""

    def __init__(self, session: Session, player: Player, folder: Path, songs: Path):
        super().__init__()
        self.window = MainWindow(folder)
        self._desk = desk = Desk(self.window, session)
        self._session, self._player, self._deck = session, player, Deck(player)
        self.opening, self.making = Opening(desk), Making(desk, self._deck)
        self.keeping, self.judging = Keeping(desk, folder), Judging(desk, songs)
        self._ticker = Ticker(session)
        self._collector = Collector()
        self._connect()

    @property
    def state(self) -> State:
        return self._desk.state

    def _set(self, state: State) -> None:
        self._desk.show(state)

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self._desk.report(error)

    def _connect(self) -> None:
        for signal, slot in (*self._of_the_window(), *self._of_the_timeline(), *self._of_the_panels()):
            signal.connect(slot)

    def _of_the_window(self) -> tuple:
        window = self.window
        return (
            (self._ticker.ticked, self.on_ticked),
            (window.files_dropped, self.opening.open_paths),
            (window.branch_pressed, self.on_branch_pressed),
            (window.delete_pressed, self.on_delete_pressed),
            (window.undo_pressed, lambda: self._set(states.restore_take(self.state))),
            (window.banner.dismissed, lambda: self._set(states.dismiss(self.state))),
            (window.export_sheet.chosen, self.keeping.export),
            (window.export_sheet.stop_pressed, self.keeping.stop_export),
            (window.closed, self.close),
        )

    def _of_the_timeline(self) -> tuple:
        timeline = self.window.timeline
        return (
            (timeline.sought, self.on_sought),
            (timeline.neighbour_wanted, self.on_neighbour_wanted),
            (timeline.trimmed, lambda start, stop: self._set(states.trim(self.state, start, stop))),
            (timeline.branch_wanted, self.making.branch),
            (timeline.menu_wanted, self.on_menu_wanted),
            (timeline.drag_wanted, self.keeping.offer_take),
            (timeline.drag_all_wanted, self.keeping.offer_all),
        )

    def _of_the_panels(self) -> tuple:
        shelf, controls, transport = self.window.shelf, self.window.controls, self.window.transport
        return (
            (shelf.browse_pressed, self.opening.browse),
            (shelf.clip_picked, self.on_clip_picked),
            (shelf.clip_removed, lambda clip: self._set(states.remove_clip(self.state, clip))),
            (controls.controls_moved, self.on_controls_moved),
            (controls.plan_changed, lambda: self._set(self.state)),
            (controls.continue_pressed, self.making.continue_clip),
            (controls.stop_pressed, self.making.stop),
            (controls.land_pressed, self.making.land),
            (controls.export_pressed, lambda: self.window.show_export(self.state)),
            (transport.play_pressed, self.on_play_pressed),
            (transport.stop_pressed, self._deck.stop),
            (transport.start_pressed, self.on_start_pressed),
            (transport.loop_pressed, self.on_loop_pressed),
        )

    def on_clip_picked(self, clip: Clip) -> None:
        self._set(states.add_clip(self.state, clip))
        if self.state.chosen is None:
            self._deck.stop()

    def on_controls_moved(self, controls: Controls) -> None:
        self._session.box.set(controls)
        self.window.controls.show_state(self.state)

    def on_ticked(self, events: list[Event]) -> None:
        """Take in what the engine reports, then show what was written and heard since the last tick."""
        state = self.state
        for event in events:
            state = states.reduce(state, event, time.monotonic())
        if state is not self.state:
            self._set(state)
        for event in events:
            if isinstance(event, TakeStarted):
                self.making.on_started(event)
        self.making.watch_landing()
        self.opening.listen()
        self.judging.look()
        self._deck.follow(self.state)
        self._show_now()

    def _show_now(self) -> None:
        window, player, heard = self.window, self._player, self._deck.seconds
        window.timeline.refresh()
        window.show_time(self.state, self.state.cursor if heard is None else heard, heard is not None)
        window.transport.show_sound(player.device, player.meter(), player.underruns)
        self.keeping.show_progress()
        lane = self.state.lane
        window.top_bar.show_buffer(None if lane is None else states.buffer_seconds(lane.take))

    def on_play_pressed(self) -> None:
        if self._deck.seconds is None:
            self._deck.play(self.state)
        else:
            self._deck.stop()

    def on_loop_pressed(self) -> None:
        """The loop is found by `Judging`, and played, from where the sound is, by the deck at a later tick."""
        heard = self._deck.seconds
        state = self.state if heard is None else states.seek(self.state, self.state.chosen, heard)
        self._set(states.loop_toggled(state, self.state.lane is not None and not self.state.looping))

    def on_sought(self, chosen: int | None, seconds: float) -> None:
        self._set(states.seek(self.state, chosen, seconds))
        if self._deck.seconds is not None:
            self._deck.play(self.state)

    def on_neighbour_wanted(self, step: int) -> None:
        if self.state.clip is not None or self.state.lanes:
            self.on_sought(states.neighbour(self.state, step), self.state.cursor)

    def on_start_pressed(self) -> None:
        selected = self.state.lane
        self.on_sought(self.state.chosen, 0.0 if selected is None else selected.offset)

    def on_branch_pressed(self) -> None:
        """Branch where the sound is, or else at the cursor."""
        heard = self._deck.seconds
        if self.state.lane is not None:
            self.making.branch(self.state.chosen, self.state.cursor if heard is None else heard)

    def on_menu_wanted(self, take_id: int, seconds: float, where: QPoint) -> None:
        self._set(states.seek(self.state, take_id, seconds))
        menu = TakeMenu(self.window, where)
        for signal, slot in (
            (menu.branch_wanted, lambda: self.making.branch(take_id, seconds)),
            (menu.land_wanted, self.making.land),
            (menu.copy_wanted, lambda: self.keeping.copy(take_id)),
            (menu.reveal_wanted, lambda: self.keeping.reveal(take_id)),
            (menu.export_wanted, lambda: self.window.show_export(self.state)),
            (menu.delete_wanted, self.on_delete_pressed),
        ):
            signal.connect(slot)

    def on_delete_pressed(self) -> None:
        lane = self.state.lane
        if lane is None:
            return
        self._deck.stop()
        self._session.cancel(lane.take.id)
        self._set(states.remove_take(self.state))

    def close(self) -> None:
        """Stop everything; what was made is kept until the process ends."""
        self.window.hide()
        self._ticker.stop()
        self._deck.close()
        self._session.close()
        for part in (self.opening, self.making, self.keeping, self.judging):
            part.close()
        self._collector.stop()
