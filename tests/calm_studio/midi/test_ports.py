"""Controllers that come and go, on stand-in systems; messages over a real socket; and a computer without MIDI."""

import socket
import threading
import time

import pytest
from mido import Message, Parser

from calm_studio.midi import ports as midi_ports
from calm_studio.midi.ports import MidiPorts, NoMidiSystem, RtMidi, short_name

PATIENCE = 10.0


def wait_for(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


class Wire:
    """An input of a stand-in system."""

    def __init__(self, heard):
        self.heard, self.closed = heard, False

    def close(self) -> None:
        self.closed = True


class Studio:
    """A system whose inputs are what `there` says."""

    def __init__(self, *there: str):
        self.there, self.wires, self.busy = list(there), {}, set()

    def names(self) -> list[str]:
        return list(self.there)

    def open(self, name, heard) -> Wire:
        if name in self.busy:
            raise OSError("another program has it")
        self.wires[name] = Wire(heard)
        return self.wires[name]


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(midi_ports, "PERIOD", 0.01)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0", "nanoKONTROL2"),
        ("nanoKONTROL2 1", "nanoKONTROL2"),
        ("Launchpad Mini MK3 LPMiniMK3 MIDI Out", "Launchpad Mini MK3 LPMiniMK3 MIDI Out"),
        ("Arturia KeyStep 32", "Arturia KeyStep"),
    ],
)
def test_names_are_without_the_numbers_that_change(name, short):
    assert short_name(name) == short


def test_controllers_come_and_go_and_wires_between_programs_are_none(quick):
    studio = Studio("nano:nano MIDI 1 20:0", "Midi Through:Midi Through Port-0 14:0")
    ports = MidiPorts(studio)
    wait_for(lambda: ports.names == ("nano",))
    studio.there.append("pads 2")
    wait_for(lambda: ports.names == ("nano", "pads"))
    studio.wires["pads 2"].heard(Message("note_on", note=36))
    studio.wires["nano:nano MIDI 1 20:0"].heard(Message("control_change", control=16, value=3))
    assert [(port, message.type) for port, message in ports.take()] == [("pads", "note_on"), ("nano", "control_change")]
    assert ports.take() == []
    studio.there.remove("nano:nano MIDI 1 20:0")
    wait_for(lambda: ports.names == ("pads",))
    assert studio.wires["nano:nano MIDI 1 20:0"].closed
    ports.close()
    assert studio.wires["pads 2"].closed


def test_a_controller_that_another_program_has_is_tried_again(quick):
    studio = Studio("nano")
    studio.busy.add("nano")
    ports = MidiPorts(studio)
    time.sleep(0.05)
    assert ports.names == ()
    studio.busy.clear()
    wait_for(lambda: ports.names == ("nano",))
    ports.close()


def test_without_a_midi_system_there_are_no_ports_and_no_error():
    class Nothing:
        def names(self):
            raise NoMidiSystem

    ports = MidiPorts(Nothing())
    wait_for(lambda: ports.names is None)
    assert ports.take() == []
    ports.close()


@pytest.mark.parametrize("error", [ImportError("no rtmidi"), OSError("no ALSA sequencer")])
def test_what_rtmidi_raises_is_no_midi_system(monkeypatch, error):
    system = RtMidi()

    def fail():
        raise error

    monkeypatch.setattr(system._backend, "get_input_names", fail)
    with pytest.raises(NoMidiSystem):
        system.names()


class Network:
    """An input that is a socket: bytes come in a thread of their own, as from rtmidi."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))

    def names(self) -> list[str]:
        return ["socket"]

    def open(self, name, heard):
        self._reading = threading.Thread(target=self._read, args=(heard,))
        self._reading.start()
        return self

    def _read(self, heard) -> None:
        parser = Parser()
        with self.server, self.server.accept()[0] as wire:
            while received := wire.recv(64):
                parser.feed(received)
                for message in parser:
                    heard(message)

    def close(self) -> None:
        self._reading.join()


def test_messages_come_over_a_real_wire():
    network = Network()
    ports = MidiPorts(network)
    wait_for(lambda: ports.names == ("socket",))
    heard = []
    with socket.create_connection(network.server.getsockname()) as knob:
        for value in range(50):
            knob.send(bytes(Message("control_change", control=16, value=value).bytes()))
        wait_for(lambda: heard.extend(ports.take()) or len(heard) == 50)
    assert [message.value for _, message in heard] == list(range(50))
    ports.close()
