"""All wiring on one page: what each signal of the window does to the state, the engine and the player.

Everything here runs in the GUI thread. Reading and writing files happens in `Background`, generating in the session.
"""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from calm_studio import state as states
from calm_studio.bridge import Background, Ticker
from calm_studio.collector import Collector
from calm_studio.deck import Deck
from calm_studio.drag_out import TakeFiles
from calm_studio.main_window import MainWindow
from calm_studio.prompt_shelf import SUFFIXES, audio_files
from calm_studio.state import Clip, Notice, State
from engine.controls import Controls
from engine.errors import CalmError
from engine.events import Event, TakeStarted
from engine.export import Depth, write_wav
from engine.playback import Player
from engine.request import Prompt, Request
from engine.session import Session
from engine.take import Take

LISTEN_BEFORE_CUT = 2.0
"""Seconds of the prompt that are heard before the continuation begins."""


def read_clip(path: Path) -> Clip:
    """The clip in the file at `path`. Raises CalmError when it cannot be continued."""
    return states.clip_of(Prompt.from_file(path))


class App(QObject):
    """Owns the state and the window; `folder` is where takes that are dragged out are kept."""

    def __init__(self, session: Session, player: Player, folder: Path):
        super().__init__()
        self.state = State()
        self.window = MainWindow(folder)
        self._session, self._player, self._deck = session, player, Deck(player)
        self._files = TakeFiles(folder)
        self._reading = Background("reading", self.report)
        self._working = Background("working", self.report)
        self._ticker = Ticker(session)
        self._collector = Collector()
        self._connect()
        self._set(self.state)

    def _connect(self) -> None:
        window, controls, timeline, transport = (
            self.window,
            self.window.controls,
            self.window.timeline,
            self.window.transport,
        )
        for signal, slot in (
            (self._ticker.ticked, self.on_ticked),
            (window.files_dropped, self.open_paths),
            (window.shelf.browse_pressed, self.on_browse_pressed),
            (window.shelf.clip_picked, self.on_clip_picked),
            (window.shelf.clip_removed, lambda clip: self._set(states.remove_clip(self.state, clip))),
            (timeline.sought, self.on_sought),
            (timeline.neighbour_wanted, self.on_neighbour_wanted),
            (timeline.trimmed, lambda start, stop: self._set(states.trim(self.state, start, stop))),
            (timeline.drag_wanted, self.on_drag_wanted),
            (controls.controls_moved, self.on_controls_moved),
            (controls.length_changed, lambda seconds: self._set(self.state)),
            (controls.continue_pressed, self.on_continue_pressed),
            (controls.stop_pressed, self.on_stop_pressed),
            (controls.export_pressed, lambda: window.show_export(self.state)),
            (window.export_sheet.chosen, self.on_export_chosen),
            (transport.play_pressed, self.on_play_pressed),
            (transport.stop_pressed, self._deck.stop),
            (transport.start_pressed, self.on_start_pressed),
            (window.delete_pressed, self.on_delete_pressed),
            (window.undo_pressed, lambda: self._set(states.restore_take(self.state))),
            (window.banner.dismissed, lambda: self._set(states.dismiss(self.state))),
            (window.closed, self.close),
        ):
            signal.connect(slot)

    def _set(self, state: State) -> None:
        self.state = state
        self.window.show_state(state)

    def report(self, error: CalmError) -> None:
        """Show `error` in the banner."""
        self._set(states.report(self.state, error))

    def load_examples(self, folder: Path, select_first: bool) -> None:
        """List the clips in `folder`, and put the first on the shelf if asked; a folder without clips is fine."""
        for index, path in enumerate(sorted(folder.glob("*.flac"))):
            done = self._on_first_example_read if index == 0 and select_first else self._on_example_read
            self._reading.run(partial(read_clip, path), done)

    def open_paths(self, paths: list[Path]) -> None:
        """Read files, and all audio files below folders, onto the shelf."""
        self._reading.run(lambda: audio_files(paths), self._on_files_found)

    def _on_files_found(self, paths: list[Path]) -> None:
        unread: list[CalmError] = []
        for path in paths:
            done, failed = partial(self._on_clip_read, unread), partial(self._on_clip_unread, unread)
            self._reading.run(partial(read_clip, path), done, failed)

    def _on_clip_read(self, unread: list[CalmError], clip: Clip) -> None:
        note = clip.prompt.audio.note
        state = states.add_clip(self.state, clip)
        if note and not unread:
            state = replace(state, notice=Notice(clip.prompt.name, note.rstrip("."), "info"))
        self._set(state)

    def _on_clip_unread(self, unread: list[CalmError], error: CalmError) -> None:
        unread.append(error)
        self._set(states.report_unread(self.state, unread))

    def _on_example_read(self, clip: Clip) -> None:
        self._set(replace(self.state, examples=(*self.state.examples, clip)))

    def _on_first_example_read(self, clip: Clip) -> None:
        self._on_example_read(clip)
        self.on_clip_picked(clip)

    def on_browse_pressed(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        dialog = QFileDialog(self.window, "Open audio", "", f"Audio ({patterns})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.open_paths([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def on_clip_picked(self, clip: Clip) -> None:
        self._set(states.add_clip(self.state, clip))
        if self.state.chosen is None:
            self._deck.stop()

    def on_continue_pressed(self) -> None:
        settings, prompt = self.window.controls.settings, self.state.clip.prompt
        self.window.controls.seed.advance()
        made = (prompt, settings.seconds, settings.seed, settings.controls, settings.text)
        self._working.run(lambda: Request(*made), self._on_request_made)

    def _on_request_made(self, request: Request) -> None:
        try:
            job = self._session.submit(request)
        except CalmError as error:
            self.report(error)
        else:
            self._set(states.submitted(self.state, job))

    def on_controls_moved(self, controls: Controls) -> None:
        self._session.box.set(controls)
        self.window.controls.show_state(self.state)

    def on_stop_pressed(self) -> None:
        running = () if self.state.writing is None else (self.state.writing.take.id,)
        for job in (*self.state.waiting, *running):
            self._session.cancel(job)

    def on_ticked(self, events: list[Event]) -> None:
        """Take in what the engine reports, then show what was written and heard since the last tick."""
        state = self.state
        for event in events:
            state = states.reduce(state, event, time.monotonic())
        if state is not self.state:
            self._set(state)
        if any(isinstance(event, TakeStarted) and event.job == state.chosen for event in events):
            self._set(states.listen_in(state, LISTEN_BEFORE_CUT))
            self._deck.play(self.state)
        self._show_now()

    def _show_now(self) -> None:
        window, player, heard = self.window, self._player, self._deck.seconds
        window.timeline.refresh()
        window.show_time(self.state, self.state.cursor if heard is None else heard, heard is not None)
        window.transport.show_sound(player.device, player.meter(), player.underruns)
        lane = self.state.lane
        window.top_bar.show_buffer(None if lane is None else states.buffer_seconds(lane.take))

    def on_play_pressed(self) -> None:
        if self._deck.seconds is None:
            self._deck.play(self.state)
        else:
            self._deck.stop()

    def on_sought(self, chosen: int | None, seconds: float) -> None:
        self._set(states.seek(self.state, chosen, seconds))
        if self._deck.seconds is not None:
            self._deck.play(self.state)

    def on_neighbour_wanted(self, step: int) -> None:
        if self.state.clip is not None:
            self.on_sought(states.neighbour(self.state, step), self.state.cursor)

    def on_start_pressed(self) -> None:
        selected = self.state.lane
        self.on_sought(self.state.chosen, 0.0 if selected is None else selected.offset)

    def on_delete_pressed(self) -> None:
        lane = self.state.lane
        if lane is None:
            return
        self._deck.stop()
        self._session.cancel(lane.take.id)
        self._set(states.remove_take(self.state))

    def on_drag_wanted(self, take_id: int) -> None:
        lane = self.window.timeline.lanes[take_id]
        self._working.run(lambda: self._files.file_of(lane.take), lane.drag.offer)

    def on_export_chosen(self, take: Take, path: Path, depth: Depth) -> None:
        self._working.run(lambda: write_wav(path, take.audio.samples, take.rate, depth), self._on_exported)

    def _on_exported(self, path: Path) -> None:
        self._set(replace(self.state, notice=Notice(f"Saved {path.name}", f"It is in {path.parent}", "info")))

    def close(self) -> None:
        """Stop everything; what was made is kept until the process ends."""
        self.window.hide()
        self._ticker.stop()
        self._deck.close()
        self._session.close()
        for background in (self._reading, self._working):
            background.close()
        self._collector.stop()
