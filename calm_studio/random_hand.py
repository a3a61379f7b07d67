"""A hand that does what it likes in the window: it presses keys and buttons, and sends what the mouse would."""

from collections import Counter
from random import Random
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from calm_studio.app import App
from calm_studio.values import Lane

SHORTEST, LONGEST = 4, 16
"""Seconds of a take."""
MOST_TAKES = 8


class RandomHand:
    """`act` does one thing; `done` counts what was done by its name, `refused` what the app said it could not do."""

    def __init__(self, app: App, random: Random):
        self.random = random
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._app, self._window = app, app.window
        self._folder = TemporaryDirectory()
        self.actions = {
            self.continue_clip: 3,
            self.branch: 3,
            self.reroll: 2,
            self.stop: 3,
            self.undo: 8,
            self.redo: 6,
            self.play: 6,
            self.seek: 12,
            self.nudge: 6,
            self.pick: 8,
            self.steer: 10,
            self.shape: 3,
            self.mark: 4,
            self.loop: 3,
            self.zoom: 10,
            self.pan: 8,
            self.fit: 3,
            self.spectrum: 3,
            self.star: 6,
            self.mute: 4,
            self.colour: 4,
            self.rename: 4,
            self.move: 4,
            self.duplicate: 1,
            self.delete: 3,
            self.trim: 2,
            self.land: 1,
            self.export: 2,
            self.copy: 1,
            self.menu: 3,
            self.resize: 1,
        }

    def act(self) -> None:
        state = self._app.state
        if state.notice is not None:
            self.refused.update([state.notice.message] if state.notice.kind == "error" else [])
            self._window.banner.close_button.click()
        action = self.random.choices(list(self.actions), list(self.actions.values()))[0]
        if action in (self.continue_clip, self.branch, self.reroll, self.duplicate) and self._crowded:
            action = self.delete
        self.done[action.__name__] += 1
        action()

    def close(self) -> None:
        self._folder.cleanup()

    @property
    def _crowded(self) -> bool:
        return len(self._app.state.lanes) + len(self._app.state.waiting) >= MOST_TAKES

    def _lane(self) -> Lane | None:
        """Any take."""
        lanes = self._app.state.lanes
        return self.random.choice(lanes) if lanes else None

    def _second(self) -> float:
        """Any moment of the timeline."""
        return self.random.uniform(0.0, self._window.timeline.view.end)

    def continue_clip(self) -> None:
        controls = self._window.controls
        controls.length.set_seconds(self.random.randint(SHORTEST, LONGEST))
        controls.variations.group.button(self.random.choices(range(4), (8, 2, 1, 1))[0]).click()
        if controls.continue_button.isEnabled():
            controls.continue_button.click()

    def branch(self) -> None:
        lane = self._lane()
        if lane is not None:
            place = self.random.uniform(lane.offset, lane.offset + lane.take.written / lane.take.rate)
            self._window.timeline.branch_wanted.emit(lane.take.id, place)

    def reroll(self) -> None:
        self._window.reroll_pressed.emit()

    def stop(self) -> None:
        self._window.controls.stop_button.click()

    def undo(self) -> None:
        self._window.undo_pressed.emit()

    def redo(self) -> None:
        self._window.redo_pressed.emit()

    def play(self) -> None:
        self._window.transport.play_pressed.emit()

    def seek(self) -> None:
        lane = self._lane()
        self._window.timeline.sought.emit(None if lane is None else lane.take.id, self._second())

    def nudge(self) -> None:
        self._window.timeline.nudged.emit(self.random.choice((-4, -1, 1, 4)))

    def pick(self) -> None:
        if self.random.random() < 0.5:
            self._window.variation_pressed.emit(self.random.randint(1, 4))
        else:
            self._window.timeline.neighbour_wanted.emit(self.random.choice((-1, 1)))

    def shape(self) -> None:
        """The form, from the next bar line on."""
        form = self._window.controls.sheet.form
        form.setCurrentIndex(self.random.randrange(form.count()))
        form.activated.emit(form.currentIndex())

    def steer(self) -> None:
        controls = self._window.controls
        controls.temperature.track.setValue(self.random.randint(60, 120))
        controls.sampler.segments.group.button(self.random.choices((0, 1), (1, 3))[0]).click()

    def mark(self) -> None:
        self._window.timeline.marked.emit(self._second(), self._second())

    def loop(self) -> None:
        self._window.transport.loop_pressed.emit()

    def zoom(self) -> None:
        self._window.timeline.view.zoom(2 ** self.random.uniform(-3, 3), self._second())

    def pan(self) -> None:
        view = self._window.timeline.view
        view.pan(self.random.uniform(-1, 1) * view.span.seconds)

    def fit(self) -> None:
        self._window.timeline.view.fit()

    def spectrum(self) -> None:
        self._window.timeline.toggle_spectrum()

    def star(self) -> None:
        self._window.star_pressed.emit()

    def mute(self) -> None:
        self._window.mute_pressed.emit()

    def colour(self) -> None:
        self._window.colour_pressed.emit()

    def rename(self) -> None:
        lane = self._lane()
        if lane is not None:
            self._window.timeline.lanes[lane.take.id].titled.emit(f"Idea {self.random.randint(1, 99)}")

    def move(self) -> None:
        self._window.timeline.moved.emit(self.random.choice((-1, 1)))

    def duplicate(self) -> None:
        self._window.duplicate_pressed.emit()

    def delete(self) -> None:
        self._window.delete_pressed.emit()

    def trim(self) -> None:
        timeline, audio = self._window.timeline, self._app.state.clip.prompt.audio
        timeline.trim_begun.emit()
        timeline.trimmed.emit(self.random.uniform(0, 0.3) * audio.seconds, self.random.uniform(0.7, 1) * audio.seconds)

    def land(self) -> None:
        self._window.controls.land_pressed.emit()

    def export(self) -> None:
        """From the sheet, into a file of a folder that is gone in the end."""
        controls, sheet = self._window.controls, self._window.export_sheet
        if self._app.state.lane is None or not controls.export_button.isEnabled() or sheet.isVisible():
            return
        controls.export_button.click()
        sheet.save.click()
        for dialog in self._window.findChildren(QFileDialog):
            dialog.fileSelected.emit(f"{self._folder.name}/{self.done['export']}.wav")
            dialog.close()

    def copy(self) -> None:
        lane = self._lane()
        if lane is not None:
            self._app.keeping.copy(lane.take.id)

    def menu(self) -> None:
        """A take's menu, opened and left."""
        lane = self._lane()
        if lane is not None:
            where = self._window.mapToGlobal(self._window.rect().center())
            self._window.timeline.menu_wanted.emit(lane.take.id, self._second(), where)
            popup = QApplication.activePopupWidget()
            if isinstance(popup, QMenu):
                popup.close()

    def resize(self) -> None:
        self._window.resize(self.random.randint(960, 1600), self.random.randint(560, 1000))
