"""Which output is played to: chosen by the user, lost, found again.

Threads: `open` is called in the player's own thread; all else is for the GUI thread.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, Signal

from calm_studio.desk import Desk
from calm_studio.output_menu import OutputMenu
from engine import portaudio
from engine.errors import CalmError
from engine.playback import Player
from engine.sinks import NullSink, Output, Pull, Sink, open_output


@dataclass(frozen=True)
class Opened:
    """What was opened, in place of what was there before; `silent` if it is no device. `outputs` are all there are."""

    name: str
    silent: bool
    outputs: tuple[str, ...]


class Sounding(QObject):
    """`open` is what a Player is to be made with. `keep` is given every choice that the user makes."""

    _opened = Signal(object)

    def __init__(self, output: Output, keep: Callable[[Output], None]):
        super().__init__()
        self._output, self._keep = output, keep
        self._now: Opened | None = None
        self._looking, self._lost = False, ""
        self._opened.connect(self._on_opened)

    def open(self, pull: Pull) -> Sink:
        """Raises nothing: without a device there is a sink too."""
        sink = open_output(pull, self._output)
        self._opened.emit(Opened(sink.name, sink.name == NullSink.name, portaudio.outputs()))
        return sink

    def serve(self, desk: Desk, player: Player) -> None:
        """Be at the service of a window and of its player, which was made with `open`."""
        self._desk, self._player = desk, player
        desk.window.transport.output.clicked.connect(self._show_menu)

    def _show_menu(self) -> None:
        chip = self._desk.window.transport.output
        outputs = self._now.outputs if self._now else ()
        menu = OutputMenu(chip, chip.mapToGlobal(QPoint(0, 0)), outputs, self._output)
        menu.chosen.connect(self._choose)
        menu.look_wanted.connect(self._look)

    def _choose(self, output: Output) -> None:
        self._output = output
        self._player.reopen(self.open)
        try:
            self._keep(output)
        except CalmError as error:
            self._desk.report(error)

    def _look(self) -> None:
        """The list is shown once it is new: to see what was plugged in, the output has to be opened anew."""
        self._looking = True
        self._player.reopen(self.open)

    def _on_opened(self, opened: Opened) -> None:
        before, self._now = self._now, opened
        wanted = self._output.device or (before.name if before and not before.silent else "")
        if opened.silent and wanted:
            self._lost = wanted
            advice = "Connect it again, or choose another output below"
            self._desk.report(CalmError(f"The output {wanted} is not there: it plays on in silence", advice))
        elif self._lost and not opened.silent:
            self._lost = ""
            self._desk.inform(f"Sound comes from {opened.name}", "It went on meanwhile, in time")
        if self._looking:
            self._looking = False
            self._show_menu()
