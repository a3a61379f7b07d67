"""Who plays: the roles of a song, their instruments, and from which energy on each joins in."""

from dataclasses import dataclass
from random import Random

from engine.train.compose.general_midi import PROGRAMS
from engine.train.compose.song import DRUM_CHANNEL, Instrument
from engine.train.compose.styles import Style

SOLO_CHANCE, DRUMS_ALONE_CHANCE, SMALL_CHANCE = 0.35, 0.03, 0.2
HARMONIC = ("comp", "figure", "pad")
HANDS = (("figure", "lead"), ("bass", "comp", "lead"), ("comp", "lead"), ("figure",), ("bass", "figure", "lead"))
LOW_SOLOISTS = tuple(
    PROGRAMS[name] for name in ("cello", "contrabass", "trombone", "tuba", "bassoon", "tenor sax", "baritone sax")
)
# By role: level in the mix, how far from the middle, share sent to the room, and the energies from which it may join.
LEVEL = {"drums": -1.0, "bass": -3.0, "comp": -6.0, "figure": -8.0, "pad": -11.0, "lead": -4.0}
SPREAD = {"drums": 0.0, "bass": 0.0, "comp": 0.45, "figure": 0.6, "pad": 0.2, "lead": 0.2}
WETNESS = {"drums": 0.25, "bass": 0.08, "comp": 0.5, "figure": 0.7, "pad": 0.9, "lead": 0.7}
JOINS = {
    "drums": (0.25, 0.7), "bass": (0.2, 0.62), "comp": (0.0, 0.6), "figure": (0.0, 0.8), "pad": (0.0, 0.8),
    "lead": (0.4, 0.7),
}  # fmt: skip


@dataclass(frozen=True)
class Player:
    """One role on one track; plays in sections whose energy is at least `joins`.

    `low` is the lowest pitch of its chords' bottom note, or the middle of a lead's range.
    """

    role: str
    track: int
    program: int
    joins: float
    low: int


@dataclass(frozen=True)
class Lineup:
    """The players and the instruments they sit at; a soloist is one instrument with several players."""

    players: tuple[Player, ...]
    instruments: tuple[Instrument, ...]


def choose_lineup(rng: Random, style: Style) -> Lineup:
    """A soloist, drums alone, a small group or the style's full band."""
    # Styles with more soloists leave them alone more often.
    if style.solo and rng.random() < SOLO_CHANCE * min(1.0, len(style.solo) / 4):
        return _soloist(rng, rng.choice(style.solo))
    roles = _roles(rng, style)
    earliest = rng.choice(roles)
    players, instruments = [], []
    for track, role in enumerate(roles):
        program = rng.choice(style.players[role].programs)
        joins = 0.0 if role == earliest else rng.uniform(*JOINS[role])
        players.append(Player(role, track, program, joins, _register(rng, role, program)))
        channel = DRUM_CHANNEL if role == "drums" else track if track < DRUM_CHANNEL else track + 1
        instruments.append(_instrument(rng, (role,), program, channel))
    return Lineup(tuple(players), tuple(instruments))


def _roles(rng: Random, style: Style) -> list[str]:
    if style.players["drums"].chance >= 0.9 and rng.random() < DRUMS_ALONE_CHANCE:
        return ["drums"]
    roles = [role for role, part in style.players.items() if rng.random() < part.chance]
    if rng.random() < SMALL_CHANCE and len(roles) > 3:
        roles = rng.sample(roles, rng.choice((2, 3)))
    if not any(role in roles for role in HARMONIC):
        roles.append(rng.choice([role for role in HARMONIC if role in style.players]))
    return roles


def _soloist(rng: Random, program: int) -> Lineup:
    hands = rng.choice(HANDS)
    low = {"figure": 43 if "bass" not in hands else 52, "comp": 50, "bass": 0, "lead": rng.choice((69, 72, 76))}
    players = tuple(Player(role, 0, program, 0.0 if role != "lead" else 0.5, low[role]) for role in hands)
    return Lineup(players, (_instrument(rng, hands, program, 0),))


def _register(rng: Random, role: str, program: int) -> int:
    if role == "lead":
        return rng.choice((55, 58, 60)) if program in LOW_SOLOISTS else rng.choice((67, 70, 72, 74, 77))
    comp, figure = rng.choice((50, 53, 55)), rng.choice((53, 57, 60))
    return {"drums": 0, "bass": 0, "comp": comp, "figure": figure, "pad": 50}[role]


def _instrument(rng: Random, roles: tuple[str, ...], program: int, channel: int) -> Instrument:
    role = roles[-1]
    pan = 0.0 if len(roles) > 1 else round(rng.uniform(-1, 1) * SPREAD[role], 3)
    gain = round(LEVEL[role] + rng.gauss(0, 1.5), 2)
    wet = round(WETNESS[role] * rng.uniform(0.5, 1.2), 3)
    return Instrument(roles, program, channel, pan, gain, wet)
