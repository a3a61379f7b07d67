"""The app: the window, all that works for it, and what happens at every tick. What is connected to what is on one page,
`wiring.py`.

Everything here runs in the GUI thread. `Opening`, `Making`, `Editing`, `Keeping`, `Judging`, `Watching` and `Blinding`
have slow work done in threads of their own; generating happens in the session's.
"""

import time
from pathlib import Path

from PySide6.QtCore import QObject, QPoint

from calm_studio import state as states
from calm_studio.blinding import Blinding
from calm_studio.bridge import Ticker
from calm_studio.collector import Collector
from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.editing import Editing
from calm_studio.judging import Judging
from calm_studio.keeping import Keeping
from calm_studio.main_window import MainWindow
from calm_studio.making import Making
from calm_studio.metering import Metering
from calm_studio.midi_hand import MidiHand
from calm_studio.opening import Opening
from calm_studio.playing import Playing
from calm_studio.prehearing import Prehearing
from calm_studio.projects import Projects
from calm_studio.recording import Recording
from calm_studio.undoing import Undoing
from calm_studio.values import Clip, State
from calm_studio.watching import Watching
from calm_studio.wiring import wires
from engine.errors import CalmError
from engine.events import Event, ModelReady, TakeGrew, TakeStarted
from engine.governor import Governor
from engine.playback import Player
from engine.session import Session

GROWTH_TICKS = 3
"""Ticks of 33 ms: what is written is painted ten times a second, what moves with the sound at every tick."""


class App(QObject):
    """Owns the window and all that works for it; `folder` is where files of takes are kept, `songs` the list of what
    the model learned from, `home` where projects are that were not saved yet."""

    def __init__(self, session: Session, player: Player, folder: Path, songs: Path, home: Path):
        super().__init__()
        self.window = MainWindow(folder)
        self.desk = desk = Desk(self.window, session)
        self._session, self._player, self._deck = session, player, Deck(player)
        self.opening, self.making, self.editing = Opening(desk), Making(desk, self._deck), Editing(desk, self._deck)
        self.blinding = Blinding(desk, self._deck)
        self.playing, self.metering = Playing(desk, self._deck), Metering(player)
        self.prehearing = Prehearing(desk)
        self.keeping, self.judging, self.watching = Keeping(desk, folder), Judging(desk, songs), Watching(desk)
        self.undoing, self.projects = Undoing(desk, self._deck, self.making), Projects(desk, home, folder)
        self.midi, self.recording = MidiHand(desk), Recording(desk, self.opening, folder)
        self.ticker = Ticker(session)
        self._collector = Collector()
        self._ticks = 0
        for signal, slot in wires(self):
            signal.connect(slot)

    @property
    def state(self) -> State:
        return self.desk.state

    def _set(self, state: State) -> None:
        self.desk.show(state)

    def show_again(self) -> None:
        """Show the state once more: in another theme, or with what would be written now."""
        self._set(self.state)

    def dismiss(self) -> None:
        """Take the banner away."""
        self._set(states.dismiss(self.state))

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self.desk.report(error)

    def report_crash(self, error: CalmError) -> None:
        """Show an unexpected `error`, with a way to copy diagnostics."""
        self._set(states.crashed(self.state, error))

    def on_clip_picked(self, clip: Clip) -> None:
        self._set(states.add_clip(self.state, clip))
        if self.state.chosen is None:
            self._deck.stop()

    def open_paths(self, paths: list[Path]) -> None:
        """Open files, folders of them, or a project."""
        self.opening.open_paths(self.projects.keeping.open_dropped(paths))

    def on_project_left(self) -> None:
        """What it holds is not heard nor written any more."""
        self._deck.stop()
        self.making.stop()

    def on_project_entered(self) -> None:
        self.making.steer(self.state.controls)

    def on_number_pressed(self, number: int) -> None:
        (self.blinding.hear if self.blinding.on else self.playing.pick_variation)(number)

    def on_play_pressed(self) -> None:
        (self.blinding.play_or_stop if self.blinding.on else self.playing.play_or_stop)()

    def on_governor_changed(self, governor: Governor) -> None:
        self._session.box.governor = governor

    def on_ticked(self, events: list[Event]) -> None:
        """Take in what the engine reports, then show what was written and heard since the last tick."""
        state, beside = self.state, {waiting.job: waiting.beside for waiting in self.state.waiting}
        for event in events:
            state = states.reduce(state, event, time.monotonic())
        self._take_in(state, events)
        for event in events:
            if isinstance(event, TakeStarted) and event.job in beside:
                self.desk.on_begun(event.job, beside[event.job])
                self.making.on_started(event)
            elif isinstance(event, ModelReady):
                self._collector.spare()
        self.making.watch_landing()
        self.making.watch_heard()
        self.opening.listen()
        self.prehearing.look()
        self.judging.look()
        self.watching.look()
        self.midi.look()
        self.recording.look()
        self.projects.keeping.look()
        self._deck.follow(self.state, self.window.controls.on_the_bar.isChecked())
        self._show_now()

    def _take_in(self, state: State, events: list[Event]) -> None:
        """Show the news at once, but mere growth only at every GROWTH_TICKS: all panels have a look at a new state."""
        self._ticks += 1
        if state is self.state:
            return
        if self._ticks % GROWTH_TICKS and all(isinstance(event, TakeGrew) for event in events):
            self.desk.note(state)
        else:
            self._set(state)

    def _show_now(self) -> None:
        window, player, heard = self.window, self._player, self._deck.seconds
        if self._ticks % GROWTH_TICKS == 0:
            window.timeline.refresh()
        window.show_time(self.state, self.state.cursor if heard is None else heard, heard is not None)
        window.transport.show_sound(player.device, player.rate, self.metering.read())
        self.keeping.show_progress()
        lane = self.state.lane
        window.top_bar.show_buffer(None if lane is None else states.buffer_seconds(lane.take), player.underruns)

    def on_escape_pressed(self) -> None:
        """Learn no knob, clear the selection, or else stop what is written."""
        if not self.midi.give_up() and not self.playing.clear():
            self.making.stop()

    def on_branch_pressed(self) -> None:
        if self.state.lane is not None:
            self.making.branch(self.state.chosen, self.playing.now)

    def on_menu_wanted(self, take_id: int, seconds: float, where: QPoint) -> None:
        self._set(states.seek(self.state, take_id, seconds))
        menu = self.editing.menu(take_id, where)
        for signal, slot in (
            (menu.branch_wanted, lambda: self.making.branch(take_id, seconds)),
            (menu.back_wanted, lambda: self.making.go_back(take_id)),
            (menu.again_wanted, lambda: self.making.make_again(take_id)),
            (menu.land_wanted, self.making.land),
            (menu.copy_wanted, lambda: self.keeping.copy(take_id)),
            (menu.reveal_wanted, lambda: self.keeping.reveal(take_id)),
            (menu.export_wanted, lambda: self.window.show_export(self.state)),
        ):
            signal.connect(slot)

    def close(self) -> None:
        """Stop everything; what was made is kept, also of a project that was never saved."""
        self.window.hide()
        self.ticker.stop()
        self.prehearing.close()
        self._deck.close()
        self.metering.reset()
        self._session.close()
        for part in (
            self.opening,
            self.making,
            self.editing,
            self.keeping,
            self.judging,
            self.watching,
            self.midi,
            self.recording,
            self.blinding,
        ):
            part.close()
        self.projects.close()
        self.window.timeline.drawing.close()
        self._collector.stop()
