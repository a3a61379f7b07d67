"""A song before it is played: its clock, key, players, sections, and the musical ideas of each letter of its form."""

from dataclasses import dataclass
from random import Random

from engine.train.compose import drums, melody
from engine.train.compose.form import Key, choose_form, plan_passages
from engine.train.compose.grooves import GROOVES, Groove
from engine.train.compose.harmony import MODE_OF
from engine.train.compose.lineup import Lineup, choose_lineup
from engine.train.compose.parts import Passage
from engine.train.compose.patterns import BASS, COMP, FIGURES, MADE_UP_BASS
from engine.train.compose.styles import Style


@dataclass(frozen=True)
class Clock:
    """Turns steps into seconds. `swung` is 1 or 2: whether sixteenths or eighths swing, the first taking `swing`."""

    tempo: float
    swing: float
    swung: int

    def seconds(self, step: float) -> float:
        pair = 2 * self.swung
        whole, within = divmod(step, pair)
        share = within / pair
        bent = share * self.swing / 0.5 if share < 0.5 else self.swing + (share - 0.5) * (1 - self.swing) / 0.5
        return (whole + bent) * pair * 15.0 / self.tempo


@dataclass(frozen=True)
class Material:
    """The ideas one letter of the form is made of; `comp` is a pattern and the one that relieves it."""

    groove: Groove
    bass: str
    comp: tuple[str, str]
    figure: str
    motif: melody.Motif


@dataclass(frozen=True)
class Score:
    """All that the players need; `material` by letter of the form, `bar` the length of a bar in sixteenths."""

    clock: Clock
    bar: int
    key: Key
    lineup: Lineup
    material: dict[str, Material]
    passages: tuple[Passage, ...]
    tightness: float

    @property
    def steps(self) -> int:
        return (self.passages[-1].first_bar + self.passages[-1].bars) * self.bar


def sketch(rng: Random, style: Style) -> Score:
    """Everything of a new song but the notes."""
    bar = 12 if rng.random() < style.waltz else 16
    tempo = round(rng.uniform(*style.tempo), 1)
    clock = Clock(tempo, round(rng.uniform(*style.swing), 3), style.swung)
    bank = rng.choice(style.harmony)
    key = Key(rng.randrange(12), MODE_OF[bank], bank, rng.choice(style.richness))
    lineup = choose_lineup(rng, style)
    first, second = _material(rng, style, bar), _material(rng, style, bar)
    material = {"A": first, "B": _related(rng, first, second), "C": second}
    form = choose_form(rng, clock.seconds(bar))
    kicks = {letter: drums.kicks(ideas.groove) for letter, ideas in material.items()}
    passages = plan_passages(rng, key, form, bar, kicks)
    return Score(clock, bar, key, lineup, material, tuple(passages), style.tightness)


def _material(rng: Random, style: Style, bar: int) -> Material:
    """Fresh patterns that fit the bar."""
    waltz = bar == 12
    groove = rng.choice(GROOVES["waltz" if waltz else rng.choice(style.grooves)])
    bass = rng.choice([name for name in style.bass if not waltz or name in MADE_UP_BASS] or ["waltz"])
    comp = COMP["waltz" if waltz else rng.choice(style.comp)]
    figures = FIGURES["waltz" if waltz else rng.choice(style.figures)]
    return Material(
        drums.personal(groove, rng),
        bass if bass in MADE_UP_BASS else rng.choice(BASS[bass]),
        (rng.choice(comp), rng.choice(comp)),
        rng.choice(figures),
        melody.invent(rng, bar, rng.uniform(*style.density)),
    )


def _related(rng: Random, first: Material, other: Material) -> Material:
    """The B material: some of A's ideas kept, so that the song hangs together."""
    return Material(
        first.groove if rng.random() < 0.5 else other.groove,
        first.bass if rng.random() < 0.5 else other.bass,
        first.comp if rng.random() < 0.4 else other.comp,
        first.figure if rng.random() < 0.5 else other.figure,
        melody.vary(first.motif, rng) if rng.random() < 0.4 else other.motif,
    )
