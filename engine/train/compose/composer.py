"""From a seed to a song: choose a style, sketch a score, have it played, write down all that is known."""

from random import Random

from engine.train.compose.parts import Passage, Span
from engine.train.compose.performance import perform
from engine.train.compose.score import Clock, sketch
from engine.train.compose.song import Section, Song, TimedChord
from engine.train.compose.styles import STYLES, Style

TAIL = 1.5  # seconds after the last bar, and more where the room is large


def compose(seed: int) -> Song:
    """The song of a seed: 40 to 75 seconds long, in one of the styles, always the same for the same seed."""
    return compose_in(STYLES, seed, Random(f"calm song {seed}"))


def compose_in(styles: tuple[Style, ...], seed: int, rng: Random) -> Song:
    """A song in one of some styles; `seed` is what it is called, `rng` what it is drawn from."""
    style = rng.choice(styles)
    score = sketch(rng, style)
    room, ducking = round(rng.uniform(*style.room), 3), round(style.ducking * rng.uniform(0.3, 1.0), 3)
    notes = sorted(perform(rng, score), key=lambda note: (note.start, note.track, note.pitch))
    clock, end = score.clock, score.clock.seconds(score.steps)
    return Song(
        seed=seed,
        style=style.name,
        tempo=clock.tempo,
        tonic=score.key.tonic,
        mode=score.key.mode,
        swing=clock.swing,
        beats_per_bar=score.bar // 4,
        duration=round(end + TAIL + 0.4 * room, 3),
        room=room,
        ducking=ducking,
        instruments=score.lineup.instruments,
        sections=tuple(_section(passage, clock) for passage in score.passages),
        chords=tuple(_timed(span, clock) for passage in score.passages for span in passage.spans),
        beats=tuple(round(clock.seconds(step), 5) for step in range(0, score.steps, 4)),
        notes=tuple(notes),
    )


def _section(passage: Passage, clock: Clock) -> Section:
    start = clock.seconds(passage.first_bar * passage.bar)
    duration = clock.seconds(passage.bars * passage.bar)
    return Section(passage.name, round(start, 5), round(duration, 5), passage.first_bar, passage.bars, passage.energy)


def _timed(span: Span, clock: Clock) -> TimedChord:
    chord, start = span.chord, clock.seconds(span.step)
    duration = clock.seconds(span.step + span.length) - start
    pitches = tuple(sorted(set(chord.tones)))
    return TimedChord(round(start, 5), round(duration, 5), chord.symbol, chord.root, chord.bass, pitches)
