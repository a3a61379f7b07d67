"""From a seed to a piece of a wider corpus: a song, who plays it on what, and how it is mixed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np

from engine.train.compose import Song
from engine.train.compose.composer import compose_in
from engine.train.compose.styles import STYLES, UNSEEN_STYLES
from engine.train.effects.stereo import IMAGES
from engine.train.effects.wear import WEAR
from engine.train.synths.families import ALL_FAMILIES, DRUM_MACHINE, FAMILIES, MACHINE_KIT, UNSEEN
from engine.train.synths.textures import TEXTURES
from engine.train.wide.arrange import (
    another_sound,
    choose_gaps,
    only,
    silenced,
    single_line,
    tracks_of,
    with_program,
)  # fmt: skip
from engine.train.wide.production import FONT, Part, Piece, Production

PITCHED = ("bass", "comp", "figure", "pad", "lead")
MATERIALS = {"band": 0.48, "dense": 0.13, "solo line": 0.13, "voices": 0.1, "noise": 0.08, "drums": 0.08}
SPACES = {"room": 0.45, "plate": 0.25, "both": 0.15, "none": 0.15}
IMAGE_SHARES = dict(zip(IMAGES, (0.6, 0.1, 0.06, 0.1, 0.05, 0.04, 0.05), strict=True))
LATEST = 6.0  # seconds after which nobody comes in who is to play alone
WORN = 0.3  # of the pieces
ELECTRONIC = (0.0, 0.5, 0.5, 1.0)  # shares of a song's tracks on synths of our own
BASS_FAMILIES = ("unison", "fm", "plucked", "additive")


def compose_wide(seed: int) -> Piece:
    """The piece of a seed in the corpus "wide"; another song than the same seed's in the corpus "plain"."""
    rng = np.random.default_rng((seed, 2))
    song = compose_in(STYLES, seed, Random(f"calm wide song {seed}"))
    song, material = _cast(rng, song)
    sources = _sources(rng, song, material)
    for track, source in enumerate(sources):
        song = with_program(song, track, _program(rng, song, track, source))
    return _produced(rng, "wide", song, material, sources)


def compose_unseen(seed: int) -> Piece:
    """The piece of a seed in the corpus "unseen": a style and a synth that no other corpus has."""
    rng = np.random.default_rng((seed, 3))
    song = compose_in(UNSEEN_STYLES, seed, Random(f"calm unseen song {seed}"))
    return _produced(rng, "unseen", song, "band", (UNSEEN,) * len(song.instruments))


def _cast(rng: np.random.Generator, song: Song) -> tuple[Song, str]:
    """Who of the players stays, and the name of the material that comes of it."""
    material = _one(rng, MATERIALS)
    drums = tracks_of(song, ("drums",))
    # Who comes in late would leave the others' beginning empty, if alone.
    first = {note.track: note.start for note in reversed(song.notes)}
    pitched = [track for track in tracks_of(song, PITCHED) if first.get(track, np.inf) < LATEST]
    if material == "drums" and drums:
        return only(song, drums), material
    if not pitched or material == "drums":
        return song, "band"
    if material == "solo line":
        alone = only(song, [int(rng.choice(pitched))])
        return replace(alone, notes=single_line(alone.notes)), material
    if material in ("voices", "noise"):
        count = min(len(pitched), int(rng.integers(1, 3)))
        return only(song, sorted(rng.choice(pitched, count, replace=False).tolist())), material
    return song, material


def _sources(rng: np.random.Generator, song: Song, material: str) -> tuple[str, ...]:
    """What plays each track."""
    if material in ("voices", "noise"):
        return ({"voices": "voice", "noise": "breath"}[material],) * len(song.instruments)
    electronic = rng.choice(ELECTRONIC)
    return tuple(
        _family(rng, each.roles, each.drums) if rng.random() < electronic else FONT for each in song.instruments
    )


def _family(rng: np.random.Generator, roles: tuple[str, ...], drums: bool) -> str:
    if drums:
        return DRUM_MACHINE
    return str(rng.choice(BASS_FAMILIES if roles == ("bass",) else list(FAMILIES)))


def _program(rng: np.random.Generator, song: Song, track: int, source: str) -> int:
    """The General MIDI sound that a track has, or that its synth is nearest to."""
    instrument = song.instruments[track]
    if source == FONT:
        return another_sound(rng, instrument.program, instrument.channel)
    return MACHINE_KIT if source == DRUM_MACHINE else ALL_FAMILIES[source].program(instrument.roles[0])


def _produced(rng: np.random.Generator, corpus: str, song: Song, material: str, sources: tuple[str, ...]) -> Piece:
    gaps = choose_gaps(rng, song) if rng.random() < 0.2 else ()
    song = silenced(song, gaps)
    textured = material == "noise" or rng.random() < 0.06
    production = Production(
        material=material,
        cents=round(rng.normal(0, 12), 2) if rng.random() < 0.3 else 0.0,
        parts=tuple(_part(rng, song, track, source, material) for track, source in enumerate(sources)),
        space=_one(rng, SPACES),
        texture=str(rng.choice(list(TEXTURES))) if textured else None,
        image=_one(rng, IMAGE_SHARES),
        wear=_wear(rng),
        gaps=gaps,
        gated=bool(rng.random() < 0.5),
        swells=round(rng.uniform(4, 16), 2) if rng.random() < 0.3 else 0.0,
        loudness=round(rng.uniform(-26, -10), 2),
    )
    return Piece(corpus, song, production)


def _wear(rng: np.random.Generator) -> tuple[str, ...]:
    """Nothing, one kind of wear or two."""
    if rng.random() >= WORN:
        return ()
    return tuple(rng.choice(list(WEAR), rng.choice((1, 1, 2)), replace=False).tolist())


def _part(rng: np.random.Generator, song: Song, track: int, source: str, material: str) -> Part:
    roles, drums = song.instruments[track].roles, song.instruments[track].drums
    layered = source != UNSEEN and not drums and rng.random() < (0.7 if material == "dense" else 0.1)
    sings = roles == ("lead",) or source == "voice"
    chances = {
        "tone": 0.4, "compression": 0.6 if drums else 0.3, "saturation": 0.3 if drums else 0.15,
        "chorus": 0.0 if drums or "bass" in roles else 0.2, "echoes": 0.3 if sings else 0.08,
    }  # fmt: skip
    return Part(
        source=source,
        seed=int(rng.integers(2**31)),
        layer=str(rng.choice((FONT, *FAMILIES))) if layered else None,
        layer_cents=round(rng.uniform(-12, 12), 2) if layered else 0.0,
        vibrato=round(rng.uniform(10, 45), 2) if sings and rng.random() < 0.6 else 0.0,
        bends=round(rng.uniform(0.1, 0.5), 2) if (sings or roles == ("bass",)) and rng.random() < 0.3 else 0.0,
        effects=tuple(name for name, chance in chances.items() if rng.random() < chance),
    )


def _one(rng: np.random.Generator, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=list(shares.values())))
