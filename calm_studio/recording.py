"""From a microphone or an instrument onto the shelf."""

from functools import partial
from pathlib import Path

import numpy as np

from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.opening import Opening
from calm_studio.shelf.record_panel import QUIETEST_DB, RecordPanel
from engine.errors import CalmError
from engine.recording import Recorder, SoundInput, sound_inputs


class Recording:
    """Used in the GUI thread; devices are opened and closed in another, for that may take its time."""

    def __init__(self, desk: Desk, opening: Opening, folder: Path):
        self._desk, self._opening, self._folder = desk, opening, folder
        self._panel: RecordPanel = desk.window.shelf.record_panel
        self._working = Background("sound input", self._on_failed)
        self._recorder: Recorder | None = None
        self._going = self._wanted = False

    def toggle(self) -> None:
        """Record, or stop that; where no input is open yet, open one first and show its level."""
        if self._recorder is None and not self._wanted:
            self._wanted = True
            self._working.run(sound_inputs, self._on_inputs)
        elif self._recorder is not None:
            self._stop() if self._going else self._start()

    def choose(self, sound_input: SoundInput) -> None:
        self._let_go()
        self._wanted = True
        self._working.run(partial(Recorder, sound_input), self._on_open)

    def leave(self) -> None:
        """Close the panel; what is being recorded is kept."""
        if self._going:
            self._stop()
        self._let_go()
        self._panel.hide()

    def look(self) -> None:
        """Called at every tick."""
        recorder = self._recorder
        if recorder is None:
            return
        self._panel.meter.show_levels(tuple(_decibels(peak) for peak in recorder.take_peaks()))
        self._panel.show_recording(recorder.seconds if self._going else None)
        if not recorder.alive:
            self.leave()
            self._desk.report(CalmError("The sound input is gone", "Plug it in and press Record again"))
        elif self._going and recorder.full:
            self._stop()

    def close(self) -> None:
        self._working.close()
        if self._recorder is not None:
            self._recorder.close()

    def _on_inputs(self, inputs: tuple[SoundInput, ...]) -> None:
        self._panel.show_inputs(inputs)
        self._panel.show_recording(None)
        self.choose(inputs[0])

    def _on_open(self, recorder: Recorder) -> None:
        self._recorder, self._wanted = recorder, False
        if not self._panel.isVisible():  # it was closed meanwhile
            self._let_go()

    def _on_failed(self, error: CalmError) -> None:
        self._wanted = False
        self._desk.report(error)

    def _start(self) -> None:
        try:
            self._recorder.start(self._folder)
        except CalmError as error:
            self._desk.report(error)
        else:
            self._going = True

    def _stop(self) -> None:
        self._going = False
        try:
            path = self._recorder.stop()
        except CalmError as error:
            self._desk.report(error)
        else:
            self._opening.open_paths([path])
        if self._recorder.gaps:
            self._desk.inform("The recording has gaps", "The computer was too busy: record again with less running")

    def _let_go(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._working.run(recorder.close, lambda done: None)


def _decibels(peak: float) -> float:
    return max(QUIETEST_DB, float(20 * np.log10(max(peak, 1e-6))))
