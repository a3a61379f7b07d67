"""Starting PortAudio anew ends the streams that are open, so it waits for them. Its place is taken by a notebook."""

import sys
from types import SimpleNamespace

import pytest

from engine import portaudio


class Stream:
    def __init__(self):
        self.closed = False

    def close(self, ignore_errors: bool) -> None:
        self.closed = True


@pytest.fixture
def started(monkeypatch):
    """How often it was started."""
    starts = []
    systems = [{"name": "ALSA"}, {"name": "JACK"}]
    devices = [
        {"name": "Speakers", "hostapi": 0, "max_output_channels": 2},
        {"name": "Microphone", "hostapi": 0, "max_output_channels": 0},
        {"name": "Speakers", "hostapi": 1, "max_output_channels": 8},
    ]
    fake = SimpleNamespace(
        _terminate=lambda: None,
        _initialize=lambda: starts.append(True),
        query_hostapis=lambda: systems,
        query_devices=lambda: devices,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(portaudio, "_streams", set())
    return SimpleNamespace(count=lambda: len(starts), devices=devices)


def test_devices_are_listed_anew_only_while_no_stream_is_open(started):
    portaudio.look_again()
    assert started.count() == 1
    first, second = portaudio.open_stream(Stream), portaudio.open_stream(Stream)
    portaudio.look_again()
    portaudio.close_stream(first)
    portaudio.look_again()
    assert started.count() == 1, "the other one would end"
    portaudio.close_stream(second)
    portaudio.look_again()
    assert started.count() == 2 and first.closed and second.closed


def test_a_stream_that_did_not_open_is_not_waited_for(started):
    def fails():
        raise ValueError("no such device")

    with pytest.raises(ValueError, match="no such device"):
        portaudio.open_stream(fails)
    portaudio.look_again()
    assert started.count() == 1


def test_before_it_was_used_it_is_not_started(monkeypatch):
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    portaudio.look_again()
    assert "sounddevice" not in sys.modules


def test_outputs_are_named_with_their_system_where_there_are_several(started):
    assert portaudio.outputs() == ("Speakers, ALSA", "Speakers, JACK")
    del started.devices[2]
    assert portaudio.outputs() == ("Speakers",)
