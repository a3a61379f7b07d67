"""What the controls panel asks for. No Qt in here."""

from dataclasses import dataclass

from engine.controls import Controls
from engine.music.follow import Wishes


@dataclass(frozen=True)
class Settings:
    """`seconds` is the length of the continuation; `wishes` are None where it is to follow nothing of the prompt."""

    controls: Controls
    seconds: float
    seed: int
    text: str
    wishes: Wishes | None
    tries: int
    variations: int
