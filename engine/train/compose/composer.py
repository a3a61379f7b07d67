"""From a seed to a song: choose style, form, chords and players; let them play; give the notes human time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from engine.train.compose import drums, melody, parts
from engine.train.compose.form import Key, choose_form, plan_passages
from engine.train.compose.general_midi import KITS, PERCUSSION
from engine.train.compose.grooves import GROOVES, Groove
from engine.train.compose.harmony import MODE_OF, voice
from engine.train.compose.lineup import Lineup, Player, choose_lineup
from engine.train.compose.parts import Event, Passage
from engine.train.compose.patterns import BASS, COMP, FIGURES, MADE_UP_BASS
from engine.train.compose.song import Note, Section, Song, TimedChord
from engine.train.compose.styles import STYLES, Style

STRUMMED = range(24, 32)  # the guitars
QUIET_KITS = tuple(KITS[name] for name in ("jazz", "jazz 2", "brush"))


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
    """The ideas one letter of the form is made of."""

    groove: Groove
    bass: str
    comp: tuple[str, str]
    figure: str
    motif: melody.Motif


def compose(seed: int) -> Song:
    """The song of a seed: 40 to 75 seconds long, one of the styles, always the same for the same seed."""
    rng = Random(f"calm song {seed}")
    style = rng.choice(STYLES)
    beats_per_bar = 3 if rng.random() < style.waltz else 4
    bar = 4 * beats_per_bar
    tempo = round(rng.uniform(*style.tempo), 1)
    clock = Clock(tempo, round(rng.uniform(*style.swing), 3), style.swung)
    bank = rng.choice(style.harmony)
    key = Key(rng.randrange(12), MODE_OF[bank], bank, rng.choice(style.richness))
    lineup = choose_lineup(rng, style)
    first, second = _material(rng, style, bar), _material(rng, style, bar)
    book = {"A": first, "B": _related(rng, first, second), "C": second}
    form = choose_form(rng, clock.seconds(bar))
    kicks = {letter: _kicks(material.groove) for letter, material in book.items()}
    passages = plan_passages(rng, key, form, bar, kicks)
    notes = _perform(rng, style, clock, key, lineup, passages, book)
    end = clock.seconds((passages[-1].first_bar + passages[-1].bars) * bar)
    room = round(rng.uniform(*style.room), 3)
    return Song(
        seed=seed,
        style=style.name,
        tempo=tempo,
        tonic=key.tonic,
        mode=key.mode,
        swing=clock.swing,
        beats_per_bar=beats_per_bar,
        duration=round(end + 1.5 + 0.4 * room, 3),
        room=room,
        ducking=round(style.ducking * rng.uniform(0.3, 1.0), 3),
        instruments=lineup.instruments,
        sections=tuple(_section(p, clock) for p in passages),
        chords=tuple(_timed(span, clock) for p in passages for span in p.spans),
        beats=tuple(round(beat * 60 / tempo, 5) for beat in range(round(end * tempo / 60))),
        notes=tuple(sorted(notes, key=lambda n: (n.start, n.track, n.pitch))),
    )


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
    keep = rng.random
    return Material(
        first.groove if keep() < 0.5 else other.groove,
        first.bass if keep() < 0.5 else other.bass,
        first.comp if keep() < 0.4 else other.comp,
        first.figure if keep() < 0.5 else other.figure,
        melody.vary(first.motif, rng) if keep() < 0.4 else other.motif,
    )


def _kicks(groove: Groove) -> tuple[int, ...]:
    return tuple(i for i, char in enumerate(groove.get("kick", "X...")) if char in "Xx")


def _section(passage: Passage, clock: Clock) -> Section:
    start = clock.seconds(passage.first_bar * passage.bar)
    duration = clock.seconds(passage.bars * passage.bar)
    return Section(passage.name, round(start, 5), round(duration, 5), passage.first_bar, passage.bars, passage.energy)


def _timed(span: parts.Span, clock: Clock) -> TimedChord:
    chord, start = span.chord, clock.seconds(span.step)
    duration = clock.seconds(span.step + span.length) - start
    pitches = tuple(sorted(set(chord.tones)))
    return TimedChord(round(start, 5), round(duration, 5), chord.symbol, chord.root, chord.bass, pitches)


def _perform(
    rng: Random,
    style: Style,
    clock: Clock,
    key: Key,
    lineup: Lineup,
    passages: list[Passage],
    book: dict[str, Material],
) -> Iterator[Note]:
    """Every track's notes, in seconds."""
    for track in range(len(lineup.instruments)):
        players = [p for p in lineup.players if p.track == track]
        events = []
        for passage in passages:
            material = book[passage.letter]
            for player in players:
                if passage.energy >= player.joins and not (player.role == "drums" and passage.name == "break"):
                    played = list(_play(rng, player, passage, material, key))
                    events += _ended(player, passage, played, key) if passage.name == "ending" else played
        drag = rng.gauss(0, style.tightness * 0.7)
        for event in parts.without_clashes(events):
            yield _humanised(rng, clock, track, event, drag, style.tightness)


def _play(rng: Random, player: Player, passage: Passage, material: Material, key: Key) -> Iterator[Event]:
    match player.role:
        case "drums":
            return parts.drumming(passage, material.groove, rng, light=player.program in QUIET_KITS)
        case "bass":
            return parts.bass(passage, material.bass, rng)
        case "comp":
            strum = 0.08 if player.program in STRUMMED else 0.0
            return parts.comping(passage, material.comp, player.low, strum, rng)
        case "figure":
            return parts.figure(passage, material.figure, player.low)
        case "pad":
            return parts.pad(passage, player.low, rng.random() < 0.5)
        case "lead":
            return melody.sing(passage, material.motif, player.low, key.tonic, key.mode, rng)


def _ended(player: Player, passage: Passage, played: list[Event], key: Key) -> list[Event]:
    """The ending's last bar becomes one held chord."""
    last = (passage.first_bar + passage.bars - 1) * passage.bar
    chord = passage.spans[-1].chord
    pitches = {
        "drums": (PERCUSSION["kick"], PERCUSSION["crash"]),
        "bass": (parts.low_pitch(chord.root),),
        "lead": (player.low + (key.tonic - player.low) % 12,),
    }.get(player.role) or voice(chord.tones, player.low, ())
    kept = [replace(e, length=min(e.length, last - e.step)) for e in played if e.step < last]
    return kept + [Event(last, passage.bar * 1.1, pitch, 88 * passage.loudness) for pitch in pitches]


def _humanised(rng: Random, clock: Clock, track: int, event: Event, drag: float, tightness: float) -> Note:
    start = clock.seconds(event.step)
    duration = clock.seconds(event.step + event.length) - start
    shifted = max(0.0, start + drag + rng.gauss(0, tightness * 0.7))
    velocity = max(1, min(127, round(event.velocity + rng.gauss(0, 4))))
    return Note(track, round(shifted, 5), round(max(0.04, duration), 5), event.pitch, velocity)
