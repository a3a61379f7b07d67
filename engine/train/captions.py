"""Captions of songs, in many wordings, from their labels: what is read while CALM learns to follow text."""

from __future__ import annotations

import numpy as np

from engine.train.compose.general_midi import KITS, PROGRAMS

DRUM_CHANNEL = 9
_KIT_NAMES = {number: name for name, number in KITS.items()}
_PROGRAM_NAMES = {number: name for name, number in PROGRAMS.items()}

STYLE_WORDS = {
    "lo-fi": ("lo-fi", "lofi hip hop", "chillhop", "dusty lo-fi beat", "study beats"),
    "house": ("house", "deep house", "four on the floor house", "club house track"),
    "techno": ("techno", "driving techno", "minimal techno", "warehouse techno"),
    "synthwave": ("synthwave", "retro eighties synths", "outrun", "80s synth pop"),
    "ambient": ("ambient", "ambient soundscape", "drifting pads", "atmospheric ambient music"),
    "funk": ("funk", "groovy funk", "seventies funk", "funky groove"),
    "soul": ("soul", "neo soul", "rhythm and blues", "smooth soul"),
    "rock": ("rock", "rock band", "guitar rock", "indie rock"),
    "ballad": ("ballad", "slow ballad", "romantic ballad", "tender love song"),
    "jazz trio": ("jazz trio", "jazz", "swinging jazz", "small jazz combo", "bebop"),
    "bossa": ("bossa nova", "bossa", "brazilian bossa", "samba lounge"),
    "folk": ("folk", "acoustic folk", "country folk", "singer-songwriter"),
    "chamber": ("chamber music", "classical", "string quartet music", "baroque chamber music"),
    "trap": ("trap", "trap beat", "808 trap", "hip hop trap"),
    "cinematic": ("cinematic", "film score", "epic orchestral", "soundtrack"),
    "pop": ("pop", "pop song", "radio pop", "catchy pop"),
    "latin": ("latin", "salsa", "latin groove", "cuban music"),
    "breakbeat": ("breakbeat", "drum and bass", "jungle breaks", "breaks"),
}
_FAMILY_WORDS = (
    ("piano", "keys", "keyboard"), ("bells", "mallets", "chimes"), ("organ", "accordion"), ("guitar", "guitars"),
    ("bass", "bass line", "bass guitar"), ("strings", "violins", "bowed strings"),
    ("string section", "choir", "voices"),
    ("brass", "horns", "trumpets"), ("saxophone", "woodwinds", "reeds"), ("flute", "pipes"),
    ("synth lead", "lead synth", "synthesizer"), ("synth pad", "pads", "warm pads"), ("synth effects", "textures"),
    ("plucked folk instrument", "ethnic instruments"), ("percussion", "steel drums"), ("sound effects",),
)  # fmt: skip
_DRUM_WORDS = ("drums", "drum kit", "beat", "drum groove")
_SPEEDS = ((76, ("very slow", "slow", "downtempo")), (96, ("slow", "laid-back", "relaxed")),
           (118, ("medium tempo", "moderate", "walking pace")), (138, ("upbeat", "fast", "lively")),
           (999, ("very fast", "fast", "frantic")))  # fmt: skip
_MOODS = {
    "major": ("happy", "bright", "warm", "cheerful", "major key"),
    "lydian": ("dreamy", "bright", "floating", "hopeful"),
    "mixolydian": ("groovy", "open", "sunny", "earthy"),
    "minor": ("sad", "dark", "melancholic", "moody", "minor key"),
    "dorian": ("cool", "soulful", "moody", "smoky"),
    "phrygian": ("dark", "tense", "mysterious", "menacing"),
}
_ALONE, _FEW = ("solo", "alone", "unaccompanied"), ("sparse", "minimal", "small band")
_MANY = ("full band", "dense", "rich")
_FORMS = (
    "{mood} {style} with {players}", "{style}, {mood}, {speed}, {players}", "{speed} {style} with {players}",
    "{players}, {style}", "{style}", "{players}", "{mood} {speed} {style}", "{style} at {bpm}, {players}",
    "{size} {style}, {mood}", "{speed}, {mood}, {players}", "a {mood} {style} piece for {players}",
    "{players} playing {speed} {style}", "{style} with {players}, {size}, {bpm}",
)  # fmt: skip


def caption(labels: dict, random: np.random.Generator) -> str:
    """One of many true captions of the song with these labels (`compose.Song.labels`)."""
    return str(random.choice(_FORMS)).format(
        style=_one(_style_words(labels["style"]), random),
        mood=_one(_MOODS[labels["mode"]], random),
        speed=_one(next(words for fastest, words in _SPEEDS if labels["tempo"] < fastest), random),
        bpm=f"{labels['tempo']:.0f} bpm",
        size=_one(_size(labels["instruments"]), random),
        players=_players(labels["instruments"], random),
    )


def _style_words(style: str) -> tuple[str, ...]:
    """A style that is kept from training has its name alone."""
    return STYLE_WORDS.get(style, (style,))


def _players(instruments: list[dict], random: np.random.Generator) -> str:
    """One to four of them, in any order: the rest goes without saying."""
    count = min(len(instruments), int(random.integers(1, 5)))
    picked = random.permutation(len(instruments))[:count]
    names = list(dict.fromkeys(_name(instruments[index], random) for index in picked))
    return " and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + " and " + names[-1]


def _name(instrument: dict, random: np.random.Generator) -> str:
    """By its own name or its family's."""
    drums, plain = instrument["channel"] == DRUM_CHANNEL, random.random() < 0.5
    if drums:
        return _one(_DRUM_WORDS, random) if plain else f"{_KIT_NAMES[instrument['program']]} drums"
    return _one(_FAMILY_WORDS[instrument["program"] // 8], random) if plain else _PROGRAM_NAMES[instrument["program"]]


def _size(instruments: list[dict]) -> tuple[str, ...]:
    return _ALONE if len(instruments) == 1 else _FEW if len(instruments) <= 3 else _MANY


def _one(words: tuple[str, ...], random: np.random.Generator) -> str:
    return str(random.choice(words))
