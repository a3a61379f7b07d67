"""Where sound goes: the list of outputs, and how much they hold."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from engine.sinks import Output

BUFFERS = ((0.05, "50 ms, heard soonest"), (0.1, "100 ms"), (0.2, "200 ms"), (0.4, "400 ms, breaks off least"))


class OutputMenu(QMenu):
    """Opens at once above `where` and blocks nothing. `chosen` carries the Output that is wanted."""

    chosen = Signal(object)
    look_wanted = Signal()

    def __init__(self, parent: QWidget, where: QPoint, names: tuple[str, ...], now: Output):
        super().__init__(parent)
        self._now = now
        self._add_choices("Output", self._devices(names), now.device, lambda device: Output(device, now.latency))
        self._add_choices("Buffer of the output", BUFFERS, now.latency, lambda latency: Output(now.device, latency))
        self.addSeparator()
        self.addAction("Look for outputs again").triggered.connect(self.look_wanted)
        self.aboutToHide.connect(self.deleteLater)
        self.popup(where - QPoint(0, self.sizeHint().height() + 6))

    def _devices(self, names: tuple[str, ...]) -> list[tuple[str | None, str]]:
        found = [(None, "The system's choice"), *((name, name) for name in names)]
        if self._now.device not in (None, *names):
            found.append((self._now.device, f"{self._now.device} (not there)"))
        return found

    def _add_choices(self, title: str, choices: Iterable[tuple], now: object, wanted) -> None:
        """One of `choices`, (value, words), is `now`; `wanted` makes of a value the Output to ask for."""
        if self.actions():
            self.addSeparator()
        self.addAction(title).setEnabled(False)
        group = QActionGroup(self)
        for value, words in choices:
            action = QAction(words.replace("&", "&&"), group)
            action.setCheckable(True)
            action.setChecked(value == now)
            action.triggered.connect(lambda checked, value=value: self.chosen.emit(wanted(value)))
            self.addAction(action)
