"""PortAudio, which the whole process shares: the outputs there are, and the streams of this app.

PortAudio lists devices once, when it starts. To see what was plugged in or out since, it is started anew, but only
while no stream of this app is open: such a stream would end with it.

Threads: any; one at a time gets to PortAudio.
"""

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

S = TypeVar("S")
_one_at_a_time = threading.RLock()
_streams: set[int] = set()


def open_stream(make: Callable[[], S]) -> S:
    """The stream that `make` opens and starts, to be closed by `close_stream`. Raises what `make` raises."""
    with _one_at_a_time:
        stream = make()
        _streams.add(id(stream))
        return stream


def close_stream(stream) -> None:
    """Also one whose device is gone."""
    with _one_at_a_time:
        _streams.discard(id(stream))
        stream.close(ignore_errors=True)


def look_again() -> None:
    """Have PortAudio list the devices anew (40 ms), unless that would end a stream, or it has not begun yet."""
    sounddevice = sys.modules.get("sounddevice")
    with _one_at_a_time:
        if sounddevice is not None and not _streams:
            sounddevice._terminate()
            sounddevice._initialize()


def outputs() -> tuple[str, ...]:
    """The names of all outputs, as PortAudio last listed them: with the system behind it where there are several. ()
    without PortAudio."""
    try:
        import sounddevice  # not at the top: it raises where PortAudio is missing, and all else works without
    except OSError:
        return ()
    with _one_at_a_time:
        systems = sounddevice.query_hostapis()
        found = [device for device in sounddevice.query_devices() if device["max_output_channels"] > 0]
    several = len({device["hostapi"] for device in found}) > 1
    names = (f"{d['name']}, {systems[d['hostapi']]['name']}" if several else d["name"] for d in found)
    return tuple(dict.fromkeys(names))
