"""What is done with a composed song: plain frozen values, stored with its labels."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from engine.train.compose import Song

FONT = "sound font"


@dataclass(frozen=True)
class Part:
    """How one track sounds: its `source` (FONT or a family of synths) and the seed of its patch and effects; a second
    source in unison with it, or None, `layer_cents` off; cents of vibrato; the share of long notes that slide up to
    their pitch; and its effects in order."""

    source: str
    seed: int
    layer: str | None
    layer_cents: float
    vibrato: float
    bends: float
    effects: tuple[str, ...]


@dataclass(frozen=True)
class Production:
    """How a song sounds: `cents` its tuning, a part for each track, the names of its space, texture, stereo image and
    wear, the (start, seconds) in which nobody plays, whether these are digital silence, the dB by which sections
    differ in loudness, and the loudness of the whole in dB."""

    material: str
    cents: float
    parts: tuple[Part, ...]
    space: str
    texture: str | None
    image: str
    wear: tuple[str, ...]
    gaps: tuple[tuple[float, float], ...]
    gated: bool
    swells: float
    loudness: float


@dataclass(frozen=True)
class Piece:
    """A song, and how it is produced."""

    corpus: str
    song: Song
    production: Production

    def labels(self) -> dict:
        """All that is known: the song's labels, and two more."""
        return self.song.labels() | {"corpus": self.corpus, "production": asdict(self.production)}
