"""All wiring on one page: what each signal of the window does to the state, the engine and the player.

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
from calm_studio.export_form import STARRED
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
        self.playing, self._metering = Playing(desk, self._deck), Metering(player)
        self.prehearing = Prehearing(desk)
        self.keeping, self.judging, self.watching = Keeping(desk, folder), Judging(desk, songs), Watching(desk)
        self.undoing, self.projects = Undoing(desk, self._deck, self.making), Projects(desk, home, folder)
        self.midi, self.recording = MidiHand(desk), Recording(desk, self.opening, folder)
        self._ticker = Ticker(session)
        self._collector = Collector()
        self._ticks = 0
        self._connect()

    @property
    def state(self) -> State:
        return self.desk.state

    def _set(self, state: State) -> None:
        self.desk.show(state)

    def show_again(self) -> None:
        """Write all words anew, because the theme has changed."""
        self._set(self.state)

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self.desk.report(error)

    def report_crash(self, error: CalmError) -> None:
        """Show an unexpected `error`, with a way to copy diagnostics."""
        self._set(states.crashed(self.state, error))

    def _connect(self) -> None:
        window = (*self._of_the_window(), *self._of_the_timeline(), *self._of_the_panels())
        for signal, slot in (*window, *self._of_editing(), *self._of_playing(), *self._of_comparing()):
            signal.connect(slot)

    def _of_the_window(self) -> tuple:
        window = self.window
        return (
            (self._ticker.ticked, self.on_ticked),
            (window.files_dropped, self.open_paths),
            (window.branch_pressed, self.on_branch_pressed),
            (window.reroll_pressed, self.making.reroll),
            (window.back_pressed, self.making.go_back_in_selected),
            (window.escape_pressed, self.on_escape_pressed),
            (window.undo_pressed, self.undoing.undo),
            (window.redo_pressed, self.undoing.redo),
            (window.banner.dismissed, lambda: self._set(states.dismiss(self.state))),
            (window.export_sheet.chosen, self.keeping.export),
            (window.export_sheet.stop_pressed, self.keeping.stop_export),
            (window.closed, self.close),
            (self.projects.keeping.left, self.on_project_left),
            (self.projects.keeping.entered, self.on_project_entered),
        )

    def _of_the_timeline(self) -> tuple:
        timeline = self.window.timeline
        return (
            (timeline.trim_begun, self.editing.begin_trim),
            (timeline.trimmed, self.editing.trim),
            (timeline.branch_wanted, self.making.branch),
            (timeline.menu_wanted, self.on_menu_wanted),
            (timeline.drag_wanted, self.keeping.offer_take),
            (timeline.drag_all_wanted, self.keeping.offer_all),
            (timeline.export_starred_wanted, lambda: self.window.show_export(self.state, STARRED)),
        )

    def _of_editing(self) -> tuple:
        """What is done by hand to takes."""
        window, timeline, editing = self.window, self.window.timeline, self.editing
        return (
            (timeline.lane_added, editing.on_lane_added),
            (timeline.placed, editing.place),
            (timeline.moved, editing.move),
            (timeline.automation.edited, editing.edit_moves),
            (timeline.automation.undone, lambda: editing.edit_moves(None)),
            (timeline.automation.again_wanted, self.making.make_with_moves),
            (window.star_pressed, editing.star),
            (window.mute_pressed, editing.mute),
            (window.colour_pressed, editing.next_colour),
            (window.rename_pressed, editing.rename),
            (window.notes_pressed, editing.note),
            (window.duplicate_pressed, editing.duplicate),
            (window.delete_pressed, editing.delete),
        )

    def _of_playing(self) -> tuple:
        window, timeline, transport, playing = self.window, self.window.timeline, self.window.transport, self.playing
        return (
            (timeline.sought, playing.hear_or_seek),
            (window.variation_pressed, self.on_number_pressed),
            (window.station_wanted, playing.to_station),
            (timeline.nudged, playing.nudge),
            (timeline.neighbour_wanted, playing.pick_neighbour),
            (timeline.along_branch_wanted, playing.pick_along_branch),
            (timeline.marked, playing.mark),
            (timeline.extended, playing.extend),
            (timeline.stretched, playing.stretch),
            (window.begin_pressed, playing.begin_here),
            (window.finish_pressed, playing.finish_here),
            (window.end_pressed, playing.to_end),
            (transport.play_pressed, self.on_play_pressed),
            (transport.stop_pressed, playing.stop),
            (transport.audition_pressed, playing.audition),
            (transport.follow.toggled, timeline.view.set_following),
            (transport.start_pressed, playing.to_start),
            (transport.loop_pressed, playing.loop),
            (transport.levels.reset_pressed, self._metering.reset),
        )

    def _of_comparing(self) -> tuple:
        window, sheet, blinding = self.window, self.window.blind_sheet, self.blinding
        return (
            (window.compare_pressed, blinding.begin),
            (window.timeline.footer.compare.clicked, blinding.begin),
            (sheet.heard, blinding.hear),
            (sheet.voted, blinding.vote),
            (sheet.left, blinding.leave),
            (sheet.begin_pressed, blinding.begin_again),
            (sheet.winner_pressed, blinding.choose_winner),
        )

    def _of_the_panels(self) -> tuple:
        shelf, controls = self.window.shelf, self.window.controls
        return (
            (shelf.browse_pressed, self.opening.browse),
            (shelf.record_pressed, self.recording.toggle),
            (shelf.record_panel.input_chosen, self.recording.choose),
            (shelf.record_panel.close_pressed, self.recording.leave),
            (shelf.clip_picked, self.on_clip_picked),
            (shelf.clip_removed, self.editing.remove_clip),
            (shelf.clip_placed, self.editing.place_clip),
            (shelf.recent_picked, lambda recent: self.opening.open_paths([recent.path])),
            (shelf.recent_removed, lambda recent: self.opening.recent.forget(recent.path)),
            (controls.controls_moved, self.undoing.turn),
            (controls.sheet.settled, self.making.tell),
            (controls.governor_changed, self.on_governor_changed),
            (controls.plan_changed, lambda: self._set(self.state)),
            (controls.continue_pressed, self.making.continue_clip),
            (controls.text_pressed, self.making.begin_from_text),
            (controls.stop_pressed, self.making.stop),
            (controls.land_pressed, self.making.land),
            (controls.export_pressed, lambda: self.window.show_export(self.state)),
        )

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
        window.transport.show_sound(player.device, player.rate, self._metering.read())
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
        self._ticker.stop()
        self.prehearing.close()
        self._deck.close()
        self._metering.reset()
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
