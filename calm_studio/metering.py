"""Measures what is heard while it is heard. No Qt in here."""

from dataclasses import replace

from engine.metering import NOTHING, SILENCE, LiveMeter, Reading
from engine.playback import Player


class Metering:
    """Begins anew whenever playing begins; a jump, a loop or another take belong to one playing."""

    def __init__(self, player: Player):
        self._player = player
        self._meter: LiveMeter | None = None
        self._reading = SILENCE

    def read(self) -> Reading:
        """What was heard since the last call. Once nothing plays, all but the moment's levels stays as it was."""
        heard = self._player.heard()
        if heard is None:
            self._meter = None
            self._reading = replace(self._reading, peaks=NOTHING, rms=NOTHING)
        else:
            if self._meter is None or self._meter.rate != heard.rate:
                self._meter = LiveMeter(heard.rate)
            self._reading = self._meter.add(heard.samples)
        return self._reading

    def reset(self) -> None:
        self._meter, self._reading = None, SILENCE
