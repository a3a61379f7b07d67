"""What the controls panel asks for. No Qt in here."""

from dataclasses import dataclass

from engine.controls import Controls
from engine.music.follow import Wishes


@dataclass(frozen=True)
class Settings:
    """`seconds` is the length of the continuation."""

    controls: Controls
    seconds: float
    seed: int
    text: str
    wishes: Wishes
    tries: int
    variations: int
