"""What a composed song is made of: plain frozen values, all times in seconds from its start."""

from dataclasses import asdict, dataclass, replace

from engine.train.compose.mood import mood

DRUM_CHANNEL = 9  # zero-based: what musicians call channel 10


@dataclass(frozen=True)
class Note:
    """One note of `Song.instruments[track]`: `start` and `duration` in seconds, MIDI pitch and velocity (1..127)."""

    track: int
    start: float
    duration: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class TimedChord:
    """A chord and when it sounds: `root` and `bass` are pitch classes 0..11, `pitches` the sorted pitch-class set."""

    start: float
    duration: float
    symbol: str
    root: int
    bass: int
    pitches: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """A stretch of whole bars; `energy` in 0..1 says how full it is."""

    name: str
    start: float
    duration: float
    first_bar: int
    bars: int
    energy: float


@dataclass(frozen=True)
class Instrument:
    """One track: GM `program` 0..127 (on the drum channel the kit), zero-based MIDI `channel`, `pan` -1..1.

    `gain` is its level in the mix in dB (where it plays; all tracks are first made equally loud), `reverb` the share
    of it that goes to the room.
    """

    roles: tuple[str, ...]
    program: int
    channel: int
    pan: float
    gain: float
    reverb: float

    @property
    def drums(self) -> bool:
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True)
class Song:
    """A whole composition in one key, tempo and metre.

    `tempo` is in beats a minute, `tonic` a pitch class 0..11, `swing` the share of a pair of notes that the first one
    takes (0.5 = straight), `duration` in seconds with the tail, `room` the seconds in which its room decays by 60 dB,
    `ducking` 0..1 how far the kick drum pushes the others down, `beats` the times of all beats.
    """

    seed: int
    style: str
    tempo: float
    tonic: int
    mode: str
    swing: float
    beats_per_bar: int
    duration: float
    room: float
    ducking: float
    instruments: tuple[Instrument, ...]
    sections: tuple[Section, ...]
    chords: tuple[TimedChord, ...]
    beats: tuple[float, ...]
    notes: tuple[Note, ...]

    def labels(self) -> dict:
        """The song as JSON-ready values; notes, the bulk of it, as [track, start, duration, pitch, velocity] rows."""
        notes = [[n.track, n.start, n.duration, n.pitch, n.velocity] for n in self.notes]
        return asdict(replace(self, notes=())) | {"notes": notes, "mood": mood(self)}
