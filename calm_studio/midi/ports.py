"""Listens to every MIDI input there is; controllers may come and go.

Threads: one of its own asks every two seconds which inputs there are, and opens and closes them; rtmidi calls back in
another, where messages are only put into a queue. `names` and `take` are for the GUI thread and never wait.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from mido import Backend, Message

PERIOD = 2.0
"""Seconds between two looks at the inputs."""
NOT_CONTROLLERS = ("Midi Through", "RtMidi", "CALM Studio")
"""How inputs begin that are only wires between programs."""


class NoMidiSystem(Exception):
    """The computer has none, or python-rtmidi is not installed: that is no error."""


class Input(Protocol):
    def close(self) -> None: ...


class MidiSystem(Protocol):
    def names(self) -> list[str]:
        """The inputs there are. Raises NoMidiSystem."""

    def open(self, name: str, heard: Callable[[Message], None]) -> Input:
        """Call `heard`, in any thread, with each message. Raises OSError where another program keeps it."""


class RtMidi:
    """The system's own MIDI, by mido and python-rtmidi."""

    def __init__(self):
        self._backend = Backend("mido.backends.rtmidi")  # loads nothing yet

    def names(self) -> list[str]:
        try:
            return self._backend.get_input_names()
        except (ImportError, OSError) as error:  # OSError: no ALSA sequencer, for one
            raise NoMidiSystem from error

    def open(self, name: str, heard: Callable[[Message], None]) -> Input:
        return self._backend.open_input(name, callback=heard)


def short_name(name: str) -> str:
    """The controller's own name, without the numbers that change: "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0" and
    "nanoKONTROL2 1" are both "nanoKONTROL2"."""
    name = re.sub(r"\s+\d+(:\d+)?$", "", name)
    device, _, port = name.partition(":")
    return device if port else name


class MidiPorts:
    def __init__(self, system: MidiSystem):
        self._system = system
        self._heard: SimpleQueue[tuple[str, Message]] = SimpleQueue()
        self._open: dict[str, Input] = {}
        self._closing = threading.Event()
        self.names: tuple[str, ...] | None = ()
        """Controllers that are listened to; None where there is no MIDI system."""
        self._looking = threading.Thread(target=self._look, name="MIDI ports", daemon=True)
        self._looking.start()

    def take(self) -> list[tuple[str, Message]]:
        """(controller, message) of all that came since the last call."""
        heard = []
        while True:
            try:
                heard.append(self._heard.get_nowait())
            except Empty:
                return heard

    def close(self) -> None:
        self._closing.set()
        self._looking.join()

    def _look(self) -> None:
        """The thread. Where there is no MIDI system now there will be none before the next start."""
        try:
            while not self._closing.is_set():
                self._follow(self._system.names())
                self._closing.wait(PERIOD)
        except NoMidiSystem:
            self.names = None
        finally:
            for port in self._open.values():
                port.close()

    def _follow(self, there: list[str]) -> None:
        for name in [name for name in self._open if name not in there]:
            self._open.pop(name).close()
        for name in there:
            if name not in self._open and not name.startswith(NOT_CONTROLLERS):
                self._try_open(name)
        self.names = tuple(dict.fromkeys(short_name(name) for name in self._open))

    def _try_open(self, name: str) -> None:
        port = short_name(name)
        try:
            self._open[name] = self._system.open(name, lambda message: self._heard.put((port, message)))
        except OSError:  # another program has it: it is tried again at the next look
            return
