"""Which knob or key of which controller steers what. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mido import Message

PRESSED = 64
"""From which value on a controller that is a button is pressed (MIDI 1.0, switches)."""


@dataclass(frozen=True)
class Source:
    """A knob or key: control change or note `number` on `channel` (from 0) of the controller called `port`."""

    port: str
    kind: Literal["control_change", "note_on"]
    channel: int
    number: int

    @property
    def words(self) -> str:
        """Such as "CC 16" or "note 36 on channel 10"."""
        name = f"CC {self.number}" if self.kind == "control_change" else f"note {self.number}"
        return name if self.channel == 0 else f"{name} on channel {self.channel + 1}"


@dataclass(frozen=True)
class Binding:
    source: Source
    target: str


@dataclass(frozen=True)
class Bindings:
    """A source steers one target; a target may be steered by several."""

    all: tuple[Binding, ...] = ()

    def target_of(self, source: Source) -> str | None:
        return next((binding.target for binding in self.all if binding.source == source), None)

    def sources_of(self, target: str) -> tuple[Source, ...]:
        return tuple(binding.source for binding in self.all if binding.target == target)

    def learned(self, source: Source, target: str) -> Bindings:
        others = tuple(binding for binding in self.all if binding.source != source)
        return Bindings((*others, Binding(source, target)))

    def forgotten(self, target: str) -> Bindings:
        return Bindings(tuple(binding for binding in self.all if binding.target != target))


def source_of(port: str, message: Message) -> Source | None:
    """What was moved; None for messages of other kinds."""
    if message.type == "control_change":
        return Source(port, "control_change", message.channel, message.control)
    if message.type in ("note_on", "note_off"):
        return Source(port, "note_on", message.channel, message.note)
    return None


def amount_of(message: Message) -> int:
    """How far a knob is turned or a key is pressed, 0 to 127."""
    if message.type == "control_change":
        return message.value
    return message.velocity if message.type == "note_on" else 0
